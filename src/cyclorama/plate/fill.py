"""The stage: paint what lies behind the objects."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.color import linear_to_srgb, srgb_to_linear
from cyclorama.core.filters import dilate
from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding, Image, Samples, from_samples, to_samples
from cyclorama.core.resampling import block_means, resize_rows
from cyclorama.plate.filler import Filler
from cyclorama.plate.seams import join
from cyclorama.plate.synthesis import synthesize
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["fill_plate"]

_WORK_SIDE = 256
_TILE_ROWS = 64
_GROW_PX = 2
_CONTEXT = 0.75
_LEAST_CONTEXT_PX = 64
_CLEAR, _COVERED = 0.15, 0.85


def fill_plate(
    image: Image, coverage: FloatArray, *, filler: Filler | None = None, report: Report = silent
) -> Image:
    """Fill behind all objects.

    Structure is found at low resolution; its offsets then copy the photograph's own full-resolution texture.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, best with the objects' colour already taken out of its soft pixels.
    coverage : float32 (H, W), [0, 1]
        Share of each pixel that the objects together cover.
    filler : Filler, optional
        A network that paints in place of the synthesis from the photograph's own patches.
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
    inner = Box.of_mask(coverage > 0)
    if inner.area == 0:
        return image
    out = np.array(image.samples)
    context = max(_LEAST_CONTEXT_PX, round(_CONTEXT * max(inner.size)))
    box = inner.expand(context, image.size)
    _fill_crop(out[box.slices], image, coverage[box.slices], box, filler, report)
    report(Progress("plate", 1.0, "clean plate"))
    out.flags.writeable = False
    return Image(out, image.encoding)


def _fill_crop(
    out: Samples, image: Image, coverage: FloatArray, box: Box, filler: Filler | None, report: Report
) -> None:
    """Fill a crop in place."""
    side = _WORK_SIDE if filler is None else filler.side_px
    factor = max(1, math.ceil(max(coverage.shape) / side))
    small, known = _reduced(image.samples[box.slices], coverage, factor, span(report, 0, 0.1))
    small_hole = known < 0.999
    if filler is not None:
        painted = _painted(filler, small, small_hole, image.encoding, span(report, 0.1, 0.75))
        _paint(out, coverage, painted, None, image, box, factor, span(report, 0.75, 1.0))
        return
    work = span(report, 0.1, 0.7)
    filled, source = synthesize(small, small_hole, lambda done: work(Progress("plate", done, "clean plate")))
    rest = span(report, 0.75, 1.0)
    if source is None:
        _paint(out, coverage, filled, None, image, box, factor, rest)
        return
    joined = join(small, filled, small_hole, source, lambda: report(Progress("plate", 0.75, "joins")))
    copied = np.where(source[..., None] >= 0, small.reshape(-1, 3)[np.maximum(source, 0)], joined)
    shift = _shifts(source, factor, image.size[1])
    _paint(out, coverage, joined - copied, shift, image, box, factor, rest)


def _painted(
    filler: Filler, small: FloatArray, hole: BoolArray, encoding: Encoding, report: Report
) -> FloatArray:
    """Return what the network paints, in the photograph's encoding."""
    linear = encoding == "linear"
    filled = filler(np.clip(linear_to_srgb(small) if linear else small, 0, 1), hole, report=report)
    return srgb_to_linear(filled) if linear else filled


def _hole(coverage: FloatArray, start: int, stop: int) -> BoolArray:
    """Return rows start..stop of what must be filled: a little more than what is covered."""
    low = max(start - _GROW_PX, 0)
    return dilate(coverage[low : stop + _GROW_PX] > 0, _GROW_PX)[start - low :][: stop - start]


