"""Real spherical harmonics up to order 2: light from all directions in nine numbers.

References
----------
.. [1] R. Ramamoorthi, P. Hanrahan, "An efficient representation for irradiance environment maps", SIGGRAPH 2001,
   eq. 1-3 and 7.
"""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray

__all__ = ["basis", "fibonacci_sphere", "irradiance", "project", "rotate"]

_COSINE = np.array([math.pi] + [2 * math.pi / 3] * 3 + [math.pi / 4] * 5, np.float32)


def basis(directions: FloatArray) -> FloatArray:
    """Evaluate the nine basis functions.

    Parameters
    ----------
    directions : float32 (..., 3)
        Unit vectors.

    Returns
    -------
    float32 (..., 9)
        Order (1, y, z, x, xy, yz, 3z²-1, xz, x²-y²), orthonormal over the sphere.
    """
    x, y, z = np.moveaxis(np.asarray(directions, np.float32), -1, 0)
    return np.stack(
        [
            np.full_like(x, 0.282095),
            0.488603 * y,
            0.488603 * z,
            0.488603 * x,
            1.092548 * x * y,
            1.092548 * y * z,
            0.315392 * (3 * z * z - 1),
            1.092548 * x * z,
            0.546274 * (x * x - y * y),
        ],
        axis=-1,
    )


def irradiance(sh: FloatArray, normals: FloatArray) -> FloatArray:
    """Return the irradiance (..., C), linear, on surfaces with the given unit normals (..., 3).

    ``sh`` is radiance, float32 (9, C); the cosine lobe's coefficients are pi, 2 pi/3 and pi/4 [1]_ (eq. 7).
    """
    out: FloatArray = basis(normals) @ (np.asarray(sh, np.float32) * _COSINE[:, None])
    return out


def project(radiance: FloatArray, directions: FloatArray) -> FloatArray:
    """Fit coefficients (9, C) to radiances (N, C) along evenly spread unit directions (N, 3)."""
    scale = np.float32(4 * math.pi / len(directions))
    out: FloatArray = scale * (basis(directions).T @ np.asarray(radiance, np.float32))
    return out


def rotate(sh: FloatArray, rotation: FloatArray) -> FloatArray:
    """Turn light by a rotation matrix (3, 3) that takes old axes to new ones; exact up to rounding."""
    directions = fibonacci_sphere(64)
    # L'(d) = L(R^T d): sample the old light and fit the new coefficients.
    old = basis(directions @ np.asarray(rotation, np.float32)) @ sh
    fitted: FloatArray = np.linalg.lstsq(basis(directions), old, rcond=None)[0]
    return fitted.astype(np.float32)


def fibonacci_sphere(count: int) -> FloatArray:
    """Return evenly spread unit vectors (count, 3) (golden-angle spiral)."""
    index = np.arange(count) + 0.5
    y = 1 - 2 * index / count
    angle = math.pi * (1 + math.sqrt(5)) * index
    ring = np.sqrt(np.maximum(0, 1 - y * y))
    return np.stack([ring * np.cos(angle), y, ring * np.sin(angle)], axis=1).astype(np.float32)
