"""Answers to clicks and boxes: what a person points at becomes a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.regions import label_regions
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import InputError, NoObjectFound
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.segmenter import Answers

__all__ = ["Click", "divide", "merge", "select"]

_INSIDE = 0.5
#: A click beside every answer cuts out a disc of this share of the way to the nearest click that keeps.
_CUT_SHARE = 0.6
_LEAST_PART = 0.02  # of a divided segment: smaller pieces go with what they touch


@dataclass(frozen=True, slots=True)
class Click:
    """A place that a person points at.

    Parameters
    ----------
    x_px, y_px : float
        In pixels of the photograph, from its top left corner.
    keep : bool
        Whether the place belongs to the object, or surely does not.
    """

    x_px: float
    y_px: float
    keep: bool = True


def select(seen: Answers, clicks: Sequence[Click] = (), boxes: Sequence[Box] = ()) -> Segment:
    """Return what a person points at, as one segment.

    Parameters
    ----------
    seen : Answers
        What the segmenter saw of the photograph; asking costs a few milliseconds.
    clicks : sequence of Click
        Places inside the object, and places that do not belong to it.
    boxes : sequence of Box
        Each around the object or a part of it, in pixels of the photograph.

    Returns
    -------
    Segment
        The union of the answers to boxes and clicks, without what the clicks that do not keep lie on. Its score
        is that of its surest part.

    Raises
    ------
    InputError
        If nothing is asked, or a click or box lies outside the photograph.
    NoObjectFound
        If nothing stands out at one of the places.
    """
    keep, drop = [c for c in clicks if c.keep], [c for c in clicks if not c.keep]
    if not keep and not boxes:
        raise InputError("Nothing was pointed at; a click or a box on an object was wanted.")
    parts: list[Segment] = []
    for box in boxes:
        found = seen.within(box)
        if found is None:
            raise NoObjectFound(
                f"Nothing stands out in the box from ({box.left}, {box.top}) to ({box.right}, {box.bottom}).",
                "Draw the box closer around the object.",
            )
        parts.append(found)
    for click in keep:
        if not any(_holds(part, click) for part in parts):
            parts.append(_answer(seen, click, keep, drop))
    whole = merge(parts)
    for click in drop:
        if _holds(whole, click):
            whole = _without(whole, seen, click, keep)
    if not (whole.probability > _INSIDE).any():
        raise NoObjectFound(
            "The clicks that do not keep leave nothing of the object.", "Take one of them back."
        )
    return whole


def merge(segments: Sequence[Segment]) -> Segment:
    """Return the union of segments: the highest probability at each place, on the finest of their grids.

    Raises
    ------
    InputError
        If there is none.
    """
    if not segments:
        raise InputError("No segments were given to merge; at least one was wanted.")
    if len(segments) == 1:
        return segments[0]
    surest = max(segments, key=lambda s: s.score)
    box = Box(0, 0, 0, 0)
    for own in segments:
        box = box.union(own.box)
    cell = min(
        min(s.box.height / s.probability.shape[0], s.box.width / s.probability.shape[1]) for s in segments
    )
    size = max(1, round(box.height / cell)), max(1, round(box.width / cell))
    grids = [read_grid(s.probability, s.box, box, size) for s in segments]
    probability: FloatArray = np.clip(np.max(grids, axis=0), 0, 1)
    return Segment(probability, surest.score, surest.label, box)


def divide(segment: Segment, seen: Answers, clicks: Sequence[Click] = ()) -> tuple[Segment, ...]:
    """Split a segment.

    Parameters
    ----------
    segment : Segment
        What is to be split.
    seen : Answers
        What the segmenter saw of the photograph.
    clicks : sequence of Click
        One inside each wanted part; none to split into the pieces that do not touch each other.

    Returns
    -------
    tuple of Segment
        Parts that do not overlap and together are the segment; just the segment if it is in one piece.

    Raises
    ------
    InputError
        If a click lies beside the segment, or only one is given.
    """
    if not clicks:
        return _pieces(segment)
    if len(clicks) < 2:
        raise InputError("One click was given to split an object; one inside each part was wanted.")
    for click in clicks:
        if not _holds(segment, click):
            raise InputError(
                f"The click at ({click.x_px:g}, {click.y_px:g}) lies beside the object to split."
            )
    size = segment.probability.shape[0], segment.probability.shape[1]
    claims = np.stack([_claim(segment, seen, click, clicks, size) for click in clicks])
    owner = claims.argmax(axis=0)
    return tuple(
        _cut(replace(segment, probability=np.where(owner == number, segment.probability, 0)))
        for number in range(len(clicks))
    )


def _answer(seen: Answers, click: Click, keep: Sequence[Click], drop: Sequence[Click]) -> Segment:
    """Return the answer at a click that agrees with most of the other clicks, the likeliest of those."""
    answers = seen.at(click.x_px, click.y_px)
    if not answers:
        raise NoObjectFound(
            f"Nothing stands out at ({click.x_px:g}, {click.y_px:g}).", "Draw a box around the object."
        )

    def agreement(answer: Segment) -> int:
        return sum(_holds(answer, c) for c in keep) - sum(_holds(answer, c) for c in drop)

    return max(answers, key=agreement)  # the first, which is the likeliest, of those that agree most


def _without(whole: Segment, seen: Answers, click: Click, keep: Sequence[Click]) -> Segment:
    """Take what lies at a click out of a segment, sparing the clicks that keep."""
    size = whole.probability.shape[0], whole.probability.shape[1]
    spared = [
        answer
        for answer in seen.at(click.x_px, click.y_px)
        if _holds(answer, click) and not any(_holds(answer, other) for other in keep)
    ]
    if spared:
        theirs = read_grid(spared[0].probability, spared[0].box, whole.box, size)
    else:
        theirs = _disc(whole, click, keep)
    return replace(whole, probability=np.minimum(whole.probability, 1 - np.clip(theirs, 0, 1)))


def _disc(whole: Segment, click: Click, keep: Sequence[Click]) -> FloatArray:
    """Return 1 around a click, over part of the way to the nearest click that keeps or, without one, to the box."""
    away = [np.hypot(c.x_px - click.x_px, c.y_px - click.y_px) for c in keep]
    radius = _CUT_SHARE * float(min(away, default=min(whole.box.size) / 3))
    return (_distance(whole, click) <= radius).astype(np.float32)


def _claim(
    segment: Segment, seen: Answers, click: Click, clicks: Sequence[Click], size: tuple[int, int]
) -> FloatArray:
    """Return how much a click's part claims each cell: the network's answer there first, nearness second."""
    reach = max(segment.box.size)
    near: FloatArray = np.float32(0.1) * (1 - _distance(segment, click) / np.float32(reach))
    for answer in seen.at(click.x_px, click.y_px):
        others = [c for c in clicks if c is not click and _holds(answer, c)]
        if _holds(answer, click) and not others:
            near += read_grid(answer.probability, answer.box, segment.box, size)
            break
    return near


def _distance(segment: Segment, click: Click) -> FloatArray:
    """Return the distance of each cell of a segment's grid to a click, in pixels of the photograph."""
    rows, columns = segment.probability.shape
    y = segment.box.top + (np.arange(rows) + 0.5) * segment.box.height / rows - click.y_px
    x = segment.box.left + (np.arange(columns) + 0.5) * segment.box.width / columns - click.x_px
    out: FloatArray = np.hypot(y[:, None], x[None]).astype(np.float32)
    return out


