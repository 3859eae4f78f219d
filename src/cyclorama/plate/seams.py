"""Joining copied pieces without visible seams, in the gradient domain.

References
----------
.. [1] P. Pérez, M. Gangnet, A. Blake, "Poisson image editing", SIGGRAPH 2003, eq. 3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray

__all__ = ["join"]

_PULL = 0.015
_ITERATIONS = 120


def join(
    picture: FloatArray,
    filled: FloatArray,
    hole: BoolArray,
    source: NDArray[np.int64],
    tick: Callable[[], None],
) -> FloatArray:
    """Paint a hole with the gradients of its sources, continuous with the known picture.

    Parameters
    ----------
    picture : float32 (H, W, 3)
        Known outside the hole.
    filled : float32 (H, W, 3)
        Blurry but seamless contents: a weak pull, and the start.
    hole : bool (H, W)
        What is painted.
    source : int64 (H, W)
        Place in the flattened picture that each pixel of the hole and its neighbours copies, -1 for none.
    tick : callable
        Called now and then; may raise to stop.

    Returns
    -------
    float32 (H, W, 3)
        Minimiser of |grad T - g|^2 + pull |T - filled|^2 with T = picture outside the hole [1]_, where g is the
        mean of what both pixels' sources say of their difference.
    """
    down, right = _wanted_step(picture, source, 0), _wanted_step(picture, source, 1)
    out = np.where(hole[..., None], filled, picture).astype(np.float32)
    inside = hole[..., None].astype(np.float32)
    residual = inside * (_divergence(out, down, right) + np.float32(_PULL) * (filled - out))
    degree = _degree(hole.shape)[..., None] + np.float32(_PULL)
    scaled = residual / degree
    direction = scaled.copy()
    energy = np.einsum("hwc,hwc->c", residual, scaled)
    zero_down, zero_right = np.zeros_like(down), np.zeros_like(right)
    start = energy.copy()
    for step in range(_ITERATIONS):
        if step % 8 == 0:
            tick()
        if np.all(energy <= start * 1e-6 + 1e-12):
            break
        applied = inside * (np.float32(_PULL) * direction - _divergence(direction, zero_down, zero_right))
        length = energy / np.maximum(np.einsum("hwc,hwc->c", direction, applied), 1e-20)
        out += (length * direction).astype(np.float32)
        residual -= (length * applied).astype(np.float32)
        scaled = residual / degree
        previous, energy = energy, np.einsum("hwc,hwc->c", residual, scaled)
        direction = scaled + (energy / np.maximum(previous, 1e-20)).astype(np.float32) * direction
    return out


def _wanted_step(picture: FloatArray, source: NDArray[np.int64], axis: int) -> FloatArray:
    """Return the wanted difference between each pixel and the next along an axis."""
    width = source.shape[1]
    flat = picture.reshape(-1, 3)
    stride = width if axis == 0 else 1
    first = source[:-1] if axis == 0 else source[:, :-1]
    second = source[1:] if axis == 0 else source[:, 1:]
    last = flat.shape[0] - 1
    total = np.zeros((*first.shape, 3), np.float32)
    count = np.zeros(first.shape, np.float32)
    for place, low in ((first, first), (second, second - stride)):
        known = (place >= 0) & (low >= 0) & (low + stride <= last)
        base = np.where(known, low, 0)
        total += np.where(known[..., None], flat[np.minimum(base + stride, last)] - flat[base], 0)
        count += known
    total /= np.maximum(count, 1)[..., None]
    return total


def _divergence(picture: FloatArray, down: FloatArray, right: FloatArray) -> FloatArray:
    """Return the downhill force: sum over neighbours of (their value - own - wanted difference)."""
    vertical = picture[1:] - picture[:-1] - down
    horizontal = picture[:, 1:] - picture[:, :-1] - right
    out = np.zeros_like(picture)
    out[:-1] += vertical
    out[1:] -= vertical
    out[:, :-1] += horizontal
    out[:, 1:] -= horizontal
    return out


def _degree(size: tuple[int, int]) -> FloatArray:
    degree = np.full(size, 4, np.float32)
    degree[0] -= 1
    degree[-1] -= 1
    degree[:, 0] -= 1
    degree[:, -1] -= 1
    return degree
