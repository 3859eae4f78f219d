"""A picture without alpha."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray, frozen, require_finite, require_shape
from cyclorama.core.color import linear_to_srgb, srgb_to_linear
from cyclorama.core.geometry import Box
from cyclorama.protocol.errors import InputError

__all__ = ["SAMPLE_LEVELS", "Encoding", "Image", "SampleFormat", "Samples", "from_samples", "to_samples"]

Encoding = Literal["srgb", "linear"]
SampleFormat = Literal["uint8", "uint16", "float32"]
Samples: TypeAlias = NDArray[Any]

#: The sample that stands for 1.0; None where samples are the values themselves.
SAMPLE_LEVELS: dict[str, int | None] = {"uint8": 255, "uint16": 65535, "float32": None}


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Image:
    """RGB pixels with Rec. 709 primaries, without alpha.

    A photograph of 8 or 16 bit keeps its samples as they are, so that a 100-megapixel picture costs 300 MB and not
    1.2 GB; values are what stages read, whole (:attr:`pixels`) or by part (:meth:`region`).

    Parameters
    ----------
    pixels : float (H, W, 3), or uint8 or uint16 (H, W, 3)
        Values, nominally [0, 1], may exceed 1; or samples, with 255 or 65535 standing for 1. Stored read-only.
    encoding : {"srgb", "linear"}
        How the values relate to light.

    Raises
    ------
    InputError
        If the shape or the encoding is another, a side is empty, or a value is not finite.
    """

    samples: Samples
    encoding: Encoding

    def __init__(self, pixels: Any, encoding: Encoding = "srgb") -> None:
        given = np.asarray(pixels)
        name = given.dtype.name if given.dtype.name in SAMPLE_LEVELS else "float32"
        samples = frozen(given, name)
        valid = samples.ndim == 3 and samples.shape[2:] == (3,) and min(samples.shape) > 0
        require_shape("An image", samples, "(height, width, 3) with at least one pixel", valid)
        if name == "float32":
            require_finite("An image", samples)
        if encoding not in ("srgb", "linear"):
            raise InputError(f'An image has encoding {encoding!r}; "srgb" or "linear" was wanted.')
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "encoding", encoding)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.samples.shape[0], self.samples.shape[1]

    @property
    def sample_format(self) -> SampleFormat:
        """How the samples are stored."""
        name: SampleFormat = self.samples.dtype.name
        return name

    @property
    def pixels(self) -> FloatArray:
        """All values, float32 (H, W, 3), read-only; computed at each call unless stored as float."""
        return from_samples(self.samples)

    def region(self, box: Box) -> FloatArray:
        """Return the values inside a box on the picture, float32 (h, w, 3), read-only."""
        return from_samples(self.samples[box.slices])

    def as_srgb(self) -> Image:
        """Return the picture with sRGB-encoded values."""
        return self if self.encoding == "srgb" else Image(linear_to_srgb(self.pixels), "srgb")

    def as_linear(self) -> Image:
        """Return the picture with values in linear light, stored as float."""
        return self if self.encoding == "linear" else Image(srgb_to_linear(self.pixels), "linear")

    def encoded_as(self, encoding: Encoding) -> Image:
        """Return the picture in the encoding asked for."""
        return self.as_srgb() if encoding == "srgb" else self.as_linear()

    def stored_as(self, sample_format: SampleFormat) -> Image:
        """Return the picture with its values rounded to another sample format; integers clip to [0, 1]."""
        if self.sample_format == sample_format:
            return self
        return Image(to_samples(self.pixels, sample_format), self.encoding)

    def crop(self, box: Box) -> Image:
        """Return the part inside a box that lies on the picture."""
        return Image(self.samples[box.slices], self.encoding)


def from_samples(samples: Samples) -> FloatArray:
    """Return the values of uint8, uint16 or float32 samples, float32, any shape, read-only."""
    levels = SAMPLE_LEVELS[samples.dtype.name]
    values: FloatArray = (
        samples if levels is None else np.divide(samples, np.float32(levels), dtype=np.float32)
    )
    if values.flags.writeable:
        values.flags.writeable = False
    return values


def to_samples(values: FloatArray, sample_format: SampleFormat) -> Samples:
    """Round values to the nearest sample, any shape; integer formats clip to [0, 1]."""
    levels = SAMPLE_LEVELS[sample_format]
    if levels is None:
        return np.asarray(values, np.float32)
    scaled = np.clip(values, 0, 1) * np.float32(levels)
    rounded: Samples = np.rint(scaled, out=scaled).astype(sample_format)
    return rounded
