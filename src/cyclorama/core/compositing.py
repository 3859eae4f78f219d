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
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer, ShadowLayer

__all__ = ["composite", "composite_background", "coverage"]


def composite(document: LayeredDocument) -> Image:
    """Flatten a document.

    Parameters
    ----------
    document : LayeredDocument
        Blended in ``document.blend_space``.

    Returns
    -------
    Image, (H, W), sRGB
        The picture. Before a background was replaced, this is the photograph again, to 1/255.
    """
    canvas = np.array(composite_background(document).pixels)
    for layer in document.layers:
        _over(canvas, layer)
    return Image(_read_only(canvas), document.blend_space).as_srgb()


def composite_background(document: LayeredDocument) -> Image:
    """Flatten what lies behind the objects: background and, with a generated one, its shadows."""
    if document.chosen is None or not document.shadows:
        return document.background
    canvas = np.array(document.background.pixels)
    for shadow in document.shadows:
        _shade(canvas, shadow)
    return Image(_read_only(canvas), document.blend_space)


def coverage(document: LayeredDocument) -> FloatArray:
    """Return the share of each pixel (H, W) that the objects together cover, float32 in [0, 1]."""
    clear = np.ones(document.size, np.float32)
    for layer in document.layers:
        clear[layer.box.slices] *= 1 - layer.matte.alpha
    return 1 - clear


def _over(canvas: FloatArray, layer: ObjectLayer | ShadowLayer, opacity: float = 1.0) -> None:
    view = canvas[layer.box.slices]
    alpha = layer.matte.alpha[..., None] * np.float32(opacity)
    # Written so that alpha 1 gives the layer's very bits, and alpha 0 leaves the canvas's.
    view *= 1 - alpha
    view += alpha * layer.color.pixels


def _shade(canvas: FloatArray, shadow: ShadowLayer) -> None:
    if not shadow.multiplies:
        _over(canvas, shadow, shadow.opacity)
        return
    alpha = shadow.matte.alpha[..., None] * np.float32(shadow.opacity)
    canvas[shadow.box.slices] *= 1 - alpha + alpha * shadow.color.pixels


def _read_only(array: FloatArray) -> FloatArray:
    array.flags.writeable = False
    return array
