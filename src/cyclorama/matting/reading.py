"""Reading a part of the photograph at a bounded size."""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.resampling import block_means
from cyclorama.protocol.progress import Progress, Report

__all__ = ["block_side", "read_blocks"]

_STRIP_ROWS = 256


def block_side(box: Box, largest_area: int) -> int:
    """Return the side of the square blocks that bring a box to at most ``largest_area`` pixels."""
    return max(1, math.ceil(math.sqrt(box.area / largest_area)))


def read_blocks(image: Image, box: Box, factor: int, stage: str, report: Report) -> FloatArray:
    """Average blocks of factor x factor pixels, strip by strip.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    box : Box
        Part of it.
    factor : int
        Side of a block.
    stage : str
        Name for progress.
    report : callable
        Receives progress.

    Returns
    -------
    float32 (ceil(h / factor), ceil(w / factor), 3)
        In the photograph's encoding.
    """
    if factor == 1:
        return image.region(box)
    out = np.empty((-(-box.height // factor), -(-box.width // factor), 3), np.float32)
    step = max(1, _STRIP_ROWS // factor)
    for first in range(0, out.shape[0], step):
        report(Progress(stage, first / out.shape[0], "reading"))
        last = min(first + step, out.shape[0])
        bottom = min(box.top + last * factor, box.bottom)
        strip = Box(box.left, box.top + first * factor, box.right, bottom)
        out[first:last] = block_means(image.region(strip), factor)
    return out
