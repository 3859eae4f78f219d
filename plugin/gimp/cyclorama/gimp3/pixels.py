"""Pixels between GIMP's buffers and the worker's arrays, in the image's own numbers.

Colours travel as the image encodes them, unconverted: 8 and 16 bit stay what they are, every other precision travels
as float. Masks hold coverage, which is linear. Boxes are (left, top, right, bottom), half-open, in a drawable's own
pixels.
"""

from __future__ import annotations

import struct
from typing import Any, Optional, Tuple

from gi.repository import Babl, Gegl, Gimp

from cyclorama.protocol.arrays import ArrayData

__all__ = [
    "Box",
    "box_of",
    "coverage_of",
    "dtype_of",
    "is_opaque",
    "mask_of",
    "picture_of",
    "write_color",
    "write_coverage",
]

Box = Tuple[int, int, int, int]

_TYPES = {"uint8": "u8", "uint16": "u16", "float32": "float"}
_MODELS = {"RGB": "R'G'B'", "RGBA": "R'G'B'A"}
_ONE = {"uint8": b"\xff", "uint16": b"\xff\xff", "float32": struct.pack("<f", 1.0)}
_EXACT = {"u8-non-linear": "uint8", "u8-perceptual": "uint8", "u16-non-linear": "uint16"}


def dtype_of(image: Any) -> str:
    """Return the sample format that holds an image's precision without loss."""
    return _EXACT.get(image.get_precision().value_nick, "float32")


def box_of(drawable: Any) -> Box:
    """Return the box of a whole drawable."""
    return 0, 0, drawable.get_width(), drawable.get_height()


def picture_of(drawable: Any, name: str, dtype: str, box: Optional[Box] = None) -> ArrayData:
    """Read colours; a grey drawable gives three equal channels."""
    left, top, right, bottom = box = box or box_of(drawable)
    data = _read(drawable, _color_format(drawable, dtype, "RGB"), box)
    return ArrayData(name, dtype, (bottom - top, right - left, 3), "RGB", "srgb", data)


def coverage_of(layer: Any, name: str, dtype: str, box: Optional[Box] = None) -> ArrayData:
    """Read how much a layer covers: its alpha times its mask."""
    left, top, right, bottom = box = box or box_of(layer)
    mask = layer.get_mask() if isinstance(layer, Gimp.Layer) else None
    if mask is None and layer.has_alpha():
        data = _read(layer, f"A {_TYPES[dtype]}", box)
    elif mask is None:
        data = _ONE[dtype] * ((right - left) * (bottom - top))
    elif layer.has_alpha():
        data = _masked_alpha(layer, f"A {_TYPES[dtype]}", box)
    else:
        data = _read(mask, f"Y {_TYPES[dtype]}", box)
    return ArrayData(name, dtype, (bottom - top, right - left), "Y", "linear", data)


def mask_of(drawable: Any, name: str, box: Box) -> ArrayData:
    """Read a part of a mask or of the selection, 8 bit; nothing lies outside of it."""
    left, top, right, bottom = box
    data = _read(drawable, "Y u8", box)
    return ArrayData(name, "uint8", (bottom - top, right - left), "Y", "linear", data)


def is_opaque(coverage: ArrayData) -> bool:
    """Whether a coverage is 1 everywhere."""
    one = _ONE[coverage.dtype]
    return bytes(coverage.data) == one * (memoryview(coverage.data).nbytes // len(one))


def write_color(drawable: Any, color: ArrayData) -> None:
    """Write colours, straight alpha with them if they have it, into a drawable of the same size."""
    _write(drawable, _color_format(drawable, color.dtype, color.order), color)


def write_coverage(mask: Any, coverage: ArrayData) -> None:
    """Write a coverage into a layer mask or the selection of the same size."""
    _write(mask, f"Y {_TYPES[coverage.dtype]}", coverage)


def _masked_alpha(layer: Any, name: str, box: Box) -> bytes:
    """Let GIMP multiply alpha and mask, on a copy in an image of its own."""
    image = layer.get_image()
    width, height = layer.get_width(), layer.get_height()
    scratch = Gimp.Image.new_with_precision(width, height, image.get_base_type(), image.get_precision())
    try:
        copy = Gimp.Layer.new_from_drawable(layer, scratch)
        scratch.insert_layer(copy, None, 0)
        copy.remove_mask(Gimp.MaskApplyMode.APPLY)
        return _read(copy, name, box)
    finally:
        scratch.delete()


def _color_format(drawable: Any, dtype: str, order: str) -> str:
    """Name babl's format for encoded colours in the drawable's own space, so that nothing is converted."""
    name = f"{_MODELS[order]} {_TYPES[dtype]}"
    space = Babl.format_get_space(drawable.get_format())
    if not Babl.space_is_rgb(space):
        return name
    found: str = Babl.get_name(Babl.format_with_space(name, space))
    return found


def _read(drawable: Any, name: str, box: Box) -> bytes:
    left, top, right, bottom = box
    where = Gegl.Rectangle.new(left, top, right - left, bottom - top)
    data: Optional[bytes] = drawable.get_buffer().get(where, 1.0, name, Gegl.AbyssPolicy.NONE)
    if data is None:
        raise ValueError(f"GIMP gave no pixels of {drawable.get_name()!r} as {name}")
    return data


def _write(drawable: Any, name: str, array: ArrayData) -> None:
    height, width = array.size
    if (0, 0, width, height) != box_of(drawable):
        # GIMP would take the wrong size without a word.
        raise ValueError(f"{array.name} of {width} x {height} pixels does not fit {drawable.get_name()!r}")
    buffer = drawable.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width, height), name, bytes(array.data))
    buffer.flush()
    drawable.update(0, 0, width, height)
