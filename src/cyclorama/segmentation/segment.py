"""The segmentation stage: which objects of a photograph become layers, in which order, under which names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.protocol.options import SplitOptions
from cyclorama.protocol.progress import Progress, Report, silent, span
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.segmenter import Segmenter

__all__ = ["segment"]

_SMALLEST_SHARE = 5e-4  # of the photograph: a square of 2 % of the side
_SHARPNESS = 4  # how strongly the surer of two objects takes a pixel that both claim


def segment(
    image: Image, segmenter: Segmenter, options: SplitOptions, *, report: Report = silent
) -> tuple[Segment, ...]:
    """Find the objects of a photograph and put them in layer order.

    Parameters
    ----------
    image : Image
        The photograph.
    segmenter : Segmenter
        The model.
    options : SplitOptions
        ``threshold`` and ``max_objects`` are used.
    report : callable
        Receives progress; may raise ``Cancelled``.

    Returns
    -------
    tuple of Segment
        From the bottom layer to the top: what stands lower in the picture is nearer. Every one has a name as its
        label; where two overlap, their probabilities sum to at most 1. Empty if nothing was found.
    """
    report(Progress("segment", 0.0, "Looking for objects"))
    found = segmenter(image, report=span(report, 0.0, 0.9))
    kept = sorted((s for s in found if s.score >= options.threshold), key=lambda s: -s.score)
    kept = kept[: options.max_objects]
    exclusive = [_without_others(s, kept) for s in kept]
    report(Progress("segment", 0.95, "Ordering objects"))
    smallest = max(1.0, _SMALLEST_SHARE * image.size[0] * image.size[1])
    large = [s for s in exclusive if _area(s) >= smallest]
    named = _with_names(sorted(large, key=_nearness))
    report(Progress("segment", 1.0, f"Found {len(named)} objects" if len(named) != 1 else "Found 1 object"))
    return named


def _without_others(own: Segment, all_segments: Sequence[Segment]) -> Segment:
    """Give up the pixels that another object claims more strongly."""
    overlapping = [s for s in all_segments if s is not own and own.box.intersect(s.box).area > 0]
    if not overlapping:
        return own
    size = own.probability.shape
    claim = own.score * own.probability**_SHARPNESS
    total: FloatArray = claim + np.float32(1e-12)
    for other in overlapping:
        theirs = read_grid(other.probability, other.box, own.box, (size[0], size[1]))
        total = total + other.score * theirs**_SHARPNESS
    return replace(own, probability=np.minimum(own.probability, claim / total))


def _area(own: Segment) -> float:
    """Pixels of the photograph that are more likely than not inside."""
    return float((own.probability > 0.5).mean()) * own.box.area


def _nearness(own: Segment) -> tuple[float, float]:
    """Sort key from far to near: the lowest row of the object, then the smaller area."""
    rows = np.flatnonzero((own.probability > 0.5).any(axis=1))
    cell = own.box.height / own.probability.shape[0]
    return own.box.top + float(rows[-1] + 1) * cell, -_area(own)


def _with_names(ordered: Sequence[Segment]) -> tuple[Segment, ...]:
    """Number what has no label, and what shares one, from the surest down."""
    totals, used = Counter(s.label for s in ordered), Counter[str]()
    names: dict[int, str] = {}
    for own in sorted(ordered, key=lambda s: -s.score):
        base = own.label or "object"
        used[base] += 1
        alone = own.label is not None and totals[own.label] == 1
        names[id(own)] = base if alone else f"{base} {used[base]}"
    return tuple(replace(own, label=names[id(own)]) for own in ordered)
