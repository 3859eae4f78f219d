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
_CHUNK = 1 << 15


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
    shifts = np.array([dy * (width + 4) + dx for dy, dx in _WINDOW])
    for start in range(0, center.size, _CHUNK):
        pixels = center[start : start + _CHUNK, None] + shifts
        _add_windows(weights, row_of.reshape(-1)[pixels], _window_weights(colors[pixels], epsilon))
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


def _window_weights(colors: FloatArray, epsilon: float) -> FloatArray:
    """Return each window's 9 x 9 share of the Laplacian (n, 9, 9) from its colours (n, 9, 3)."""
    centered = colors.astype(np.float64)
    centered -= centered.mean(axis=1, keepdims=True)
    covariance = np.matmul(centered.transpose(0, 2, 1), centered) / 9
    covariance += np.eye(3) * (epsilon / 9)
    affinity = np.matmul(np.matmul(centered, np.linalg.inv(covariance)), centered.transpose(0, 2, 1))
    share: FloatArray = ((affinity + 1) * (-1 / 9)).astype(np.float32)
    share[:, np.arange(9), np.arange(9)] += 1
    return share


def _add_windows(weights: FloatArray, rows: NDArray[np.int64], share: FloatArray) -> None:
    # For one member of the window, different windows mean different pixels: no address comes twice.
    for first, (y0, x0) in enumerate(_WINDOW):
        row = rows[:, first]
        inside = np.flatnonzero(row >= 0)
        row = row[inside]
        for second, (y1, x1) in enumerate(_WINDOW):
            weights[(y1 - y0 + 2) * 5 + x1 - x0 + 2, row] += share[inside, first, second]
