"""Which object stands before which: from where they touch, and from where they stand.

References
----------
.. [1] D. Hoiem, A. Efros, M. Hebert, "Recovering occlusion boundaries from an image", IJCV 91(3), 2011 (convexity and
   ground contact as cues).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from cyclorama.core.arrays import BoolArray
from cyclorama.core.filters import dilate
from cyclorama.core.segment import Segment
from cyclorama.segmentation.grids import read_grid

__all__ = ["far_to_near", "lies_before"]

#: Side of the grid on which two objects are compared.
_SIDE = 96
#: Of the smaller object's area: a bay that is filled by less of the other says nothing.
_LEAST_BAY = 0.05
_CLEARLY = 1.5


def far_to_near(segments: Sequence[Segment]) -> list[Segment]:
    """Sort segments from the bottom layer to the top.

    Parameters
    ----------
    segments : sequence of Segment
        Exclusive: of two that overlap, each has given up what the other shows.

    Returns
    -------
    list of Segment
        Where two touch, the one that bites into the other's outline is nearer [1]_; for all others the one that
        stands lower in the picture, and of two that stand alike the smaller.
    """
    remaining = sorted(segments, key=_nearness)
    before = {(id(a), id(b)): lies_before(a, b) for a, b in combinations(remaining, 2)}
    in_front = {(a, b) if first else (b, a) for (a, b), first in before.items() if first is not None}
    ordered: list[Segment] = []
    # The farthest that lies before none of the rest; a ring of contradictions is cut at its farthest.
    while remaining:
        free = [s for s in remaining if not any((id(s), id(other)) in in_front for other in remaining)]
        chosen = (free or remaining)[0]
        ordered.append(chosen)
        remaining = [s for s in remaining if s is not chosen]
    return ordered


def lies_before(first: Segment, second: Segment) -> bool | None:
    """Tell whether the first of two touching objects hides a part of the second; None if nothing says so."""
    if first.box.intersect(second.box).area == 0:
        return None
    box = first.box.union(second.box)
    scale = _SIDE / max(box.size)
    size = max(1, round(box.height * scale)), max(1, round(box.width * scale))
    masks = [read_grid(s.probability, s.box, box, size) > 0.5 for s in (first, second)]
    areas = [int(mask.sum()) for mask in masks]
    if min(areas) == 0 or not (dilate(masks[0], 2) & masks[1]).any():
        return None
    # What is hidden leaves a bay in its outline, and what hides it lies in that bay.
    in_second, in_first = (int((_hull(masks[1 - k]) & masks[k]).sum()) for k in (0, 1))
    least = _LEAST_BAY * min(areas)
    if max(in_second, in_first) < least or max(in_second, in_first) < _CLEARLY * min(in_second, in_first):
        return None
    return in_second > in_first


def _hull(mask: BoolArray) -> BoolArray:
    """Return the convex hull of a mask, from half-planes in 32 directions."""
    row, column = np.nonzero(mask)
    y, x = np.mgrid[: mask.shape[0], : mask.shape[1]]
    inside = np.ones(mask.shape, bool)
    for angle in np.arange(32) * (2 * np.pi / 32):
        along = np.cos(angle), np.sin(angle)
        inside &= x * along[0] + y * along[1] <= (column * along[0] + row * along[1]).max() + 1e-6
    return inside


def _nearness(own: Segment) -> tuple[float, float]:
    """Sort key from far to near: the lowest row of the object, then the smaller area."""
    inside = own.probability > 0.5
    rows = np.flatnonzero(inside.any(axis=1))
    cell = own.box.height / own.probability.shape[0]
    return own.box.top + float(rows[-1] + 1 if rows.size else 0) * cell, -float(inside.mean()) * own.box.area
