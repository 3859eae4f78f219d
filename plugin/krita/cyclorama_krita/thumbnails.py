"""Small pictures of large ones, for the docker."""

from __future__ import annotations

import array
import struct
from typing import Any, Callable, Iterable

from cyclorama.protocol.arrays import CHANNELS, ArrayData

from .qt import QtGui

__all__ = ["picture_of"]

_CODES = {"uint8": "B", "uint16": "H", "float16": "H", "float32": "f"}
_FULL = {"uint8": 255.0, "uint16": 65535.0, "float16": 1.0, "float32": 1.0}
_STEPS = 1024


def picture_of(colors: ArrayData, side: int) -> Any:
    """Return a picture of at most ``side`` pixels as a QImage; every n-th pixel of the large one.

    Parameters
    ----------
    colors : ArrayData
        RGB in any order and format; linear ones are encoded for the screen.
    side : int
        Longest side of the small picture.
    """
    height, width = colors.size
    step = max(1, max(height, width) // side)
    samples = memoryview(colors.data).cast("B").cast(_CODES[colors.dtype])
    channels = CHANNELS[colors.order]
    encode = _encoder(colors.dtype, colors.encoding)
    columns, rows = (width + step - 1) // step, (height + step - 1) // step
    small = bytearray(b"\xff" * (4 * columns * rows))
    for row in range(rows):
        start = row * step * width * channels
        line = samples[start : start + width * channels]
        for place, channel in enumerate("RGB"):
            values: Iterable[float] = line[colors.order.index(channel) :: channels * step]
            if colors.dtype == "float16":
                values = _halves(values)
            first = 4 * row * columns + place
            small[first : first + 4 * columns : 4] = bytes(map(encode, values))
    format_ = QtGui.QImage.Format.Format_RGBA8888
    return QtGui.QImage(bytes(small), columns, rows, 4 * columns, format_).copy()


def _halves(values: Any) -> Iterable[float]:
    """Read the halves whose bits a view holds as whole numbers; a memoryview cannot."""
    return struct.unpack(f"<{len(values)}e", values.tobytes())


def _encoder(dtype: str, encoding: str) -> Callable[[float], int]:
    """Return what turns a sample into a byte for the screen."""
    full = _FULL[dtype]
    table = array.array("B", (_byte(index / _STEPS, encoding) for index in range(_STEPS + 1)))

    def encode(value: float) -> int:
        return table[int(min(max(value / full, 0.0), 1.0) * _STEPS + 0.5)]

    return encode


def _byte(value: float, encoding: str) -> int:
    if encoding == "linear":
        value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(255 * value + 0.5)
