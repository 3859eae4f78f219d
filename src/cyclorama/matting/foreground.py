"""Clean straight colours: what the object would look like if it covered its soft pixels fully."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, SampleFormat, Samples, to_samples
from cyclorama.core.resampling import block_means, resize_rows
from cyclorama.matting.multi_level import estimate_both
from cyclorama.matting.reading import block_side, read_blocks
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["clear_objects", "estimate_foreground"]

_WORK_AREA = 400_000
_TILE_ROWS = 256


def estimate_foreground(image: Image, coverage: FloatArray, box: Box, *, report: Report = silent) -> Image:
    """Estimate the object's colour, extended over the whole box.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph; the colours are estimated in its encoding.
    coverage : float32 (h, w), [0, 1]
        Visible share of the object in each pixel: its alpha times what the layers above leave clear.
    box : Box
        Where the coverage lies.
    report : callable
        Receives progress.

    Returns
    -------
    Image, (h, w)
        Straight colour, in the photograph's encoding and samples: its very bits where coverage is 1; smooth where
        coverage is smooth, and continued to where it is 0.

    Raises
    ------
    InputError
        If coverage and box differ in size.
    """
    if coverage.shape != box.size:
        raise InputError(f"Coverage has shape {coverage.shape}; the box's {box.size} was wanted.")
    out = np.array(image.samples[box.slices])
    foreground, _, factor = _both(image, coverage, box, span(report, 0, 0.8))
    _fill_in(out, foreground, factor, coverage < 1, image.sample_format, span(report, 0.8, 1))
    out.flags.writeable = False
    return Image(out, image.encoding)


def clear_objects(image: Image, coverage: FloatArray, *, report: Report = silent) -> Image:
    """Take the objects' colour out of their soft pixels.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    coverage : float32 (H, W), [0, 1]
        Share of each pixel that all objects together cover.
    report : callable
        Receives progress.

    Returns
    -------
    Image, (H, W)
        The photograph where coverage is 0, what shines through where it is soft, a smooth guess where it is 1.

    Raises
    ------
    InputError
        If the sizes differ.
    """
    if coverage.shape != image.size:
        raise InputError(f"Coverage has shape {coverage.shape}; the photograph's {image.size} was wanted.")
    inner = Box.of_mask(coverage > 0)
    if inner.area == 0:
        return image
    box = inner.expand(8, image.size)
    part = coverage[box.slices]
    out = np.array(image.samples)
    _, background, factor = _both(image, part, box, span(report, 0, 0.8))
    _fill_in(out[box.slices], background, factor, part > 0, image.sample_format, span(report, 0.8, 1))
    out.flags.writeable = False
    return Image(out, image.encoding)


def _both(image: Image, coverage: FloatArray, box: Box, report: Report) -> tuple[FloatArray, FloatArray, int]:
    """Estimate both colours on blocks of a bounded number; returns the side of a block too."""
    factor = block_side(box, _WORK_AREA)
    small = read_blocks(image, box, factor, "colors", span(report, 0, 0.1))
    rest = span(report, 0.1, 1.0)
    share = block_means(coverage[..., None], factor)[..., 0]
    both = estimate_both(small, share, lambda done: rest(Progress("colors", done, "edge colours")))
    return *both, factor


def _fill_in(
    out: Samples, color: FloatArray, factor: int, where: BoolArray, kind: SampleFormat, report: Report
) -> None:
    """Put an enlarged colour where it is wanted, in place, tile by tile."""
    height = where.shape[0]
    whole = (color.shape[0] * factor, color.shape[1] * factor)
    for start in range(0, height, _TILE_ROWS):
        report(Progress("colors", start / height, "edge colours"))
        stop = min(start + _TILE_ROWS, height)
        wanted = where[start:stop]
        if wanted.any():
            up = resize_rows(color, whole, start, stop)[:, : where.shape[1]]
            out[start:stop][wanted] = to_samples(up[wanted], kind)
