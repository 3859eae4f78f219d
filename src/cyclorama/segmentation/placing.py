"""From a network's map over the whole photograph to a segment in its own box."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.regions import label_regions, region_areas
from cyclorama.core.segment import Segment
from cyclorama.segmentation.grids import read_grid

__all__ = ["logistic", "place", "subjects"]

_FAINT = 0.02
#: A salient region smaller than this share of the map goes with the larger one that is nearest.
_SMALLEST_SUBJECT = 0.01
_COARSE = 64


def logistic(logits: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-logits)), float32 of any shape, without overflow."""
    out: FloatArray = (0.5 * (1 + np.tanh(0.5 * np.asarray(logits, np.float32)))).astype(np.float32)
    return out


def place(
    probability: FloatArray, size: tuple[int, int], score: float, label: str | None, within: Box | None = None
) -> Segment | None:
    """Cut a map over the whole photograph down to the object.

    Parameters
    ----------
    probability : float32 (h, w), [0, 1]
        Samples at the centres of equal cells that fill the photograph.
    size : (int, int)
        The photograph's (height, width).
    score : float
        Confidence, clipped to [0, 1].
    label : str or None
        What it is.
    within : Box, optional
        Nothing outside this box of the photograph belongs to the object.

    Returns
    -------
    Segment or None
        On whole pixels, at the map's own resolution; None if nothing is inside.
    """
    rows, columns = (
        np.flatnonzero((probability > _FAINT).any(1)),
        np.flatnonzero((probability > _FAINT).any(0)),
    )
    if rows.size == 0 or not (probability > 0.5).any():
        return None
    down, across = size[0] / probability.shape[0], size[1] / probability.shape[1]
    box = Box(
        int(columns[0] * across),
        int(rows[0] * down),
        int(np.ceil((columns[-1] + 1) * across)),
        int(np.ceil((rows[-1] + 1) * down)),
    ).intersect(Box.of_size(size))
    box = box if within is None else box.intersect(within)
    if box.area == 0:
        return None
    cells = (
        min(box.height, max(1, round(box.height / down)) + 1),
        min(box.width, max(1, round(box.width / across)) + 1),
    )
    grid = np.clip(read_grid(probability, Box.of_size(size), box, cells), 0, 1)
    if not (grid > 0.5).any():
        return None
    return Segment(grid, min(max(score, 0.0), 1.0), label, box)


def subjects(alpha: FloatArray, size: tuple[int, int], label: str | None = None) -> tuple[Segment, ...]:
    """Part a salience map into things that do not touch each other.

    Parameters
    ----------
    alpha : float32 (h, w), [0, 1]
        Salience or coverage over the whole photograph.
    size : (int, int)
        The photograph's (height, width).
    label : str or None
        What the network finds, if it is always the same.

    Returns
    -------
    tuple of Segment
        One for each large region; soft and small pieces go with the nearest of them. The score is how sure the
        network is inside. Empty if nothing is salient.
    """
    regions, count = label_regions(alpha > 0.5)
    if count == 0:
        return ()
    areas = region_areas(regions, count)
    large = np.flatnonzero(areas >= min(_SMALLEST_SUBJECT * alpha.size, areas.max())) + 1
    owner = _nearest(regions, large)
    found = []
    for number in large:
        own = np.where(owner == number, alpha, np.float32(0))
        score = float(own[own > 0.5].mean())
        found.append(place(own, size, score, label))
    return tuple(segment for segment in found if segment is not None)


def _nearest(regions: NDArray[np.int32], large: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return for each cell the large region that is nearest, found on a coarse grid."""
    if large.size == 1:
        return np.full(regions.shape, large[0], np.int32)
    rows = np.linspace(0, regions.shape[0], min(_COARSE, regions.shape[0]) + 1).astype(np.intp)
    columns = np.linspace(0, regions.shape[1], min(_COARSE, regions.shape[1]) + 1).astype(np.intp)
    y, x = np.mgrid[: rows.size - 1, : columns.size - 1]
    away = np.empty((large.size, *y.shape), np.float32)
    for place_, number in enumerate(large):
        inside = (
            np.add.reduceat(np.add.reduceat(regions == number, rows[:-1], 0, np.int64), columns[:-1], 1) > 0
        )
        at = np.argwhere(inside)
        away[place_] = np.min((y[..., None] - at[:, 0]) ** 2 + (x[..., None] - at[:, 1]) ** 2, axis=-1)
    coarse = large[np.argmin(away, axis=0)].astype(np.int32)
    heights, widths = np.diff(rows), np.diff(columns)
    owner = np.repeat(np.repeat(coarse, heights, 0), widths, 1)
    # The region itself is never cut by the coarse grid.
    exact = np.isin(regions, large)
    owner[exact] = regions[exact]
    return owner
