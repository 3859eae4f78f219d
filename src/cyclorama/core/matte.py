"""Coverage: which pixels, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray, frozen, require_finite, require_shape
from cyclorama.core.geometry import Box
from cyclorama.core.image import SAMPLE_LEVELS, SampleFormat, Samples, from_samples, to_samples
from cyclorama.protocol.errors import InputError

__all__ = ["Mask", "Matte"]


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A hard selection of pixels.

    Parameters
    ----------
    pixels : bool (H, W)
        True where selected. Stored read-only.

    Raises
    ------
    InputError
        If the shape is another or a side is empty.
    """

    pixels: BoolArray

    def __post_init__(self) -> None:
        pixels = frozen(self.pixels, "bool")
        require_shape("A mask", pixels, "(height, width)", pixels.ndim == 2 and min(pixels.shape) > 0)
        object.__setattr__(self, "pixels", pixels)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.pixels.shape[0], self.pixels.shape[1]


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Matte:
    """The share of each pixel that an object covers.

    A matte that was rounded to a file's precision keeps those samples, as an :class:`~cyclorama.core.image.Image`
    does; values are read whole (:attr:`alpha`) or by part (:meth:`region`).

    Parameters
    ----------
    alpha : float (H, W), [0, 1], or uint8 or uint16 (H, W)
        Area coverage; linear by definition, never gamma-encoded. In samples 255 or 65535 stands for 1. Stored
        read-only.

    Raises
    ------
    InputError
        If the shape is another, a side is empty, or a value is outside [0, 1].
    """

    samples: Samples

    def __init__(self, alpha: Any) -> None:
        given = np.asarray(alpha)
        name = given.dtype.name if given.dtype.name in SAMPLE_LEVELS else "float32"
        samples = frozen(given, name)
        require_shape("A matte", samples, "(height, width)", samples.ndim == 2 and min(samples.shape) > 0)
        if name == "float32":
            require_finite("A matte", samples)
            low, high = float(samples.min()), float(samples.max())
            if low < 0 or high > 1:
                raise InputError(
                    f"A matte has values from {low:.3g} to {high:.3g}; [0, 1] was wanted.",
                    "Divide 8-bit masks by 255.",
                )
        object.__setattr__(self, "samples", samples)

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
    def alpha(self) -> FloatArray:
        """All coverage, float32 (H, W), read-only; computed at each call unless stored as float."""
        return from_samples(self.samples)

    @classmethod
    def of_mask(cls, mask: Mask) -> Matte:
        """Return the matte that is 1 inside the mask and 0 outside."""
        return cls(mask.pixels.astype(np.float32))

    def region(self, box: Box) -> FloatArray:
        """Return the coverage inside a box on the matte, float32 (h, w), read-only."""
        return from_samples(self.samples[box.slices])

    def crop(self, box: Box) -> Matte:
        """Return the part inside a box that lies on the matte."""
        return Matte(self.samples[box.slices])

    def stored_as(self, sample_format: SampleFormat) -> Matte:
        """Return the matte with its values rounded to another sample format."""
        if self.sample_format == sample_format:
            return self
        return Matte(to_samples(self.alpha, sample_format))
