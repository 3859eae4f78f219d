"""What the foreground map knows and the single proposals do not: pieces of one thing, and things nobody proposed.

All maps are float32 (h, w) on the grid of the foreground map, in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import dilate, erode
from cyclorama.core.regions import label_regions

__all__ = ["Candidate", "join_pieces", "with_leftovers", "with_support"]

_SUPPORT = 0.4
_SMALLEST_SHARE = 0.01  # of the picture: smaller salient regions are not objects of their own
_SURE = 0.5  # a piece with at least this score is an object in its own right


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A probability map over the whole picture, and how likely it is to be one object."""

    probability: FloatArray
    score: float

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Where the object is."""
        return self.probability > 0.5


def with_support(found: Sequence[Candidate], salience: FloatArray) -> list[Candidate]:
    """Raise each score by as much as the object is salient; drop what is nowhere inside."""
    out = []
    for candidate in found:
        inside = candidate.inside
        if inside.any():
            power = 1 - _SUPPORT * float(salience[inside].mean())
            out.append(Candidate(candidate.probability, candidate.score**power))
    return out


def join_pieces(found: Sequence[Candidate], salience: FloatArray) -> list[Candidate]:
    """Where a salient region was cut up and none of the pieces is sure to be an object, make the whole the object."""
    out = list(found)
    for region in _regions(salience > 0.5):
        pieces = [c for c in out if (c.inside & region).sum() > 0.8 * c.inside.sum()]
        if len(pieces) < 2 or max(c.score for c in pieces) >= _SURE:
            continue
        covered = np.any([c.inside for c in pieces], axis=0)
        if (
            max(int(c.inside.sum()) for c in pieces) > 0.6 * region.sum()
            or (covered & region).sum() < 0.4 * region.sum()
        ):
            continue
        whole = np.where(dilate(region, 2), salience, 0).astype(np.float32)
        out = [c for c in out if not any(c is piece for piece in pieces)]
        out.append(Candidate(whole, 0.8 * float(salience[region].mean())))
    return out


def with_leftovers(found: Sequence[Candidate], salience: FloatArray, least_score: float) -> list[Candidate]:
    """Give salient leftovers to the object that they touch most, or make them objects."""
    out = list(found)
    owned = np.zeros(salience.shape, bool)
    for candidate in out:
        if candidate.score >= least_score:
            owned |= candidate.probability > 0.4
    for region in _regions((salience > 0.5) & ~owned):
        own = _touched_most(region, out)
        if own is not None and region.sum() < 0.35 * out[own].inside.sum():
            grown = np.where(region, np.maximum(out[own].probability, salience), out[own].probability)
            out[own] = Candidate(grown.astype(np.float32), out[own].score)
            continue
        alone = np.where(dilate(region, 2) & ~owned, salience, 0).astype(np.float32)
        out.append(Candidate(alone, 0.8 * float(salience[region].mean())))
    return out


def _regions(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Connected parts that are neither thin nor small."""
    labels, count = label_regions(dilate(erode(mask, 1), 1) & mask)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    return [labels == k for k in range(1, count + 1) if areas[k] >= _SMALLEST_SHARE * mask.size]


def _touched_most(region: NDArray[np.bool_], found: Sequence[Candidate]) -> int | None:
    """Return the candidate that borders the region along the most cells, or None if none does."""
    ring = dilate(region, 2) & ~region
    shared = [int((ring & (c.probability > 0.4)).sum()) for c in found]
    best = int(np.argmax(shared)) if shared else -1
    return best if best >= 0 and shared[best] > 0.1 * ring.sum() else None
