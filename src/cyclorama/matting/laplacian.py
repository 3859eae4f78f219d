"""The matting Laplacian on the unknown pixels only, as a 5 x 5 stencil per pixel.

References
----------
.. [1] A. Levin, D. Lischinski, Y. Weiss, "A closed-form solution to natural image matting", IEEE TPAMI 30(2),
   2008, eq. 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray

__all__ = ["Stencil", "matting_stencil"]

_WINDOW = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
_OFFSETS = [(dy, dx) for dy in range(-2, 3) for dx in range(-2, 3)]
_CHUNK = 1 << 13


@dataclass(frozen=True, slots=True, eq=False)
class Stencil:
    """A symmetric operator on some pixels of a grid that couples each to its 5 x 5 neighbours.

    Parameters
    ----------
    weights : float32 (25, n)
        Coupling of each unknown pixel to its neighbours, in the order of reading; number 12 is the diagonal.
    position : int64 (n,)
        Places of the unknown pixels in the flattened grid that is padded by two pixels all around.
    size : (int, int)
        (height, width) of the padded grid.
    """

    weights: FloatArray
    position: NDArray[np.int64]
    size: tuple[int, int]

    def gather(self, grid: FloatArray) -> FloatArray:
        """Apply the operator to a padded grid (H + 4, W + 4); returns the unknown pixels' values (n,)."""
        flat = grid.reshape(-1)
        width = self.size[1]
        out = np.zeros(self.position.size, np.float32)
        term = np.empty(min(_CHUNK, out.size), np.float32)
        corner = self.position - (2 * width + 2)
        for start in range(0, out.size, _CHUNK):
            part = slice(start, min(start + _CHUNK, out.size))
            here, place, piece = out[part], corner[part], term[: part.stop - start]
            for weight, (dy, dx) in zip(self.weights, _OFFSETS, strict=True):
                # One list of places serves all neighbours: the view is shifted instead.
                np.take(flat[(dy + 2) * width + dx + 2 :], place, out=piece, mode="clip")
                piece *= weight[part]
                here += piece
        return out

    @property
    def diagonal(self) -> FloatArray:
        """Diagonal (n,)."""
        middle: FloatArray = self.weights[12]
        return middle


def matting_stencil(image: FloatArray, unknown: BoolArray, epsilon: float) -> Stencil:
    """Build the matting Laplacian's rows of the unknown pixels.

    Parameters
    ----------
    image : float32 (H, W, 3), sRGB
        The photograph.
    unknown : bool (H, W)
        Pixels whose rows are wanted.
    epsilon : float
        Regularisation of the local linear model, in squared colour.

    Returns
    -------
    Stencil
        Rows of sum_k (delta_ij - (1 + (I_i - m_k)' (S_k + epsilon/9)^-1 (I_j - m_k)) / 9) over all 3 x 3 windows
        k inside the picture that hold both pixels [1]_.
    """
    height, width = unknown.shape
    row_of = np.full((height + 4, width + 4), -1, np.int64)
    place = np.flatnonzero(np.pad(unknown, 2))
    row_of.reshape(-1)[place] = np.arange(place.size)
    weights = np.zeros((25, place.size), np.float32)
    colors = np.pad(np.asarray(image, np.float32), ((2, 2), (2, 2), (0, 0))).reshape(-1, 3)
    center = _window_centers(unknown)
    for start in range(0, center.size, _CHUNK):
        _add_windows(weights, row_of.reshape(-1), colors, center[start : start + _CHUNK], width + 4, epsilon)
    return Stencil(weights, place, (height + 4, width + 4))


def _window_centers(unknown: BoolArray) -> NDArray[np.int64]:
    """Return places in the padded grid of the windows inside the picture that touch an unknown pixel."""
    height, width = unknown.shape
    touched = np.zeros((height + 4, width + 4), bool)
    for dy, dx in _WINDOW:
        touched[2 + dy : 2 + dy + height, 2 + dx : 2 + dx + width] |= unknown
    touched[:3] = touched[-3:] = False
    touched[:, :3] = touched[:, -3:] = False
    return np.flatnonzero(touched)


def _add_windows(
    weights: FloatArray,
    row_of: NDArray[np.int64],
    colors: FloatArray,
    center: NDArray[np.int64],
    width: int,
    epsilon: float,
) -> None:
    """Add each window's 9 x 9 share of the Laplacian to the rows of the unknown pixels."""
    members = [center + dy * width + dx for dy, dx in _WINDOW]
    # One long array per number: small matrices in a batch would cost ten times as much.
    color = np.stack([colors[member].T for member in members]).astype(np.float64)  # (9, 3, n)
    color -= color.mean(axis=0)
    inverse = _inverse_covariance(color, epsilon / 9)
    pulled = np.einsum("dcn,pcn->pdn", inverse, color)
    rows = [row_of[member] for member in members]
    inside = [np.flatnonzero(row >= 0) for row in rows]
    for first, (y0, x0) in enumerate(_WINDOW):
        for second in range(first, 9):
            y1, x1 = _WINDOW[second]
            share = np.einsum("cn,cn->n", color[first], pulled[second])
            share += 1
            share *= -1 / 9
            if first == second:
                share += 1
            step = (y1 - y0) * 5 + x1 - x0
            # For one member of the window, different windows mean different pixels: no address comes twice.
            some = inside[first]
            weights[12 + step, rows[first][some]] += share[some]
            if first != second:
                some = inside[second]
                weights[12 - step, rows[second][some]] += share[some]


def _inverse_covariance(color: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """Return (S + ridge)^-1 of each window, (3, 3, n), from its centred colours (9, 3, n), by cofactors."""
    covariance = np.einsum("pcn,pdn->cdn", color, color) / 9
    xx, yy, zz = (covariance[k, k] + ridge for k in range(3))
    xy, xz, yz = covariance[0, 1], covariance[0, 2], covariance[1, 2]
    c00, c01, c02 = yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy
    c11, c12, c22 = xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy
    out = np.stack([np.stack([c00, c01, c02]), np.stack([c01, c11, c12]), np.stack([c02, c12, c22])])
    out /= xx * c00 + xy * c01 + xz * c02
    return out
