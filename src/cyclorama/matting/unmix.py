"""The promise: layers and plate together give the photograph back.

With w_k = a_k prod_{j above k} (1 - a_j) for the layers and w_0 = prod (1 - a_j) for the plate, which sum to 1, the
picture is sum w_k F_k. Estimates of F miss the photograph by a residual; it is spread over the colours so that each
stays close to its estimate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, Samples, from_samples, to_samples
from cyclorama.core.layer import ObjectLayer
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["unmix"]

_TILE_ROWS = 128
_ROUNDS = 8
#: A residual below this is not seen in any integer format.
_TOLERANCE = 1e-6
_LEVELER = 2.0


def unmix(
    image: Image, layers: Sequence[ObjectLayer], plate: Image, *, report: Report = silent
) -> tuple[tuple[ObjectLayer, ...], Image]:
    """Correct colours and plate so that they recompose to the photograph.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, in the blend space.
    layers : sequence of ObjectLayer
        Bottom to top, with estimated colours and final mattes: already rounded to the file's precision.
    plate : Image, (H, W)
        Estimate of what lies behind all objects.
    report : callable
        Receives progress.

    Returns
    -------
    layers : tuple of ObjectLayer
        The same mattes with corrected colours, in the photograph's kind of samples: its very bits where a layer
        alone makes up the pixel.
    plate : Image, (H, W)
        Where no layer covers, the photograph's very bits.

    Raises
    ------
    InputError
        If sizes or encodings differ, or a layer leaves the picture.
    """
    _check(image, layers, plate)
    kind = image.sample_format
    colors = [np.array(layer.color.stored_as(kind).samples) for layer in layers]
    behind = np.array(plate.stored_as(kind).samples)
    height, width = image.size
    for top in range(0, height, _TILE_ROWS):
        report(Progress("unmix", top / height, "recomposition"))
        strip = Box(0, top, width, min(top + _TILE_ROWS, height))
        _unmix_strip(image, layers, colors, behind, strip)
    report(Progress("unmix", 1.0, "recomposition"))
    corrected = []
    for layer, color in zip(layers, colors, strict=True):
        color.flags.writeable = False
        corrected.append(ObjectLayer(layer.name, Image(color, image.encoding), layer.matte, layer.box))
    behind.flags.writeable = False
    return tuple(corrected), Image(behind, image.encoding)


def _check(image: Image, layers: Sequence[ObjectLayer], plate: Image) -> None:
    if plate.size != image.size:
        raise InputError(f"A plate has size {plate.size}; the photograph's {image.size} was wanted.")
    for name, given in [("The plate", plate), *((f"Layer {layer.name!r}", layer.color) for layer in layers)]:
        if given.encoding != image.encoding:
            raise InputError(
                f"{name} is encoded as {given.encoding!r}; the photograph's {image.encoding!r} was wanted."
            )
    for layer in layers:
        if layer.box.intersect(Box.of_size(image.size)) != layer.box:
            raise InputError(
                f"Layer {layer.name!r} at {layer.box} leaves the picture of {image.size} pixels."
            )


def _unmix_strip(
    image: Image, layers: Sequence[ObjectLayer], colors: list[Samples], behind: Samples, strip: Box
) -> None:
    here = [k for k, layer in enumerate(layers) if layer.box.intersect(strip).area > 0]
    weights, clear = _weights(layers, here, strip)
    alone = clear == 1
    photo = image.samples[strip.slices]
    behind[strip.slices][alone] = photo[alone]
    mixed = ~alone
    for k, weight in zip(here, weights, strict=True):
        full = weight == 1
        part, inner = _views(layers[k], strip)
        chosen = full[inner.slices]
        colors[k][part.slices][chosen] = photo[inner.slices][chosen]
        mixed &= ~full
    row, column = np.nonzero(mixed)
    if row.size == 0:
        return
    stack = np.empty((len(here) + 1, row.size, 3), np.float32)
    share = np.stack([clear[row, column], *(weight[row, column] for weight in weights)])
    places = []
    stack[0] = from_samples(behind[strip.slices][row, column])
    for number, k in enumerate(here, start=1):
        box = layers[k].box
        y, x = row + strip.top - box.top, column + strip.left - box.left
        inside = (y >= 0) & (y < box.height) & (x >= 0) & (x < box.width)
        places.append((inside, y[inside], x[inside]))
        stack[number] = 0
        stack[number, inside] = from_samples(colors[k][y[inside], x[inside]])
    correct(stack, share, from_samples(photo[row, column]))
    kind = image.sample_format
    behind[strip.slices][row, column] = to_samples(stack[0], kind)
    for number, (k, (inside, y, x)) in enumerate(zip(here, places, strict=True), start=1):
        colors[k][y, x] = to_samples(stack[number, inside], kind)


def _weights(
    layers: Sequence[ObjectLayer], here: Sequence[int], strip: Box
) -> tuple[list[FloatArray], FloatArray]:
    """Return each layer's share of the picture within the strip, and the plate's."""
    clear = np.ones(strip.size, np.float32)
    weights: list[FloatArray] = []
    for k in reversed(here):
        part, inner = _views(layers[k], strip)
        weight = np.zeros(strip.size, np.float32)
        alpha = layers[k].matte.region(part)
        weight[inner.slices] = alpha * clear[inner.slices]
        clear[inner.slices] *= 1 - alpha
        weights.append(weight)
    return weights[::-1], clear


def _views(layer: ObjectLayer, strip: Box) -> tuple[Box, Box]:
    """Return the common part in the layer's and in the strip's coordinates."""
    common = layer.box.intersect(strip)
    return common.relative_to(layer.box), common.relative_to(strip)


def correct(colors: FloatArray, share: FloatArray, photo: FloatArray) -> None:
    """Correct colours in place so that their weighted sum is the photograph.

    Parameters
    ----------
    colors : float32 (K, n, 3)
        Estimates; changed in place, kept within [0, 1] widened to hold the photograph's colour.
    share : float32 (K, n)
        Weights, which sum to 1 over K.
    photo : float32 (n, 3)
        Wanted sum. All colours equal to it is a solution, so one within the gamut always exists.
    """
    low, high = np.minimum(photo, 0), np.maximum(photo, 1)
    np.clip(colors, low, high, out=colors)
    # Steps go with the weight's square: a colour that is hardly seen is hardly touched.
    leaning = (share**_LEVELER)[..., None]
    for _ in range(_ROUNDS):
        residual = photo - _mix(colors, share)
        if np.abs(residual).max(initial=0) <= _TOLERANCE:
            return
        free = np.where(residual > 0, colors < high, colors > low) * leaning
        total = np.einsum("kn,knc->nc", share, free)
        step = np.where(total > 1e-12, residual / np.maximum(total, 1e-12), 0)
        np.clip(colors + free * step, low, high, out=colors)
    residual = np.abs(photo - _mix(colors, share))
    # What is left is taken by moving all colours towards the photograph, just far enough.
    move = np.where(residual > _TOLERANCE, 1 - _TOLERANCE / np.maximum(residual, _TOLERANCE), 0).astype(
        np.float32
    )
    colors += move * (photo - colors)


def _mix(colors: FloatArray, share: FloatArray) -> NDArray[np.float32]:
    mixed: NDArray[np.float32] = np.einsum("kn,knc->nc", share, colors)
    return mixed
