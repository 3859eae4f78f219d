"""Straight edges of a photograph, as segments: thin the gradient, link, fit, split where it bends, join what lines up.

References
----------
.. [1] J. Canny, "A computational approach to edge detection", IEEE PAMI 8(6), 1986 (thinning across the edge).
.. [2] J. B. Burns, A. R. Hanson, E. M. Riseman, "Extracting straight lines", IEEE PAMI 8(4), 1986 (linking by the
   gradient's direction).
.. [3] R. Grompone von Gioi et al., "LSD: a line segment detector", IPOL 2012.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.regions import join_pairs

__all__ = ["Segments", "find_segments"]

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

_BLUR_PX = 0.7
_WEAKEST = 0.012
_LINK_COSINE = 0.92
_BEND_PX = 0.9
_SPLITS = 6
_SHORTEST_PX = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Straight segments.

    Parameters
    ----------
    ends : float64 (n, 2, 2), px
        Both end points as (x, y), pixel edges at integers.
    strength : float64 (n,)
        Mean gradient along each, per pixel of the [0, 1] picture.
    """

    ends: Doubles
    strength: Doubles

    @property
    def lengths_px(self) -> Doubles:
        """Lengths (n,)."""
        out: Doubles = np.linalg.norm(self.ends[:, 1] - self.ends[:, 0], axis=1)
        return out


def find_segments(gray: FloatArray) -> Segments:
    """Find straight edges to a fraction of a pixel.

    Parameters
    ----------
    gray : float32 (H, W), [0, 1]
        sRGB-encoded grey values: edges as strong as they look.

    Returns
    -------
    Segments
        At least 10 px long, in no particular order.
    """
    points, normals, strength, row_column = _edge_points(gray)
    if len(points) < 2:
        return Segments(np.zeros((0, 2, 2)), np.zeros(0))
    label = _link(row_column, normals, gray.shape)
    label = _split_bends(points, label)
    return _join_aligned(_fit(points, label), points, strength)


def _edge_points(gray: FloatArray) -> tuple[Doubles, Doubles, Doubles, Ints]:
    """Return ridge points of the gradient (n, 2), unit normals, magnitudes, and (row, column) of their pixels."""
    smooth = gaussian_blur(gray, _BLUR_PX)
    dx, dy = np.zeros_like(smooth), np.zeros_like(smooth)
    # Sobel-like weights that keep the direction of edges true (Scharr).
    across = (smooth[:, 2:] - smooth[:, :-2]) / 2
    down = (smooth[2:] - smooth[:-2]) / 2
    dx[1:-1, 1:-1] = (3 * across[:-2] + 10 * across[1:-1] + 3 * across[2:]) / 16
    dy[1:-1, 1:-1] = (3 * down[:, :-2] + 10 * down[:, 1:-1] + 3 * down[:, 2:]) / 16
    magnitude = np.hypot(dx, dy)
    rows, columns = np.nonzero(magnitude[2:-2, 2:-2] > _WEAKEST)
    rows, columns = rows + 2, columns + 2
    here = magnitude[rows, columns]
    gx, gy = dx[rows, columns], dy[rows, columns]
    steep = np.maximum(np.abs(gx), np.abs(gy))
    sx, sy = (np.divide(part, steep, dtype=np.float32) for part in (gx, gy))
    ahead = _between(magnitude, rows, columns, sx, sy)
    behind = _between(magnitude, rows, columns, -sx, -sy)
    ridge = (here >= ahead) & (here > behind)
    curve = (2 * here - ahead - behind)[ridge]
    shift = 0.5 * (ahead - behind)[ridge] / np.maximum(curve, 1e-9)
    shift = np.clip(shift, -0.6, 0.6)
    rows, columns = rows[ridge], columns[ridge]
    points = np.stack([columns + 0.5 + shift * sx[ridge], rows + 0.5 + shift * sy[ridge]], axis=1)
    normals = np.stack([gx, gy], axis=1)[ridge] / here[ridge, None]
    return (
        points.astype(np.float64),
        normals.astype(np.float64),
        here[ridge].astype(np.float64),
        np.stack([rows, columns], 1),
    )


def _between(field: FloatArray, rows: Ints, columns: Ints, sx: FloatArray, sy: FloatArray) -> FloatArray:
    """Read a field one step along (sx, sy), one of which is +-1: linear between two neighbours."""
    flat = np.abs(sx) >= np.abs(sy)
    step = np.where(flat, np.sign(sx), np.sign(sy)).astype(np.int64)
    slope = np.where(flat, sy, sx)
    side = np.sign(slope).astype(np.int64)
    part = np.abs(slope)
    r0 = np.where(flat, rows, rows + step)
    c0 = np.where(flat, columns + step, columns)
    r1 = np.where(flat, r0 + side, r0)
    c1 = np.where(flat, c0, c0 + side)
    out: FloatArray = field[r0, c0] * (1 - part) + field[r1, c1] * part
    return out


def _link(row_column: Ints, normals: Doubles, shape: tuple[int, ...]) -> Ints:
    """Number chains of touching edge pixels whose gradients agree."""
    index = np.full((shape[0] + 2, shape[1] + 2), -1, np.int64)
    rows, columns = row_column[:, 0] + 1, row_column[:, 1] + 1
    index[rows, columns] = np.arange(len(rows))
    left, right = [], []
    for dr, dc in ((0, 1), (1, -1), (1, 0), (1, 1)):
        other = index[rows + dr, columns + dc]
        mine = np.flatnonzero(other >= 0)
        other = other[mine]
        agree = (normals[mine] * normals[other]).sum(axis=1) > _LINK_COSINE
        left.append(mine[agree])
        right.append(other[agree])
    root = join_pairs(len(rows), np.concatenate(left), np.concatenate(right))
    _, label = np.unique(root, return_inverse=True)
    return label


