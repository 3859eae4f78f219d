"""From scene-linear light to a photograph: exposure, tone curve, fall-off."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch.view import LUMINANCE
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb

__all__ = ["expose", "film", "vignette"]

_SHOULDER = 1.25


def expose(image: FloatArray, percentile: float, value: float) -> FloatArray:
    """Scale so that the given percentile of luminance has the given linear value."""
    level = float(np.percentile(image[::4, ::4] @ LUMINANCE, percentile))
    return np.asarray(image * np.float32(value / max(level, 1e-5)), np.float32)


def film(linear: FloatArray, contrast: float = 1.0) -> FloatArray:
    """Develop: exponential shoulder, highlights that lose colour, gentle S-curve.

    Returns
    -------
    float32 (H, W, 3), sRGB-encoded, [0, 1]
    """
    image = np.maximum(linear, 0.0)
    y = (image @ LUMINANCE)[..., None]
    white = np.clip((y - 0.7) / 4.0, 0, 0.85)
    image = image * (1 - white) + y * white
    mapped = (1.0 - np.exp(-_SHOULDER * image)) / (1.0 - np.exp(-_SHOULDER * 6.0))
    encoded = np.clip(linear_to_srgb(mapped.astype(np.float32)), 0, 1)
    curve = encoded * encoded * (3 - 2 * encoded)
    return np.asarray(encoded + (curve - encoded) * np.float32(0.45 * contrast), np.float32)


def vignette(size: tuple[int, int], strength: float) -> FloatArray:
    """Return the fall-off towards the corners, (H, W, 1)."""
    y = (np.arange(size[0], dtype=np.float32)[:, None] + 0.5) / size[0] - 0.5
    x = (np.arange(size[1], dtype=np.float32)[None] + 0.5) / size[1] - 0.5
    return np.asarray(1.0 / (1.0 + strength * 2.0 * (x * x + y * y))[..., None] ** 2, np.float32)
