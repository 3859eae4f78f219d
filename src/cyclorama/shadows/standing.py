"""Where a subject stands: a relief of guessed depth, upright on level ground.

Lengths are in camera heights; see :mod:`cyclorama.shadows.ground`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.inflation import inflate
from cyclorama.shadows.ground import Ground

__all__ = ["Standing", "stand"]

#: Depth of things as a share of the depth of a balloon with the same outline.
_DEPTH_SHARE = 0.85
_FOOT_SHARE = 0.025
#: What is known of the depth of things was fitted on set-ups of other seeds than those that are scored: see
#: tests/quality/measure_shadows.py. A base turns away from the picture by at most atan(_TILT).
_TILT = 1.0
#: A bottom is round if the subject is wider, half a base above it, than the base itself.
_FLARE_AT = 1.0
_FLARE = (1.15, 1.4)
_FLARE_DEPTH = (1.0, 0.15)
_LEGS = 0.3
_BODY_SHARE = 1.4
#: A base line on the ground climbs in the picture at most this much times the foreshortening: 60 degrees away.
_STEEPEST = 2.0
#: The farthest foot is at most this share of the subject's height above the nearest.
_HIGHEST_FOOT = 0.55
_HORIZON_MARGIN = 0.015


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A subject on the ground: a curtain of upright columns, each with a depth.

    Columns are numbered by azimuth as the camera sees them: column j stands where x = slope_j * -z_j with
    slope_j = first_slope + slope_step * j.

    Parameters
    ----------
    alpha : float32 (rows, columns)
        Coverage: row k at height ``heights[k]``.
    depth : float32 (rows, columns), camera heights
        Half the subject's thickness.
    heights : float32 (rows,), camera heights
        From the ground up.
    z : float32 (columns,)
        World z of each column's middle.
    first_slope, slope_step : float
        Azimuth of the columns.
    cell : float
        Size of a working cell at the foot, camera heights.
    foreshortening : float
        How much shorter a length along the ground looks in depth than across.
    feet : float32 (h, w)
        On the working grid: 1 in the first row of ground below what touches it.
    """

    alpha: FloatArray
    depth: FloatArray
    heights: FloatArray
    z: FloatArray
    first_slope: float
    slope_step: float
    cell: float
    foreshortening: float
    feet: FloatArray

    @property
    def height(self) -> float:
        """Height in camera heights."""
        return float(self.heights[-1])

    @property
    def x(self) -> FloatArray:
        """World x of each column, float32 (columns,)."""
        slope = self.first_slope + self.slope_step * np.arange(self.z.size, dtype=np.float32)
        out: FloatArray = -slope * self.z
        return out


def stand(alpha: FloatArray, others: Sequence[FloatArray], ground: Ground) -> Standing | None:
    """Stand a subject on the ground.

    Parameters
    ----------
    alpha : float32 (h, w)
        Its coverage on the working grid.
    others : sequence of float32 (h, w)
        Coverage of the subjects in front of it.
    ground : Ground
        The ground and the camera.

    Returns
    -------
    Standing or None
        None where its foot is out of view: cut by the picture's lower border, hidden by another subject, or not
        below the horizon.
    """
    mask = alpha > 0.5
    box = Box.of_mask(mask)
    if min(box.size) < 3 or _cut_below(mask, box):
        return None
    columns = np.arange(box.left, box.right)
    bottoms = mask.shape[0] - np.argmax(mask[::-1, box.left : box.right], axis=0)
    bottoms[~mask[:, box.left : box.right].any(axis=0)] = 0
    lowest = int(bottoms.max())
    contact = _ground_point(ground, float(columns[bottoms >= lowest - 1].mean()) + 0.5, lowest)
    if contact is None:
        return None
    base = _base_line(bottoms, _STEEPEST / float(np.linalg.norm(contact)), _HIGHEST_FOOT * box.height)
    touching = bottoms >= base - max(_FOOT_SHARE * box.height, 1.5)
    if _hidden(columns[touching], bottoms[touching], others):
        return None
    feet = np.zeros(alpha.shape, np.float32)
    # The seam lies where ground is seen: in the row below the outline.
    feet[np.minimum(bottoms[touching], alpha.shape[0] - 1), columns[touching]] = 1
    return _upright(alpha, box, base, touching, feet, ground)


