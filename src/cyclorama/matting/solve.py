"""Solving for alpha: conjugate gradients per level, coarse to fine.

References
----------
.. [1] A. Levin, D. Lischinski, Y. Weiss, "A closed-form solution to natural image matting", IEEE TPAMI 30(2),
   2008, eq. 12 and section 4.2 (coarse to fine).
.. [2] K. He, J. Sun, "Fast guided filter", arXiv:1505.00996, 2015 (a linear model carried to a finer grid).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import dilate
from cyclorama.core.resampling import block_means
from cyclorama.matting.laplacian import matting_stencil

__all__ = ["Prior", "linear_model", "sample_bilinear", "solve_alpha"]

#: Called with the share done, in [0, 1]; may raise to stop.
Tick = Callable[[float], None]

_EPSILON = 1e-6
_CARRY_EPSILON = 1e-4
_COARSEST_UNKNOWN = 4_000
_ITERATIONS_COARSEST, _ITERATIONS = 300, 30
_FINEST_UNKNOWN = 400_000
_SURE = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """What is believed of alpha before looking at the colours.

    Parameters
    ----------
    alpha : float32 (H, W), [0, 1]
        Believed value.
    weight : float32 (H, W), at least 0
        How strongly; the matting Laplacian's diagonal is about 4.
    """

    alpha: FloatArray
    weight: FloatArray


def solve_alpha(image: FloatArray, trimap: FloatArray, prior: Prior | None, tick: Tick) -> FloatArray:
    """Solve for alpha where the trimap leaves it open.

    Parameters
    ----------
    image : float32 (H, W, 3), sRGB
        The photograph or a crop of it.
    trimap : float32 (H, W), {0, 0.5, 1}
        1 surely inside, 0 surely outside.
    prior : Prior or None
        Weak knowledge of alpha.
    tick : callable
        Told the share done.

    Returns
    -------
    float32 (H, W), [0, 1]
        Alpha; 0 and 1 where the trimap says so.
    """
    unknown = int(np.count_nonzero(trimap == 0.5))
    if unknown == 0:
        return np.array(trimap, np.float32)
    pyramid = [_Level(image, trimap, prior)]
    while unknown > _COARSEST_UNKNOWN and min(pyramid[-1].trimap.shape) > 8:
        pyramid.append(pyramid[-1].half())
        unknown = int(np.count_nonzero(pyramid[-1].trimap == 0.5))
    alpha = _solve_level(pyramid[-1], None, _part(tick, 0, len(pyramid)))
    for number in range(1, len(pyramid)):
        below, level = pyramid[-number], pyramid[-number - 1]
        start = _carry(below.image, alpha, level.image, level.trimap)
        alpha = _solve_level(level, start, _part(tick, number, len(pyramid)))
    return alpha


def _part(tick: Tick, number: int, count: int) -> Tick:
    return lambda done: tick((number + done) / count)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The problem at one size."""

    image: FloatArray
    trimap: FloatArray
    prior: Prior | None

    def half(self) -> _Level:
        """Return the same problem at half the size; what is not wholly sure becomes open."""
        mean = _halved(self.trimap)
        trimap: FloatArray = np.full(mean.shape, 0.5, np.float32)
        trimap[mean > 0.999] = 1
        trimap[mean < 0.001] = 0
        prior = self.prior and Prior(_halved(self.prior.alpha), _halved(self.prior.weight))
        return _Level(block_means(self.image, 2), trimap, prior)


def _halved(grid: FloatArray) -> FloatArray:
    return block_means(grid[..., None], 2)[..., 0]


def _carry(
    small_image: FloatArray, small_alpha: FloatArray, image: FloatArray, trimap: FloatArray
) -> FloatArray:
    """Carry alpha to a grid of twice the size by its local linear model in colour [2]_."""
    slope, offset = linear_model(small_image, small_alpha)
    model = np.concatenate([slope, offset[..., None]], axis=-1)
    out = np.array(trimap, np.float32)
    row, column = np.nonzero(trimap == 0.5)
    up = sample_bilinear(model, (row + 0.5) / 2 - 0.5, (column + 0.5) / 2 - 0.5)
    carried = np.einsum("nc,nc->n", up[:, :3], image[row, column]) + up[:, 3]
    out[row, column] = np.clip(carried, 0, 1)
    return out


