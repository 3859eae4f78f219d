"""Alpha at the photograph's own resolution, from a solution on blocks of pixels."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb
from cyclorama.core.filters import dilate
from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding, Image, from_samples
from cyclorama.matting.cleaning import stretch
from cyclorama.matting.solve import linear_model, sample_bilinear
from cyclorama.protocol.progress import Progress, Report

__all__ = ["as_srgb", "carry_up"]

_TILE_ROWS = 256


def as_srgb(pixels: FloatArray, encoding: Encoding) -> FloatArray:
    """Return pixels of an encoding as sRGB."""
    return pixels if encoding == "srgb" else linear_to_srgb(pixels)


def carry_up(
    image: Image, box: Box, small: FloatArray, alpha: FloatArray, factor: int, report: Report
) -> FloatArray:
    """Carry alpha to full resolution by its local linear model in colour, tile by tile.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    box : Box
        The part of it that alpha covers.
    small : float32 (h, w, 3), sRGB
        Means of blocks of factor x factor pixels of that part.
    alpha : float32 (h, w), [0, 1]
        Solved on the blocks.
    factor : int
        Side of a block.
    report : callable
        Receives progress from 0.7 on; raises ``Cancelled`` to stop.

    Returns
    -------
    float32 (box.height, box.width), [0, 1]
        Stretched: without what is left of noise.
    """
    still_open = dilate((alpha > 0) & (alpha < 1), 1)
    # Each pixel's place on the small grid, pixel areas aligned.
    down = (np.arange(box.height) + 0.5) / factor
    across = (np.arange(box.width) + 0.5) / factor
    out = np.empty(box.size, np.float32)
    for start in range(0, box.height, _TILE_ROWS):
        report(Progress("matte", 0.7 + 0.3 * start / box.height, "full resolution"))
        stop = min(start + _TILE_ROWS, box.height)
        nearest = np.ix_(down[start:stop].astype(np.intp), across.astype(np.intp))
        tile = alpha[nearest]
        row, column = np.nonzero(still_open[nearest])
        if row.size:
            strip = Box(box.left, box.top + start, box.right, box.top + stop)
            color = as_srgb(from_samples(image.samples[strip.slices][row, column]), image.encoding)
            first, model = _model(small, alpha, down[start] - 0.5, down[stop - 1] - 0.5)
            up = sample_bilinear(model, down[start + row] - 0.5 - first, across[column] - 0.5)
            fine = np.einsum("nc,nc->n", up[:, :3], color) + up[:, 3]
            # Where the coarse alpha is settled all around, the model is flat and only rounding would show.
            settled = (up[:, 4] < 1e-4) | (up[:, 4] > 1 - 1e-4)
            tile[row, column] = np.where(settled, np.round(up[:, 4]), np.clip(fine, 0, 1))
        out[start:stop] = stretch(tile)
    return out


def _model(small: FloatArray, alpha: FloatArray, top: float, bottom: float) -> tuple[int, FloatArray]:
    """Return the first row, and slope, offset and alpha (h, w, 5), of the rows that a place between two needs."""
    first = max(int(np.floor(top)), 0)
    last = min(int(np.floor(bottom)) + 2, small.shape[0])
    # Two windows of three rows, one upon the other, look two rows beyond.
    low, high = max(first - 2, 0), min(last + 2, small.shape[0])
    slope, offset = linear_model(small[low:high], alpha[low:high])
    model = np.concatenate([slope, offset[..., None], alpha[low:high, :, None]], axis=-1)
    return first, model[first - low : last - low]