def _cut_below(mask: np.ndarray, box: Box) -> bool:
    """Whether the picture's lower border, or a hair above it, ends the subject."""
    at_border = mask[-2:].any(axis=0)
    return int(at_border.sum()) > max(2, 0.02 * box.width)


def _base_line(bottoms: np.ndarray, steepest: float, highest: float) -> FloatArray:
    """Return the row, for each column, where the ground lies below the subject.

    A subject seen from above stands on feet at several rows. They lie on the lower hull of its outline, as far as
    that climbs no more steeply, and no higher above the lowest point, than a base on the ground plausibly does.
    """
    hull = _lower_hull(bottoms)
    lowest = hull[int(np.argmax(bottoms[hull]))]
    at = [int(lowest)]
    for step in (1, -1):
        here = int(np.flatnonzero(hull == lowest)[0])
        while 0 <= here + step < len(hull):
            a, b = hull[here], hull[here + step]
            climb = (bottoms[a] - bottoms[b]) / abs(int(b) - int(a))
            if climb > steepest or bottoms[lowest] - bottoms[b] > highest:
                break
            at.append(int(b))
            here += step
    at.sort()
    line: FloatArray = np.interp(np.arange(len(bottoms)), at, bottoms[at]).astype(np.float32)
    return line


def _lower_hull(bottoms: np.ndarray) -> np.ndarray:
    """Return the columns of the convex hull of an outline's lower side (rows grow downwards)."""
    hull: list[int] = []
    for column in np.flatnonzero(bottoms > 0):
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            turn = (b - a) * (bottoms[column] - bottoms[a]) - (bottoms[b] - bottoms[a]) * (column - a)
            if turn < 0:
                break
            hull.pop()
        hull.append(int(column))
    return np.array(hull)


def _hidden(columns: np.ndarray, bottoms: np.ndarray, others: Sequence[FloatArray]) -> bool:
    """Whether most of what lies right below the foot is another subject."""
    for other in others:
        rows = np.minimum(bottoms + 1, other.shape[0] - 1)
        if float((other[rows, columns] > 0.5).mean()) > 0.5:
            return True
    return False


def _widest_run(columns: np.ndarray) -> int:
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return max(len(run) for run in runs)


def _ground_point(ground: Ground, column: float, row: float) -> FloatArray | None:
    point = _ground_points(ground, np.array([column]), np.array([row]))[0]
    return None if not np.isfinite(point).all() else point


def _ground_points(ground: Ground, columns: FloatArray, rows: FloatArray) -> FloatArray:
    """Return the ground (n, 3) below pixels; not finite above the horizon and close to it."""
    camera = ground.camera
    x0, y0 = camera.principal_point_px
    view = np.stack([columns - x0, y0 - rows, np.full(len(rows), -camera.focal_px)], axis=1)
    world = (view / np.linalg.norm(view, axis=1, keepdims=True)) @ ground.rotation.T
    lowest = _HORIZON_MARGIN * camera.size[0] / camera.focal_px
    valid = (world[:, 1] < -lowest) & (world[:, 2] < 0)
    reach = np.where(valid, -1 / np.minimum(world[:, 1], -lowest), np.nan)
    out: FloatArray = (world * reach[:, None]).astype(np.float32)
    return out


