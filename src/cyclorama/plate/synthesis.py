"""Continuing texture and structure into a hole, coarse to fine.

References
----------
.. [1] Y. Wexler, E. Shechtman, M. Irani, "Space-time completion of video", IEEE TPAMI 29(3), 2007.
.. [2] A. Newson, A. Almansa, M. Fradet, Y. Gousseau, P. Pérez, "Video inpainting of complex scenes", SIAM J. Imaging
   Sciences 7(4), 2014, section 3.2 (texture features).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import box_filter, erode, gaussian_blur
from cyclorama.core.resampling import resize
from cyclorama.plate.patch_match import Field, cohere, describe, first_field, search, vote
from cyclorama.plate.smooth import fill_smoothly

__all__ = ["synthesize"]

_SMALLEST_SIDE = 24
_THINNEST_PX = 6
_DECAY = 1.3
_TEXTURE_RADIUS_PX = 4
_TEXTURE_GAIN = 6.0
_TONE_SIGMA_PX = 8.0
_TONE_GAIN = 0.6
_COHERENCE_ROUNDS = 2
_ROUNDS = 2
#: Passes of search and vote at the finest level, the next, and all coarser ones.
_PASSES = (3, 5, 10)

Tick = Callable[[float], None]


def synthesize(
    picture: FloatArray, hole: BoolArray, tick: Tick
) -> tuple[FloatArray, NDArray[np.int64] | None]:
    """Fill a hole from the rest of the picture.

    Parameters
    ----------
    picture : float32 (H, W, 3)
        Anything in the hole.
    hole : bool (H, W)
        What is to be filled.
    tick : callable
        Told the share done.

    Returns
    -------
    filled : float32 (H, W, 3)
        Unchanged outside the hole.
    source : int64 (H, W) or None
        Place in the flattened picture from which each pixel in and just around the hole was continued, -1
        elsewhere; None if the picture has too little known area to copy from.
    """
    rng = np.random.default_rng(20)
    described = np.concatenate([picture, _texture(picture, hole), _tone(picture, hole)], axis=-1)
    pyramid = _pyramid(described, hole)
    current = fill_smoothly(pyramid[-1][0], (~pyramid[-1][1]).astype(np.float32))
    guess: NDArray[np.int64] | None = None
    field: Field | None = None
    for depth in range(len(pyramid) - 1, -1, -1):
        known, level_hole = pyramid[depth]
        if depth < len(pyramid) - 1:
            up = resize(current, level_hole.shape, "bilinear")
            current = np.where(level_hole[..., None], up, known)
        field = first_field(level_hole, guess, rng)
        guess = None
        if field is not None:
            passes, part = _PASSES[min(depth, 2)], _part(tick, depth, len(pyramid))
            current = _fill_level(current, pyramid[depth], field, passes, rng, part)
            guess = _doubled(field, pyramid[depth - 1][1].shape) if depth else None
    return current[..., :3], None if field is None else field.dense().reshape(hole.shape)


def _part(tick: Tick, depth: int, levels: int) -> Tick:
    # The finest level, depth 0, takes about half of the time.
    start, share = (
        (0.5, 0.5) if depth == 0 else (0.5 * (levels - 1 - depth) / (levels - 1), 0.5 / (levels - 1))
    )
    return lambda done: tick(start + share * done)


def _fill_level(
    current: FloatArray,
    level: tuple[FloatArray, BoolArray],
    field: Field,
    passes: int,
    rng: np.random.Generator,
    tick: Tick,
) -> FloatArray:
    """Search and vote in turn; the field is improved in place, the new contents are returned [1]_."""
    known, hole = level
    tick(0.0)
    trust = _trust(hole)
    patches = describe(known, field)
    for number in range(passes):
        tick((2 * number + 1) / (2 * passes + 2))
        cost = search(current, field, patches, _ROUNDS, rng)
        tick((2 * number + 2) / (2 * passes + 2))
        current = vote(current, hole, field, cost, trust)
    tick((2 * passes + 1) / (2 * passes + 2))
    cohere(current, field, patches, _COHERENCE_ROUNDS)
    return current


def _texture(picture: FloatArray, hole: BoolArray) -> FloatArray:
    """Return how busy the surroundings are along both axes, (H, W, 2), on the scale of colours.

    Blurred votes look like smooth regions; with these numbers beside the colours they still look for busy ones [2]_.
    """
    known = (~hole).astype(np.float32)
    out = []
    for axis in (0, 1):
        change = np.abs(np.diff(picture, axis=axis)).mean(axis=-1)
        both = known[1:] * known[:-1] if axis == 0 else known[:, 1:] * known[:, :-1]
        pads = ((0, 1), (0, 0)) if axis == 0 else ((0, 0), (0, 1))
        mean = box_filter(np.pad(change * both, pads), _TEXTURE_RADIUS_PX)
        share = box_filter(np.pad(both, pads), _TEXTURE_RADIUS_PX)
        out.append(_TEXTURE_GAIN * mean / np.maximum(share, 1e-6))
    return np.stack(out, axis=-1).astype(np.float32)


def _tone(picture: FloatArray, hole: BoolArray) -> FloatArray:
    """Return the broad colours, (H, W, 3), continued smoothly through the hole: what lies there is of their kind."""
    smooth = fill_smoothly(picture, (~hole).astype(np.float32))
    tone: FloatArray = np.float32(_TONE_GAIN) * gaussian_blur(smooth, _TONE_SIGMA_PX)
    return tone


def _pyramid(picture: FloatArray, hole: BoolArray) -> list[tuple[FloatArray, BoolArray]]:
    levels = [(picture, hole)]
    weight = (~hole).astype(np.float32)
    weighted = picture * weight[..., None]
    while min(hole.shape) >= 2 * _SMALLEST_SIDE and erode(levels[-1][1], _THINNEST_PX).any():
        # Even sizes keep the factor at exactly two, so that sources double without drifting.
        half = (math.ceil(levels[-1][1].shape[0] / 2), math.ceil(levels[-1][1].shape[1] / 2))
        if min(half) < _SMALLEST_SIDE:
            break
        odd = ((0, weight.shape[0] % 2), (0, weight.shape[1] % 2))
        weight = np.pad(weight, odd, mode="edge").reshape(half[0], 2, half[1], 2).mean(axis=(1, 3))
        weighted = (
            np.pad(weighted, (*odd, (0, 0)), mode="edge")
            .reshape(half[0], 2, half[1], 2, -1)
            .mean(axis=(1, 3))
        )
        small = weighted / np.maximum(weight, 1e-6)[..., None]
        levels.append((small, weight < 0.5))
    return levels


def _trust(hole: BoolArray) -> FloatArray:
    """Return decay ** -depth, where depth is the distance into the hole."""
    out = np.ones(hole.shape, np.float32)
    inner = hole
    while inner.any() and out.min() > 1e-3:
        out[inner] /= _DECAY
        smaller = erode(inner, 1)
        if np.array_equal(smaller, inner):
            break
        inner = smaller
    return out


def _doubled(field: Field, size: tuple[int, int]) -> NDArray[np.int64]:
    """Carry sources to the grid of twice the size."""
    height, width = size
    coarse_width = field.size[1]
    dense = field.dense().reshape(field.size)
    row, column = np.arange(height), np.arange(width)
    coarse = dense[np.ix_(row // 2, column // 2)]
    source_row = 2 * (coarse // coarse_width) + (row % 2)[:, None]
    source_column = 2 * (coarse % coarse_width) + (column % 2)[None]
    fits = (coarse >= 0) & (source_row < height) & (source_column < width)
    return np.where(fits, source_row * width + source_column, -1)
