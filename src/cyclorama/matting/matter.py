"""What the matting stage may ask of a network in place of its own solver."""

from __future__ import annotations

from typing import Any, Protocol

from cyclorama.core.arrays import FloatArray
from cyclorama.protocol.progress import Report

__all__ = ["Matter"]


class Matter(Protocol):
    """Anything that solves for alpha between given sure regions.

    An adapter of a network is the only place that knows about its input size, channel order and normalization.
    """

    @property
    def provenance(self) -> dict[str, Any]:
        """What a document remembers of the model: plain values."""
        ...

    def __call__(self, pixels: FloatArray, trimap: FloatArray, *, report: Report) -> FloatArray:
        """Solve for alpha.

        Parameters
        ----------
        pixels : float32 (H, W, 3), sRGB
            A part of the photograph.
        trimap : float32 (H, W), {0, 0.5, 1}
            Surely outside, open, surely inside.
        report : callable
            Receives progress; may raise ``Cancelled``.

        Returns
        -------
        float32 (H, W), [0, 1]
            As given where the trimap is sure.
        """
        ...
