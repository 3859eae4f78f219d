"""Transfer functions and luminance for Rec. 709 / sRGB primaries.

References
----------
.. [1] IEC 61966-2-1:1999, sRGB.
.. [2] ITU-R BT.709-6, item 3.2 (luminance weights).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray

__all__ = ["LUMINANCE_WEIGHTS", "linear_to_srgb", "luminance", "srgb_to_linear"]

LUMINANCE_WEIGHTS: FloatArray = np.array([0.2126, 0.7152, 0.0722], np.float32)
LUMINANCE_WEIGHTS.flags.writeable = False


def srgb_to_linear(encoded: NDArray[Any]) -> FloatArray:
    """Decode sRGB values to linear light.

    Parameters
    ----------
    encoded : float array, any shape
        sRGB-encoded values, nominally [0, 1]; values beyond are carried on by the same curve, mirrored below 0.

    Returns
    -------
    float32 array, same shape
        Linear light.

    References
    ----------
    IEC 61966-2-1, section 5.2.
    """
    value = np.asarray(encoded, np.float32)
    magnitude = np.abs(value)
    out = ((magnitude + np.float32(0.055)) * np.float32(1 / 1.055)) ** np.float32(2.4)
    low = magnitude <= np.float32(0.04045)
    out[low] = magnitude[low] * np.float32(1 / 12.92)
    signed: FloatArray = np.copysign(out, value)
    return signed


def linear_to_srgb(linear: NDArray[Any]) -> FloatArray:
    """Encode linear light as sRGB; the inverse of :func:`srgb_to_linear`.

    Parameters
    ----------
    linear : float array, any shape
        Linear light, nominally [0, 1].

    Returns
    -------
    float32 array, same shape
        sRGB-encoded values.
    """
    value = np.asarray(linear, np.float32)
    magnitude = np.abs(value)
    out = np.float32(1.055) * magnitude ** np.float32(1 / 2.4) - np.float32(0.055)
    low = magnitude <= np.float32(0.0031308)
    out[low] = magnitude[low] * np.float32(12.92)
    signed: FloatArray = np.copysign(out, value)
    return signed


def luminance(linear: NDArray[Any]) -> FloatArray:
    """Return the relative luminance Y of linear RGB values (..., 3) as float32 (...)."""
    return np.asarray(linear, np.float32) @ LUMINANCE_WEIGHTS
