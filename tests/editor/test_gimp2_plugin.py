"""GIMP 2.10 with our plug-in, installed as anybody would: split and new background from a batch, with a real worker."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gimp3_session import running_worker
from PIL import Image

from cyclorama.installation.editors import editor_in
from cyclorama.installation.install import install
from cyclorama.protocol.options import ModelOptions, ReplaceOptions, describe

pytestmark = pytest.mark.editor

HERE = Path(__file__).resolve().parent
PHOTO = HERE.parent.parent / "docs" / "gallery" / "originals" / "astronaut.jpg"
TIMEOUT_S = 900

#: Writes the names of a group's layers, from the top, and the flat picture.
REPORT = """
(let* ((image (car (gimp-file-load 1 "{photo}" "{photo}")))
       (layer (car (gimp-image-get-active-layer image)))
       (group (car ({call})))
       (children (gimp-item-get-children group))
       (out (open-output-file "{folder}/layers.txt")))
  (define (say item)
    (write (car (gimp-item-get-name item)) out) (newline out)
    (write (car (gimp-item-get-visible item)) out) (newline out))
  (say group)
  (let loop ((k 0))
    (if (< k (car children))
        (begin (say (vector-ref (cadr children) k)) (loop (+ k 1)))))
  (write (car (gimp-item-get-visible layer)) out)
  (close-output-port out)
  (let* ((flat (car (gimp-image-duplicate image))) (whole (car (gimp-image-flatten flat))))
    (file-png-save 1 flat whole "{folder}/flat.png" "flat.png" 0 1 0 0 0 0 0)))
"""


class Gimp2:
    """A GIMP 2.10 with a home of its own."""

    def __init__(self, folder: Path) -> None:
        command = shutil.which("gimp-console-2.10")
        if command is None:
            pytest.skip("GIMP 2.10 is not installed (scripts/editors installs it where the system has it)")
        self.command, self.folder = command, folder
        resources = folder / "home" / ".config" / "GIMP" / "2.10"
        resources.mkdir(parents=True)
        install(editor_in(resources, "gimp"))
        self.photo = folder / "photo.png"
        with Image.open(PHOTO) as photo:
            photo.convert("RGB").resize((256, 256)).save(self.photo)

    def run(self, call: str) -> tuple[list[tuple[str, bool]], bool, np.ndarray[Any, Any], str]:
        """Run a command; return group and layers with their visibility, the source's, the flat picture, the log."""
        script = REPORT.format(photo=self.photo, folder=self.folder, call=call)
        environment = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
        environment.update(
            HOME=str(self.folder / "home"),
            PATH="/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin",
            CYCLORAMA_RUNTIME=str(self.folder / "runtime"),
        )
        done = subprocess.run(
            [self.command, "-idf", "-b", script, "-b", "(gimp-quit 0)"],
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
        log = done.stderr + done.stdout
        report = self.folder / "layers.txt"
        if not report.is_file():
            return [], False, np.zeros((0, 0, 3)), log
        *lines, source = report.read_text("utf-8").splitlines()
        report.unlink()
        layers = [(lines[k].strip('"'), lines[k + 1] == "1") for k in range(0, len(lines), 2)]
        flat = np.asarray(Image.open(self.folder / "flat.png").convert("RGB"), np.int16)
        return layers, source == "1", flat, log


def in_scheme(kind: type[Any], **chosen: Any) -> str:
    """Return the values of an options class as Script-Fu writes them, in order; of words to choose from the number."""
    words = []
    for entry in describe(kind):
        value, choices = chosen.get(entry.name, entry.default), entry.metadata["choices"]
        if entry.name == "blend_space":
            continue
        if choices:
            value = choices.index(value)
        words.append(f'"{value}"' if isinstance(value, str) else str(+value))
    return " ".join(words)


@pytest.fixture(scope="module")
def gimp(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("gimp2")
    session = Gimp2(folder)
    with running_worker(folder / "runtime"):
        yield session


def test_split_gives_the_photograph_again(gimp: Gimp2) -> None:
    layers, source_shows, flat, log = gimp.run(
        f"plug-in-cyclorama-split 1 image layer 8 0.35 1.0 {in_scheme(ModelOptions)}"
    )
    assert layers, log
    assert layers[0] == ("Split of Background", True)
    assert layers[-1] == ("Background (clean)", True)
    assert len(layers) >= 3
    assert not source_shows
    photo = np.asarray(Image.open(gimp.photo), np.int16)
    assert np.abs(flat - photo).max() <= 1


def test_new_background(gimp: Gimp2) -> None:
    words = f"{in_scheme(ReplaceOptions, steps=2, seed=1)} {in_scheme(ModelOptions, device='cpu')}"
    layers, _, flat, log = gimp.run(f"plug-in-cyclorama-new-background 1 image layer {words}")
    assert layers, log
    names = [name for name, _ in layers]
    assert names[-1] == "Background (clean)"
    assert names[-2].startswith("New background: ")
    assert not layers[-1][1]
    photo = np.asarray(Image.open(gimp.photo), np.int16)
    # The subject stays, what is around it does not.
    assert np.abs(flat - photo).mean() > 3


def test_a_bad_value_is_said(gimp: Gimp2) -> None:
    layers, _, _, log = gimp.run(f"plug-in-cyclorama-split 1 image layer 8 7.5 1.0 {in_scheme(ModelOptions)}")
    assert not layers
    assert "threshold" in log


def test_a_model_that_is_not_here_is_said(gimp: Gimp2) -> None:
    words = in_scheme(ModelOptions, segmenter="rf-detr-seg-nano")
    layers, _, _, log = gimp.run(f"plug-in-cyclorama-split 1 image layer 8 0.35 1.0 {words}")
    assert not layers
    assert "The model rf-detr-seg-nano is not on this machine" in log
    assert "cyclorama models pull rf-detr-seg-nano" in log


def test_the_list_of_models_is_shown(gimp: Gimp2) -> None:
    layers, _, _, log = gimp.run("plug-in-cyclorama-models 1 0")
    # It returns text, not a group: the report stops there, after the list was shown.
    assert not layers
    assert "Fills behind objects (plate)" in log
    assert "lama, not here yet" in log
