"""The training scripts of the light network run from rendered solids to a network that the product accepts."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.lighting.estimate import estimate_lighting
from cyclorama.lighting.network import BuiltinLightNetwork
from cyclorama.runtime.onnx_session import OnnxSession

for module in ("torch", "numba", "onnx", "onnxscript", "safetensors"):
    pytest.importorskip(module, reason=f"training needs {module} (install the extra: train)")

SCRIPTS = Path(__file__).resolve().parents[2] / "models" / "training" / "light"


def run(script, *arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("light")
    for seed in (1, 99):
        run("data.py", "--out", folder, "--seed", seed, "--solids", 6, "--lights", 3)
    return folder


@pytest.mark.slow
def test_renders_are_labelled_and_repeat(shards, tmp_path):
    with np.load(shards / "1-000.npz") as file:
        arrays = {name: file[name] for name in file.files}
    count = len(arrays["sh"])
    assert 6 <= count <= 18
    assert arrays["pixels"].shape == (count, 64, 64, 4)
    inside = arrays["pixels"][..., 3] > 127
    assert (inside.mean(axis=(1, 2)) > 0.02).all()
    lengths = np.linalg.norm(arrays["normals"][inside] / 127.0, axis=1)
    assert np.abs(lengths - 1).max() < 0.05
    # Light is never negative, so its first harmonics are at most as long as for a single lamp.
    luminance = arrays["sh"] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.linalg.norm(luminance[:, 1:4], axis=1) < 1.74 * luminance[:, 0]).all()
    run("data.py", "--out", tmp_path, "--seed", 1, "--solids", 6, "--lights", 3)
    with np.load(tmp_path / "1-000.npz") as again:
        assert np.array_equal(again["pixels"], arrays["pixels"])


@pytest.mark.slow
def test_two_steps_of_training_give_a_network_that_runs(shards, tmp_path):
    run("train.py", "--data", shards, "--out", tmp_path, "--seeds", 1, "--steps", 2, "--batch", 4)
    run("train.py", "--data", shards, "--out", tmp_path, "--seeds", 1, "--steps", 3, "--batch", 4)
    model = tmp_path / "model.onnx"
    assert "largest relative error" in run("export.py", tmp_path / "last.safetensors", model)
    assert "directionality" in run("evaluate.py", model, "--data", shards)
    network = BuiltinLightNetwork(OnnxSession(model, threads=1))
    y, x = np.mgrid[:90, :90] / 45 - 1
    ball = np.hypot(x, y) < 0.8
    shaded = np.where(ball[..., None], np.clip(0.5 + 0.4 * x, 0, 1)[..., None] * np.ones(3), 0.1)
    found = estimate_lighting(
        Image(shaded.astype(np.float32)), [Matte(ball.astype(np.float32))], network=network
    )
    assert np.isfinite(found.direction).all()