def _reduced(
    photo: Samples, coverage: FloatArray, factor: int, report: Report
) -> tuple[FloatArray, FloatArray]:
    """Average the known pixels of blocks of factor x factor; returns the means and the known share."""
    rows, columns = math.ceil(coverage.shape[0] / factor), math.ceil(coverage.shape[1] / factor)
    mean, share = np.empty((rows, columns, 3), np.float32), np.empty((rows, columns), np.float32)
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        report(Progress("plate", first / rows, "reading"))
        last = min(first + step, rows)
        part = slice(first * factor, min(last * factor, coverage.shape[0]))
        known = (~_hole(coverage, part.start, part.stop))[..., None].astype(np.float32)
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
    image: Image,
    box: Box,
    factor: int,
    report: Report,
) -> None:
    """Copy the photograph's texture along the shifts, crossfaded between cells, plus a smooth correction."""
    height = coverage.shape[0]
    photo = image.samples.reshape(-1, 3)
    whole = (correction.shape[0] * factor, correction.shape[1] * factor)
    for start in range(0, height, _TILE_ROWS):
        report(Progress("plate", start / height, "full resolution"))
        stop = min(start + _TILE_ROWS, height)
        row, column = np.nonzero(coverage[start:stop] > 0)
        if row.size == 0:
            continue
        color = resize_rows(correction, whole, start, stop)[row, column]
        row += start
        place = (row + box.top) * image.size[1] + column + box.left
        if shift is not None:
            color += _copied(photo, place, shift, row, column, factor)
        own = from_samples(np.take(photo, place, axis=0))
        shown = _fade(coverage[row, column])[:, None]
        color = own + shown * (np.clip(color, 0, np.maximum(own, 1)) - own)
        out[row, column] = to_samples(color, image.sample_format)


def _shifts(source: NDArray[np.int64], factor: int, width: int) -> NDArray[np.int64]:
    """Return each cell's way to its source as a step in the flattened photograph; 0 where there is none."""
    rows, columns = source.shape
    down = source // columns - np.arange(rows)[:, None]
    across = source % columns - np.arange(columns)[None]
    return np.where(source >= 0, (down * width + across) * factor, 0)


def _copied(
    photo: Samples,
    place: NDArray[np.int64],
    shift: NDArray[np.int64],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    factor: int,
) -> FloatArray:
    """Return what lies at the sources of pixels; between cells that disagree, they fade into each other.

    Sources are wholly known patches, three cells wide to all sides: no step leads out of the photograph.
    """
    padded = np.pad(shift, 1, mode="edge")
    y, x = (row + 0.5) / factor + 0.5, (column + 0.5) / factor + 0.5
    top, left = y.astype(np.intp), x.astype(np.intp)
    first = padded[top, left]
    steps = [first, padded[top, left + 1], padded[top + 1, left], padded[top + 1, left + 1]]
    agreed = (first != 0) & (steps[1] == first) & (steps[2] == first) & (steps[3] == first)
    total: FloatArray = np.array(from_samples(np.take(photo, place + np.where(agreed, first, 0), axis=0)))
    mixed = np.flatnonzero(~agreed)
    if mixed.size:
        lower, right = (y - top)[mixed], (x - left)[mixed]
        share = [(1 - lower) * (1 - right), (1 - lower) * right, lower * (1 - right), lower * right]
        total[mixed] = _crossfaded(photo, place[mixed], [step[mixed] for step in steps], share)
    return total


def _crossfaded(
    photo: Samples,
    place: NDArray[np.int64],
    steps: list[NDArray[np.int64]],
    share: list[NDArray[np.float64]],
) -> FloatArray:
    total = np.zeros((place.size, 3), np.float32)
    weights = np.full(place.size, 1e-6, np.float32)
    for step, part in zip(steps, share, strict=True):
        # Squared: where cells disagree, one should show, not the blur of all.
        weight = np.where(step != 0, part**2, 0).astype(np.float32)
        total += weight[:, None] * from_samples(np.take(photo, place + step, axis=0))
        weights += weight
    total /= weights[:, None]
    return total
