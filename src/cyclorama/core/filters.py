"""Smoothing and morphology on the pixel grid.

References
----------
.. [1] P. Getreuer, "A survey of Gaussian convolution algorithms", IPOL 2013 (extended box approximations).
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray

__all__ = ["box_filter", "dilate", "erode", "gaussian_blur"]

_Grid = TypeVar("_Grid", BoolArray, FloatArray)


def box_filter(array: FloatArray, radius_px: int) -> FloatArray:
    """Average over a square window, clipped at the borders.

    Parameters
    ----------
    array : float32 (H, W) or (H, W, C)
        What to average.
    radius_px : int
        The window is (2 radius + 1)² pixels; only the part on the picture counts.

    Returns
    -------
    float32, same shape
        Means, summed in double precision.
    """
    out = array
    for axis in (0, 1):
        out = _box_axis(out, radius_px, axis)
    return out


def _box_axis(array: FloatArray, radius_px: int, axis: int) -> FloatArray:
    length = array.shape[axis]
    if radius_px <= 0 or length == 1:
        return np.asarray(array, np.float32)
    sums = np.cumsum(array, axis=axis, dtype=np.float64)
    sums = np.concatenate([np.zeros_like(np.take(sums, [0], axis)), sums], axis=axis)
    position = np.arange(length)
    high = np.minimum(position + radius_px + 1, length)
    low = np.maximum(position - radius_px, 0)
    shape = [1] * array.ndim
    shape[axis] = length
    out = np.take(sums, high, axis) - np.take(sums, low, axis)
    out /= (high - low).reshape(shape)
    return out.astype(np.float32)


def gaussian_blur(array: FloatArray, sigma_px: float | tuple[float, float]) -> FloatArray:
    """Blur with a Gaussian.

    Parameters
    ----------
    array : float32 (H, W) or (H, W, C)
        What to blur; edges are extended.
    sigma_px : float or (float, float)
        Standard deviation, or one down and one across; 0 leaves an axis as it is.

    Returns
    -------
    float32, same shape
        For sigma up to 8 px a sampled kernel cut at 3.5 sigma; above, three extended box filters of the same
        variance, whose cost does not grow with sigma.
    """
    out = np.asarray(array, np.float32)
    for axis, sigma in enumerate(sigma_px if isinstance(sigma_px, tuple) else (sigma_px, sigma_px)):
        if sigma > 0 and out.shape[axis] > 1:
            out = _kernel_axis(out, sigma, axis) if sigma <= 8 else _boxes_axis(out, sigma, axis)
    return out


def _kernel_axis(array: FloatArray, sigma_px: float, axis: int) -> FloatArray:
    radius = max(1, math.ceil(3.5 * sigma_px))
    offsets = np.arange(-radius, radius + 1)
    weight = np.exp(-0.5 * (offsets / sigma_px) ** 2)
    weight /= weight.sum()
    padded = _extend(array, radius, axis)
    length = array.shape[axis]
    out = np.zeros(array.shape, np.float32)
    for tap, factor in enumerate(weight):
        out += np.float32(factor) * _window(padded, tap, length, axis)
    return out


def _boxes_axis(array: FloatArray, sigma_px: float, axis: int) -> FloatArray:
    # Three boxes of radius r with end weights a: variance 3 * ((2r+1)^2 - 1)/12 interpolated to sigma^2 [1].
    radius = int((math.sqrt(4 * sigma_px**2 + 1) - 1) / 2)
    full = 2 * radius + 1
    variance = sigma_px**2 / 3
    edge = full * (radius * (radius + 1) - 3 * variance) / (6 * (variance - (radius + 1) ** 2))
    norm = 1 / (full + 2 * edge)
    length = array.shape[axis]
    padded = _extend(array, 3 * (radius + 1), axis)
    for remaining in (2, 1, 0):
        sums = np.cumsum(padded, axis=axis, dtype=np.float64)
        sums = np.concatenate([np.zeros_like(np.take(sums, [0], axis)), sums], axis=axis)
        count = length + 2 * remaining * (radius + 1)
        inner = _window(sums, full + 1, count, axis) - _window(sums, 1, count, axis)
        ends = _window(padded, 0, count, axis) + _window(padded, full + 1, count, axis)
        padded = (norm * (inner + edge * ends)).astype(np.float32)
    return padded


def _extend(array: FloatArray, radius: int, axis: int) -> FloatArray:
    widths = [(0, 0)] * array.ndim
    widths[axis] = (radius, radius)
    return np.pad(array, widths, mode="edge")


def _window(array: np.ndarray, start: int, count: int, axis: int) -> np.ndarray:
    index: list[slice] = [slice(None)] * array.ndim
    index[axis] = slice(start, start + count)
    return array[tuple(index)]


def dilate(mask: _Grid, radius_px: int) -> _Grid:
    """Grow a mask by a square of (2 radius + 1)² pixels; float arrays (H, W) get the window's maximum."""
    grown: _Grid = _extreme(mask, radius_px, np.maximum)
    return grown


def erode(mask: _Grid, radius_px: int) -> _Grid:
    """Shrink a mask by a square of (2 radius + 1)² pixels; the border counts as inside; floats get the minimum."""
    shrunk: _Grid = _extreme(mask, radius_px, np.minimum)
    return shrunk


def _extreme(array: Any, radius_px: int, pick: np.ufunc) -> Any:
    out = array
    for axis in (0, 1):
        # Doubling windows: a running extreme of width 2r+1 costs log2(r) passes.
        reach, step = 0, 1
        padded = _extend(out, radius_px, axis)
        length = padded.shape[axis]
        while reach < 2 * radius_px:
            step = min(reach + 1, 2 * radius_px - reach)
            length -= step
            padded = pick(_window(padded, 0, length, axis), _window(padded, step, length, axis))
            reach += step
        out = padded
    return out
