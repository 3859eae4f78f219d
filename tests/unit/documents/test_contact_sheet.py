"""The contact sheet shows what the document holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cyclorama.core.compositing import composite
from cyclorama.core.image import Image
from cyclorama.documents.contact_sheet import contact_sheet, write_contact_sheet
from cyclorama.documents.drawing import light_ball
from cyclorama.documents.read import read_photo
from cyclorama.protocol.errors import Cancelled, InputError
from cyclorama.protocol.progress import Progress
from sample_documents import scene_document, scene_light


def test_a_sheet_is_written_with_all_tiles(tmp_path: Path) -> None:
    document = scene_document()
    told: list[Progress] = []
    write_contact_sheet(document, composite(document), tmp_path / "a.png", report=told.append)
    sheet = read_photo(tmp_path / "a.png").image
    assert sheet.size[1] == 2 * 44 + 4 * 384 + 3 * 28
    shares = [progress.fraction for progress in told]
    assert shares == sorted(shares)
    # The photograph stands in the first tile, to the level.
    shown = sheet.samples[102 : 102 + 120, 44 + (384 - 160) // 2 :][:, :160]
    np.testing.assert_array_equal(shown, composite(document).samples)
    # Three rows: everything else is ground, so each row has a tile that differs from it.
    captions = contact_sheet(document.replace(candidates=(), chosen=None, shadows=()), composite(document))
    assert captions.size != sheet.size or not np.array_equal(captions.samples, sheet.samples)


def test_a_bare_document_has_a_sheet_too() -> None:
    document = scene_document(chosen=None).replace(
        candidates=(), shadows=(), layers=(), lighting=None, perspective=None
    )
    assert contact_sheet(document, document.plate).size[0] > 200


def test_other_sizes_and_suffixes_are_refused(tmp_path: Path) -> None:
    document = scene_document()
    with pytest.raises(InputError, match="one size was wanted"):
        contact_sheet(document, Image(np.zeros((3, 3, 3), np.uint8)))
    with pytest.raises(InputError, match="png was wanted"):
        write_contact_sheet(document, document.plate, tmp_path / "a.jpg")


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled

    document = scene_document()
    with pytest.raises(Cancelled):
        write_contact_sheet(document, document.plate, tmp_path / "a.png", report=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_ball_is_brightest_towards_the_light() -> None:
    tile = np.zeros((101, 101, 3), np.float32)
    light = scene_light()
    light_ball(tile, (50.5, 50.5), 45, light)
    row, column = np.unravel_index(tile.sum(axis=2).argmax(), (101, 101))
    towards = np.array([column - 50, 50 - row]) / 45
    np.testing.assert_allclose(towards, light.direction[:2], atol=0.15)
    assert tile[0, 0].sum() == 0
