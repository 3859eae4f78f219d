"""Boxes on the pixel grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import BoolArray
from cyclorama.protocol.errors import InputError

__all__ = ["Box"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels, half-open, with the origin at the top left.

    Parameters
    ----------
    left, top, right, bottom : int
        Pixel columns ``left..right-1`` and rows ``top..bottom-1``.

    Raises
    ------
    InputError
        If right < left or bottom < top.
    """

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if self.right < self.left or self.bottom < self.top:
            raise InputError(
                f"A box has left {self.left}, right {self.right}, top {self.top}, bottom {self.bottom}; "
                "left <= right and top <= bottom were wanted."
            )

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.height, self.width

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index an array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @classmethod
    def of_size(cls, size: tuple[int, int]) -> Box:
        """Return the box of a whole canvas of (height, width)."""
        return cls(0, 0, size[1], size[0])

    @classmethod
    def of_mask(cls, mask: BoolArray) -> Box:
        """Return the smallest box around the true pixels of an (H, W) mask; an empty box at the origin if none."""
        rows = np.flatnonzero(mask.any(axis=1))
        if rows.size == 0:
            return cls(0, 0, 0, 0)
        columns = np.flatnonzero(mask[rows[0] : rows[-1] + 1].any(axis=0))
        return cls(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)

    def expand(self, margin_px: int, size: tuple[int, int]) -> Box:
        """Grow by a margin on every side, within a canvas of (height, width)."""
        return Box(
            max(self.left - margin_px, 0),
            max(self.top - margin_px, 0),
            min(self.right + margin_px, size[1]),
            min(self.bottom + margin_px, size[0]),
        )

    def intersect(self, other: Box) -> Box:
        """Return the common part; an empty box if there is none."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(
            left, top, max(min(self.right, other.right), left), max(min(self.bottom, other.bottom), top)
        )

    def union(self, other: Box) -> Box:
        """Return the smallest box around both; an empty one does not count."""
        if self.area == 0:
            return other
        if other.area == 0:
            return self
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def relative_to(self, other: Box) -> Box:
        """Return this box in the coordinates of a crop made by ``other``."""
        return Box(
            self.left - other.left, self.top - other.top, self.right - other.left, self.bottom - other.top
        )
