"""The camera's tilt from straight lines: vertical things meet in the zenith, level ones on the horizon.

Axes: x right, y up, z to the viewer, as in :mod:`cyclorama.core.perspective`. A segment and the camera span a
plane; its unit normal is what a segment says about 3-D directions: a line's direction is perpendicular to it.

References
----------
.. [1] S. T. Barnard, "Interpreting perspective images", Artificial Intelligence 21, 1983 (plane normals).
.. [2] G. Schindler, F. Dellaert, "Atlanta world", CVPR 2004 (one vertical, several horizontal directions).
.. [3] Y. Xu, S. Oh, A. Hoogs, "A minimum error vanishing point detection approach", CVPR 2013 (errors of segments).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.perspective.segments import Segments

__all__ = ["Lines", "Tilt", "TiltPrior", "lines_of", "search_tilt", "up_vectors"]

Doubles = NDArray[np.float64]

_MOST_LINES = 350
_LONGEST_PX = 120.0
_ENDPOINT_PX = 1.0
_MODEL_DEG = 0.6
_BINS = 360
_BIN_DEG = 180 / _BINS
_PARTNER = 0.5
_THIRD = 0.6
_PRIOR_WEIGHT = 0.012


@dataclass(frozen=True, slots=True)
class TiltPrior:
    """What is known of the tilt before looking at lines: a mean pitch and two standard deviations, in degrees."""

    pitch_deg: float = 0.0
    pitch_sd_deg: float = 12.0
    roll_sd_deg: float = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Segments as planes through the camera.

    Parameters
    ----------
    normals : float32 (n, 3)
        Unit normals.
    middles : float32 (n, 3)
        Unit rays to the segments' middles.
    weights : float32 (n,)
        How much each counts.
    tolerances_deg : float32 (n,)
        Standard deviation of each one's direction in the picture.
    """

    normals: FloatArray
    middles: FloatArray
    weights: FloatArray
    tolerances_deg: FloatArray


@dataclass(frozen=True, slots=True)
class Tilt:
    """A tilt of the camera.

    Parameters
    ----------
    pitch_deg, roll_deg : float
        As in :class:`~cyclorama.core.perspective.Perspective`.
    vertical : float
        Weight of the lines that point to the zenith, in pixels (long lines count less than their length).
    pitch_sd_deg : float
        Spread of the pitches that score nearly as well.
    """

    pitch_deg: float
    roll_deg: float
    vertical: float
    pitch_sd_deg: float