def _upright(
    alpha: FloatArray, box: Box, base: FloatArray, touching: np.ndarray, feet: FloatArray, ground: Ground
) -> Standing | None:
    """Raise the picture of the subject on the ground along its base."""
    points = _ground_points(ground, np.arange(box.left, box.right) + 0.5, base)
    if not np.isfinite(points).all():
        return None
    front = points[int(base.argmax())]
    cell = -float((front @ ground.rotation)[2]) / ground.camera.focal_px
    foot_row = min(math.ceil(base.max()), alpha.shape[0])
    crop = alpha[box.top : foot_row, box.left : box.right]
    # The array ends at the foot: the relief goes on there, as a bottle's does, rather than closing like a balloon.
    framed = np.pad(crop, ((1, 0), (1, 1)))
    thickness = inflate(framed > 0.5)[1:, 1:-1] * np.float32(cell)
    relief = thickness * np.float32(_DEPTH_SHARE)
    middle = _middle_plane(points, touching, front, crop, thickness, cell)
    slope = points[:, 0] / -points[:, 2]
    margin = 2 + box.width // 8
    slope_step = float(slope[-1] - slope[0]) / max(box.width - 1, 1)
    first = float(slope[0]) - margin * slope_step
    slopes = first + slope_step * np.arange(box.width + 2 * margin)
    z = np.interp(slopes, slope, middle).astype(np.float32)
    highest = _top_height(ground, (box.left + box.right) / 2, box.top, float(z.min()))
    heights = np.linspace(0, highest, max(2, box.height), dtype=np.float32)
    point = np.stack(np.broadcast_arrays((-slopes * z)[None], heights[:, None] - 1, z[None]), axis=-1)
    at = ground.project(point.astype(np.float32)) - np.array([box.left + 0.5, box.top + 0.5], np.float32)
    return Standing(
        alpha=_sample(crop, at),
        depth=_sample(relief, at),
        heights=heights,
        z=z,
        first_slope=first,
        slope_step=slope_step,
        cell=cell,
        foreshortening=float(1 / np.linalg.norm(front)),
        feet=feet,
    )


def _middle_plane(
    points: FloatArray,
    touching: np.ndarray,
    front: FloatArray,
    crop: FloatArray,
    thickness: FloatArray,
    cell: float,
) -> FloatArray:
    """Return the z of each column's middle: what is seen of a base is its front."""
    columns = np.flatnonzero(touching)
    x, z = points[columns, 0], points[columns, 2]
    spread = float(np.square(x - x.mean()).sum())
    tilt = float(((x - x.mean()) * (z - z.mean())).sum()) / spread if spread > 1e-9 else 0.0
    tilt = min(max(tilt, -_TILT), _TILT)
    line = front[2] + tilt * (points[:, 0] - front[0])
    half = 0.5 * _widest_run(columns)
    # A round bottom hides the point where it touches; a flat one shows its front.
    above = crop[max(0, crop.shape[0] - 1 - max(1, round(_FLARE_AT * half)))] > 0.5
    flare = 0.5 * float(above.sum()) / max(half, 1)
    depth = half * cell * float(np.interp(flare, _FLARE, _FLARE_DEPTH))
    if 2 * half < _LEGS * (columns[-1] - columns[0] + 1):
        # It stands on legs: the near ones lie as far before the middle as the body is thick.
        depth = max(depth, _BODY_SHARE * float(np.median(thickness[crop > 0.5])))
    middle: FloatArray = (line - min(depth, 0.5 * crop.shape[0] * cell)).astype(np.float32)
    return middle


def _top_height(ground: Ground, column: float, row: float, z: float) -> float:
    """Height above the ground at which a pixel's ray meets the plane at z; at most 60 degrees up."""
    x0, y0 = ground.camera.principal_point_px
    ray = ground.rotation @ np.array([column - x0, y0 - row, -ground.camera.focal_px])
    steepness = min(float(ray[1] / max(-ray[2], 1e-6)), 1.7)
    return max(1 - z * steepness, 1e-3)


def _sample(array: FloatArray, at: FloatArray) -> FloatArray:
    """Read bilinearly at (..., 2) columns and rows, 0 outside; rows below the last go on with the last."""
    height, width = array.shape
    padded = np.pad(array, 1)
    padded[-1] = padded[-2]
    column = np.clip(at[..., 0] + 1, 0, width + 0.999)
    row = np.clip(np.minimum(at[..., 1], height - 1) + 1, 0, height + 0.999)
    c0, r0 = column.astype(np.int64), row.astype(np.int64)
    fc, fr = (column - c0).astype(np.float32), (row - r0).astype(np.float32)
    top = padded[r0, c0] * (1 - fc) + padded[r0, c0 + 1] * fc
    down = padded[r0 + 1, c0] * (1 - fc) + padded[r0 + 1, c0 + 1] * fc
    out: FloatArray = top * (1 - fr) + down * fr
    return out
