"""Coverage: which pixels, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray, frozen, require_finite, require_shape
from cyclorama.core.geometry import Box
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


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """The share of each pixel that an object covers.

    Parameters
    ----------
    alpha : float32 (H, W), [0, 1]
        Area coverage; linear by definition, never gamma-encoded. Stored read-only.

    Raises
    ------
    InputError
        If the shape is another, a side is empty, or a value is outside [0, 1].
    """

    alpha: FloatArray

    def __post_init__(self) -> None:
        alpha = frozen(self.alpha, "float32")
        require_shape("A matte", alpha, "(height, width)", alpha.ndim == 2 and min(alpha.shape) > 0)
        require_finite("A matte", alpha)
        low, high = float(alpha.min()), float(alpha.max())
        if low < 0 or high > 1:
            raise InputError(
                f"A matte has values from {low:.3g} to {high:.3g}; [0, 1] was wanted.",
                "Divide 8-bit masks by 255.",
            )
        object.__setattr__(self, "alpha", alpha)

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.alpha.shape[0], self.alpha.shape[1]

    @classmethod
    def of_mask(cls, mask: Mask) -> Matte:
        """Return the matte that is 1 inside the mask and 0 outside."""
        return cls(mask.pixels.astype(np.float32))

    def crop(self, box: Box) -> Matte:
        """Return the part inside a box that lies on the matte."""
        return Matte(self.alpha[box.slices])
