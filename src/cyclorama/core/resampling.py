"""Resizing arrays on pixel-area grids.

References
----------
.. [1] R. Keys, "Cubic convolution interpolation for digital image processing", IEEE TASSP 29(6), 1981, eq. 15
   (a = -1/2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image, from_samples
from cyclorama.protocol.errors import InputError

__all__ = ["Kernel", "block_means", "fit_size", "resize", "resize_image", "resize_rows"]

Kernel = Literal["area", "bilinear", "bicubic", "sampled"]

#: Floats of a strip, given or made: 16 MB.
_STRIP = 1 << 22


def resize(array: FloatArray, size: tuple[int, int], kernel: Kernel = "bilinear") -> FloatArray:
    """Resize the two leading axes.

    Parameters
    ----------
    array : float32 (H, W) or (H, W, C)
        Anything that may be averaged: light, coverage, probabilities; premultiply colours that have an alpha.
    size : (int, int)
        Wanted (height, width), at least 1 each.
    kernel : {"area", "bilinear", "bicubic", "sampled"}
        ``"area"`` averages exactly when it shrinks and repeats when it grows. The next two interpolate when they
        grow and widen their support when they shrink, so that nothing aliases. ``"sampled"`` interpolates linearly
        between the two nearest samples however much it shrinks, and aliases: for networks trained on such pictures.

    Returns
    -------
    float32 (h, w) or (h, w, C)
        Pixel centres are aligned on areas (half-pixel convention); edges are extended.

    Raises
    ------
    InputError
        If a wanted side is below 1.
    """
    if min(size) < 1:
        raise InputError(f"A size of {size} was asked for; at least 1 x 1 was wanted.")
    out = np.asarray(array, np.float32)
    # The axis that shrinks most goes first: the rest has less to do.
    order = sorted((0, 1), key=lambda axis: size[axis] / out.shape[axis])
    for axis in order:
        if size[axis] != out.shape[axis]:
            out = _resize_axis(out, size[axis], axis, kernel)
    return out


def resize_image(
    image: Image,
    size: tuple[int, int],
    kernel: Kernel = "area",
    *,
    tick: Callable[[float], None] | None = None,
) -> Image:
    """Resize a picture strip by strip, so that a huge one is never held as float.

    Parameters
    ----------
    image : Image
        Averaged in its own encoding.
    size : (int, int)
        Wanted (height, width).
    kernel : {"area", "bilinear", "bicubic", "sampled"}
        As in :func:`resize`.
    tick : callable, optional
        Told the share done after each strip; may raise to stop.

    Returns
    -------
    Image, (h, w), float samples, the same encoding

    Raises
    ------
    InputError
        If a wanted side is below 1.
    """
    if min(size) < 1:
        raise InputError(f"A size of {size} was asked for; at least 1 x 1 was wanted.")
    index, weight = _taps(image.size[0], size[0], kernel)
    out = np.empty((*size, 3), np.float32)
    taken = _STRIP // (3 * image.size[1]) * size[0] // image.size[0]
    rows = max(1, min(taken, _STRIP // (3 * size[1])))
    for start in range(0, size[0], rows):
        taps = index[start : start + rows]
        low = int(taps.min())
        strip = from_samples(image.samples[low : int(taps.max()) + 1])
        strip = _weighted(strip, taps - low, weight[start : start + rows], 0)
        out[start : start + rows] = resize(strip, (strip.shape[0], size[1]), kernel)
        if tick is not None:
            tick(min(1.0, (start + rows) / size[0]))
    out.flags.writeable = False
    return Image(out, image.encoding)


def resize_rows(
    array: FloatArray, size: tuple[int, int], start: int, stop: int, kernel: Kernel = "bilinear"
) -> FloatArray:
    """Return rows ``start`` to ``stop`` of ``resize(array, size, kernel)`` without making the others.

    Parameters
    ----------
    array : float32 (H, W) or (H, W, C)
        As in :func:`resize`.
    size : (int, int)
        (height, width) of the whole.
    start, stop : int
        Which rows of it are wanted.
    kernel : {"area", "bilinear", "bicubic", "sampled"}
        As in :func:`resize`.

    Returns
    -------
    float32 (stop - start, w) or (stop - start, w, C)
    """
    given = np.asarray(array, np.float32)
    index, weight = _taps(given.shape[0], size[0], kernel)
    index, weight = index[start:stop], weight[start:stop]
    low = int(index.min())
    strip = _weighted(given[low : int(index.max()) + 1], index - low, weight, 0)
    return strip if size[1] == given.shape[1] else _resize_axis(strip, size[1], 1, kernel)


def block_means(array: FloatArray, factor: int) -> FloatArray:
    """Average blocks of factor x factor pixels; blocks that overhang repeat the border.

    Parameters
    ----------
    array : float32 (H, W, C)
        A picture or a strip of one.
    factor : int
        Side of a block.

    Returns
    -------
    float32 (ceil(H / factor), ceil(W / factor), C)
    """
    if factor == 1:
        return array
    rows, columns = -(-array.shape[0] // factor), -(-array.shape[1] // factor)
    overhang = ((0, rows * factor - array.shape[0]), (0, columns * factor - array.shape[1]), (0, 0))
    padded = np.pad(array, overhang, mode="edge") if np.any(overhang) else array
    # Rows first: these sums run along memory.
    sums = padded.reshape(rows, factor, columns * factor, -1).sum(axis=1)
    out: FloatArray = sums.reshape(rows, columns, factor, -1).sum(axis=2)
    out *= np.float32(1 / factor**2)
    return out


def fit_size(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """Return (height, width) of the same shape with the long side at most ``long_side``, at least 1 x 1."""
    scale = min(1.0, long_side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resize_axis(array: FloatArray, wanted: int, axis: int, kernel: Kernel) -> FloatArray:
    index, weight = _taps(array.shape[axis], wanted, kernel)
    return _weighted(array, index, weight, axis)


def _weighted(array: FloatArray, index: np.ndarray, weight: FloatArray, axis: int) -> FloatArray:
    shape = [1] * array.ndim
    shape[axis] = index.shape[0]
    out: FloatArray | None = None
    for tap in range(index.shape[1]):
        term = np.take(array, index[:, tap], axis=axis)
        term *= weight[:, tap].reshape(shape)
        if out is None:
            out = term
        else:
            out += term
    assert out is not None
    return out


def _taps(given: int, wanted: int, kernel: Kernel) -> tuple[np.ndarray, FloatArray]:
    scale = given / wanted
    if kernel == "area":
        return _area_taps(given, wanted, scale)
    stretch = 1.0 if kernel == "sampled" else max(scale, 1.0)
    radius = (2.0 if kernel == "bicubic" else 1.0) * stretch
    center = (np.arange(wanted) + 0.5) * scale - 0.5
    first = np.floor(center - radius).astype(np.int64) + 1
    count = int(np.ceil(2 * radius))
    index = first[:, None] + np.arange(count)
    distance = np.abs(index - center[:, None]) / stretch
    weight = _keys(distance) if kernel == "bicubic" else np.maximum(0, 1 - distance)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, given - 1), weight.astype(np.float32)


def _area_taps(given: int, wanted: int, scale: float) -> tuple[np.ndarray, FloatArray]:
    start = np.arange(wanted) * scale
    stop = start + scale
    first = np.floor(start + 1e-9).astype(np.int64)
    count = int(np.max(np.ceil(stop - 1e-9).astype(np.int64) - first))
    index = first[:, None] + np.arange(max(count, 1))
    overlap = np.minimum(index + 1, stop[:, None]) - np.maximum(index, start[:, None])
    weight = np.maximum(overlap, 0)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, given - 1), weight.astype(np.float32)


def _keys(distance: np.ndarray) -> np.ndarray:
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    out: np.ndarray = np.where(distance < 1, near, np.where(distance < 2, far, 0.0))
    return out
