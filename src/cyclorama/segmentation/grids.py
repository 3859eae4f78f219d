"""Reading a probability grid at other places: the grids of two segments rarely coincide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box

__all__ = ["read_grid"]


def _read_axis(
    start: float, step: float, count: int, wanted: NDArray[np.float64]
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the lower of two neighboring cells and the share of the upper one, for linear interpolation.

    Parameters
    ----------
    start, step : float
        Where the grid begins and how wide a cell is; cell i covers ``start + i * step`` to ``start + (i + 1) * step``.
    count : int
        Number of cells.
    wanted : float64 (N,)
        Coordinates at which to read; beyond the first and last cell centers the end cells hold.
    """
    at = np.clip((wanted - start) / step - 0.5, 0, count - 1)
    low = np.minimum(at.astype(np.intp), max(count - 2, 0))
    return low, (at - low).astype(np.float32)


def read_grid(grid: FloatArray, box: Box, wanted: Box, size: tuple[int, int]) -> FloatArray:
    """Read a grid over ``box`` as a grid of ``size`` over the box ``wanted``.

    Parameters
    ----------
    grid : float32 (h, w)
        Samples at the centers of equal cells that fill ``box``.
    box, wanted : Box
        Both in pixels of the photograph.
    size : (int, int)
        Cells (height, width) of the result.

    Returns
    -------
    float32 (height, width)
        Interpolated linearly; 0 at cells whose center lies outside ``box``.
    """
    y = wanted.top + (np.arange(size[0]) + 0.5) * wanted.height / size[0]
    x = wanted.left + (np.arange(size[1]) + 0.5) * wanted.width / size[1]
    row, down = _read_axis(box.top, box.height / grid.shape[0], grid.shape[0], y)
    column, right = _read_axis(box.left, box.width / grid.shape[1], grid.shape[1], x)
    below, beside = np.minimum(row + 1, grid.shape[0] - 1), np.minimum(column + 1, grid.shape[1] - 1)
    rows = grid[row] * (1 - down)[:, None] + grid[below] * down[:, None]
    out = rows[:, column] * (1 - right) + rows[:, beside] * right
    out[(y < box.top) | (y > box.bottom)] = 0
    out[:, (x < box.left) | (x > box.right)] = 0
    result: FloatArray = out.astype(np.float32)
    return result
