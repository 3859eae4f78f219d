"""The stage: a segment's coarse probability becomes a soft matte at the photograph's full resolution."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import dilate, erode
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.segment import Segment
from cyclorama.matting.cleaning import clean, stretch
from cyclorama.matting.detail import as_srgb, carry_up
from cyclorama.matting.matter import Matter
from cyclorama.matting.reading import block_side, read_blocks
from cyclorama.matting.solve import Prior, solve_alpha
from cyclorama.matting.trimap import cell_px, trimap, working_box
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import SplitOptions
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["alpha_from_trimap", "refine_matte"]

#: Crops above this area are solved on blocks of pixels and carried up: up to blocks of 4 x 4 that costs nothing.
_WORK_AREA = 250_000
_HARMLESS_BLOCK = 4
#: Larger blocks only keep memory and time bounded; a network for the bands gets as many pixels as it can.
_LARGEST_AREA = 2_000_000
_PRIOR_WEIGHT = 0.02
_DOUBT_CELLS = 0.5


def refine_matte(
    image: Image,
    segment: Segment,
    options: SplitOptions,
    *,
    matter: Matter | None = None,
    report: Report = silent,
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
    matter : Matter, optional
        A network that solves the open band in place of closed-form matting.
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
    factor = block_side(box, _LARGEST_AREA)
    if matter is None:
        factor = max(factor, min(block_side(box, _WORK_AREA), _HARMLESS_BLOCK))
    small = as_srgb(read_blocks(image, box, factor, "matte", span(report, 0, 0.1)), image.encoding)
    size = (small.shape[0], small.shape[1])
    # The last blocks may overhang the photograph.
    covered = Box(box.left, box.top, box.left + size[1] * factor, box.top + size[0] * factor)
    report(Progress("matte", 0.1, "edges"))
    band, probability = trimap(segment, covered, size, width=options.edge_width)
    if matter is None:
        prior = _prior(probability, cell_px(segment) / factor)
        alpha = solve_alpha(
            small, band, prior, lambda done: report(Progress("matte", 0.1 + 0.6 * done, "edges"))
        )
    else:
        alpha = matter(small, band, report=span(report, 0.1, 0.7))
    alpha = clean(alpha, probability)
    report(Progress("matte", 0.7, "edges"))
    full = stretch(alpha) if factor == 1 else carry_up(image, box, small, alpha, factor, report)
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
    pixels = as_srgb(image.pixels, image.encoding)
    return Matte(solve_alpha(pixels, sorted_out, None, lambda done: report(Progress("matte", done, "edges"))))


def _prior(probability: FloatArray, cell: float) -> Prior:
    """Trust the segmenter where all around, one cell of its grid wide, it is of one mind."""
    reach = max(1, round(_DOUBT_CELLS * cell))
    inside, outside = erode(probability, reach), 1 - dilate(probability, reach)
    certainty = np.clip(2 * np.maximum(inside, outside) - 1, 0, 1)
    return Prior(probability, np.float32(_PRIOR_WEIGHT) * certainty**2)


def _tight(alpha: FloatArray, box: Box) -> tuple[Matte, Box]:
    inner = Box.of_mask(alpha > 0)
    if inner.area == 0:
        inner = Box(0, 0, 1, 1)
    placed = Box(box.left + inner.left, box.top + inner.top, box.left + inner.right, box.top + inner.bottom)
    return Matte(alpha[inner.slices]), placed
