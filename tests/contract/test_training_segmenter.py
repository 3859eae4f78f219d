"""The training scripts of the segmenter run from drawn pictures to a network that the product accepts."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cyclorama.catalog import builtin_model_path
from cyclorama.core.image import Image
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation import BuiltinSegmenter

pytest.importorskip("torch", reason="training needs torch (install the extra: train)")
pytest.importorskip("onnx", reason="export needs onnx (install the extra: train)")
pytest.importorskip("safetensors", reason="checkpoints need safetensors (install the extra: train)")
pytest.importorskip("scipy", reason="training data needs scipy (install the extra: train)")

SCRIPTS = Path(__file__).resolve().parents[2] / "models" / "training" / "segmenter"


def run(script, *arguments):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_two_steps_of_training_give_a_network_that_runs(tmp_path):
    run("train.py", "--out", tmp_path, "--steps", 2, "--batch", 2, "--size", 128, "--encoder", "none")
    text = run("export.py", tmp_path / "last.safetensors", tmp_path / "model.onnx")
    error = float(text.split()[-1])
    assert error < 0.02  # half-precision weights, accumulated over the depth of the network
    assert (tmp_path / "model.onnx").stat().st_size < 15e6
    segmenter = BuiltinSegmenter(OnnxSession(tmp_path / "model.onnx", threads=1))
    image = Image(np.random.default_rng(0).random((70, 110, 3), dtype=np.float32))
    seen = segmenter.embed(image)
    assert seen.salience().probability.shape == (128, 192)
    assert all(0 <= s.score <= 1 for s in segmenter(image))


def test_an_exported_network_can_be_trained_on(tmp_path):
    shipped = builtin_model_path("segmenter")
    assert float(run("start.py", shipped).split()[-1]) < 1e-3
    common = ("--out", tmp_path, "--batch", 2, "--size", 96, "--encoder", "none")
    assert "1 steps" in run("train.py", *common, "--steps", 1, "--start", shipped)


@pytest.mark.slow
def test_training_goes_on_where_it_stopped(tmp_path):
    common = ("--out", tmp_path, "--batch", 2, "--size", 96, "--encoder", "none")
    assert run("train.py", *common, "--steps", 1).startswith("no ImageNet weights")
    assert "3 steps" in run("train.py", *common, "--steps", 3)
    assert "3 steps" in run("train.py", *common, "--steps", 3)  # nothing left to do
