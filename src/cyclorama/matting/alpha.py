"""The stage: a segment's coarse probability becomes a soft matte at the photograph's full resolution."""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb
from cyclorama.core.filters import dilate, erode
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment
from cyclorama.matting.cleaning import clean, stretch
from cyclorama.matting.solve import Prior, linear_model, solve_alpha
from cyclorama.matting.trimap import cell_px, trimap, working_box
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import SplitOptions
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["alpha_from_trimap", "refine_matte"]

#: Crops above this area are solved at reduced resolution and carried up.
_WORK_AREA = 2_000_000
_TILE_ROWS = 256
_PRIOR_WEIGHT = 0.02
_DOUBT_CELLS = 1.0


def refine_matte(
    image: Image, segment: Segment, options: SplitOptions, *, report: Report = silent
) -> tuple[Matte, Box]:
    """Find the soft matte of one object.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    segment : Segment
        What a segmenter says, on any grid.
    options : SplitOptions
        ``edge_width`` is used.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Returns
    -------
    matte : Matte, (h, w)
        Exactly 1 surely inside, exactly 0 surely outside, closed-form matting between.
    box : Box
        Where the matte lies in the photograph; no alpha above 0 lies outside. Empty objects keep one pixel.

    Raises
    ------
    InputError
        If the segment's box does not meet the photograph.
    """
    if segment.box.intersect(Box.of_size(image.size)).area == 0:
        raise InputError(f"A segment at {segment.box} does not meet the photograph of {image.size} pixels.")
    box = working_box(segment, image.size, options.edge_width)
    factor = max(1, math.ceil(math.sqrt(box.area / _WORK_AREA)))
    small = _reduced(image, box, factor, report)
    size = (small.shape[0], small.shape[1])
    covered = Box(box.left, box.top, box.left + size[1] * factor, box.top + size[0] * factor)
    band, probability = trimap(segment, covered, size, width=options.edge_width)
    prior = _prior(probability, cell_px(segment) * size[1] / covered.width)
    alpha = solve_alpha(small, band, prior, lambda done: report(Progress("matte", 0.1 + 0.6 * done, "edges")))
    alpha = clean(alpha, probability)
    full = stretch(alpha) if factor == 1 else _carried_up(image, box, small, alpha, factor, report)
    report(Progress("matte", 1.0, "edges"))
    return _tight(full, box)


def alpha_from_trimap(image: Image, trimap: FloatArray, *, report: Report = silent) -> Matte:
    """Solve for alpha between given sure regions.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    trimap : float32 (H, W), {0, 0.5, 1}
        1 surely inside, 0 surely outside; everything between is open.
    report : callable
        Receives progress.

    Returns
    -------
    Matte, (H, W)
        As given where the trimap is sure.

    Raises
    ------
    InputError
        If the sizes differ.
    """
    given = np.asarray(trimap, np.float32)
    if given.shape != image.size:
        raise InputError(f"A trimap has shape {given.shape}; the photograph's {image.size} was wanted.")
    sorted_out = np.where((given > 0) & (given < 1), np.float32(0.5), given)
    pixels = image.as_srgb().pixels
    return Matte(solve_alpha(pixels, sorted_out, None, lambda done: report(Progress("matte", done, "edges"))))


def _prior(probability: FloatArray, cell: float) -> Prior:
    """Trust the segmenter where all around, one cell of its grid wide, it is of one mind."""
    reach = max(1, round(_DOUBT_CELLS * cell))
    inside, outside = erode(probability, reach), 1 - dilate(probability, reach)
    certainty = np.clip(2 * np.maximum(inside, outside) - 1, 0, 1)
    return Prior(probability, np.float32(_PRIOR_WEIGHT) * certainty**2)


def _srgb_rows(image: Image, box: Box, start: int, stop: int) -> FloatArray:
    part = image.region(Box(box.left, box.top + start, box.right, box.top + stop))
    return part if image.encoding == "srgb" else linear_to_srgb(part)


def _reduced(image: Image, box: Box, factor: int, report: Report) -> FloatArray:
    """Average blocks of factor x factor sRGB pixels, tile by tile; the last block repeats the border."""
    if factor == 1:
        return _srgb_rows(image, box, 0, box.height)
    rows, columns = math.ceil(box.height / factor), math.ceil(box.width / factor)
    out = np.empty((rows, columns, 3), np.float32)
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        last = min(first + step, rows)
        report(Progress("matte", 0.1 * first / rows, "reading"))
        part = _srgb_rows(image, box, first * factor, min(last * factor, box.height))
        missing = (
            (0, (last - first) * factor - part.shape[0]),
            (0, columns * factor - part.shape[1]),
            (0, 0),
        )
        blocks = np.pad(part, missing, mode="edge").reshape(last - first, factor, columns, factor, 3)
        out[first:last] = blocks.mean(axis=(1, 3))
    return out


def _carried_up(
    image: Image, box: Box, small: FloatArray, alpha: FloatArray, factor: int, report: Report
) -> FloatArray:
    """Carry alpha to full resolution by its local linear model in colour, tile by tile."""
    slope, offset = linear_model(small, alpha)
    model = np.concatenate([slope, offset[..., None], alpha[..., None]], axis=-1)
    rows, columns = alpha.shape
    out = np.empty(box.size, np.float32)
    step = max(1, _TILE_ROWS // factor)
    for first in range(0, rows, step):
        report(Progress("matte", 0.7 + 0.3 * first / rows, "full resolution"))
        last = min(first + step, rows)
        low, high = max(first - 2, 0), min(last + 2, rows)
        start, stop = first * factor, min(last * factor, box.height)
        open_columns = np.flatnonzero(((alpha[low:high] > 0) & (alpha[low:high] < 1)).any(axis=0))
        tile = np.repeat(np.repeat(alpha[first:last], factor, 0), factor, 1)[: stop - start, : box.width]
        if open_columns.size:
            left, right = max(int(open_columns[0]) - 2, 0), min(int(open_columns[-1]) + 3, columns)
            wide = ((high - low) * factor, (right - left) * factor)
            up = resize(model[low:high, left:right], wide, "bilinear")[(first - low) * factor :][
                : stop - start
            ]
            span = slice(left * factor, min(right * factor, box.width))
            up = up[:, : span.stop - span.start]
            color = _srgb_rows(image, box, start, stop)[:, span]
            fine = np.einsum("hwc,hwc->hw", up[..., :3], color) + up[..., 3]
            # Where the coarse alpha is settled all around, the model is flat and only rounding would show.
            settled = (up[..., 4] < 1e-4) | (up[..., 4] > 1 - 1e-4)
            tile[:, span] = np.where(settled, np.round(up[..., 4]), fine)
        out[start:stop] = stretch(np.clip(tile, 0, 1))
    return out


def _tight(alpha: FloatArray, box: Box) -> tuple[Matte, Box]:
    inner = Box.of_mask(alpha > 0)
    if inner.area == 0:
        inner = Box(0, 0, 1, 1)
    placed = Box(box.left + inner.left, box.top + inner.top, box.left + inner.right, box.top + inner.bottom)
    return Matte(alpha[inner.slices]), placed
