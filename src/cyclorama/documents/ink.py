"""What a layer puts on paper: straight colour and coverage in the file's encoding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb
from cyclorama.core.image import Image, from_samples
from cyclorama.core.layer import ObjectLayer, ShadowLayer
from cyclorama.documents.quantize import quantize

__all__ = ["image_rows", "layer_rows", "shadow_ink"]

Rows = Callable[[int, int], NDArray[Any]]


def image_rows(image: Image, bits: int) -> Rows:
    """Return a function that gives rows of an opaque picture, sRGB-encoded, as 8- or 16-bit samples (h, W, 3)."""
    return lambda top, bottom: quantize(_encoded(_values(image, top, bottom), image.encoding), bits)


def layer_rows(layer: ObjectLayer | ShadowLayer, bits: int) -> Rows:
    """Return a function that gives rows of a layer as 8- or 16-bit samples (h, w, 4), alpha straight and last."""

    def rows(top: int, bottom: int) -> NDArray[Any]:
        color, alpha = _values(layer.color, top, bottom), layer.matte.alpha[top:bottom]
        if isinstance(layer, ShadowLayer) and layer.multiplies:
            color, alpha = shadow_ink(color, alpha)
        out = np.empty((*alpha.shape, 4), np.uint8 if bits == 8 else np.uint16)
        out[..., :3] = quantize(_encoded(color, layer.color.encoding), bits)
        out[..., 3] = quantize(alpha, bits)
        return out

    return rows


def _values(image: Image, top: int, bottom: int) -> FloatArray:
    return from_samples(image.samples[top:bottom])


def shadow_ink(factor: FloatArray, coverage: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Write a factor as dark colour with coverage.

    A white sheet with a grey patch, and the grey patch alone, multiply to the same; the second one is what a person
    wants to move, erase and soften.

    Parameters
    ----------
    factor : float32 (h, w, 3)
        Multiplies what lies below where ``coverage`` is 1; values above 1 are cut.
    coverage : float32 (h, w), [0, 1]
        How much of it applies.

    Returns
    -------
    color : float32 (h, w, 3), [0, 1]
        As dark as can be: one channel is 0 wherever there is coverage.
    alpha : float32 (h, w), [0, 1]
        With ``1 - alpha + alpha * color`` equal to ``1 - coverage + coverage * factor``.
    """
    total = 1 - coverage[..., None] * (1 - np.clip(factor, 0, 1))
    alpha = 1 - total.min(axis=2)
    color = np.zeros_like(factor)
    np.divide(total - (1 - alpha[..., None]), alpha[..., None], out=color, where=alpha[..., None] > 0)
    return np.clip(color, 0, 1, out=color), alpha


def _encoded(values: FloatArray, encoding: str) -> FloatArray:
    return values if encoding == "srgb" else linear_to_srgb(values)