def lines_of(
    segments: Segments, trust: Doubles, focal_px: float, principal_point_px: tuple[float, float]
) -> Lines:
    """Turn segments into planes.

    Parameters
    ----------
    segments : Segments
        In pixels of the picture.
    trust : float64 (n,), [0, 1]
        Extra weight of each.
    focal_px : float
        Focal length.
    principal_point_px : (float, float)
        Optical axis, (x, y).

    Returns
    -------
    Lines
        The 350 weightiest.
    """
    length = segments.lengths_px
    weight = np.minimum(length, _LONGEST_PX) ** 0.8 * trust
    best = np.argsort(-weight, kind="stable")[:_MOST_LINES]
    ends = segments.ends[best]
    rays = np.empty((len(best), 2, 3))
    rays[..., 0] = (ends[..., 0] - principal_point_px[0]) / focal_px
    rays[..., 1] = (principal_point_px[1] - ends[..., 1]) / focal_px
    rays[..., 2] = -1
    normals = np.cross(rays[:, 0], rays[:, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    middles = rays.mean(axis=1)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    tolerance = np.degrees(2 * _ENDPOINT_PX / np.maximum(length[best], 1)) + _MODEL_DEG
    return Lines(*(part.astype(np.float32) for part in (normals, middles, weight[best], tolerance)))


def up_vectors(pitch_deg: Doubles, roll_deg: Doubles) -> Doubles:
    """Return the world's up (..., 3) for tilts in degrees."""
    pitch, roll = np.radians(pitch_deg), np.radians(roll_deg)
    return np.stack([np.sin(roll) * np.cos(pitch), np.cos(roll) * np.cos(pitch), -np.sin(pitch)], axis=-1)


def search_tilt(lines: Lines, prior: TiltPrior) -> Tilt:
    """Find the tilt that most lines agree with.

    Parameters
    ----------
    lines : Lines
        At least one.
    prior : TiltPrior
        Decides where lines leave it open.

    Returns
    -------
    Tilt
        Best of a grid of pitches and rolls, refined to about 0.1 degrees.
    """
    pitch, roll = np.meshgrid(np.arange(-42, 42.1, 2), np.arange(-10, 10.1, 1), indexing="ij")
    pitch, roll = pitch.ravel(), roll.ravel()
    score = _score(lines, prior, pitch, roll)
    votes = np.exp((score - score.max()) / 0.02)
    votes /= votes.sum()
    spread = float(np.sqrt(votes @ np.square(pitch - votes @ pitch)))
    best = int(score.argmax())
    at = float(pitch[best]), float(roll[best])
    for step in (1.0, 0.5, 0.25, 0.12):
        offset = np.arange(-2, 3) * step
        dp, dr = (grid.ravel() for grid in np.meshgrid(offset, offset, indexing="ij"))
        best = int(_score(lines, prior, at[0] + dp, at[1] + dr).argmax())
        at = at[0] + float(dp[best]), at[1] + float(dr[best])
    up = up_vectors(np.array(at[:1]), np.array(at[1:])).astype(np.float32)
    vertical = float((lines.weights * _vertical_fit(lines, up)[:, 0]).sum())
    return Tilt(at[0], at[1], vertical, spread)


def _prior_cost(prior: TiltPrior, pitch: Doubles, roll: Doubles) -> Doubles:
    cost: Doubles = np.square((pitch - prior.pitch_deg) / prior.pitch_sd_deg)
    cost = cost + np.square(roll / prior.roll_sd_deg)
    return 0.5 * _PRIOR_WEIGHT * cost


def _score(lines: Lines, prior: TiltPrior, pitch: Doubles, roll: Doubles) -> Doubles:
    """Score tilts (m,) by the lines that are vertical or lie in a few horizontal directions."""
    up = up_vectors(pitch, roll).astype(np.float32)
    vertical = _vertical_fit(lines, up)
    weight = lines.weights[:, None]
    level = _level_histogram(lines, up, 1 - vertical)
    partner = np.roll(level, _BINS // 2, axis=1)
    pair = level + _PARTNER * partner
    first = pair.argmax(axis=1)
    rows = np.arange(len(up))
    total = pair[rows, first]
    # A third direction, well away from both.
    bins = np.arange(_BINS)
    away = np.abs((bins[None] - first[:, None] + _BINS // 4) % (_BINS // 2) - _BINS // 4) > 12
    total += _THIRD * np.where(away, level, 0).max(axis=1)
    support: Doubles = ((weight * vertical).sum(axis=0) + total) / lines.weights.sum()
    return support - _prior_cost(prior, pitch, roll)


def _vertical_fit(lines: Lines, up: FloatArray) -> FloatArray:
    """How well each line (n) goes through each zenith (m): [0, 1], (n, m)."""
    off = np.abs(lines.normals @ up.T)
    across = np.sqrt(np.maximum(1 - np.square(lines.middles @ up.T), 1e-4))
    angle = np.degrees(np.arcsin(np.clip(off / across, 0, 1)))
    out: FloatArray = np.exp(-0.5 * np.square(angle / lines.tolerances_deg[:, None]))
    return out


def _level_histogram(lines: Lines, up: FloatArray, share: FloatArray) -> Doubles:
    """Weight of level lines over azimuth, smoothed by a degree: (m, bins)."""
    count = len(up)
    side = np.cross(up, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    # A plane meets the horizontal plane along (normal x up); in axes of that plane:
    x = lines.normals @ np.cross(up, side).T
    y = -(lines.normals @ side.T)
    length = np.hypot(x, y) + np.float32(1e-9)
    azimuth = np.degrees(np.arctan2(y, x)) % 180
    toward = np.cross(lines.middles, lines.normals) @ up.T / length
    across = np.sqrt(np.maximum(1 - np.square(toward), np.float32(1e-3)))
    blur = np.clip(lines.tolerances_deg[:, None] * across / length, 0.3, 20)
    weight = lines.weights[:, None] * share * np.minimum(length, 1) * np.minimum(1.5 / blur, 1)
    bins = (azimuth / np.float32(_BIN_DEG)).astype(np.int32) % _BINS + _BINS * np.arange(
        count, dtype=np.int32
    )
    histogram = np.bincount(bins.ravel(), weight.ravel(), _BINS * count).reshape(count, _BINS)
    smooth: Doubles = histogram.copy()
    for offset in range(1, 7):
        tap = np.exp(-0.5 * (offset * _BIN_DEG) ** 2)
        smooth += tap * (np.roll(histogram, offset, axis=1) + np.roll(histogram, -offset, axis=1))
    return smooth
