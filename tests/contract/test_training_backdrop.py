"""The training scripts of the backdrop run from drawn scenes to networks that the product accepts."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cyclorama.backdrop.builtin import BuiltinInpainter
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.catalog import builtin_model_path
from cyclorama.core.image import Image
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective

for module in ("torch", "diffusers", "onnx", "onnxscript", "safetensors", "scipy"):
    pytest.importorskip(module, reason=f"training needs {module} (install the extra: train)")

SCRIPTS = Path(__file__).resolve().parents[2] / "models" / "training" / "backdrop"


def run(script, *arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def latents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backdrop")
    run("data.py", "--out", folder / "scenes", "--count", 6)
    run("encode.py", "--scenes", folder / "scenes", "--out", folder, "--subjects", 1)
    return folder


def test_every_scene_is_stored_upright_and_mirrored(latents):
    arrays = np.load(latents / "latents.npz")
    sizes = {name.split("/")[0] for name in arrays.files}
    assert sum(len(arrays[f"{size}/z"]) for size in sizes) == 12
    for size in sizes:
        side = arrays[f"{size}/direction"][:, 0]
        np.testing.assert_allclose(side[::2], -side[1::2])


@pytest.mark.slow
def test_two_steps_of_training_give_networks_that_run(latents):
    decoder = (
        "--scenes",
        latents / "scenes",
        "--codec",
        latents / "codec.safetensors",
        "--out",
        latents / "decoder.safetensors",
    )
    run("decoder.py", *decoder, "--steps", 2, "--batch", 2)
    train = (
        "--latents",
        latents / "latents.npz",
        "--codec",
        latents / "codec.safetensors",
        "--out",
        latents / "run",
        "--tiny",
    )
    run("train.py", *train, "--steps", 2, "--batch", 2)
    assert '"step": 2' in (latents / "run" / "state.json").read_text()
    run("train.py", *train, "--steps", 1, "--batch", 2)
    assert '"step": 3' in (latents / "run" / "state.json").read_text()
    out = latents / "exported"
    run("export.py", "--run", latents / "run", "--decoder", latents / "decoder.safetensors",
        "--codec", latents / "codec.safetensors", "--out", out, "--tiny")  # fmt: skip
    model = BuiltinInpainter(out, threads=1)
    light = LightingEstimate(np.array([1, 1, 1]), 20.0, 0.3, np.ones(3), np.full(3, 0.2), np.zeros((9, 3)))
    camera = Perspective((60, 90), 100.0, (45.0, 30.0), 0.0, 0.0, 0.5)
    canvas, hole = Image(np.full((60, 90, 3), 0.5, np.float32)), Matte(np.ones((60, 90), np.float32))
    made = model(canvas, hole, Conditions(light, camera, "wall", 0.02), seed=0, steps=2, guidance=2.0)
    assert made.size == (60, 90)


@pytest.mark.slow
def test_the_shipped_denoiser_can_be_trained_on():
    text = run("start.py", builtin_model_path("backdrop", "denoiser.onnx"))
    assert float(text.split()[-1]) < 1e-4
