"""Solving for alpha: conjugate gradients per level, coarse to fine.

References
----------
.. [1] A. Levin, D. Lischinski, Y. Weiss, "A closed-form solution to natural image matting", IEEE TPAMI 30(2),
   2008, eq. 12 and section 4.2 (coarse to fine).
.. [2] K. He, J. Sun, "Fast guided filter", arXiv:1505.00996, 2015 (a linear model carried to a finer grid).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import box_filter, dilate
from cyclorama.core.resampling import resize
from cyclorama.matting.laplacian import matting_stencil

__all__ = ["Prior", "linear_model", "solve_alpha"]

#: Called with the share done, in [0, 1]; may raise to stop.
Tick = Callable[[float], None]

_EPSILON = 1e-6
_CARRY_EPSILON = 1e-4
_COARSEST_UNKNOWN = 12_000
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
    levels = max(0, math.ceil(0.5 * math.log2(unknown / _COARSEST_UNKNOWN)))
    sizes = [
        (max(1, math.ceil(trimap.shape[0] / 2**k)), max(1, math.ceil(trimap.shape[1] / 2**k)))
        for k in range(levels, -1, -1)
    ]
    alpha: FloatArray | None = None
    below = image
    for number, size in enumerate(sizes):
        tick(number / len(sizes))
        level_image = image if size == trimap.shape else resize(image, size, "area")
        level_trimap = _shrink_trimap(trimap, size)
        start = None if alpha is None else _carry(below, alpha, level_image)
        level_prior = prior and Prior(resize(prior.alpha, size, "area"), resize(prior.weight, size, "area"))
        part = _part(tick, number, len(sizes))
        alpha = _solve_level(level_image, level_trimap, start, level_prior, part)
        below = level_image
    assert alpha is not None
    return alpha


def _part(tick: Tick, number: int, count: int) -> Tick:
    return lambda done: tick((number + done) / count)


def _shrink_trimap(trimap: FloatArray, size: tuple[int, int]) -> FloatArray:
    if size == trimap.shape:
        return trimap
    mean = resize(trimap, size, "area")
    out: FloatArray = np.full(size, 0.5, np.float32)
    out[mean > 0.999] = 1
    out[mean < 0.001] = 0
    return out


def _carry(coarse_image: FloatArray, coarse_alpha: FloatArray, image: FloatArray) -> FloatArray:
    """Carry alpha to a finer grid by its local linear model in colour [2]_."""
    slope, offset = linear_model(coarse_image, coarse_alpha)
    size = (image.shape[0], image.shape[1])
    carried = resize(offset, size, "bilinear")
    for channel in range(3):
        carried += resize(slope[..., channel], size, "bilinear") * image[..., channel]
    return np.clip(carried, 0, 1, out=carried)


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
    mean, mean_alpha = box_filter(image, 1), box_filter(alpha, 1)
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    products = np.stack([image[..., i] * image[..., j] for i, j in pairs], axis=-1)
    moments = box_filter(products, 1)
    xx, xy, xz, yy, yz, zz = (moments[..., k] - mean[..., i] * mean[..., j] for k, (i, j) in enumerate(pairs))
    for variance in (xx, yy, zz):
        variance += _CARRY_EPSILON
    cross = box_filter(image * alpha[..., None], 1) - mean * mean_alpha[..., None]
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
    return box_filter(slope, 1), box_filter(offset, 1)


def _solve_level(
    image: FloatArray, trimap: FloatArray, start: FloatArray | None, prior: Prior | None, tick: Tick
) -> FloatArray:
    unknown = trimap == 0.5
    alpha = np.where(unknown, np.float32(0.5) if start is None else start, trimap).astype(np.float32)
    if start is not None:
        settled = ~dilate(unknown & (start > _SURE) & (start < 1 - _SURE), 2)
        alpha = np.where(unknown & settled, np.round(alpha), alpha)
        unknown = unknown & ~settled
        if np.count_nonzero(unknown) > _FINEST_UNKNOWN:
            return alpha
    iterations = 300 if start is None else 30
    return _conjugate_gradients(image, alpha, unknown, prior, iterations, tick)


def _conjugate_gradients(
    image: FloatArray, alpha: FloatArray, unknown: BoolArray, prior: Prior | None, iterations: int, tick: Tick
) -> FloatArray:
    """Minimise the matting energy over the unknown pixels, from ``alpha``, with a diagonal preconditioner."""
    stencil = matting_stencil(image, unknown, _EPSILON)
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