def _moments(points: Doubles, label: Ints, count: int) -> tuple[Doubles, Doubles, Doubles]:
    """Return size, centre (count, 2) and unit direction (count, 2) of each chain's best line."""
    size = np.bincount(label, minlength=count).astype(np.float64)
    safe = np.maximum(size, 1)
    center = np.stack([np.bincount(label, points[:, axis], count) for axis in (0, 1)], 1) / safe[:, None]
    offset = points - center[label]
    xx, yy, xy = (
        np.bincount(label, product, count)
        for product in (offset[:, 0] ** 2, offset[:, 1] ** 2, offset[:, 0] * offset[:, 1])
    )
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)
    return size, center, np.stack([np.cos(angle), np.sin(angle)], 1)


def _split_bends(points: Doubles, label: Ints) -> Ints:
    """Split chains where they leave their best line most, until they are straight."""
    label = label.copy()
    active = np.arange(len(label))
    for _ in range(_SPLITS):
        _, own = np.unique(label[active], return_inverse=True)
        count = int(own.max()) + 1
        _, center, direction = _moments(points[active], own, count)
        offset = points[active] - center[own]
        along = (offset * direction[own]).sum(axis=1)
        aside = np.abs(offset[:, 0] * direction[own, 1] - offset[:, 1] * direction[own, 0])
        worst, knee = np.zeros(count), np.zeros(count)
        np.maximum.at(worst, own, aside)
        peak = aside == worst[own]
        knee[own[peak]] = along[peak]
        bent = (worst > _BEND_PX)[own]
        if not bent.any():
            break
        active, own, along = active[bent], own[bent], along[bent]
        # A knee at the very end splits nothing off; such chains are dropped later by their residual.
        label[active] = label.max() + 1 + 2 * own + (along > knee[own])
    _, label = np.unique(label, return_inverse=True)
    return label


def _fit(points: Doubles, label: Ints) -> Ints:
    """Drop points of chains that are short, bent or sparse: label -1."""
    count = int(label.max()) + 1
    size, center, direction = _moments(points, label, count)
    offset = points - center[label]
    along = (offset * direction[label]).sum(axis=1)
    aside = offset[:, 0] * direction[label, 1] - offset[:, 1] * direction[label, 0]
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, label, along)
    np.maximum.at(high, label, along)
    length = high - low
    rms = np.sqrt(np.bincount(label, aside**2, count) / np.maximum(size, 1))
    good = (length >= 0.6 * _SHORTEST_PX) & (rms < 0.6) & (size >= 0.6 * length)
    return np.where(good[label], label, -1)


def _join_aligned(label: Ints, points: Doubles, strength: Doubles) -> Segments:
    """Join chains that go on where another ends, and fit each joint chain."""
    keep = label >= 0
    points, strength = points[keep], strength[keep]
    if not keep.any():
        return Segments(np.zeros((0, 2, 2)), np.zeros(0))
    _, label = np.unique(label[keep], return_inverse=True)
    for _ in range(2):
        ends, _ = _ends(points, strength, label)
        left, right = _aligned_pairs(ends)
        root = join_pairs(len(ends), left, right)
        _, group = np.unique(root, return_inverse=True)
        label = group[label]
    ends, mean = _ends(points, strength, label)
    long = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) >= _SHORTEST_PX
    return Segments(ends[long], mean[long])


def _ends(points: Doubles, strength: Doubles, label: Ints) -> tuple[Doubles, Doubles]:
    count = int(label.max()) + 1
    size, center, direction = _moments(points, label, count)
    along = ((points - center[label]) * direction[label]).sum(axis=1)
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, label, along)
    np.maximum.at(high, label, along)
    ends = np.stack([center + low[:, None] * direction, center + high[:, None] * direction], axis=1)
    return ends, np.bincount(label, strength, count) / size


def _aligned_pairs(ends: Doubles) -> tuple[Ints, Ints]:
    """Return pairs of segments that lie on one line with a gap shorter than the shorter of them."""
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    candidates = np.argsort(-length)[:700]
    ends, length = ends[candidates], length[candidates]
    direction = (ends[:, 1] - ends[:, 0]) / length[:, None]
    middle = ends.mean(axis=1)
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    first, second = np.nonzero(np.triu(np.abs(direction @ direction.T) > 0.9994, 1))
    near = np.abs(((middle[second] - middle[first]) * normal[first]).sum(axis=1)) < 3
    first, second = first[near], second[near]
    # Both ways: ends of one seen from the other.
    gap = np.full(len(first), -np.inf)
    aligned = np.ones(len(first), bool)
    for a, b in ((first, second), (second, first)):
        offset = ends[b] - middle[a][:, None]
        aside = np.abs((offset * normal[a][:, None]).sum(axis=2))
        along = (offset * direction[a][:, None]).sum(axis=2)
        aligned &= np.maximum(aside[:, 0], aside[:, 1]) < 1.0
        beyond = np.minimum(np.abs(along[:, 0]), np.abs(along[:, 1])) - length[a] / 2
        gap = np.maximum(gap, np.where(along[:, 0] * along[:, 1] < 0, -np.inf, beyond))
    joined = aligned & (gap > -3) & (gap < np.minimum(np.minimum(length[first], length[second]), 40))
    return candidates[first[joined]], candidates[second[joined]]
