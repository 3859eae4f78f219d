"""The stage: paint what lies behind the objects."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import dilate
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.plate.smooth import fill_smoothly
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["fill_plate"]


def fill_plate(image: Image, coverage: FloatArray, *, report: Report = silent) -> Image:
    """Fill behind all objects.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    coverage : float32 (H, W), [0, 1]
        Share of each pixel that the objects together cover.
    report : callable
        Receives progress.

    Returns
    -------
    Image, (H, W)
        In the photograph's encoding.
    """
    if coverage.shape != image.size:
        raise InputError(f"Coverage has shape {coverage.shape}; the photograph's {image.size} was wanted.")
    hole = dilate(coverage > 0, 2)
    if not hole.any():
        return image
    report(Progress("plate", 0.0, "clean plate"))
    box = Box.of_mask(hole).expand(32, image.size)
    out = np.array(image.pixels)
    out[box.slices] = fill_smoothly(image.pixels[box.slices], (~hole[box.slices]).astype(np.float32))
    report(Progress("plate", 1.0, "clean plate"))
    return Image(out, image.encoding)
