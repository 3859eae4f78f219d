"""What the plate stage may ask of a network in place of its own synthesis."""

from __future__ import annotations

from typing import Any, Protocol

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.protocol.progress import Report

__all__ = ["Filler"]


class Filler(Protocol):
    """Anything that paints what is missing in a picture.

    An adapter of a network is the only place that knows about its input size, channel order and normalization.
    """

    @property
    def provenance(self) -> dict[str, Any]:
        """What a document remembers of the model: plain values."""
        ...

    @property
    def side_px(self) -> int:
        """How large a picture it sees at once; more is asked in vain."""
        ...

    def __call__(self, pixels: FloatArray, hole: BoolArray, *, report: Report) -> FloatArray:
        """Fill a hole.

        Parameters
        ----------
        pixels : float32 (H, W, 3), sRGB, [0, 1]
            The picture; what lies in the hole means nothing.
        hole : bool (H, W)
            What is missing.
        report : callable
            Receives progress; may raise ``Cancelled``.

        Returns
        -------
        float32 (H, W, 3), sRGB, [0, 1]
            As given outside the hole.
        """
        ...
