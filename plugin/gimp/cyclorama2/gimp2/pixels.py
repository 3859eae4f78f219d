"""Pixels between GIMP 2.10's buffers and the worker's arrays, whole buffers at once, in the image's own numbers."""

from __future__ import annotations

from typing import Any, Tuple

from pythonfu.backend import backend

from cyclorama.protocol.arrays import ArrayData

Box = Tuple[int, int, int, int]

_TYPES = {"uint8": "u8", "uint16": "u16", "float32": "float"}
_MODELS = {"RGB": "R'G'B'", "RGBA": "R'G'B'A"}
#: Precisions that a sample format holds without loss: 8 and 16 bit, encoded.
_EXACT = {150: "uint8", 250: "uint16"}


def dtype_of(image: Any) -> str:
    """Return the sample format that holds an image's precision without loss."""
    return _EXACT.get(int(image.precision), "float32")


def picture_of(drawable: Any, name: str, dtype: str) -> ArrayData:
    """Read a drawable's colours; a grey one gives three equal channels."""
    width, height = drawable.width, drawable.height
    data = _host().read_samples(drawable.ID, (0, 0, width, height), f"R'G'B' {_TYPES[dtype]}")
    return ArrayData(name, dtype, (height, width, 3), "RGB", "srgb", data)


def mask_of(channel: Any, name: str, box: Box) -> ArrayData:
    """Read coverage in a box (left, top, width, height) of a channel."""
    data = _host().read_samples(channel.ID, box, "Y u8")
    return ArrayData(name, "uint8", (box[3], box[2]), "Y", "linear", data)


def write_color(layer: Any, color: ArrayData) -> None:
    """Write colours, with straight alpha where the array has it."""
    height, width = color.size
    form = f"{_MODELS[color.order]} {_TYPES[color.dtype]}"
    _host().write_samples(layer.ID, (0, 0, width, height), form, bytes(color.data))


def show_real_precision() -> None:
    """Ask for the pixels as the image has them, not in 8 bits."""
    _host().enable_precision()


def _host() -> Any:
    return backend()
