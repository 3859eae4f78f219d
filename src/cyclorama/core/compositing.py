"""Blending layers: Normal and Multiply, in the document's blend space.

References
----------
.. [1] T. Porter, T. Duff, "Compositing digital images", SIGGRAPH 1984 (the over operator).
.. [2] W3C, "Compositing and Blending Level 1", section 9.1.4 (multiply).
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, to_samples
from cyclorama.core.layer import ObjectLayer, ShadowLayer

__all__ = ["composite", "composite_background", "coverage"]

#: Rows flattened at a time: memory stays bounded at any size.
_STRIP_ROWS = 256


def composite(document: LayeredDocument) -> Image:
    """Flatten a document.

    Parameters
    ----------
    document : LayeredDocument
        Blended in ``document.blend_space``.

    Returns
    -------
    Image, (H, W), sRGB
        The picture, with the background's kind of samples. Before a background was replaced, this is the
        photograph again, to 1/255.
    """
    shadows = _visible_shadows(document)
    below = tuple(layer for layer in shadows if not layer.above_objects)
    above = tuple(layer for layer in shadows if layer.above_objects)
    return _flatten(document, (*below, *document.layers, *above)).as_srgb()


def composite_background(document: LayeredDocument) -> Image:
    """Flatten what lies behind the objects: background and, with a generated one, its shadows."""
    below = tuple(layer for layer in _visible_shadows(document) if not layer.above_objects)
    return _flatten(document, below)


def _visible_shadows(document: LayeredDocument) -> tuple[ShadowLayer, ...]:
    return () if document.chosen is None else document.shadows


def _flatten(document: LayeredDocument, stack: tuple[ObjectLayer | ShadowLayer, ...]) -> Image:
    background = document.background
    if not stack:
        return background
    flat = np.array(background.samples)
    for top in range(0, flat.shape[0], _STRIP_ROWS):
        strip = Box(0, top, flat.shape[1], min(top + _STRIP_ROWS, flat.shape[0]))
        canvas = np.array(background.region(strip))
        for layer in stack:
            _blend(canvas, strip, layer)
        flat[strip.slices] = to_samples(canvas, background.sample_format)
    flat.flags.writeable = False
    return Image(flat, document.blend_space)


def coverage(document: LayeredDocument) -> FloatArray:
    """Return the share of each pixel (H, W) that the objects together cover, float32 in [0, 1]."""
    clear = np.ones(document.size, np.float32)
    for layer in document.layers:
        clear[layer.box.slices] *= 1 - layer.matte.alpha
    return 1 - clear


def _blend(canvas: FloatArray, strip: Box, layer: ObjectLayer | ShadowLayer) -> None:
    """Blend the part of a layer that lies on a strip of the canvas into it."""
    part = layer.box.intersect(strip)
    if part.area == 0:
        return
    inside = part.relative_to(layer.box)
    view = canvas[part.relative_to(strip).slices]
    alpha = layer.matte.region(inside)[..., None]
    color = layer.color.region(inside)
    if isinstance(layer, ShadowLayer):
        alpha = alpha * np.float32(layer.opacity)
        if layer.multiplies:
            view *= 1 - alpha + alpha * color
            return
    # Written so that alpha 1 gives the layer's very bits, and alpha 0 leaves the canvas's.
    view *= 1 - alpha
    view += alpha * color
