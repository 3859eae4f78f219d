"""OpenRaster: the file's layout, and the way back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image as PillowImage

from cyclorama.core.compositing import composite
from cyclorama.documents.openraster_reading import read_document
from cyclorama.documents.write import write_document
from cyclorama.protocol.errors import DocumentError
from sample_documents import NAMES, scene_document


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ora") / "scene.ora"
    write_document(scene_document(), path)
    return path


def test_the_type_stands_in_the_first_bytes(path: Path) -> None:
    head = path.read_bytes()[:60]
    assert head[30:38] == b"mimetype"
    assert head[38:54] == b"image/openraster"


def test_the_stack(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("stack.xml"))
    assert (root.attrib["w"], root.attrib["h"]) == ("160", "120")
    groups = {entry.attrib["name"]: entry for entry in root.find("stack") or ()}
    assert list(groups) == ["Objects", "Reflections", "Shadows", "Backgrounds", "Plate"]
    assert [layer.attrib["name"] for layer in groups["Objects"]] == list(reversed(NAMES))
    assert {layer.attrib["composite-op"] for layer in groups["Objects"]} == {"svg:src-over"}
    shadows = groups["Shadows"]
    assert shadows.attrib["composite-op"] == "svg:multiply"
    assert shadows.attrib["isolation"] == "isolate"
    modes = [
        (layer.attrib["name"], layer.attrib["composite-op"], layer.attrib["opacity"]) for layer in shadows
    ]
    assert modes == [
        ("contact shadow", "svg:multiply", "1"),
        ("cast shadow", "svg:multiply", "0.8"),
        ("Shadows (paper)", "svg:src-over", "1"),
    ]
    shown = {layer.attrib["name"]: layer.attrib["visibility"] for layer in groups["Backgrounds"]}
    assert shown == {"Background 1: beach": "visible", "Background 2: wood": "hidden"}
    assert groups["Plate"].attrib["visibility"] == "hidden"


def test_layers_are_cropped_keep_colors_under_clear_pixels_and_lie_in_place(path: Path) -> None:
    document = scene_document()
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("stack.xml"))
        for number, layer in enumerate(document.layers, 1):
            entry = next(e for e in root.iter("layer") if e.attrib["src"] == f"data/object-{number}.png")
            assert (int(entry.attrib["x"]), int(entry.attrib["y"])) == (layer.box.left, layer.box.top)
            stored = np.asarray(PillowImage.open(io.BytesIO(archive.read(entry.attrib["src"]))))
            assert stored.shape == (*layer.box.size, 4)
            np.testing.assert_array_equal(stored[..., :3], layer.color.samples)
            np.testing.assert_array_equal(stored[..., 3], np.rint(layer.matte.alpha * 255))


def test_merged_image_and_thumbnail(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        merged = np.asarray(PillowImage.open(io.BytesIO(archive.read("mergedimage.png"))))
        small = PillowImage.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png")))
    np.testing.assert_array_equal(merged, composite(scene_document()).samples)
    assert max(small.size) <= 256


@pytest.mark.parametrize("sample_format", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("chosen", [None, 0, 1])
@pytest.mark.parametrize("blend_space", ["srgb", "linear"])
def test_a_document_comes_back(
    tmp_path: Path, sample_format: str, chosen: int | None, blend_space: str
) -> None:
    given = scene_document(sample_format=sample_format, chosen=chosen, blend_space=blend_space)
    write_document(given, tmp_path / "a.ora")
    found = read_document(tmp_path / "a.ora")
    level = 1 / (255 if sample_format == "uint8" else 65535)
    for name in ("blend_space", "chosen", "sample_format", "icc_profile", "perspective"):
        assert getattr(found, name) == getattr(given, name)
    assert dict(found.provenance) == dict(given.provenance)
    assert found.lighting is not None
    assert given.lighting is not None
    np.testing.assert_array_equal(found.lighting.ambient_sh, given.lighting.ambient_sh)
    assert [layer.name for layer in found.layers] == list(NAMES)
    assert [(s.name, s.kind, s.box, s.opacity) for s in found.shadows] == [
        (s.name, s.kind, s.box, s.opacity) for s in given.shadows
    ]
    for one, other in zip(found.layers, given.layers, strict=True):
        assert one.box == other.box
        np.testing.assert_allclose(one.matte.alpha, other.matte.alpha, atol=1e-6)
        np.testing.assert_allclose(
            one.color.as_srgb().pixels, other.color.as_srgb().pixels, atol=0.51 * level
        )
    # Two shadows of a level each, and the rounding of the whole.
    difference = np.abs(composite(found).pixels - composite(given).pixels).max()
    assert difference <= (0 if chosen is None and sample_format != "float32" else 1.6) * level


def test_foreign_and_broken_files_are_refused(tmp_path: Path, path: Path) -> None:
    broken = tmp_path / "broken.ora"
    for content, words in (
        (b"", "is not an OpenRaster document, or is damaged"),
        (path.read_bytes()[:3000], "is not an OpenRaster document, or is damaged"),
    ):
        broken.write_bytes(content)
        with pytest.raises(DocumentError, match=words):
            read_document(broken)
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("mimetype", "image/openraster")
    with pytest.raises(DocumentError, match="another program wrote or saved it"):
        read_document(broken)
    with pytest.raises(DocumentError, match="does not exist"):
        read_document(tmp_path / "none.ora")


def test_a_damaged_layer_is_noticed(tmp_path: Path, path: Path) -> None:
    damaged = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("data/object-1.png")
    damaged[entry.header_offset + 400] ^= 255
    (tmp_path / "a.ora").write_bytes(damaged)
    with pytest.raises(DocumentError):
        read_document(tmp_path / "a.ora")
