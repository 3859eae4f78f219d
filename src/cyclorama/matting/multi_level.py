"""Foreground and background colours of soft pixels, coarse to fine.

References
----------
.. [1] T. Germer, T. Uelwer, S. Conrad, S. Harmeling, "Fast multi-level foreground estimation", ICPR 2020, eq. 2-4.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.resampling import resize

__all__ = ["estimate_both"]

_SMOOTHNESS = 1e-5
_SMALL_PX = 32
_SWEEPS, _SWEEPS_SMALL = 2, 10


def estimate_both(
    photo: FloatArray, coverage: FloatArray, tick: Callable[[float], None]
) -> tuple[FloatArray, FloatArray]:
    """Split each pixel into the two colours that it mixes.

    Parameters
    ----------
    photo : float32 (H, W, 3)
        The picture.
    coverage : float32 (H, W), [0, 1]
        Share of the foreground.
    tick : callable
        Told the share done.

    Returns
    -------
    foreground, background : float32 (H, W, 3)
        Minimisers of (c F + (1 - c) B - I)^2 plus differences between neighbours, which weigh more where coverage
        changes [1]_; equal to the photo where coverage is 1 and 0, continued smoothly where it is 0 and 1.
    """
    pyramid = [(photo, coverage)]
    while max(coverage.shape) > 1:
        size = ((coverage.shape[0] + 1) // 2, (coverage.shape[1] + 1) // 2)
        photo, coverage = resize(photo, size, "area"), resize(coverage, size, "area")
        pyramid.append((photo, coverage))
    low, high = min(0.0, float(pyramid[0][0].min())), max(1.0, float(pyramid[0][0].max()))
    foreground = _weighted_mean(*pyramid[0])
    background = _weighted_mean(pyramid[0][0], 1 - pyramid[0][1])
    total = 4.0 ** -np.arange(len(pyramid))
    for level in range(len(pyramid) - 1, -1, -1):
        photo, coverage = pyramid[level]
        tick(float(total[level + 1 :].sum() / total.sum()))
        foreground, background = (
            resize(foreground, coverage.shape, "bilinear"),
            resize(background, coverage.shape, "bilinear"),
        )
        sweeps = _SWEEPS_SMALL if max(coverage.shape) <= _SMALL_PX else _SWEEPS
        foreground, background = _relaxed(foreground, background, photo, coverage, sweeps, (low, high))
    return foreground, background


def _weighted_mean(photo: FloatArray, weight: FloatArray) -> FloatArray:
    total = float(weight.sum(dtype=np.float64))
    if total < 1e-6:
        weight, total = np.ones_like(weight), float(weight.size)
    mean = np.tensordot(weight, photo, axes=2) / total
    return mean.reshape(1, 1, 3).astype(np.float32)


def _relaxed(
    foreground: FloatArray,
    background: FloatArray,
    photo: FloatArray,
    coverage: FloatArray,
    sweeps: int,
    gamut: tuple[float, float],
) -> tuple[FloatArray, FloatArray]:
    """Improve both colours: red pixels of a checkerboard, then black ones."""
    height, width = coverage.shape
    full, empty = coverage == 1, coverage == 0
    foreground[full], background[empty] = photo[full], photo[empty]
    # One row per pixel of a grid with a border, so that a neighbour is one gather of all it has to say.
    state = np.pad(
        np.concatenate([foreground, background, coverage[..., None]], axis=-1),
        ((1, 1), (1, 1), (0, 0)),
        mode="edge",
    ).reshape(-1, 7)
    soft = ~full & ~empty
    halves = [
        _Half(state, photo, soft & _checkerboard((height, width), color), width + 2) for color in (0, 1)
    ]
    for _ in range(sweeps):
        for half in halves:
            half.relax(state, gamut)
    grid = state.reshape(height + 2, width + 2, 7)[1:-1, 1:-1]
    return np.ascontiguousarray(grid[..., :3]), np.ascontiguousarray(grid[..., 3:6])


def _checkerboard(size: tuple[int, int], color: int) -> BoolArray:
    board: BoolArray = (np.arange(size[0])[:, None] + np.arange(size[1])) % 2 == color
    return board


class _Half:
    """The soft pixels of one colour of the checkerboard, and what stays the same from sweep to sweep."""

    def __init__(self, state: FloatArray, photo: FloatArray, chosen: BoolArray, stride: int) -> None:
        row, column = np.nonzero(chosen)
        self.place = (row + 1) * stride + column + 1
        self.near = [self.place + step for step in (-stride, stride, -1, 1)]
        alpha = state[self.place, 6]
        self.weights = [np.float32(_SMOOTHNESS) + np.abs(alpha - state[near, 6]) for near in self.near]
        total = np.sum(self.weights, axis=0)
        # Two unknowns per channel: minimise (a F + (1-a) B - I)^2 + sum_j weight_j (|F - F_j|^2 + |B - B_j|^2).
        ff, fb, bb = alpha * alpha + total, alpha * (1 - alpha), (1 - alpha) ** 2 + total
        determinant = ff * bb - fb * fb
        self.inverse = [(part / determinant)[:, None] for part in (bb, fb, ff)]
        self.from_photo = np.concatenate(
            [alpha[:, None] * photo[row, column], (1 - alpha)[:, None] * photo[row, column]], axis=1
        )

    def relax(self, state: FloatArray, gamut: tuple[float, float]) -> None:
        """Put both colours of these pixels where they cost least, their neighbours held."""
        right = self.from_photo.copy()
        for near, weight in zip(self.near, self.weights, strict=True):
            right += weight[:, None] * np.take(state, near, axis=0)[:, :6]
        bb, fb, ff = self.inverse
        state[self.place, :3] = np.clip(bb * right[:, :3] - fb * right[:, 3:], *gamut)
        state[self.place, 3:6] = np.clip(ff * right[:, 3:] - fb * right[:, :3], *gamut)
