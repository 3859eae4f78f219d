"""The layers in a file, as other programs blend them, are the photograph again."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image as PillowImage
from psd_tools import PSDImage

import cyclorama
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.resampling import fit_size, resize_image
from cyclorama.core.segment import Segment
from cyclorama.protocol.progress import Progress


class TwoDiscs:
    """Finds two soft discs, whatever the photograph: the edges cut through any texture."""

    provenance: dict[str, Any] = {"id": "two discs"}  # noqa: RUF012

    def __call__(self, image: Image, *, report: Callable[[Progress], None]) -> tuple[Segment, ...]:
        height, width = image.size
        y, x = np.mgrid[:height, :width].astype(np.float32)
        found = []
        for score, column in ((0.9, 0.35), (0.8, 0.65)):
            distance = np.hypot(x - column * width, y - 0.5 * height) - 0.25 * min(image.size)
            probability = np.clip(0.5 - distance / 12, 0, 1).astype(np.float32)
            found.append(Segment(probability, score, None, Box.of_size(image.size)))
        return tuple(found)


@pytest.fixture(scope="module")
def photo(sample_photo: Path) -> Image:
    whole = cyclorama.read_image(sample_photo)
    return resize_image(whole, fit_size(whole.size, 480)).stored_as("uint8")


@pytest.fixture(scope="module")
def document(photo: Image) -> LayeredDocument:
    return cyclorama.split(photo, segmenter=TwoDiscs())


def over(canvas: np.ndarray, layer: np.ndarray, left: int, top: int) -> None:
    """Blend straight 8-bit RGBA by its encoded values."""
    view = canvas[top : top + layer.shape[0], left : left + layer.shape[1]]
    alpha = layer[..., 3:] / 255
    view[:] = view * (1 - alpha) + layer[..., :3] * alpha


def test_openraster(tmp_path: Path, document: LayeredDocument, photo: Image) -> None:
    cyclorama.write_document(document, tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        canvas = np.zeros((*photo.size, 3))
        layers = list(ElementTree.fromstring(archive.read("stack.xml")).iter("layer"))
        assert len(layers) == 3
        for layer in reversed(layers):
            picture = PillowImage.open(io.BytesIO(archive.read(layer.attrib["src"]))).convert("RGBA")
            over(canvas, np.asarray(picture), int(layer.attrib["x"]), int(layer.attrib["y"]))
    assert np.abs(canvas - photo.samples).max() <= 1.001


def test_psd(tmp_path: Path, document: LayeredDocument, photo: Image) -> None:
    cyclorama.write_document(document, tmp_path / "a.psd")
    plate, objects = PSDImage.open(tmp_path / "a.psd")
    canvas = np.rint(plate.numpy("color") * 255)
    for layer in objects:
        straight = np.dstack([layer.numpy("color"), layer.numpy("mask")[..., 0]])
        over(canvas, np.rint(straight * 255), layer.left, layer.top)
    assert np.abs(canvas - photo.samples).max() <= 1.001


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs the resource module")
def test_100_megapixels_are_read_in_less_than_two_gigabytes(tmp_path: Path, photo: Image) -> None:
    path = tmp_path / "large.jpg"
    PillowImage.fromarray(np.asarray(photo.samples)).resize((12_288, 8_192)).save(path, quality=80)
    script = f"""
import resource
from cyclorama.documents.read import read_photo
assert read_photo({str(path)!r}).image.size == (8192, 12288)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 2e9


def in_eight_bits(picture: Image) -> Image:
    """What a file or an editor makes of a colour: sRGB in 8 bit, taken to linear light again for blending."""
    return picture.as_srgb().stored_as("uint8").as_linear()


def test_layers_for_linear_light_recompose_in_8_bit(photo: Image):
    """An 8-bit photograph is held as float in linear light; its layers are for files of 8 bit all the same."""
    document = cyclorama.split(photo, cyclorama.SplitOptions(blend_space="linear"), segmenter=TwoDiscs())
    assert document.sample_format == "uint8"
    assert {layer.matte.sample_format for layer in document.layers} == {"uint8"}
    stored = document.replace(
        plate=in_eight_bits(document.plate),
        layers=tuple(
            dataclasses.replace(layer, color=in_eight_bits(layer.color)) for layer in document.layers
        ),
    )
    shown = cyclorama.composite(stored).as_srgb().stored_as("uint8")
    assert np.abs(shown.samples.astype(int) - photo.samples).max() <= 1
