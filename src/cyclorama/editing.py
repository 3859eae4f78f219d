"""Changing a document by hand: add what was pointed at, merge, divide, touch up.

Every function is pure and returns a document that recomposes to the same photograph; what it did not have to change
keeps its colours and its plate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import fit_size, resize
from cyclorama.core.segment import Segment
from cyclorama.matting.alpha import refine_matte
from cyclorama.matting.touch_up import Scribbles, touch_up
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import RefineOptions, SplitOptions
from cyclorama.protocol.progress import Report, silent, span
from cyclorama.restacking import Visible, less, photograph, rebuilt, shown_layers
from cyclorama.segmentation.ordering import far_to_near
from cyclorama.segmentation.segment import kind_of

__all__ = [
    "Scribbles",
    "add_object",
    "merge_layers",
    "refine_layer",
    "refine_matte",
    "remove_layer",
    "split_layer",
    "touch_up",
]

_ORDER_SIDE = 192


def add_object(
    document: LayeredDocument,
    segment: Segment,
    options: SplitOptions | None = None,
    *,
    name: str | None = None,
    report: Report = silent,
) -> LayeredDocument:
    """Add an object as a layer.

    Parameters
    ----------
    document : LayeredDocument
        Of :func:`cyclorama.split`.
    segment : Segment
        Of :func:`cyclorama.select`; it takes what it covers from the other layers.
    options : SplitOptions, optional
        ``edge_width`` is used.
    name : str, optional
        Of the new layer; by default its label or "object", with the next free number.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Returns
    -------
    LayeredDocument
        With the layer where occlusion and height put it. Layers of which nothing is left are gone.
    """
    photo = photograph(document)
    matte, box = refine_matte(photo, segment, options or SplitOptions(), report=span(report, 0.0, 0.4))
    stack = [less(own, matte.alpha, box) for own in shown_layers(document)]
    added = Visible(name or _free_name(document, kind_of(segment.label)), matte.alpha, box)
    return rebuilt(document, photo, _inserted(stack, added, photo.size), span(report, 0.4, 1.0))


def remove_layer(document: LayeredDocument, name: str, *, report: Report = silent) -> LayeredDocument:
    """Give an object back to the plate.

    Raises
    ------
    InputError
        If there is no such layer.
    """
    place = _place(document, name)
    stack = [own for number, own in enumerate(shown_layers(document)) if number != place]
    return rebuilt(document, photograph(document), stack, report)


def merge_layers(
    document: LayeredDocument, names: Sequence[str], *, name: str | None = None, report: Report = silent
) -> LayeredDocument:
    """Make one layer of several, at the place of the topmost and under its name or the one given.

    Raises
    ------
    InputError
        If fewer than two names are given, or one is unknown.
    """
    places = sorted({_place(document, given) for given in names})
    if len(places) < 2:
        raise InputError("Fewer than two layers were given to merge; two or more were wanted.")
    stack = shown_layers(document)
    box = Box(0, 0, 0, 0)
    for place in places:
        box = box.union(stack[place].box)
    coverage = np.zeros(box.size, np.float32)
    for place in places:
        coverage[stack[place].box.relative_to(box).slices] += stack[place].coverage
    top = places[-1]
    stack[top] = Visible(name or stack[top].name, np.minimum(coverage, 1), box)
    kept = [own for number, own in enumerate(stack) if number not in places[:-1]]
    return rebuilt(document, photograph(document), kept, report)


def split_layer(
    document: LayeredDocument, name: str, parts: Sequence[Segment], *, report: Report = silent
) -> LayeredDocument:
    """Divide a layer.

    Parameters
    ----------
    document : LayeredDocument
        Of :func:`cyclorama.split`.
    name : str
        Of the layer.
    parts : sequence of Segment
        Of :func:`cyclorama.divide`. Each pixel of the layer goes to the part that claims it most; pixels that none
        claims go to the first.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Raises
    ------
    InputError
        If there is no such layer, or fewer than two parts have a share of it.
    """
    place = _place(document, name)
    stack = shown_layers(document)
    whole = stack[place]
    shares = _shares(parts, whole.box)
    if sum(bool((share * whole.coverage > 0.5).any()) for share in shares) < 2:
        raise InputError(f"Fewer than two parts have a share of layer {name!r}; two or more were wanted.")
    pieces = []
    for number, share in enumerate(shares):
        taken = name if number == 0 else _free_name(document, kind_of(name), number)
        pieces.append(Visible(taken, share * whole.coverage, whole.box))
    stack[place : place + 1] = pieces
    return rebuilt(document, photograph(document), stack, report)


def refine_layer(
    document: LayeredDocument,
    name: str,
    scribbles: Scribbles,
    options: RefineOptions | None = None,
    *,
    report: Report = silent,
) -> LayeredDocument:
    """Touch a layer's matte up; see :func:`cyclorama.matting.touch_up.touch_up`.

    Parameters
    ----------
    document : LayeredDocument
        Of :func:`cyclorama.split`.
    name : str
        Of the layer.
    scribbles : Scribbles, (H, W)
        What to keep in the layer, to drop from it, and to look at again.
    options : RefineOptions, optional
        Defaults if None.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Returns
    -------
    LayeredDocument
        What the layer gained is taken from the other layers; what it lost goes to the plate.

    Raises
    ------
    InputError
        If there is no such layer, or the sizes differ.
    """
    options = options or RefineOptions()
    place, photo = _place(document, name), photograph(document)
    stack = shown_layers(document)
    own = stack[place]
    matte, box, _ = touch_up(
        photo, Matte(own.coverage), own.box, scribbles, reach=options.reach, report=span(report, 0.0, 0.4)
    )
    room = [_without_gain(other, own, matte.alpha, box) for other in stack]
    room[place] = Visible(own.name, matte.alpha, box)
    return rebuilt(document, photo, room, span(report, 0.4, 1.0))


def _place(document: LayeredDocument, name: str) -> int:
    names = [layer.name for layer in document.layers]
    if name not in names:
        raise InputError(f"There is no layer {name!r}; there are {', '.join(names) or 'none'}.")
    return names.index(name)


def _free_name(document: LayeredDocument, kind: str, skip: int = 1) -> str:
    taken = {layer.name for layer in document.layers}
    free = (f"{kind} {number}" for number in range(1, len(taken) + skip + 1))
    return [name for name in free if name not in taken][skip - 1]


def _without_gain(other: Visible, old: Visible, alpha: FloatArray, box: Box) -> Visible:
    """Take from a layer what another now covers beyond what it covered before."""
    before = np.zeros(box.size, np.float32)
    common = old.box.intersect(box)
    before[common.relative_to(box).slices] = old.coverage[common.relative_to(old.box).slices]
    gain: FloatArray = np.clip((alpha - before) / np.maximum(1 - before, np.float32(1e-6)), 0, 1)
    return less(other, gain, box)


def _inserted(stack: list[Visible], added: Visible, size: tuple[int, int]) -> list[Visible]:
    """Put a layer above the topmost of those that depth cues put behind it; the others keep their order."""
    seen = [_outline(own, size) for own in [*stack, added]]
    ordered = far_to_near([found for found in seen if found is not None])
    depth = {id(found): number for number, found in enumerate(ordered)}
    own = depth.get(id(seen[-1]), 0)
    behind = [k for k, found in enumerate(seen[:-1]) if found is not None and depth[id(found)] < own]
    place = max(behind, default=-1) + 1
    return [*stack[:place], added, *stack[place:]]


def _outline(own: Visible, size: tuple[int, int]) -> Segment | None:
    """Return a layer as a segment on a small grid; None if nothing of it is left."""
    if own.coverage.max() <= 0.5:
        return None
    small = np.clip(resize(own.coverage, fit_size(own.box.size, _ORDER_SIDE), "area"), 0, 1)
    return Segment(small, 1.0, own.name, own.box)


def _shares(parts: Sequence[Segment], box: Box) -> list[FloatArray]:
    """Return for each part the share of each pixel of a box that it claims most; together they are 1."""
    claims = np.zeros((len(parts), *box.size), np.float32)
    for number, part in enumerate(parts):
        grown = resize(part.probability, part.box.size, "bilinear")
        common = part.box.intersect(box)
        claims[number][common.relative_to(box).slices] = grown[common.relative_to(part.box).slices]
    owner = claims.argmax(axis=0)
    return [(owner == number).astype(np.float32) for number in range(len(parts))]
