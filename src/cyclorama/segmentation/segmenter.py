"""What the segmentation stage asks of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.protocol.progress import Report

__all__ = ["Answers", "Promptable", "RefineForeground", "Segmenter", "Surveying"]

#: Makes the foreground of a photograph sharp by its colours: the matting stage does it, the pipeline hands it over.
RefineForeground = Callable[[Image, Segment], Segment]


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


@runtime_checkable
class Surveying(Protocol):
    """A segmenter that also knows the foreground as a whole."""

    def survey(self, image: Image, *, report: Report) -> tuple[tuple[Segment, ...], Segment | None]:
        """Find objects as a :class:`Segmenter` does, and the foreground over the whole photograph, in one look.

        The foreground is None where there cannot be one.
        """
        ...