def sample_bilinear(grid: FloatArray, y: NDArray[np.float64], x: NDArray[np.float64]) -> FloatArray:
    """Interpolate a grid at scattered places.

    Parameters
    ----------
    grid : float32 (H, W, C)
        Values at pixel centres.
    y, x : float64 (n,)
        Places in pixels, 0 at the first pixel's centre; edges are extended.

    Returns
    -------
    float32 (n, C)
    """
    height, width, channels = grid.shape
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    top, left = (
        np.minimum(y.astype(np.intp), max(height - 2, 0)),
        np.minimum(x.astype(np.intp), max(width - 2, 0)),
    )
    lower, right = (y - top).astype(np.float32)[:, None], (x - left).astype(np.float32)[:, None]
    flat = grid.reshape(-1, channels)
    place = top * width + left
    beside, below = min(1, width - 1), width * min(1, height - 1)
    upper_row = flat[place] * (1 - right) + flat[place + beside] * right
    lower_row = flat[place + below] * (1 - right) + flat[place + below + beside] * right
    out: FloatArray = upper_row * (1 - lower) + lower_row * lower
    return out


def linear_model(image: FloatArray, alpha: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit alpha = slope . colour + offset around each pixel.

    Parameters
    ----------
    image : float32 (H, W, 3), sRGB
        Colours.
    alpha : float32 (H, W)
        What is to be expressed by them.

    Returns
    -------
    slope : float32 (H, W, 3)
    offset : float32 (H, W)
        Averaged over the windows that hold the pixel [2]_.
    """
    mean, mean_alpha = _mean3(image), _mean3(alpha)
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    products = np.stack([image[..., i] * image[..., j] for i, j in pairs], axis=-1)
    moments = _mean3(products)
    xx, xy, xz, yy, yz, zz = (moments[..., k] - mean[..., i] * mean[..., j] for k, (i, j) in enumerate(pairs))
    for variance in (xx, yy, zz):
        variance += _CARRY_EPSILON
    cross = _mean3(image * alpha[..., None]) - mean * mean_alpha[..., None]
    # Inverse of the symmetric 3 x 3 covariance by cofactors.
    c00, c01, c02 = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    c11, c12, c22 = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    determinant = xx * c00 + xy * c01 + xz * c02
    p, q, r = cross[..., 0], cross[..., 1], cross[..., 2]
    slope = np.stack(
        [c00 * p + c01 * q + c02 * r, c01 * p + c11 * q + c12 * r, c02 * p + c12 * q + c22 * r], axis=-1
    )
    slope /= determinant[..., None]
    offset = mean_alpha - np.einsum("hwc,hwc->hw", slope, mean)
    return _mean3(slope), _mean3(offset)


def _mean3(grid: FloatArray) -> FloatArray:
    """Average over 3 x 3 windows; edges are extended."""
    padded = np.pad(grid, ((1, 1), (1, 1), *((0, 0),) * (grid.ndim - 2)), mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    out: FloatArray = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) * np.float32(1 / 9)
    return out


def _solve_level(level: _Level, start: FloatArray | None, tick: Tick) -> FloatArray:
    unknown = level.trimap == 0.5
    if start is None:
        return _conjugate_gradients(level, level.trimap, unknown, _ITERATIONS_COARSEST, tick)
    settled = ~dilate(unknown & (start > _SURE) & (start < 1 - _SURE), 2)
    alpha = np.where(unknown & settled, np.round(start), start)
    unknown = unknown & ~settled
    if np.count_nonzero(unknown) > _FINEST_UNKNOWN:
        return alpha
    return _conjugate_gradients(level, alpha, unknown, _ITERATIONS, tick)


def _conjugate_gradients(
    level: _Level, alpha: FloatArray, unknown: BoolArray, iterations: int, tick: Tick
) -> FloatArray:
    """Minimise the matting energy over the unknown pixels, from ``alpha``, with a diagonal preconditioner."""
    tick(0.0)
    prior = level.prior
    stencil = matting_stencil(level.image, unknown, _EPSILON)
    grid = np.pad(alpha, 2)
    residual = -stencil.gather(grid)
    diagonal = stencil.diagonal.copy()
    weight: FloatArray | None = None
    if prior is not None:
        weight = prior.weight[unknown]
        residual += weight * (prior.alpha[unknown] - alpha[unknown])
        diagonal += weight
    grid[:] = 0
    flat = grid.reshape(-1)
    scale = 1 / np.maximum(diagonal, 1e-6)
    value = alpha[unknown]
    direction = scale * residual
    energy = first = float(residual @ direction)
    for step in range(iterations):
        if energy <= first * 1e-8 or energy < 1e-12:
            break
        if step % 8 == 0:
            tick(step / iterations)
        flat[stencil.position] = direction
        image_of = stencil.gather(grid)
        if weight is not None:
            image_of += weight * direction
        length = energy / float(direction @ image_of)
        value += np.float32(length) * direction
        residual -= np.float32(length) * image_of
        scaled = scale * residual
        previous, energy = energy, float(residual @ scaled)
        direction *= np.float32(energy / previous)
        direction += scaled
    out: FloatArray = alpha.copy()
    out[unknown] = np.clip(value, 0, 1)
    return out
