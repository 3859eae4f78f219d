"""What every reader of a file format hands over: a header, and the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import SAMPLE_LEVELS, SampleFormat, Samples

__all__ = ["STRIP_ROWS", "Raster", "assemble", "stored_view"]

#: Rows converted at a time; bounds what is needed beside the result.
STRIP_ROWS = 256

#: Steps through rows and columns (after the swap of axes that 5 to 8 make) for each EXIF orientation.
_STEPS = {1: (1, 1), 2: (1, -1), 3: (-1, -1), 4: (-1, 1), 5: (1, 1), 6: (-1, 1), 7: (-1, -1), 8: (1, -1)}


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture file that has been opened, and whose pixels can still be read.

    Parameters
    ----------
    kind : str
        Name of the format, for a person.
    size : (int, int)
        (height, width) as stored, before ``orientation``.
    sample_format : {"uint8", "uint16", "float32"}
        Precision of the samples.
    strips : callable returning an iterator of (int, array)
        First row, and (h, W, C) samples in ``sample_format``'s own range: C is 1 (grey), 2 (grey, alpha), 3 (RGB) or
        4 (RGB, alpha). Rows come in order, each once. Alpha is straight.
    has_alpha : bool
        Whether the last channel is coverage.
    icc_profile : bytes or None
        RGB profile to which the samples belong.
    orientation : int, 1 to 8
        How to turn the picture, as in EXIF.
    focal_length_35mm : float or None
        Focal length in millimetres on 35 mm film.
    notes : tuple of str
        What was converted or left out, a sentence each.
    """

    kind: str
    size: tuple[int, int]
    sample_format: SampleFormat
    strips: Callable[[], Iterator[tuple[int, NDArray[Any]]]]
    has_alpha: bool = False
    icc_profile: bytes | None = None
    orientation: int = 1
    focal_length_35mm: float | None = None
    notes: tuple[str, ...] = ()


def assemble(raster: Raster) -> tuple[Samples, FloatArray | None]:
    """Read the pixels, upright.

    Parameters
    ----------
    raster : Raster
        An opened file.

    Returns
    -------
    samples : uint8, uint16 or float32 (H, W, 3), read-only
        As the file has them: the full scale of the sample format stands for 1.
    alpha : float32 (H, W), read-only, or None
        Coverage, where the file has it.
    """
    upright = raster.size[::-1] if raster.orientation >= 5 else raster.size
    samples = np.empty((*upright, 3), raster.sample_format)
    alpha = np.empty(upright, np.float32) if raster.has_alpha else None
    scale = np.float32(SAMPLE_LEVELS[raster.sample_format] or 1)
    stored = stored_view(samples, raster.orientation)
    stored_alpha = None if alpha is None else stored_view(alpha, raster.orientation)
    for top, strip in raster.strips():
        rows = slice(top, top + strip.shape[0])
        # Grey is broadcast over the three channels.
        stored[rows] = strip[..., :-1] if raster.has_alpha else strip
        if stored_alpha is not None:
            np.divide(strip[..., -1], scale, out=stored_alpha[rows], casting="same_kind")
    samples.flags.writeable = False
    if alpha is not None:
        np.clip(alpha, 0, 1, out=alpha)
        alpha.flags.writeable = False
    return samples, alpha


def stored_view(upright: NDArray[Any], orientation: int) -> NDArray[Any]:
    """View an upright picture (H, W, ...) the way its file stores it, so that rows can be put in their place.

    References
    ----------
    Exif 2.32 (JEITA CP-3451), tag 274, Orientation.
    """
    if orientation >= 5:
        upright = upright.swapaxes(0, 1)
    rows, columns = _STEPS[orientation]
    return upright[::rows, ::columns]
