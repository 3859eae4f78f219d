"""The part of a canvas that a model with a native size paints, and the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.grain import add_grain
from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import dilate
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import Kernel, resize, resize_image
from cyclorama.protocol.errors import InputError

__all__ = [
    "Crop",
    "blank",
    "crop_around",
    "extend_inwards",
    "match_known",
    "native_size",
    "paste",
    "seam_gap",
]

#: What the model sees around the hole / the hole's longer side.
_CONTEXT = 0.25
#: A model's colours may drift by its codec; more than this is not drift.
_MOST_DRIFT = 0.06
#: A value that 8 bit can hold.
_GRAY = 128 / 255


@dataclass(frozen=True)
class Crop:
    """A box of the canvas, and the size at which the model paints it.

    Attributes
    ----------
    box : Box on the canvas.
    size : (height, width) for the model.
    """

    box: Box
    size: tuple[int, int]

    def picture(self, canvas: Image) -> FloatArray:
        """Return the box at the model's size, float32 (h, w, 3), sRGB, [0, 1]."""
        # Reduced before it is read as float: a large photograph stays 8 bit.
        kernel: Kernel = "area" if self.size[0] < self.box.height else "bicubic"
        small = resize_image(canvas.crop(self.box), self.size, kernel)
        return np.clip(small.as_srgb().pixels, 0, 1)

    def repaint(self, hole: Matte) -> BoolArray:
        """Return where the model paints, bool (h, w): every pixel into which the hole reaches."""
        return resize((hole.alpha[self.box.slices] > 0).astype(np.float32), self.size, "area") > 1e-4


def crop_around(hole: Matte, native_px: int, multiple: int) -> Crop:
    """Choose the box around the hole, with context, and the model's size for it.

    Parameters
    ----------
    hole : Matte, (H, W)
    native_px : int
        Side of the square that the model was trained on; the size has about as many pixels.
    multiple : int
        Sides are multiples of this.

    Raises
    ------
    InputError
        If there is nothing to paint.
    """
    rows = np.flatnonzero((hole.alpha > 0).any(1))
    cols = np.flatnonzero((hole.alpha > 0).any(0))
    if len(rows) == 0:
        raise InputError("The subject covers the whole canvas; a background to paint was wanted.")
    height, width = hole.alpha.shape
    longer = max(rows[-1] - rows[0], cols[-1] - cols[0]) + 1
    # Never less of the canvas than the model's own size: a small hole is not blown up.
    margin = max(math.ceil(_CONTEXT * longer), (min(native_px, max(height, width)) - longer) // 2)
    box = Box(
        max(int(cols[0]) - margin, 0),
        max(int(rows[0]) - margin, 0),
        min(int(cols[-1]) + 1 + margin, width),
        min(int(rows[-1]) + 1 + margin, height),
    )
    return Crop(box, native_size(box.size, native_px, multiple))


def native_size(size: tuple[int, int], native_px: int, multiple: int) -> tuple[int, int]:
    """Return (height, width) in the same shape with about ``native_px**2`` pixels, in multiples."""
    scale = native_px / math.sqrt(size[0] * size[1])
    height, width = (max(round(side * scale / multiple), 1) * multiple for side in size)
    while height * width > 1.1 * native_px**2 and max(height, width) > multiple:
        if height > width:
            height -= multiple
        else:
            width -= multiple
    return height, width


def blank(picture: FloatArray, repaint: BoolArray, start: FloatArray | None = None) -> FloatArray:
    """Return the picture with the hole filled by ``start``, or by grey: what was there means nothing."""
    filling = np.full_like(picture, _GRAY) if start is None else start
    return np.where(repaint[..., None], filling, picture)


def match_known(painted: FloatArray, known: FloatArray, repaint: BoolArray) -> FloatArray:
    """Take back the drift of the model's colours, as seen where it should have changed nothing.

    Parameters
    ----------
    painted, known : float32 (h, w, 3), sRGB
    repaint : bool (h, w)

    Returns
    -------
    float32 (h, w, 3), [0, 1]
    """
    if repaint.all():
        return painted
    drift = np.median(known[~repaint] - painted[~repaint], axis=0)
    drift = np.where(np.abs(drift) > _MOST_DRIFT, 0, drift).astype(np.float32)
    return np.asarray(np.clip(painted + drift, 0, 1), np.float32)


def seam_gap(painted: FloatArray, known: FloatArray, repaint: BoolArray) -> float | None:
    """Return the median difference just outside the hole, sRGB units: what a seam there would show.

    None if nothing is known beside the hole.
    """
    ring = dilate(repaint, max(2, min(repaint.shape) // 64)) & ~repaint
    if not ring.any():
        return None
    return float(np.median(np.abs(painted[ring] - known[ring])))


def extend_inwards(painted: FloatArray, repaint: BoolArray) -> FloatArray:
    """Continue the painted pixels smoothly over those that were not painted, coarse to fine.

    References
    ----------
    Gortler et al., "The Lumigraph", SIGGRAPH 1996, section 3.4 (pull-push).
    """
    weight = repaint.astype(np.float32)[..., None]
    levels = [(painted * weight, weight)]
    while max(levels[-1][1].shape[:2]) > 1:
        color, share = levels[-1]
        size = -(-color.shape[0] // 2), -(-color.shape[1] // 2)
        levels.append((resize(color, size, "area"), resize(share, size, "area")))
    below = np.asarray(levels[-1][0] / np.maximum(levels[-1][1], 1e-6), np.float32)
    for color, share in reversed(levels[:-1]):
        grown = resize(below, color.shape[:2], "bilinear")
        sure = np.minimum(share * 4, 1)
        below = np.asarray(sure * color / np.maximum(share, 1e-6) + (1 - sure) * grown, np.float32)
    return np.where(repaint[..., None], painted, np.clip(below, 0, 1))


def paste(
    crop: Crop,
    painted: FloatArray,
    canvas: Image,
    hole: Matte,
    *,
    everywhere: bool,
    grain: float = 0.0,
    seed: int = 0,
) -> Image:
    """Put the painted crop back in the canvas's own size.

    Parameters
    ----------
    crop : Crop
    painted : float32 (h, w, 3), sRGB
        At the model's size.
    canvas : Image, (H, W)
    hole : Matte, (H, W)
    everywhere : bool
        Also where the hole does not reach, inside the crop's box.
    grain : float
        Standard deviation of the grain that enlarged pixels get, sRGB units; ``seed`` fixes it.

    Returns
    -------
    Image, (H, W), sRGB
        Where nothing was pasted, the canvas's pixels, bit by bit.
    """
    out = np.array(canvas.as_srgb().pixels)
    enlarged = resize_image(Image(painted), crop.box.size, "bicubic")
    large = add_grain(enlarged, grain, seed).pixels if grain > 0 else enlarged.pixels
    part = out[crop.box.slices]
    where = np.ones(part.shape[:2], bool) if everywhere else hole.alpha[crop.box.slices] > 0
    np.copyto(part, np.clip(large, 0, 1), where=where[..., None])
    out.flags.writeable = False
    return Image(out)
