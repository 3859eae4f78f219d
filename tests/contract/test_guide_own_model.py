"""The guide "Use my own model", followed word by word with small networks under the names that it uses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

import cyclorama
import tiny_networks
from cyclorama.catalog import known_models

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "use-my-own-model.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.S | re.M)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder as a person would have it: a photograph, networks, and the command on the path."""
    folder = tmp_path_factory.mktemp("guide")
    tiny_networks.prototype_rf_detr(
        folder / "my-segmenter.onnx", [(0.9, 0.08, 0.08), (0.08, 0.12, 0.9)], side=192
    )
    tiny_networks.red_salience(folder / "my-salience.onnx", (0.5,) * 3, (1.0,) * 3, side=256)
    tiny_networks.mean_lama(folder / "my-plate.onnx", side=128)
    y, x = np.mgrid[:160, :240]
    pixels = np.stack([60 + x / 6, 100 + y / 5, 110 + x / 8], axis=-1)
    pixels[(y - 80) ** 2 + (x - 80) ** 2 < 45**2] = 230, 20, 20
    Pillow.fromarray(pixels.astype(np.uint8)).save(folder / "photo.png")
    command = folder / "bin" / "cyclorama"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cyclorama "$@"\n')
    command.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def environment(place):
    return {
        **os.environ,
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(cyclorama.__file__).parents[1]),
        "CYCLORAMA_MODELS": str(place / "models"),
        "CYCLORAMA_OFFLINE": "1",
    }


def run(kind, text, place, environment):
    command = ["bash", "-euc", text] if kind == "sh" else [sys.executable, "-c", text]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.name == "nt", reason="the guide's blocks are for a POSIX shell")
def test_every_line_of_the_guide_does_what_it_says(place, environment):
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    assert len(blocks) == 10
    shown = ""
    for kind, text in blocks:
        done = run(kind, text, place, environment)
        shown += done.stdout
        if text.count("--plate my-plate") and "models add" not in text:
            # The guide says that this one fails, and that the sentence helps.
            assert done.returncode == 5
            assert "There is no model 'my-plate'" in done.stderr
            assert (place / "layers.ora").exists()
            assert (place / "subject.png").exists()
            assert not (place / "new.ora").exists()
            continue
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    assert (place / "new.ora").exists()
    assert "refused: another file than the one that is published" in shown
    assert "['person 1'] cpu" in shown
    assert "['red thing 1']" in shown
    assert "my-salience          right" in shown
    assert "my-fruit is gone" in shown


def test_every_model_that_the_guide_names_is_in_the_catalogue():
    text = GUIDE.read_text("utf-8")
    families = re.findall(r"^\|[^|]*\| (`[^|]*) \|", text, re.M)
    named = {name for family in families for name in re.findall(r"`([^`]+)`", family)}
    assert len(named) > 10
    assert named <= {entry.id for entry in known_models()}
