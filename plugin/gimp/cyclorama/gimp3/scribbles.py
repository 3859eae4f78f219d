"""What a person painted over a picture, as the worker takes it: green keeps, red drops, blue is unsure."""

from __future__ import annotations

from typing import Any, Tuple

from gi.repository import Gegl
from shared.scribbles import marks_of

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from gimp3.pixels import Box

__all__ = ["scribbles_of"]


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


def _rgba(layer: Any, box: Box) -> bytes:
    left, top, right, bottom = box
    where = Gegl.Rectangle.new(left, top, right - left, bottom - top)
    data: bytes = layer.get_buffer().get(where, 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE)
    return data
