"""A picture without alpha."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cyclorama.core.arrays import FloatArray, frozen, require_finite, require_shape
from cyclorama.core.color import linear_to_srgb, srgb_to_linear
from cyclorama.core.geometry import Box
from cyclorama.protocol.errors import InputError

__all__ = ["Encoding", "Image"]

Encoding = Literal["srgb", "linear"]


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """RGB pixels with Rec. 709 primaries, without alpha.

    Parameters
    ----------
    pixels : float32 (H, W, 3)
        Nominally [0, 1]; may exceed 1. Stored read-only.
    encoding : {"srgb", "linear"}
        How the values relate to light.

    Raises
    ------
    InputError
        If the shape or the encoding is another, a side is empty, or a value is not finite.
    """

    pixels: FloatArray
    encoding: Encoding = "srgb"

    def __post_init__(self) -> None:
        pixels = frozen(self.pixels, "float32")
        valid = pixels.ndim == 3 and pixels.shape[2:] == (3,) and min(pixels.shape) > 0
        require_shape("An image", pixels, "(height, width, 3) with at least one pixel", valid)
        require_finite("An image", pixels)
        if self.encoding not in ("srgb", "linear"):
            raise InputError(f'An image has encoding {self.encoding!r}; "srgb" or "linear" was wanted.')
        object.__setattr__(self, "pixels", pixels)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def as_srgb(self) -> Image:
        """Return the picture with sRGB-encoded values."""
        return self if self.encoding == "srgb" else Image(linear_to_srgb(self.pixels), "srgb")

    def as_linear(self) -> Image:
        """Return the picture with values in linear light."""
        return self if self.encoding == "linear" else Image(srgb_to_linear(self.pixels), "linear")

    def encoded_as(self, encoding: Encoding) -> Image:
        """Return the picture in the encoding asked for."""
        return self.as_srgb() if encoding == "srgb" else self.as_linear()

    def crop(self, box: Box) -> Image:
        """Return the part inside a box that lies on the picture."""
        return Image(self.pixels[box.slices], self.encoding)
