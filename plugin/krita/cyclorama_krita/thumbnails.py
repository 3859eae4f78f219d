"""Small pictures of large ones, for the docker."""

from __future__ import annotations

import array
import struct
from typing import Any, Callable, Iterable, Optional

from cyclorama.protocol.arrays import CHANNELS, ArrayData

from .pixels import SAMPLE_CODES
from .qt import QtGui

__all__ = ["picture_of"]

_FULL = {"uint8": 255.0, "uint16": 65535.0, "float16": 1.0, "float32": 1.0}
_STEPS = 1024


def picture_of(colors: ArrayData, step: int, matte: Optional[ArrayData] = None) -> Any:
    """Return a small picture as a QImage: every n-th pixel of the large one.

    Parameters
    ----------
    colors : ArrayData
        RGB in any order and format; linear ones are encoded for the screen.
    step : int
        Pixels of the large picture for one of the small one.
    matte : ArrayData, optional
        Coverage of the same size; opaque if None.
    """
    height, width = colors.size
    columns, rows = (width + step - 1) // step, (height + step - 1) // step
    small = bytearray(b"\xff" * (4 * columns * rows))
    encode = _encoder(colors.dtype, colors.encoding)
    for place, channel in enumerate("RGB"):
        _sample(small, place, colors, colors.order.index(channel), step, encode)
    if matte is not None:
        _sample(small, 3, matte, 0, step, _encoder(matte.dtype, "srgb"))
    format_ = QtGui.QImage.Format.Format_RGBA8888
    return QtGui.QImage(bytes(small), columns, rows, 4 * columns, format_).copy()


def _sample(
    small: bytearray,
    place: int,
    large: ArrayData,
    channel: int,
    step: int,
    encode: Optional[Callable[[float], int]],
) -> None:
    """Fill one channel of a small picture of four channels."""
    height, width = large.size
    samples = memoryview(large.data).cast("B").cast(SAMPLE_CODES[large.dtype])
    channels = CHANNELS[large.order]
    columns = (width + step - 1) // step
    for row, top in enumerate(range(0, height, step)):
        line = samples[top * width * channels : (top + 1) * width * channels]
        values: Any = line[channel :: channels * step]
        if large.dtype == "float16":
            values = _halves(values)
        first = 4 * row * columns + place
        small[first : first + 4 * columns : 4] = bytes(values if encode is None else map(encode, values))


def _halves(values: Any) -> Iterable[float]:
    """Read the halves whose bits a view holds as whole numbers; a memoryview cannot."""
    return struct.unpack(f"<{len(values)}e", values.tobytes())


def _encoder(dtype: str, encoding: str) -> Optional[Callable[[float], int]]:
    """Return what turns a sample into a byte for the screen; None if it already is one."""
    if dtype == "uint8" and encoding != "linear":
        return None
    full = _FULL[dtype]
    table = array.array("B", (_byte(index / _STEPS, encoding) for index in range(_STEPS + 1)))

    def encode(value: float) -> int:
        return table[int(min(max(value / full, 0.0), 1.0) * _STEPS + 0.5)]

    return encode


def _byte(value: float, encoding: str) -> int:
    if encoding == "linear":
        value = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return int(255 * value + 0.5)
