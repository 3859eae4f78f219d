"""The objects of a document, small, to be seen over one background after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

from krita import Document
from shared.stack import contact_row

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError

from .document_state import DocumentState, SplitLayers
from .nodes import id_of
from .qt import QtCore
from .reading_back import box_now, colors_of, matte_of
from .sampling import Sampling, sampling_of
from .thumbnails import picture_of

__all__ = ["Subject", "signature_of", "subject_of"]

_LONG_SIDE_PX = 480

Box = Tuple[int, int, int, int]


@dataclass(frozen=True)
class Subject:
    """What stands in front.

    Parameters
    ----------
    size : (int, int)
        (height, width) of the document.
    cutouts : list of (box, QImage)
        Bottom to top, each with its box on the document.
    """

    size: Tuple[int, int]
    cutouts: List[Tuple[Box, Any]]

    @property
    def contact_row(self) -> Optional[float]:
        """Where it stands on the ground, row / height; None if the picture cuts it off."""
        layers = [{"box": box} for box, _ in self.cutouts]
        found: Optional[float] = contact_row({"size": self.size, "layers": layers})
        return found

    def paint(self, painter: Any, left: float, top: float, scale: float) -> None:
        """Paint it over what a painter has painted of the whole document, ``scale`` of its size."""
        for (x, y, right, bottom), image in self.cutouts:
            place = QtCore.QRectF(
                left + scale * x, top + scale * y, scale * (right - x), scale * (bottom - y)
            )
            painter.drawImage(place, image, QtCore.QRectF(image.rect()))


def signature_of(document: Document, state: DocumentState) -> Tuple[Any, ...]:
    """Return what tells, at no cost, whether a subject is still the same."""
    if state.found:
        return tuple((own.box, own.wanted) for own in state.found)
    layers = state.layers(document)
    if layers is None:
        return ()
    return tuple(
        (id_of(node), node.visible(), node.position().x(), node.position().y()) for node, _ in layers.objects
    )


def subject_of(document: Document, state: DocumentState) -> Subject:
    """Return the objects as they stand: layers that are shown, or what was found and is checked."""
    size = (document.height(), document.width())
    step = max(1, max(size) // _LONG_SIDE_PX)
    try:
        sampling = sampling_of(document)
    except InputError:
        # A grey picture, say: the sentence comes when something is asked of it.
        return Subject(size, [])
    if state.found:
        return Subject(size, _found(document, state, sampling, step))
    layers = state.layers(document)
    return Subject(size, [] if layers is None else _layers(layers, size, sampling, step))


def _found(document: Document, state: DocumentState, sampling: Sampling, step: int) -> List[Tuple[Box, Any]]:
    cutouts = []
    for own in state.found:
        if own.wanted:
            left, top, right, bottom = own.box
            data = bytes(document.pixelData(left, top, right - left, bottom - top))
            shape = (bottom - top, right - left, 4)
            colors = ArrayData("colors", sampling.dtype, shape, sampling.order, sampling.encoding, data)
            cutouts.append((own.box, picture_of(colors, step, own.mask)))
    return cutouts


def _layers(
    layers: SplitLayers, size: Tuple[int, int], sampling: Sampling, step: int
) -> List[Tuple[Box, Any]]:
    cutouts = []
    for node, made in layers.objects:
        box = box_now(node, made, size[1], size[0])
        if box is not None and node.visible():
            colors = colors_of("colors", node, box, sampling)
            matte = matte_of("matte", node, box, colors, sampling)
            cutouts.append((box, picture_of(colors, step, matte)))
    return cutouts
