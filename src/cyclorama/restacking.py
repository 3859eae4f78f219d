"""Taking a document apart into what each layer shows, and putting a changed stack together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.layering import assemble, cover, make_plate, stacked_mattes
from cyclorama.matting.stack import visible_coverage
from cyclorama.protocol.progress import Report, span

__all__ = ["Visible", "less", "photograph", "rebuilt", "shown_layers"]

_PLATE_CONTEXT = 0.75
_LEAST_CONTEXT_PX = 64


@dataclass(frozen=True, slots=True, eq=False)
class Visible:
    """What a layer shows: its name, its share of each pixel, where, and its colour where that still holds."""

    name: str
    coverage: FloatArray
    box: Box
    color: Image | None = None


def photograph(document: LayeredDocument) -> Image:
    """Return the photograph that a document's layers and plate make up, in its blend space."""
    shown = composite(document.replace(chosen=None)).stored_as(document.sample_format)
    return shown if document.blend_space == "srgb" else shown.as_linear()


def shown_layers(document: LayeredDocument) -> list[Visible]:
    """Return what each layer of a document shows, bottom to top."""
    mattes = [(layer.matte, layer.box) for layer in document.layers]
    found = dict(visible_coverage(mattes, document.size)) if mattes else {}
    return [
        Visible(layer.name, found[number], layer.box, layer.color)
        for number, layer in enumerate(document.layers)
    ]


def less(own: Visible, taken: FloatArray, box: Box) -> Visible:
    """Take a share of each pixel, float32 (h, w) given over a box, from what a layer shows."""
    common = own.box.intersect(box)
    part = taken[common.relative_to(box).slices]
    if common.area == 0 or not part.any():
        return own
    coverage = own.coverage.copy()
    coverage[common.relative_to(own.box).slices] *= 1 - part
    return Visible(own.name, coverage, own.box)


def rebuilt(
    document: LayeredDocument, photo: Image, stack: Sequence[Visible], report: Report
) -> LayeredDocument:
    """Make the document of what each layer shows; colours and plate are made anew only where they must be."""
    kept = [_tight(own) for own in stack if own.coverage.max() > 0]
    shown = [(Matte(own.coverage), own.box) for own in kept]
    mattes = stacked_mattes(photo, shown, document.sample_format) if kept else []
    before = cover([(layer.matte, layer.box) for layer in document.layers], photo.size)
    after = cover(mattes, photo.size)
    plate = _repainted(document.plate, photo, before, after, span(report, 0.0, 0.6))
    colors: Mapping[int, Image] = {k: own.color for k, own in enumerate(kept) if own.color is not None}
    names = [own.name for own in kept]
    layers, plate = assemble(photo, names, mattes, plate=plate, colors=colors, report=span(report, 0.6, 1.0))
    return document.replace(layers=layers, plate=plate, candidates=(), chosen=None, shadows=())


def _tight(own: Visible) -> Visible:
    inner = Box.of_mask(own.coverage > 0)
    if inner.size == own.box.size:
        return own
    left, top = own.box.left, own.box.top
    box = Box(left + inner.left, top + inner.top, left + inner.right, top + inner.bottom)
    return Visible(own.name, own.coverage[inner.slices], box, own.color and own.color.crop(inner))


def _repainted(plate: Image, photo: Image, before: FloatArray, after: FloatArray, report: Report) -> Image:
    """Return the plate for a new coverage: the photograph where all is clear, painted where more is covered."""
    out = np.array(plate.stored_as(photo.sample_format).samples)
    out[after == 0] = photo.samples[after == 0]
    more = after > before + 1 / 512
    changed = Box.of_mask(more)
    if changed.area:
        context = max(_LEAST_CONTEXT_PX, round(_PLATE_CONTEXT * max(changed.size)))
        part = changed.expand(context, photo.size)
        # What the old plate shows behind objects counts as known, so that old and new fit together.
        known = np.where((after == 0)[part.slices][..., None], photo.samples[part.slices], out[part.slices])
        known[more[part.slices]] = photo.samples[part.slices][more[part.slices]]
        hole = np.where(more[part.slices], after[part.slices], np.float32(0))
        fresh = make_plate(Image(known, photo.encoding), hole, report=report)
        out[part.slices][more[part.slices]] = fresh.samples[more[part.slices]]
    out.flags.writeable = False
    return Image(out, photo.encoding)
