"""Film grain: a painted background must not be cleaner than the photograph in front of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte

__all__ = ["add_grain", "noise_level"]

_LEAST, _MOST = 0.0025, 0.02
_STRIP_PX = 256


def noise_level(photo: Image, hole: Matte) -> float:
    """Estimate the standard deviation of the photograph's noise inside the subject.

    Parameters
    ----------
    photo : Image, (H, W)
    hole : Matte, (H, W)
        Where the subject is not.

    Returns
    -------
    float, sRGB units, kept within what looks like a photograph

    References
    ----------
    Immerkaer, "Fast noise variance estimation", 1996; with the median instead of the mean, for texture.
    """
    height, width = photo.size
    inside = np.flatnonzero((hole.alpha < 0.02).any(1))
    if height < 3 or width < 3 or len(inside) < 3:
        return _LEAST
    middle = int(inside[len(inside) // 2])
    top = max(min(middle - 128, height - 257), 0)
    rows = slice(top, min(top + 257, height))
    # A strip through the subject's middle is enough, and a large photograph is never read as float.
    gray = photo.crop(Box(0, rows.start, width, rows.stop)).as_srgb().pixels.mean(-1)
    second = gray[:, 2:] - 2 * gray[:, 1:-1] + gray[:, :-2]
    mixed = second[2:] - 2 * second[1:-1] + second[:-2]
    known = hole.alpha[rows][1:-1, 1:-1] < 0.02
    if np.count_nonzero(known) < 64:
        return _LEAST
    # The quietest fifth: texture only ever adds.
    quiet = np.quantile(np.abs(mixed[known]), 0.2) / 0.2533 / 6
    return float(np.clip(quiet, _LEAST, _MOST))


def add_grain(
    image: Image, deviation: float, seed: int, *, tick: Callable[[float], None] | None = None
) -> Image:
    """Add grey noise of the given standard deviation (sRGB units); strips keep a huge picture's memory small.

    ``tick`` is told the share done, and may raise to stop.
    """
    pixels = np.array(image.as_srgb().pixels)
    rng = np.random.default_rng([seed, 1])
    for top in range(0, pixels.shape[0], _STRIP_PX):
        strip = pixels[top : top + _STRIP_PX]
        noise = rng.standard_normal(strip.shape[:2], dtype=np.float32) * np.float32(deviation)
        strip += noise[..., None]
        np.clip(strip, 0, 1, out=strip)
        if tick is not None:
            tick(min(1.0, (top + _STRIP_PX) / pixels.shape[0]))
    pixels.flags.writeable = False
    return Image(pixels)
