"""Clean straight colours: what the object would look like if it covered its soft pixels fully.

References
----------
.. [1] T. Germer, T. Uelwer, S. Conrad, S. Harmeling, "Fast multi-level foreground estimation", ICPR 2020, eq. 2-4.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, to_samples
from cyclorama.core.resampling import resize
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["clear_objects", "estimate_foreground"]

_WORK_AREA = 1_000_000
_SMOOTHNESS = 1e-5
_SMALL = 32


def estimate_foreground(
    image: Image, coverage: FloatArray, box: Box, *, report: Report = silent
) -> tuple[Image, Image]:
    """Estimate the object's colour and what lies behind it, extended over the whole box.

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
    foreground, background : Image, (h, w)
        Straight colours in the photograph's encoding. The foreground is the photograph's very bits where coverage
        is 1, the background where it is 0; elsewhere both are smooth where coverage is smooth [1]_.

    Raises
    ------
    InputError
        If coverage and box differ in size.
    """
    if coverage.shape != box.size:
        raise InputError(f"Coverage has shape {coverage.shape}; the box's {box.size} was wanted.")
    photo = image.region(box)
    factor = max(1.0, math.sqrt(box.area / _WORK_AREA))
    size = (max(1, round(box.height / factor)), max(1, round(box.width / factor)))
    foreground, background = _multi_level(resize(photo, size, "area"), resize(coverage, size, "area"), report)
    out = []
    for color, known in ((foreground, coverage == 1), (background, coverage == 0)):
        full = resize(color, box.size, "bilinear") if size != box.size else color
        full[known] = photo[known]
        out.append(Image(to_samples(full, image.sample_format), image.encoding))
    report(Progress("colors", 1.0, "edge colours"))
    return out[0], out[1]


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
    _, background = estimate_foreground(image, coverage[box.slices], box, report=report)
    out = np.array(image.samples)
    out[box.slices] = background.stored_as(image.sample_format).samples
    out.flags.writeable = False
    return Image(out, image.encoding)


def _multi_level(photo: FloatArray, coverage: FloatArray, report: Report) -> tuple[FloatArray, FloatArray]:
    height, width = coverage.shape
    levels = max(1, math.ceil(math.log2(max(height, width))))
    foreground = _weighted_mean(photo, coverage)
    background = _weighted_mean(photo, 1 - coverage)
    for level in range(1, levels + 1):
        report(Progress("colors", level / (levels + 1), "edge colours"))
        scale = 2.0 ** (level - levels)
        size = (max(1, round(height * scale)), max(1, round(width * scale)))
        foreground, background = resize(foreground, size, "bilinear"), resize(background, size, "bilinear")
        level_photo, level_coverage = resize(photo, size, "area"), resize(coverage, size, "area")
        small = max(size) <= _SMALL
        _relax(foreground, background, level_photo, level_coverage, 10 if small else 2)
    return foreground, background


def _weighted_mean(photo: FloatArray, weight: FloatArray) -> FloatArray:
    total = float(weight.sum(dtype=np.float64))
    if total < 1e-6:
        weight, total = np.ones_like(weight), float(weight.size)
    mean = np.tensordot(weight, photo, axes=2) / total
    return mean.reshape(1, 1, 3).astype(np.float32)


def _relax(
    foreground: FloatArray, background: FloatArray, photo: FloatArray, coverage: FloatArray, sweeps: int
) -> None:
    """Improve both colours in place: red pixels, then black ones, of a checkerboard."""
    soft = (coverage > 0) & (coverage < 1)
    foreground[coverage == 1] = photo[coverage == 1]
    background[coverage == 0] = photo[coverage == 0]
    row, column = np.nonzero(soft)
    for _ in range(sweeps):
        for color in (0, 1):
            chosen = (row + column) % 2 == color
            _relax_some(foreground, background, photo, coverage, row[chosen], column[chosen])


def _relax_some(
    foreground: FloatArray,
    background: FloatArray,
    photo: FloatArray,
    coverage: FloatArray,
    row: NDArray[np.int64],
    column: NDArray[np.int64],
) -> None:
    height, width = coverage.shape
    alpha = coverage[row, column]
    pulled_f, pulled_b = np.zeros((row.size, 3), np.float32), np.zeros((row.size, 3), np.float32)
    total = np.zeros(row.size, np.float32)
    for dy, dx in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        y, x = np.clip(row + dy, 0, height - 1), np.clip(column + dx, 0, width - 1)
        weight = np.float32(_SMOOTHNESS) + np.abs(alpha - coverage[y, x])
        pulled_f += weight[:, None] * foreground[y, x]
        pulled_b += weight[:, None] * background[y, x]
        total += weight
    here = photo[row, column]
    # Two unknowns per channel: minimise (alpha F + (1 - alpha) B - I)^2 + sum_j weight_j (|F - F_j|^2 + |B - B_j|^2).
    ff, fb, bb = alpha * alpha + total, alpha * (1 - alpha), (1 - alpha) ** 2 + total
    determinant = (ff * bb - fb * fb)[:, None]
    right_f = alpha[:, None] * here + pulled_f
    right_b = (1 - alpha)[:, None] * here + pulled_b
    high = max(1.0, float(photo.max()))
    low = min(0.0, float(photo.min()))
    foreground[row, column] = np.clip(
        (bb[:, None] * right_f - fb[:, None] * right_b) / determinant, low, high
    )
    background[row, column] = np.clip(
        (ff[:, None] * right_b - fb[:, None] * right_f) / determinant, low, high
    )
