"""The shadow of a guessed volume: from each point of the ground, step by step towards the light."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.shadows.ground import Ground
from cyclorama.shadows.volume import FIRST, STEP, Volume

__all__ = ["march"]

_REPORT_EVERY = 16
#: Chance from which on a cell throws a shadow, and over how wide a range it comes in.
_SOLID, _SOLID_RANGE = 0.36, 0.3
_POSSIBLE = 0.2
_FARTHEST = -1e-2
_UNCOVERED = 0.02


def march(
    volume: Volume,
    alpha: FloatArray,
    ground: Ground,
    light: FloatArray,
    *,
    steps: int = 200,
    report: Report = silent,
) -> tuple[FloatArray, FloatArray]:
    """Return the shadow of a point light, [0, 1], and the mean height of what casts it, both float32 (h, w).

    Parameters
    ----------
    volume : Volume
        What the cut-out fills.
    alpha : float32 (h, w)
        Its coverage on the working grid: gives the shadow its sharp outline.
    ground : Ground
        The ground on the same working grid.
    light : float32 (3,), unit
        Towards the light, world axes, above the horizon.
    steps : int
        Heights at which the way to the light is looked at.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.
    """
    shadow, heights = np.zeros(ground.x.shape, np.float32), np.zeros(ground.x.shape, np.float32)
    points = _cells(volume, ground)
    if len(points) == 0:
        return shadow, heights
    shift = np.asarray(light / light[1], np.float32)
    window = _reach(points, ground, shift, volume)
    z = ground.z[window]
    seen = np.isfinite(z)
    start = np.stack([ground.x[window][seen], np.full(int(seen.sum()), -1, np.float32), z[seen]], axis=1)
    rises = np.linspace(0, float(points[:, 1].max()) + 1, steps, dtype=np.float32)
    dark, high = _walk(volume, alpha, ground, start, rises, shift, report)
    shadow[window][seen], heights[window][seen] = dark, high
    return shadow, heights


def _walk(
    volume: Volume,
    alpha: FloatArray,
    ground: Ground,
    start: FloatArray,
    rises: FloatArray,
    shift: FloatArray,
    report: Report,
) -> tuple[FloatArray, FloatArray]:
    """Return how dark ground points (n, 3) are, and the mean height of what darkens them."""
    # Projection is linear before its division: a step is an addition.
    view, step = start @ ground.rotation, shift @ ground.rotation
    dark, high = np.zeros(len(start), np.float32), np.zeros(len(start), np.float32)
    weight = np.full(len(start), 1e-6, np.float32)
    for count, rise in enumerate(rises):
        if count % _REPORT_EVERY == 0:
            report(Progress("shadows", count / len(rises)))
        pixel = _pixels(view, step * rise, ground)
        cover = _read(alpha, pixel)
        near = np.flatnonzero(cover > _UNCOVERED)
        if near.size == 0:
            continue
        chance = volume.at(start[near] + shift * rise, pixel[near])
        solid = cover[near] * np.clip((chance - _SOLID) / _SOLID_RANGE + 0.5, 0, 1)
        dark[near] = np.maximum(dark[near], solid)
        weight[near] += solid
        high[near] += solid * rise
    return dark, high / weight


def _cells(volume: Volume, ground: Ground) -> FloatArray:
    """World points (n, 3) of the cells that may be filled."""
    frame, count = volume.frame, volume.filled.shape[1]
    plane, row, column = np.nonzero(volume.filled > _POSSIBLE)
    x0, y0 = ground.camera.principal_point_px
    cell = frame.side / count
    view = np.stack(
        [
            frame.left + (column + 0.5) * cell - x0,
            y0 - frame.top - (row + 0.5) * cell,
            np.full(len(row), -ground.camera.focal_px),
        ],
        axis=1,
    )
    ray = view @ ground.rotation.T
    z = frame.front - frame.unit * (FIRST + STEP * plane)
    forward: BoolArray = (z < _FARTHEST) & (ray[:, 2] < _FARTHEST)
    return np.asarray(ray[forward] * (z[forward] / ray[forward, 2])[:, None], np.float32)


def _reach(points: FloatArray, ground: Ground, shift: FloatArray, volume: Volume) -> tuple[slice, slice]:
    """Part of the grid that the shadow of the cells can touch."""
    height = np.maximum(points[:, 1:2] + 1, 0)
    fallen = points - height * shift
    fallen[:, 1] = -1
    fallen[:, 2] = np.minimum(fallen[:, 2], 2 * _FARTHEST)
    at = ground.project(np.asarray(fallen, np.float32))
    size = ground.x.shape
    margin = 2.0 * volume.frame.side / volume.filled.shape[1]
    left, top = (int(v) for v in np.clip(at.min(axis=0) - margin, 0, [size[1], size[0]]))
    right, bottom = (int(v) + 1 for v in np.clip(at.max(axis=0) + margin, 0, [size[1], size[0]]))
    return slice(top, bottom), slice(left, right)


def _pixels(view: FloatArray, step: FloatArray, ground: Ground) -> FloatArray:
    """Columns and rows (n, 2) of points given in camera axes, moved by a step."""
    x0, y0 = ground.camera.principal_point_px
    scale = ground.camera.focal_px / np.maximum(-(view[:, 2] + step[2]), 1e-6)
    return np.stack([x0 + (view[:, 0] + step[0]) * scale, y0 - (view[:, 1] + step[1]) * scale], axis=1)


def _read(array: FloatArray, at: FloatArray) -> FloatArray:
    """Read (h, w) bilinearly at columns and rows (n, 2), pixel edges at integers; 0 outside."""
    height, width = array.shape
    column, row = at[:, 0] - 0.5, at[:, 1] - 0.5
    inside = (column > 0) & (column < width - 1) & (row > 0) & (row < height - 1)
    c, r = np.clip(column, 0, width - 1.001), np.clip(row, 0, height - 1.001)
    c0, r0 = c.astype(np.int64), r.astype(np.int64)
    fc, fr = (c - c0).astype(np.float32), (r - r0).astype(np.float32)
    flat, index = array.reshape(-1), r0 * width + c0
    top = flat[index] * (1 - fc) + flat[index + 1] * fc
    down = flat[index + width] * (1 - fc) + flat[index + width + 1] * fc
    return np.asarray((top * (1 - fr) + down * fr) * inside, np.float32)
