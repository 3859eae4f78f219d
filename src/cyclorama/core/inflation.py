"""Rounding a silhouette up into a plump relief: the cheapest guess of an unknown shape.

References
----------
.. [1] S. F. Johnston, "Lumo: illumination for cel animation", NPAR 2002 (normals grown from the contour).
.. [2] F. A. Bornemann, P. Deuflhard, "The cascadic multigrid method for elliptic problems", Numer. Math. 75, 1996.
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.resampling import resize

__all__ = ["inflate", "relief_normals"]

_COARSEST_PX = 20
_ITERATIONS = (120, 48)
_TOLERANCE = 1e-3


def inflate(mask: BoolArray) -> FloatArray:
    """Raise a relief over a mask: exact half a sphere over a disc.

    Parameters
    ----------
    mask : bool (H, W)
        The silhouette. Where it touches the array's border it is taken to go on beyond.

    Returns
    -------
    float32 (H, W)
        Height in pixels, >= 0, zero outside the mask: the root of the solution u of lap u = -4 with u = 0 on the
        contour and no slope across the array's border. A mask without contour gives a flat relief of zeros.
    """
    if mask.all() or not mask.any():
        return np.zeros(mask.shape, np.float32)
    solution = _solve(mask)
    height: FloatArray = np.sqrt(np.maximum(solution, 0)).astype(np.float32)
    return height


def relief_normals(height: FloatArray, mask: BoolArray) -> FloatArray:
    """Return the unit normals of a relief made by :func:`inflate`.

    Parameters
    ----------
    height : float32 (H, W), px
        Height over the mask.
    mask : bool (H, W)
        Where there is a surface.

    Returns
    -------
    float32 (H, W, 3)
        x right, y up, z to the viewer; zero outside the mask.
    """
    # The slope of the square is finite at the contour, where the slope of the height is not.
    square = np.pad(np.square(height), 1, mode="edge")
    normals = np.empty((*mask.shape, 3), np.float32)
    normals[..., 0] = (square[1:-1, :-2] - square[1:-1, 2:]) / 4
    normals[..., 1] = (square[2:, 1:-1] - square[:-2, 1:-1]) / 4
    normals[..., 2] = height
    if not height.any():
        normals[..., 2] = 1
    normals /= np.linalg.norm(normals, axis=2, keepdims=True) + np.float32(1e-9)
    normals *= mask[..., None]
    return normals


def _solve(mask: BoolArray) -> FloatArray:
    """Solve lap u = -4 from coarse to fine; each level starts from the one below [2]_."""
    height, width = mask.shape
    if min(height, width) <= _COARSEST_PX:
        return _conjugate_gradients(mask, np.zeros(mask.shape, np.float32), _ITERATIONS[0])
    half = (max(1, round(height / 2)), max(1, round(width / 2)))
    coarse = resize(mask.astype(np.float32), half, "area") > 0.5
    if coarse.any() and not coarse.all():
        # Heights are lengths: their squares grow by the scale in either direction.
        scale = (height / half[0]) * (width / half[1])
        start = resize(_solve(coarse), mask.shape, "bilinear") * np.float32(scale) * mask
    else:
        start = np.zeros(mask.shape, np.float32)
    return _conjugate_gradients(mask, start, _ITERATIONS[1])


def _conjugate_gradients(mask: BoolArray, start: FloatArray, iterations: int) -> FloatArray:
    inside = mask.astype(np.float32)
    neighbors = np.full(mask.shape, 4, np.float32)
    for edge in (neighbors[0], neighbors[-1], neighbors[:, 0], neighbors[:, -1]):
        edge -= 1
    x = start
    residual = 4 * inside - _laplacian(x, inside, neighbors)
    goal = _TOLERANCE**2 * 16 * float(inside.sum())
    direction = residual
    energy = float(np.vdot(residual, residual))
    for _ in range(iterations):
        if energy <= goal:
            break
        image = _laplacian(direction, inside, neighbors)
        step = energy / max(float(np.vdot(direction, image)), 1e-20)
        x = x + np.float32(step) * direction
        residual = residual - np.float32(step) * image
        before, energy = energy, float(np.vdot(residual, residual))
        direction = residual + np.float32(energy / before) * direction
    return x


def _laplacian(u: FloatArray, inside: FloatArray, neighbors: FloatArray) -> FloatArray:
    """Apply -lap with u = 0 outside the mask and mirrored at the array's border."""
    out = neighbors * u
    out[1:] -= u[:-1]
    out[:-1] -= u[1:]
    out[:, 1:] -= u[:, :-1]
    out[:, :-1] -= u[:, 1:]
    out *= inside
    return out
