"""The stage: paint what lies behind the objects."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import dilate
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, Samples, from_samples, to_samples
from cyclorama.core.resampling import block_means, resize_rows
from cyclorama.plate.seams import join
from cyclorama.plate.synthesis import synthesize
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["fill_plate"]

_WORK_SIDE = 320
_TILE_ROWS = 64
_GROW_PX = 2
_CONTEXT = 0.75
_LEAST_CONTEXT_PX = 64
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
    out = np.array(image.samples)
    inner = Box.of_mask(covered)
    context = max(_LEAST_CONTEXT_PX, round(_CONTEXT * max(inner.size)))
    box = inner.expand(context, image.size)
    _fill_crop(out[box.slices], image.samples[box.slices], coverage[box.slices], report)
    report(Progress("plate", 1.0, "clean plate"))
    out.flags.writeable = False
    return Image(out, image.encoding)


def _fill_crop(out: Samples, photo: Samples, coverage: FloatArray, report: Report) -> None:
    """Fill a crop in place, from the same crop of the photograph."""
    hole = dilate(coverage > 0, _GROW_PX)
    factor = max(1, math.ceil(max(hole.shape) / _WORK_SIDE))
    small, known = _reduced(photo, hole, factor, span(report, 0, 0.1))
    small_hole = known < 0.999
    work = span(report, 0.1, 0.7)
    filled, source = synthesize(small, small_hole, lambda done: work(Progress("plate", done, "clean plate")))
    rest = span(report, 0.75, 1.0)
    if source is None:
        _paint(out, coverage, filled, None, photo, factor, rest)
        return
    joined = join(small, filled, small_hole, source, lambda: report(Progress("plate", 0.75, "joins")))
    copied = np.where(source[..., None] >= 0, small.reshape(-1, 3)[np.maximum(source, 0)], joined)
    _paint(out, coverage, joined - copied, _shifts(source) * factor, photo, factor, rest)


def _reduced(photo: Samples, hole: BoolArray, factor: int, report: Report) -> tuple[FloatArray, FloatArray]:
    """Average the known pixels of blocks of factor x factor; returns the means and the known share."""
    rows, columns = math.ceil(hole.shape[0] / factor), math.ceil(hole.shape[1] / factor)
    mean, share = np.empty((rows, columns, 3), np.float32), np.empty((rows, columns), np.float32)
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        report(Progress("plate", first / rows, "reading"))
        last = min(first + step, rows)
        part = slice(first * factor, min(last * factor, hole.shape[0]))
        known = (~hole[part])[..., None].astype(np.float32)
        sums = np.concatenate([from_samples(photo[part]) * known, known], axis=-1)
        sums = block_means(sums, factor)
        mean[first:last] = sums[..., :3] / np.maximum(sums[..., 3:], 1e-6)
        share[first:last] = sums[..., 3]
    return mean, share


def _fade(coverage: FloatArray) -> FloatArray:
    """Return how much of the fill is shown: 0 where coverage is faint, 1 where it is nearly full."""
    ramp = np.clip((coverage - np.float32(_CLEAR)) * np.float32(1 / (_COVERED - _CLEAR)), 0, 1)
    out: FloatArray = ramp * ramp * (3 - 2 * ramp)
    return out


def _paint(
    out: Samples,
    coverage: FloatArray,
    correction: FloatArray,
    shift: NDArray[np.int64] | None,
    photo: Samples,
    factor: int,
    report: Report,
) -> None:
    """Copy the photograph's texture along the shifts, crossfaded between cells, plus a smooth correction."""
    height = coverage.shape[0]
    kind = Image(photo[:1, :1]).sample_format
    whole = (correction.shape[0] * factor, correction.shape[1] * factor)
    for start in range(0, height, _TILE_ROWS):
        report(Progress("plate", start / height, "full resolution"))
        stop = min(start + _TILE_ROWS, height)
        row, column = np.nonzero(coverage[start:stop] > 0)
        if row.size == 0:
            continue
        color = resize_rows(correction, whole, start, stop)[row, column]
        place = (row + start, column)
        if shift is not None:
            color += _copied(photo, shift, row + start, column, factor)
        own = from_samples(photo[place])
        shown = _fade(coverage[place])[:, None]
        color = own + shown * (np.clip(color, 0, np.maximum(own, 1)) - own)
        out[place] = to_samples(color, kind)


def _shifts(source: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (row, column) offsets to the sources, (H, W, 2); the largest number where there is none."""
    height, width = source.shape
    offset = np.stack(
        [source // width - np.arange(height)[:, None], source % width - np.arange(width)[None]], axis=-1
    )
    return np.where(source[..., None] >= 0, offset, 0)


def _copied(
    photo: Samples,
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
            total += weight[:, None] * from_samples(photo[place])
            weights += weight
    total /= np.maximum(weights, 1e-6)[:, None]
    return total
