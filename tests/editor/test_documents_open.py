"""GIMP 3 and Krita open the files: names, groups, modes, places, opacities, masks and the flat picture agree.

``scripts/editors`` installs both; without them these tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cyclorama.core.compositing import composite
from cyclorama.documents.write import write_document
from sample_documents import NAMES, scene_document

pytestmark = pytest.mark.editor

HERE = Path(__file__).resolve().parent
TIMEOUT_S = 300

#: Name of the file: sample format, blend space, chosen background.
FILES = {
    "scene.psd": ("uint8", "srgb", 0),
    "scene-16.psd": ("uint16", "srgb", 0),
    "scene.ora": ("uint8", "srgb", 0),
    "scene-16.ora": ("uint16", "srgb", 0),
    "scene-linear.ora": ("uint8", "linear", 0),
    "split.psd": ("uint8", "srgb", None),
    "split.ora": ("uint8", "srgb", None),
    "split-linear.ora": ("uint8", "linear", None),
}


def given(name: str) -> Any:
    sample_format, blend_space, chosen = FILES[name]
    return scene_document(sample_format=sample_format, blend_space=blend_space, chosen=chosen)


def write_all(folder: Path) -> None:
    for name in FILES:
        write_document(given(name), folder / name)
    (folder / "files.json").write_text(json.dumps(list(FILES)))
    (folder / "home").mkdir()


def run(command: list[str], folder: Path, **environment: str) -> dict[str, Any]:
    environment = {**os.environ, "CYCLORAMA_WORK": str(folder), "HOME": str(folder / "home"), **environment}
    for name in ("DISPLAY", "VIRTUAL_ENV", "PYTHONHOME"):
        environment.pop(name, None)
    # An editor's own Python takes its libraries from the python3 that it finds first: not from ours.
    environment["PATH"] = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    result = folder / "found.json"
    # Editors end with odd codes: what counts is what they found.
    assert result.is_file(), done.stderr[-2000:]
    found: dict[str, Any] = json.loads(result.read_text())
    return found


@pytest.fixture(scope="module")
def gimp(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cyclorama" / "editors"
    editors = Path(os.environ.get("CYCLORAMA_EDITORS", cache))
    command = shutil.which("gimp-console-3.0") or shutil.which("gimp-console-3", path=str(editors / "bin"))
    if command is None:
        pytest.skip("GIMP 3 is not installed (scripts/editors installs it)")
    folder = tmp_path_factory.mktemp("gimp")
    write_all(folder)
    script = folder / "look.py"
    shutil.copy(HERE / "look_gimp.py", script)
    call = f"exec(compile(open({str(script)!r}).read(), 'look', 'exec'))"
    found = run([command, "-idf", "--batch-interpreter=python-fu-eval", "-b", call, "--quit"], folder)
    return folder, found


@pytest.fixture(scope="module")
def krita(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    command = shutil.which("kritarunner")
    if command is None:
        pytest.skip("Krita is not installed (scripts/editors installs it)")
    folder = tmp_path_factory.mktemp("krita")
    write_all(folder)
    found = run(
        [command, "-s", "look_krita", "-f", "__main__", "x"],
        folder,
        PYTHONPATH=str(HERE),
        QT_QPA_PLATFORM="offscreen",
        XDG_RUNTIME_DIR=str(folder),
        TMPDIR=str(folder),
    )
    return folder, found


def gimp_pixels(folder: Path, name: str, found: dict[str, Any]) -> np.ndarray:
    width, height = found[name]["size"]
    return np.fromfile(folder / f"{name}.pixels", np.uint16).reshape(height, width, 3) / 65535


def krita_pixels(folder: Path, name: str, found: dict[str, Any]) -> np.ndarray:
    width, height = found[name]["size"]
    dtype = np.uint16 if found[name]["precision"] == "U16" else np.uint8
    stored = np.fromfile(folder / f"{name}.pixels", dtype).reshape(height, width, 4)
    return stored[..., 2::-1] / np.iinfo(dtype).max


def difference(pixels: np.ndarray, name: str) -> float:
    """Return the largest difference from our composite, in 8-bit levels."""
    return float(np.abs(pixels - composite(given(name)).pixels).max() * 255)


def check_layers(layers: list[dict[str, Any]], name: str) -> None:
    groups = {layer["name"]: layer for layer in layers}
    assert list(groups) == ["Objects", "Reflections", "Shadows", "Backgrounds", "Plate"]
    assert all(groups[group]["group"] for group in ("Objects", "Reflections", "Shadows", "Backgrounds"))
    document = given(name)
    replaced = document.chosen is not None
    assert groups["Plate"]["visible"] != replaced
    assert groups["Shadows"]["visible"] == replaced
    assert groups["Shadows"]["mode"] == "multiply"
    shadows = [layer for layer in groups["Shadows"]["children"] if "paper" not in layer["name"]]
    assert [(layer["name"], layer["mode"]) for layer in shadows] == [
        ("contact shadow", "multiply"),
        ("cast shadow", "multiply"),
    ]
    assert [layer["opacity"] for layer in shadows] == pytest.approx([1.0, 0.8], abs=0.003)
    backgrounds = {layer["name"]: layer["visible"] for layer in groups["Backgrounds"]["children"]}
    assert backgrounds == {"Background 1: beach": replaced, "Background 2: wood": False}
    objects = groups["Objects"]["children"]
    assert [layer["name"] for layer in objects] == list(reversed(NAMES))
    for layer, wanted in zip(reversed(objects), document.layers, strict=True):
        if name.endswith(".psd"):
            assert layer["mask"]
            assert layer["place"] == [wanted.box.left, wanted.box.top]
            assert layer["size"] == [wanted.box.width, wanted.box.height]
        else:
            # Krita counts only the pixels that show: two fewer on each side.
            assert max(abs(np.subtract(layer["place"], (wanted.box.left, wanted.box.top)))) <= 2


@pytest.mark.parametrize("name", FILES)
def test_gimp_finds_the_layers(gimp: tuple[Path, dict[str, Any]], name: str) -> None:
    _, found = gimp
    check_layers(found[name]["layers"], name)


@pytest.mark.parametrize("name", FILES)
def test_krita_finds_the_layers(krita: tuple[Path, dict[str, Any]], name: str) -> None:
    _, found = krita
    check_layers(found[name]["layers"], name)


# GIMP blends the layers of a PSD by their encoded values, and those of OpenRaster in linear light.
@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("scene.psd", "u8-non-linear"),
        ("split.psd", "u8-non-linear"),
        ("scene-16.psd", "u16-non-linear"),
        ("scene-linear.ora", "u8-non-linear"),
        ("split-linear.ora", "u8-non-linear"),
    ],
)
def test_gimp_shows_our_picture(gimp: tuple[Path, dict[str, Any]], name: str, precision: str) -> None:
    folder, found = gimp
    assert found[name]["precision"] == precision
    assert difference(gimp_pixels(folder, name, found), name) < (0.01 if precision.startswith("u16") else 1.6)


# Krita blends the encoded values; it opens OpenRaster of 16 bits, too, but with 8.
@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("scene.psd", "U8"),
        ("split.psd", "U8"),
        ("scene-16.psd", "U16"),
        ("scene.ora", "U8"),
        ("split.ora", "U8"),
        ("scene-16.ora", "U8"),
    ],
)
def test_krita_shows_our_picture(krita: tuple[Path, dict[str, Any]], name: str, precision: str) -> None:
    folder, found = krita
    assert found[name]["precision"] == precision
    # Five layers, each rounded to 8 bits on the way.
    assert difference(krita_pixels(folder, name, found), name) < 2.1
