"""What the worker is shown of a document: its picture, its selection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from krita import Document

from cyclorama.protocol.arrays import ArrayData

from .sampling import Sampling, sampling_of

__all__ = ["Canvas", "key_of", "name_of", "read_canvas", "read_selection"]


@dataclass(frozen=True)
class Canvas:
    """The picture that a document shows, in the document's own samples and encoding.

    Parameters
    ----------
    width, height : int
        Pixels.
    sampling : Sampling
        Meaning of the samples.
    pixels : bytes
        Rows from the top, four samples each pixel, straight alpha.
    """

    width: int
    height: int
    sampling: Sampling
    pixels: bytes

    def as_array(self) -> ArrayData:
        """Return the picture for a message."""
        sampling = self.sampling
        shape = (self.height, self.width, 4)
        return ArrayData("image", sampling.dtype, shape, sampling.order, sampling.encoding, self.pixels)


def read_canvas(document: Document) -> Canvas:
    """Return what a document shows now.

    Raises
    ------
    InputError
        If its colours are not RGB.
    """
    sampling = sampling_of(document)
    document.waitForDone()
    width, height = document.width(), document.height()
    return Canvas(width, height, sampling, bytes(document.pixelData(0, 0, width, height)))


def read_selection(document: Document) -> Optional[ArrayData]:
    """Return the selection over the whole canvas, 255 inside, or None if there is none."""
    selection = document.selection()
    if selection is None or selection.width() <= 0 or selection.height() <= 0:
        return None
    width, height = document.width(), document.height()
    data = bytes(selection.pixelData(0, 0, width, height))
    return ArrayData("selection", "uint8", (height, width), "Y", "linear", data)


def key_of(document: Document) -> str:
    """Return what tells a document from others while Krita runs: each look at one makes a new object."""
    return str(document.rootNode().uniqueId().toString())


def name_of(document: Document) -> str:
    """Return a document's name for people."""
    return document.name() or Path(document.fileName()).stem or "picture"
