"""What a person painted over a picture, as the worker takes it: green keeps, red drops, blue is unsure."""

from __future__ import annotations

import re
from typing import Any, Tuple

from gi.repository import Gegl

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from gimp3.pixels import Box

__all__ = ["DROP", "KEEP", "UNSURE", "marks_of", "scribbles_of"]

DROP, KEEP, UNSURE = 1, 2, 3
_PAINTED = re.compile(rb"[^\0]+")
#: Alpha below this is the soft rim of a stroke.
_LEAST_ALPHA = 64


def scribbles_of(layer: Any, origin: Tuple[int, int], size: Tuple[int, int]) -> ArrayData:
    """Read a layer of scribbles over a document.

    Parameters
    ----------
    layer : Gimp.Layer
        Transparent where nothing was painted.
    origin : (int, int)
        (left, top) of the document on the canvas.
    size : (int, int)
        (height, width) of the document.

    Returns
    -------
    ArrayData, uint8, order Y
        0 where nothing was painted, 1 drop, 2 keep, 3 unsure.

    Raises
    ------
    InputError
        If the layer is opaque, or nothing on it is green, red or blue.
    """
    if not layer.has_alpha():
        raise InputError(
            f"The layer {layer.get_name()!r} is opaque; scribbles on a transparent layer were wanted.",
            "Make a new transparent layer and paint on it.",
        )
    _, left, top = layer.get_offsets()
    box = (origin[0] - left, origin[1] - top, origin[0] - left + size[1], origin[1] - top + size[0])
    marks = marks_of(_rgba(layer, box))
    if not marks.strip(b"\0"):
        raise InputError(
            f"Nothing on the layer {layer.get_name()!r} is green, red or blue.",
            "Paint green where the object is, red where it is not, blue over edges to be looked at again.",
        )
    return ArrayData("scribbles", "uint8", size, "Y", "linear", marks)


def marks_of(rgba: bytes) -> bytes:
    """Return one mark for each pixel of straight 8-bit RGBA; colours that are none of the three are passed over."""
    alpha = rgba[3::4]
    marks = bytearray(len(alpha))
    # Strokes are few: a loop over what is painted, not over all pixels.
    for run in _PAINTED.finditer(alpha):
        for place in range(run.start(), run.end()):
            if alpha[place] >= _LEAST_ALPHA:
                marks[place] = _mark(rgba[4 * place : 4 * place + 3])
    return bytes(marks)


def _mark(color: bytes) -> int:
    red, green, _ = color
    top = max(color)
    # White, black and grey strokes mean nothing here.
    if top < 60 or top - min(color) < 40:
        return 0
    if top == green:
        return KEEP
    return DROP if top == red else UNSURE


def _rgba(layer: Any, box: Box) -> bytes:
    left, top, right, bottom = box
    where = Gegl.Rectangle.new(left, top, right - left, bottom - top)
    data: bytes = layer.get_buffer().get(where, 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE)
    return data
