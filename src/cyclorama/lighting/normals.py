"""The subject as the light estimator looks at it: a small linear crop with guessed normals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.color import srgb_to_linear
from cyclorama.core.filters import erode
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, from_samples
from cyclorama.core.inflation import inflate, relief_normals
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import fit_size, resize

__all__ = ["Subject", "read_subject", "shrink"]

_LONG_SIDE_PX = 96
_READ_PX = 4 * _LONG_SIDE_PX


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A subject at working size.

    Parameters
    ----------
    rgb : float32 (h, w, 3), linear, straight
        Its colour.
    inside : bool (h, w)
        Pixels that surely show it, away from its edge.
    normals : float32 (h, w, 3)
        Normals of the inflated silhouette, camera axes; zero outside.
    source_px : int
        Length of its longer side in the photograph.
    """

    rgb: FloatArray
    inside: BoolArray
    normals: FloatArray
    source_px: int


def read_subject(image: Image, matte: Matte) -> Subject | None:
    """Cut a subject out of a photograph and shrink it.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    matte : Matte
        Coverage over the whole photograph; may be coarser than it.

    Returns
    -------
    Subject or None
        None if the matte is empty.
    """
    found = Box.of_mask(matte.alpha > 0.5)
    if found.area == 0:
        return None
    # A margin keeps the outline off the crop's border, except where the photograph itself ends.
    margin = max(2, round(0.06 * max(found.size)))
    box = found.expand(margin, matte.size)
    alpha = shrink(matte.region(box), _READ_PX)
    color = _linear_at(image, _on_canvas(box, matte.size, image.size), alpha.shape)
    size = fit_size(alpha.shape, _LONG_SIDE_PX)
    small = resize(alpha, size, "area")
    rgb = resize(color * alpha[..., None], size, "area")
    rgb /= np.maximum(small, 1e-3)[..., None]
    mask = small > 0.5
    if not mask.any():
        return None
    normals = relief_normals(inflate(mask), mask)
    inside = _interior(mask, small)
    source = max(_on_canvas(found, matte.size, image.size).size)
    return Subject(rgb, inside, normals, source)


def shrink(array: FloatArray, long_side: int) -> FloatArray:
    """Average an (H, W) or (H, W, C) array down; huge ones are thinned first, so that cost stays bounded."""
    step = max(1, max(array.shape[:2]) // (2 * long_side))
    thinned = array[::step, ::step]
    return resize(thinned, fit_size(thinned.shape[:2], long_side), "area")


def _linear_at(image: Image, box: Box, size: tuple[int, int]) -> FloatArray:
    """Read a box of the photograph at another size, in linear light."""
    samples = image.samples[box.slices]
    step = max(1, min(samples.shape[0] // (2 * size[0]), samples.shape[1] // (2 * size[1])))
    values = from_samples(np.ascontiguousarray(samples[::step, ::step]))
    linear = srgb_to_linear(values) if image.encoding == "srgb" else values
    return resize(linear, size, "area")


def _on_canvas(box: Box, matte: tuple[int, int], canvas: tuple[int, int]) -> Box:
    """Carry a box from a matte's grid to the photograph's."""
    if matte == canvas:
        return box
    sy, sx = canvas[0] / matte[0], canvas[1] / matte[1]
    left, top = int(box.left * sx), int(box.top * sy)
    return Box(left, top, max(left + 1, round(box.right * sx)), max(top + 1, round(box.bottom * sy)))


def _interior(mask: BoolArray, alpha: FloatArray) -> BoolArray:
    padded = np.pad(mask, 1, mode="edge")
    inner = erode(padded, 1)[1:-1, 1:-1] & (alpha > 0.95)
    return inner if inner.any() else mask
