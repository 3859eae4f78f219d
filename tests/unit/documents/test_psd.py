"""PSD, read by psd-tools' own reader and compositor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Resource

from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.core.image import Image
from cyclorama.documents.write import write_document
from cyclorama.protocol.errors import DocumentError
from sample_documents import NAMES, scene_document


@pytest.fixture(scope="module", params=["uint8", "uint16"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[LayeredDocument, PSDImage]:
    document = scene_document(sample_format=request.param)
    path = tmp_path_factory.mktemp("psd") / "scene.psd"
    write_document(document, path)
    return document, PSDImage.open(path)


def test_groups_names_modes_and_places(pair: tuple[LayeredDocument, PSDImage]) -> None:
    document, found = pair
    assert found.depth == (8 if document.sample_format == "uint8" else 16)
    groups = {entry.name: entry for entry in found}
    assert list(groups) == ["Plate", "Backgrounds", "Shadows", "Reflections", "Objects"]
    assert groups["Shadows"].blend_mode == BlendMode.MULTIPLY
    assert groups["Objects"].blend_mode == BlendMode.PASS_THROUGH
    assert not groups["Plate"].visible
    assert [layer.visible for layer in groups["Backgrounds"]] == [False, True]
    assert [(layer.blend_mode, layer.opacity) for layer in groups["Shadows"]] == [
        (BlendMode.MULTIPLY, 204),
        (BlendMode.MULTIPLY, 255),
    ]
    assert [layer.name for layer in groups["Objects"]] == list(NAMES)
    for layer, given in zip(groups["Objects"], document.layers, strict=True):
        box = given.box
        assert layer.bbox == (box.left, box.top, box.right, box.bottom)


def test_objects_are_opaque_with_a_mask(pair: tuple[LayeredDocument, PSDImage]) -> None:
    document, found = pair
    for layer, given in zip(found[4], document.layers, strict=True):
        assert layer.has_mask()
        np.testing.assert_allclose(layer.numpy("color"), given.color.pixels, atol=1e-6)
        np.testing.assert_allclose(layer.numpy("mask")[..., 0], given.matte.alpha, atol=1e-6)


def test_the_stored_picture_is_ours_and_another_compositor_agrees(
    pair: tuple[LayeredDocument, PSDImage],
) -> None:
    document, found = pair
    wanted = composite(document).pixels
    np.testing.assert_allclose(found.numpy()[..., :3], wanted, atol=1e-6)
    picture = np.asarray(found.composite(ignore_preview=True, force=True).convert("RGB")) / 255
    assert np.abs(picture - wanted).max() < 2 / 255


def test_16_bits_always_carry_a_profile(tmp_path: Path) -> None:
    for sample_format, expected in (("uint8", False), ("uint16", True)):
        write_document(scene_document(sample_format=sample_format), tmp_path / "a.psd")
        assert (Resource.ICC_PROFILE in PSDImage.open(tmp_path / "a.psd").image_resources) == expected


def test_too_large_for_psd_but_not_for_psb(tmp_path: Path) -> None:
    wide = LayeredDocument(Image(np.zeros((1, 30_001, 3), np.uint8)))
    with pytest.raises(DocumentError) as caught:
        write_document(wide, tmp_path / "a.psd")
    assert str(caught.value) == (
        "The document has 30001 x 1 pixels; PSD holds at most 30000 on a side. Save as .psb or .ora."
    )
    write_document(wide, tmp_path / "a.psb")
    assert PSDImage.open(tmp_path / "a.psb").size == (30_001, 1)