def _holds(segment: Segment, click: Click) -> bool:
    box = segment.box
    if not (box.left <= click.x_px <= box.right and box.top <= click.y_px <= box.bottom):
        return False
    rows, columns = segment.probability.shape
    row = min(int((click.y_px - box.top) / box.height * rows), rows - 1)
    column = min(int((click.x_px - box.left) / box.width * columns), columns - 1)
    return bool(segment.probability[row, column] > _INSIDE)


def _pieces(segment: Segment) -> tuple[Segment, ...]:
    labels, count = label_regions(segment.probability > _INSIDE)
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    large = [int(k) + 1 for k in np.flatnonzero(areas >= _LEAST_PART * areas.sum())] if count else []
    if len(large) < 2:
        return (segment,)
    owner = _nearest_piece(labels, large)
    return tuple(
        _cut(replace(segment, probability=np.where(owner == k, segment.probability, 0)))
        for k in sorted(large, key=lambda k: -int(areas[k - 1]))
    )


def _nearest_piece(labels: NDArray[np.int32], large: Sequence[int]) -> NDArray[np.int32]:
    """Return for each cell the large piece that reaches it first, growing all alike."""
    owner: NDArray[np.int32] = np.where(np.isin(labels, large), labels, 0).astype(np.int32)
    while (owner == 0).any():
        grown = np.pad(owner, 1)
        beside = np.max([grown[:-2, 1:-1], grown[2:, 1:-1], grown[1:-1, :-2], grown[1:-1, 2:]], axis=0)
        owner = np.where(owner == 0, beside, owner)
    return owner


def _cut(segment: Segment) -> Segment:
    """Cut the grid down to where there is something, on whole pixels of the photograph."""
    inner = Box.of_mask(segment.probability > 0.02)
    if inner.area == 0:
        return segment
    rows, columns = segment.probability.shape
    down, across = segment.box.height / rows, segment.box.width / columns
    box = Box(
        segment.box.left + int(np.floor(inner.left * across)),
        segment.box.top + int(np.floor(inner.top * down)),
        segment.box.left + int(np.ceil(inner.right * across)),
        segment.box.top + int(np.ceil(inner.bottom * down)),
    ).intersect(segment.box)
    size = min(box.height, inner.height + 2), min(box.width, inner.width + 2)
    return replace(
        segment, probability=np.clip(read_grid(segment.probability, segment.box, box, size), 0, 1), box=box
    )
