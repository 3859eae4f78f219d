"""Connected regions of a mask.

References
----------
.. [1] L. He, Y. Chao, K. Suzuki, "A run-based two-scan labeling algorithm", IEEE TIP 17(5), 2008.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray

__all__ = ["fill_holes", "join_pairs", "label_regions", "region_areas"]


def label_regions(mask: BoolArray) -> tuple[NDArray[np.int32], int]:
    """Number the 4-connected regions of a mask.

    Parameters
    ----------
    mask : bool (H, W)
        What belongs to some region.

    Returns
    -------
    labels : int32 (H, W)
        0 outside, 1..count inside, in the order of each region's first pixel in reading order.
    count : int
        Number of regions.
    """
    start_row, start, stop = _runs(mask)
    if start.size == 0:
        return np.zeros(mask.shape, np.int32), 0
    lower, upper = _touching_runs(start_row, start, stop, mask.shape[0])
    roots = join_pairs(start.size, lower, upper)
    _, run_label = np.unique(roots, return_inverse=True)
    # Painted by differences: +label where a run starts, -label where it stops.
    width = mask.shape[1]
    steps = np.zeros(mask.shape[0] * (width + 1), np.int32)
    value = (run_label + 1).astype(np.int32)
    np.add.at(steps, start_row * (width + 1) + start, value)
    np.subtract.at(steps, start_row * (width + 1) + stop, value)
    labels = np.cumsum(steps.reshape(mask.shape[0], width + 1), axis=1, dtype=np.int32)[:, :-1]
    return np.ascontiguousarray(labels), int(run_label.max()) + 1


def region_areas(labels: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Return the areas in pixels of regions 1..count."""
    return np.bincount(labels.ravel(), minlength=count + 1)[1:].astype(np.int64)


def fill_holes(mask: BoolArray, largest_px: int) -> BoolArray:
    """Return the mask with enclosed gaps of at most ``largest_px`` pixels filled; gaps at the border stay."""
    labels, count = label_regions(~mask)
    if count == 0:
        return mask
    small = np.concatenate([[False], region_areas(labels, count) <= largest_px])
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    small[border] = False
    filled: BoolArray = mask | small[labels]
    return filled


def _runs(mask: BoolArray) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    padded[:, 1:-1] = mask
    change = np.diff(padded, axis=1)
    row, start = np.nonzero(change == 1)
    _, stop = np.nonzero(change == -1)
    return row, start, stop


def _touching_runs(
    row: NDArray[np.int64], start: NDArray[np.int64], stop: NDArray[np.int64], height: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs (run, run in the row above) that share a column."""
    # Runs are sorted by row, then column. One sortable key per run makes the row above a slice of one array.
    width = int(stop.max()) + 1
    start_key, stop_key = row * width + start, row * width + stop
    above_start, above_stop = (row - 1) * width + start, (row - 1) * width + stop
    first = np.searchsorted(stop_key, above_start, side="right")
    last = np.searchsorted(start_key, above_stop, side="left")
    # The row above row 0 does not exist, and a run of the row before last cannot pass these keys.
    count = np.maximum(last - first, 0)
    count[row == 0] = 0
    run = np.repeat(np.arange(row.size), count)
    offset = np.arange(run.size) - np.repeat(np.cumsum(count) - count, count)
    return run, first[run] + offset


def join_pairs(size: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join elements 0..size-1 pair by pair and return the smallest member of each one's set (pointer jumping)."""
    root = np.arange(size)
    while True:
        low = np.minimum(root[left], root[right])
        before = root.copy()
        np.minimum.at(root, root[left], low)
        np.minimum.at(root, root[right], low)
        root = root[root]
        while not np.array_equal(root, root[root]):
            root = root[root]
        if np.array_equal(before, root):
            return root
