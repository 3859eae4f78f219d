"""The stage: paint what lies behind the objects."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import dilate
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, to_samples
from cyclorama.core.resampling import resize
from cyclorama.plate.seams import join
from cyclorama.plate.synthesis import synthesize
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["fill_plate"]

_WORK_SIDE = 320
_TILE_ROWS = 64
_GROW_PX = 2
_CLEAR, _COVERED = 0.15, 0.85


def fill_plate(image: Image, coverage: FloatArray, *, report: Report = silent) -> Image:
    """Fill behind all objects.

    Structure is found at low resolution; its offsets then copy the photograph's own full-resolution texture.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, best with the objects' colour already taken out of its soft pixels.
    coverage : float32 (H, W), [0, 1]
        Share of each pixel that the objects together cover.
    report : callable
        Receives progress.

    Returns
    -------
    Image, (H, W)
        In the given encoding. The very bits of ``image`` where coverage is 0; there, and where coverage is
        faint, ``image`` itself is shown, and the fill fades in as coverage rises.

    Raises
    ------
    InputError
        If the sizes differ.
    """
    if coverage.shape != image.size:
        raise InputError(f"Coverage has shape {coverage.shape}; the photograph's {image.size} was wanted.")
    report(Progress("plate", 0.0, "clean plate"))
    covered = coverage > 0
    if not covered.any():
        return image
    inner = Box.of_mask(covered)
    context = max(64, round(0.75 * max(inner.size)))
    box = inner.expand(context, image.size)
    crop = np.array(image.region(box))
    _fill_crop(crop, coverage[box.slices], report)
    out = np.array(image.samples)
    out[box.slices] = to_samples(crop, image.sample_format)
    report(Progress("plate", 1.0, "clean plate"))
    out.flags.writeable = False
    return Image(out, image.encoding)


def _fill_crop(photo: FloatArray, coverage: FloatArray, report: Report) -> None:
    """Fill a crop in place."""
    hole = dilate(coverage > 0, _GROW_PX)
    factor = max(1, math.ceil(max(hole.shape) / _WORK_SIDE))
    small, known = _reduced(photo, hole, factor)
    small_hole = known < 0.999
    filled, source = synthesize(
        small, small_hole, lambda done: report(Progress("plate", 0.7 * done, "clean plate"))
    )
    if source is None:
        _paint_smooth(photo, coverage, filled, factor, report)
        return
    joined = join(small, filled, small_hole, source)
    copied = np.where(source[..., None] >= 0, small.reshape(-1, 3)[np.maximum(source, 0)], joined)
    _paint(photo, coverage, source, joined - copied, factor, report)


def _reduced(photo: FloatArray, hole: BoolArray, factor: int) -> tuple[FloatArray, FloatArray]:
    """Average the known pixels of blocks of factor x factor; returns the means and the known share."""
    rows, columns = math.ceil(hole.shape[0] / factor), math.ceil(hole.shape[1] / factor)
    mean, share = np.empty((rows, columns, 3), np.float32), np.empty((rows, columns), np.float32)
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        last = min(first + step, rows)
        part = slice(first * factor, min(last * factor, hole.shape[0]))
        known = (~hole[part])[..., None].astype(np.float32)
        sums = np.concatenate([photo[part] * known, known], axis=-1)
        missing = (
            (0, (last - first) * factor - sums.shape[0]),
            (0, columns * factor - sums.shape[1]),
            (0, 0),
        )
        sums = (
            np.pad(sums, missing, mode="edge")
            .reshape(last - first, factor, columns, factor, 4)
            .mean(axis=(1, 3))
        )
        mean[first:last] = sums[..., :3] / np.maximum(sums[..., 3:], 1e-6)
        share[first:last] = sums[..., 3]
    return mean, share


def _fade(coverage: FloatArray) -> FloatArray:
    """Return how much of the fill is shown: 0 where coverage is faint, 1 where it is nearly full."""
    ramp = np.clip((coverage - np.float32(_CLEAR)) * np.float32(1 / (_COVERED - _CLEAR)), 0, 1)
    out: FloatArray = ramp * ramp * (3 - 2 * ramp)
    return out


def _paint_smooth(
    photo: FloatArray, coverage: FloatArray, filled: FloatArray, factor: int, report: Report
) -> None:
    rows = filled.shape[0]
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        report(Progress("plate", 0.7 + 0.3 * first / rows, "full resolution"))
        up = _enlarged(filled, first, min(first + step, rows), factor, photo.shape[:2])
        part = slice(first * factor, first * factor + up.shape[0])
        shown = _fade(coverage[part])[..., None]
        photo[part] += shown * (up - photo[part])


def _enlarged(grid: FloatArray, first: int, last: int, factor: int, size: tuple[int, int]) -> FloatArray:
    """Return rows first..last of a coarse grid at full resolution."""
    low, high = max(first - 1, 0), min(last + 1, grid.shape[0])
    up = resize(grid[low:high], ((high - low) * factor, grid.shape[1] * factor), "bilinear")
    start, stop = first * factor, min(last * factor, size[0])
    return up[(first - low) * factor :][: stop - start, : size[1]]


def _paint(
    photo: FloatArray,
    coverage: FloatArray,
    source: NDArray[np.int64],
    correction: FloatArray,
    factor: int,
    report: Report,
) -> None:
    """Copy the photograph's texture along the offsets, crossfaded between cells, plus a smooth correction."""
    rows = source.shape[0]
    original = photo.copy()
    shift = _shifts(source) * factor
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        report(Progress("plate", 0.7 + 0.3 * first / rows, "full resolution"))
        up = _enlarged(correction, first, min(first + step, rows), factor, (photo.shape[0], photo.shape[1]))
        start = first * factor
        row, column = np.nonzero(coverage[start : start + up.shape[0]] > 0)
        if row.size == 0:
            continue
        color = _copied(original, shift, row + start, column, factor) + up[row, column]
        place = (row + start, column)
        shown = _fade(coverage[place])[:, None]
        photo[place] += shown * (np.clip(color, 0, max(1.0, float(original.max()))) - photo[place])


def _shifts(source: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (row, column) offsets to the sources, (H, W, 2); the largest number where there is none."""
    height, width = source.shape
    offset = np.stack(
        [source // width - np.arange(height)[:, None], source % width - np.arange(width)[None]], axis=-1
    )
    return np.where(source[..., None] >= 0, offset, 0)


def _copied(
    photo: FloatArray,
    shift: NDArray[np.int64],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    factor: int,
) -> FloatArray:
    height, width = photo.shape[:2]
    rows, columns = shift.shape[:2]
    y, x = (row + 0.5) / factor - 0.5, (column + 0.5) / factor - 0.5
    top, left = np.floor(y).astype(np.int64), np.floor(x).astype(np.int64)
    y -= top
    x -= left
    total = np.zeros((row.size, 3), np.float32)
    weights = np.zeros(row.size, np.float32)
    for down in (0, 1):
        for right in (0, 1):
            # Squared: where cells disagree, one should show, not the blur of all.
            weight = (((y if down else 1 - y) * (x if right else 1 - x)) ** 2).astype(np.float32)
            cell = (np.clip(top + down, 0, rows - 1), np.clip(left + right, 0, columns - 1))
            offset = shift[cell]
            weight = np.where(np.any(offset != 0, axis=-1), weight, 0)
            place = (np.clip(row + offset[:, 0], 0, height - 1), np.clip(column + offset[:, 1], 0, width - 1))
            total += weight[:, None] * photo[place]
            weights += weight
    return total / np.maximum(weights, 1e-6)[:, None]
