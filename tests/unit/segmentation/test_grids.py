import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.segmentation.grids import read_grid


def test_reading_a_grid_over_its_own_box_at_its_own_size_returns_it(rng):
    grid = rng.random((7, 11), dtype=np.float32)
    box = Box(5, 3, 38, 24)
    np.testing.assert_allclose(read_grid(grid, box, box, (7, 11)), grid, atol=1e-6)


def test_a_ramp_is_read_exactly_between_cells():
    ramp = np.tile(np.arange(10, dtype=np.float32), (4, 1))
    read = read_grid(ramp, Box(0, 0, 100, 40), Box(20, 10, 60, 30), (20, 40))
    centers = 20.5 + np.arange(40)
    np.testing.assert_allclose(read, np.tile(centers / 10 - 0.5, (20, 1)), atol=1e-4)


def test_outside_its_box_a_grid_is_zero():
    read = read_grid(np.ones((3, 3), np.float32), Box(10, 10, 20, 20), Box(0, 0, 30, 30), (30, 30))
    wanted = np.zeros((30, 30))
    wanted[10:20, 10:20] = 1
    np.testing.assert_array_equal(read, wanted)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (9, 1)])
def test_single_cells_hold_everywhere(size):
    read = read_grid(np.full((1, 1), 0.25, np.float32), Box(0, 0, 8, 8), Box(0, 0, 8, 8), size)
    np.testing.assert_array_equal(read, np.full(size, 0.25, np.float32))
