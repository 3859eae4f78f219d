import numpy as np
import pytest

from cyclorama.backdrop.frame import frame_for

SIZES = [(1, 1), (1, 500), (500, 1), (480, 640), (640, 480), (1000, 3000), (37, 41), (4000, 6000), (512, 512)]


@pytest.mark.parametrize("size", SIZES)
def test_the_frame_covers_the_canvas(size):
    frame = frame_for(size)
    assert all(cells % 4 == 0 for cells in frame.cells)
    assert 160 <= frame.cells[0] * frame.cells[1] <= 400
    top, left = frame.offset_px
    assert top >= -1e-6
    assert left >= -1e-6
    decoded = frame.cells[0] * 32, frame.cells[1] * 32
    rows, cols = frame.window(decoded)
    assert 0 <= rows.start < rows.stop <= decoded[0]
    assert 0 <= cols.start < cols.stop <= decoded[1]


def test_a_common_shape_wastes_little():
    for size in SIZES[3:5] + SIZES[7:]:
        frame = frame_for(size)
        used = size[0] * size[1] / (frame.height_px**2 * frame.cells[1] / frame.cells[0])
        assert used > 0.85


def test_placing_keeps_the_mean_and_fills_around(rng):
    picture = rng.random((60, 100, 3), dtype=np.float32)
    frame = frame_for((60, 100))
    placed = frame.place(picture, 0.5)
    rows, cols = frame.window(placed.shape[:2])
    np.testing.assert_allclose(placed[rows, cols].mean((0, 1)), picture.mean((0, 1)), atol=0.01)
