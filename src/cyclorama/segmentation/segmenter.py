"""What the segmentation stage asks of a model."""

from __future__ import annotations

from typing import Any, Protocol

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.protocol.progress import Report

__all__ = ["Answers", "Promptable", "Segmenter"]


class Segmenter(Protocol):
    """Anything that finds objects in a photograph.

    An adapter of a network is the only place that knows about its input size, channel order and normalization.
    """

    @property
    def provenance(self) -> dict[str, Any]:
        """What a document remembers of the model: plain values."""
        ...

    def __call__(self, image: Image, *, report: Report) -> tuple[Segment, ...]:
        """Find objects.

        Parameters
        ----------
        image : Image
            The photograph, of any size from one pixel.
        report : callable
            Receives progress; may raise ``Cancelled``.

        Returns
        -------
        tuple of Segment
            In any order, with any overlap and any score: choosing is the stage's work. Empty if there is none.
        """
        ...


class Answers(Protocol):
    """What a network saw of one photograph, ready to be asked."""

    @property
    def size(self) -> tuple[int, int]:
        """The photograph's (height, width)."""
        ...

    def at(self, x_px: float, y_px: float) -> tuple[Segment, ...]:
        """Return what may lie at a point of the photograph, the likeliest first."""
        ...

    def within(self, box: Box) -> Segment | None:
        """Return the object that fills a box of the photograph best, or None if nothing is there."""
        ...


class Promptable(Protocol):
    """A segmenter that can also be asked about a point or a box."""

    def embed(self, image: Image, *, report: Report) -> Answers:
        """Look at a photograph once.

        Parameters
        ----------
        image : Image
            The photograph, of any size from one pixel.
        report : callable
            Receives progress; may raise ``Cancelled``.
        """
        ...
