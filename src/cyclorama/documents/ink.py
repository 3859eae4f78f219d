"""What a layer puts on paper: straight colour and coverage in the file's encoding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb
from cyclorama.core.image import Image, SampleFormat, Samples, from_samples, to_samples
from cyclorama.core.layer import ObjectLayer, ShadowLayer

__all__ = ["Rows", "file_bits", "image_rows", "layer_rows", "shadow_ink"]

#: Gives rows ``top`` to ``bottom`` as uint8 or uint16 samples (h, W, C).
Rows = Callable[[int, int], Samples]


def file_bits(sample_format: SampleFormat) -> int:
    """Return the bits per sample, 8 or 16, of a layered file: float photographs are stored in 16."""
    return 8 if sample_format == "uint8" else 16


def image_rows(image: Image, bits: int) -> Rows:
    """Return a function that gives rows of an opaque picture, sRGB-encoded, as 8- or 16-bit samples (h, W, 3)."""
    return lambda top, bottom: _encoded(image.samples[top:bottom], image.encoding, bits)


def layer_rows(layer: ObjectLayer | ShadowLayer, bits: int) -> Rows:
    """Return a function that gives rows of a layer as 8- or 16-bit samples (h, w, 4), alpha straight and last."""

    def rows(top: int, bottom: int) -> Samples:
        color, alpha = layer.color.samples[top:bottom], from_samples(layer.matte.samples[top:bottom])
        if isinstance(layer, ShadowLayer) and layer.multiplies:
            color, alpha = shadow_ink(from_samples(color), alpha)
        out = np.empty((*alpha.shape, 4), _format(bits))
        out[..., :3] = _encoded(color, layer.color.encoding, bits)
        out[..., 3] = to_samples(alpha, _format(bits))
        return out

    return rows


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


def _format(bits: int) -> SampleFormat:
    return "uint8" if bits == 8 else "uint16"


def _encoded(samples: Samples, encoding: str, bits: int) -> Samples:
    if encoding == "srgb" and samples.dtype == _format(bits):
        return samples
    values = from_samples(samples)
    return to_samples(values if encoding == "srgb" else linear_to_srgb(values), _format(bits))
