"""From float values to the samples of a file, and which precision that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.document import SampleFormat

__all__ = ["file_bits", "quantize"]


def file_bits(sample_format: SampleFormat) -> int:
    """Return the bits per sample, 8 or 16, of a layered file: float photographs are stored in 16."""
    return 8 if sample_format == "uint8" else 16


def quantize(values: FloatArray, bits: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Round to the nearest level.

    Parameters
    ----------
    values : float32, any shape
        Nominally [0, 1]; what lies beyond is clipped.
    bits : {8, 16}
        Per sample.

    Returns
    -------
    uint8 or uint16, same shape
        0 is 0, and 1 is 255 or 65535.
    """
    top = np.float32(255 if bits == 8 else 65535)
    levels = values * top
    levels += np.float32(0.5)
    np.clip(levels, 0, top, out=levels)
    return levels.astype(np.uint8 if bits == 8 else np.uint16)
