"""The segmentation stage: which objects of a photograph become layers, in which order, under which names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import SplitOptions
from cyclorama.protocol.progress import Progress, Report, silent, span
from cyclorama.segmentation.completion import complete
from cyclorama.segmentation.crumbs import without_crumbs
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.ordering import far_to_near
from cyclorama.segmentation.segmenter import RefineForeground, Segmenter, Surveying
from cyclorama.segmentation.selection import merge

__all__ = ["add_selected", "kind_of", "merge_named", "name_all", "segment"]

_SMALLEST_SHARE = 5e-4  # of the photograph: a square of 2 % of the side
_SHARPNESS = 4  # how strongly the surer of two objects takes a pixel that both claim


def segment(
    image: Image,
    segmenter: Segmenter,
    options: SplitOptions,
    *,
    refine: RefineForeground | None = None,
    report: Report = silent,
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
    refine : callable, optional
        Makes the foreground sharp, where the model knows it as a whole; what then belongs to no object completes
        the object that it touches.
    report : callable
        Receives progress; may raise ``Cancelled``.

    Returns
    -------
    tuple of Segment
        From the bottom layer to the top: what hides another or stands lower in the picture is nearer. Every one
        has a name as its label; where two overlap, their probabilities sum to at most 1. Empty if nothing was found.
    """
    report(Progress("segment", 0.0, "Looking for objects"))
    found, foreground = _seen(image, segmenter, span(report, 0.0, 0.8))
    kept = sorted((s for s in found if s.score >= options.threshold), key=lambda s: -s.score)
    kept = kept[: options.max_objects]
    exclusive = [without_crumbs(_without_others(s, kept)) for s in kept]
    if refine is not None and foreground is not None and exclusive:
        report(Progress("segment", 0.85, "Completing objects"))
        exclusive = complete(exclusive, refine(image, foreground))
    report(Progress("segment", 0.95, "Ordering objects"))
    named = name_all(far_to_near(_large(exclusive, image.size)))
    report(Progress("segment", 1.0, f"Found {len(named)} objects" if len(named) != 1 else "Found 1 object"))
    return named


def _seen(image: Image, segmenter: Segmenter, report: Report) -> tuple[tuple[Segment, ...], Segment | None]:
    if isinstance(segmenter, Surveying):
        return segmenter.survey(image, report=report)
    return segmenter(image, report=report), None


def add_selected(
    segments: Sequence[Segment], selected: Segment, size: tuple[int, int]
) -> tuple[Segment, ...]:
    """Add what a person selected to the objects of a photograph.

    Parameters
    ----------
    segments : sequence of Segment
        Of :func:`segment`.
    selected : Segment
        Takes all pixels that it covers from the others: it was asked for.
    size : (int, int)
        (height, width) of the photograph.

    Returns
    -------
    tuple of Segment
        In layer order, with new names. Objects of which nothing is left are gone.
    """
    rest = []
    for own in segments:
        rows, columns = own.probability.shape
        taken = read_grid(selected.probability, selected.box, own.box, (rows, columns))
        rest.append(replace(own, probability=np.minimum(own.probability, 1 - np.clip(taken, 0, 1))))
    return name_all(far_to_near([*_large(rest, size), selected]))


def merge_named(segments: Sequence[Segment], names: Sequence[str]) -> tuple[Segment, ...]:
    """Make one object of those with the given names; all are named anew.

    Raises
    ------
    InputError
        If fewer than two names are given, or one is unknown.
    """
    known = {own.label: own for own in segments}
    for name in names:
        if name not in known:
            raise InputError(f"There is no object {name!r}; found are {', '.join(map(str, known))}.")
    if len(set(names)) < 2:
        raise InputError("Fewer than two objects were given to merge; two or more were wanted.")
    rest = [own for own in segments if own.label not in names]
    return name_all(far_to_near([*rest, merge([known[name] for name in dict.fromkeys(names)])]))


def _large(segments: Sequence[Segment], size: tuple[int, int]) -> list[Segment]:
    smallest = max(1.0, _SMALLEST_SHARE * size[0] * size[1])
    return [s for s in segments if _area(s) >= smallest]


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


def name_all(ordered: Sequence[Segment]) -> tuple[Segment, ...]:
    """Number segments of the same label ("object" without one), from the surest down; the order stays."""
    used = Counter[str]()
    names: dict[int, str] = {}
    for own in sorted(ordered, key=lambda s: -s.score):
        base = kind_of(own.label)
        used[base] += 1
        names[id(own)] = f"{base} {used[base]}"
    return tuple(replace(own, label=names[id(own)]) for own in ordered)


def kind_of(label: str | None) -> str:
    """Return what a label or a name with a number says of the kind: ``"person"`` of ``"person 2"``."""
    base, _, number = (label or "").rpartition(" ")
    return (base if number.isdigit() else label) or "object"
