"""Mattes that the photograph contradicts are raised, so that the plate need not show the object.

References
----------
.. [1] A. Smith, J. Blinn, "Blue screen matting", SIGGRAPH 1996 (the least alpha that a known background allows).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, Samples, from_samples, to_samples
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["firm_mattes"]

_MOSTLY_OBJECT = 0.5
_TILE_ROWS = 256
_PLATE_ERROR = 0.1


def firm_mattes(
    image: Image, layers: Sequence[ObjectLayer], plate: Image, levels: int | None, *, report: Report = silent
) -> tuple[ObjectLayer, ...]:
    """Raise alpha to the least value with which the plate can stay about as it is.

    A white pixel over a blue plate needs alpha near 1, whatever the solver said: no colour is whiter than white, so
    the plate would have to make up the difference.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, in the blend space.
    layers : sequence of ObjectLayer
        Bottom to top, mattes rounded to the file's precision.
    plate : Image, (H, W)
        Estimate of what lies behind all objects.
    levels : int or None
        Largest number that the file stores: 255, 65535; None for floating point. Raised alphas are rounded up to it.
    report : callable
        Receives progress.

    Returns
    -------
    tuple of ObjectLayer
        With mattes raised where objects make up more than half of a pixel already; nowhere lowered.
    """
    alphas = [np.array(layer.matte.samples) for layer in layers]
    height, width = image.size
    for top in range(0, height, _TILE_ROWS):
        report(Progress("unmix", top / height, "edges"))
        strip = Box(0, top, width, min(top + _TILE_ROWS, height))
        if any(layer.box.intersect(strip).area for layer in layers):
            _firm_strip(image.region(strip), plate.region(strip), layers, alphas, strip, levels)
    for alpha in alphas:
        alpha.flags.writeable = False
    return tuple(
        ObjectLayer(layer.name, layer.color, Matte(alpha), layer.box)
        for layer, alpha in zip(layers, alphas, strict=True)
    )


def _firm_strip(
    photo: FloatArray,
    plate: FloatArray,
    layers: Sequence[ObjectLayer],
    alphas: list[Samples],
    strip: Box,
    levels: int | None,
) -> None:
    parts = [(k, layer.box.intersect(strip)) for k, layer in enumerate(layers)]
    parts = [(k, part) for k, part in parts if part.area]
    clear = np.ones(strip.size, np.float32)
    for k, part in parts:
        clear[part.relative_to(strip).slices] *= 1 - from_samples(
            alphas[k][part.relative_to(layers[k].box).slices]
        )
    row, column = np.nonzero((clear > 0) & (clear < _MOSTLY_OBJECT))
    allowed = _most_clear(photo[row, column], plate[row, column])
    excess = allowed < clear[row, column]
    row, column = row[excess], column[excess]
    factor = allowed[excess] / clear[row, column]
    # The topmost layer that is there takes it.
    for k, _ in reversed(parts):
        y, x = row + strip.top - layers[k].box.top, column + strip.left - layers[k].box.left
        inside = (y >= 0) & (y < layers[k].box.height) & (x >= 0) & (x < layers[k].box.width)
        mine = np.flatnonzero(inside)
        mine = mine[from_samples(alphas[k][y[mine], x[mine]]) >= _MOSTLY_OBJECT]
        place = (y[mine], x[mine])
        given = from_samples(alphas[k][place])
        raised = np.maximum(given, _rounded_up(1 - (1 - given) * factor[mine], levels))
        alphas[k][place] = to_samples(raised, layers[k].matte.sample_format)
        keep = np.ones(row.size, bool)
        keep[mine] = False
        row, column, factor = row[keep], column[keep], factor[keep]


def _most_clear(photo: FloatArray, plate: FloatArray) -> FloatArray:
    """Return the largest share of the plate (n,) for which the rest is a colour within [0, 1] [1]_."""
    inside = np.clip(photo, 0, 1)
    # The plate is a guess: that it moves a little towards the photograph is fine.
    behind = np.clip(plate + np.clip(inside - plate, -_PLATE_ERROR, _PLATE_ERROR), 0, 1)
    bright = (1 - inside) / np.maximum(1 - behind, 1e-6)
    dark = inside / np.maximum(behind, 1e-6)
    out: FloatArray = np.clip(np.minimum(bright, dark).min(axis=-1), 0, 1)
    return out.astype(np.float32)


def _rounded_up(alpha: FloatArray, levels: int | None) -> FloatArray:
    if levels is None:
        return alpha.astype(np.float32)
    up: FloatArray = np.minimum(np.ceil(alpha * levels - 1e-3), levels) / levels
    return up.astype(np.float32)
