"""Which pixels are surely inside an object, surely outside, or open."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import dilate, erode
from cyclorama.core.geometry import Box
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment

__all__ = ["band_radii", "cell_px", "trimap", "working_box"]

_INSIDE, _OUTSIDE = 0.9, 0.1


def band_radii(segment: Segment, width: float) -> tuple[float, float]:
    """Return how far (inwards, outwards) the soft band reaches beyond the uncertain probabilities, in pixels.

    Parameters
    ----------
    segment : Segment
        Its grid's cells bound what it can know about the outline, its size how far hair may stick out.
    width : float
        Factor for both.
    """
    cell = cell_px(segment)
    mass = float(segment.probability.mean(dtype=np.float64)) * segment.box.area
    reach = mass**0.5
    return width * (1.0 + cell + 0.004 * reach), width * (1.0 + 0.75 * cell + 0.012 * reach)


def working_box(segment: Segment, size: tuple[int, int], width: float) -> Box:
    """Return the part of a photograph of (height, width) in which the segment's matte can be above 0."""
    inner = segment.box.intersect(Box.of_size(size))
    return inner.expand(int(np.ceil(band_radii(segment, width)[1])) + 4, size)


def trimap(
    segment: Segment, box: Box, size: tuple[int, int], *, width: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Sort pixels into surely inside, surely outside, and open.

    Parameters
    ----------
    segment : Segment
        Probability, on a grid that may be far coarser than the photograph.
    box : Box
        Part of the photograph that is wanted.
    size : (int, int)
        Wanted (height, width) of the result: the box's own, or smaller.
    width : float
        Widens or narrows the open band.

    Returns
    -------
    trimap : float32 (h, w), {0, 0.5, 1}
        The band is wide where the probability is undecided or its grid is coarse, and narrow where it is sure.
    probability : float32 (h, w), [0, 1]
        The segment's probability on the same grid.
    """
    probability = _probability(segment, box, size)
    scale = size[1] / box.width
    inwards, outwards = (radius * scale for radius in band_radii(segment, width))
    inside = erode(probability > _INSIDE, max(1, round(inwards)))
    outside = ~dilate(probability > _OUTSIDE, max(1, round(outwards)))
    return np.where(inside, np.float32(1), np.where(outside, np.float32(0), np.float32(0.5))), probability


def cell_px(segment: Segment) -> float:
    """Return the longer side of a cell of the segment's grid, in pixels of the photograph."""
    rows, columns = segment.probability.shape
    return float(max(segment.box.height / rows, segment.box.width / columns))


def _probability(segment: Segment, box: Box, size: tuple[int, int]) -> FloatArray:
    """Resample the segment's probability to ``size`` over ``box``, zero outside the segment's box."""
    out = np.zeros(size, np.float32)
    scale_y, scale_x = size[0] / box.height, size[1] / box.width
    rel = segment.box.relative_to(box)
    top, bottom = round(rel.top * scale_y), round(rel.bottom * scale_y)
    left, right = round(rel.left * scale_x), round(rel.right * scale_x)
    grown = resize(segment.probability, (max(bottom - top, 1), max(right - left, 1)), "bilinear")
    inner = Box(max(left, 0), max(top, 0), min(right, size[1]), min(bottom, size[0]))
    if inner.right > inner.left and inner.bottom > inner.top:
        out[inner.slices] = grown[
            inner.top - top : inner.bottom - top, inner.left - left : inner.right - left
        ]
    return np.clip(out, 0, 1, out=out)
