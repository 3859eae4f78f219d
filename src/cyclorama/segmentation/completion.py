"""What the foreground map is sure of belongs to some object: parts of a subject that no proposal holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray
from cyclorama.core.filters import dilate, erode
from cyclorama.core.regions import label_regions, region_areas
from cyclorama.core.segment import Segment
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.placing import place

__all__ = ["complete"]

_SMALLEST_SHARE = 0.005  # of the picture: smaller gaps between map and objects are a matter of edges
_LEAST_CONTACT = 0.1  # of a region's outline, along an object, makes it a part of that object
_FAINT = 0.02


def complete(found: Sequence[Segment], foreground: Segment) -> list[Segment]:
    """Give foreground that no object holds to the object that it touches most.

    Parameters
    ----------
    found : sequence of Segment
        Objects that are certain enough to become layers, exclusive of each other.
    foreground : Segment
        The foreground of the same photograph as a whole; best refined on the photograph, so that its parts are
        either in or out.

    Returns
    -------
    list of Segment
        As many, in the same order, on the foreground's grid where they grew. A region that touches no object
        stays out: whether it is an object of its own was decided by its score.
    """
    size = foreground.probability.shape[0], foreground.probability.shape[1]
    maps = [np.clip(read_grid(own.probability, own.box, foreground.box, size), 0, 1) for own in found]
    if not maps:
        return []
    sure = foreground.probability > 0.5
    inside = [own > 0.5 for own in maps]
    seeds = _seeds(sure, inside)
    free = (foreground.probability > _FAINT) & ~np.any(inside, axis=0)
    out = list(found)
    for number in sorted(set(np.unique(seeds[seeds > 0]).tolist())):
        part = _reached(seeds == number, free & ((seeds == 0) | (seeds == number)))
        free &= ~part
        own, place_of = maps[number - 1], found[number - 1]
        whole = np.where(part | (inside[number - 1] & sure), np.maximum(own, foreground.probability), own)
        placed = place(whole, foreground.box.size, place_of.score, place_of.label)
        out[number - 1] = placed or place_of
    return out


def _seeds(sure: BoolArray, inside: Sequence[BoolArray]) -> NDArray[np.int32]:
    """Return 1 + the number of the object that each region nobody holds belongs to; 0 elsewhere."""
    seeds = np.zeros(sure.shape, np.int32)
    for region in _regions(sure & ~np.any(inside, axis=0)):
        owner = _touched_most(region, inside)
        if owner is not None:
            seeds[region] = owner + 1
    return seeds


def _regions(mask: BoolArray) -> list[BoolArray]:
    """Return connected parts that are neither thin nor small."""
    labels, count = label_regions(dilate(erode(mask, 1), 1) & mask)
    large = np.flatnonzero(region_areas(labels, count) >= _SMALLEST_SHARE * mask.size) + 1
    return [labels == number for number in large]


def _touched_most(region: BoolArray, inside: Sequence[BoolArray]) -> int | None:
    ring = dilate(region, 2) & ~region
    shared = [int((ring & own).sum()) for own in inside]
    best = int(np.argmax(shared))
    return best if shared[best] > _LEAST_CONTACT * int(ring.sum()) else None


def _reached(start: BoolArray, open_to: BoolArray) -> BoolArray:
    """Return all cells that can be reached from ``start`` through open ones."""
    labels, count = label_regions(open_to | start)
    reached = np.zeros(count + 1, bool)
    reached[labels[start]] = True
    reached[0] = False
    out: NDArray[np.bool_] = reached[labels]
    return out
