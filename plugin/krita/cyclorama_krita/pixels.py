"""Rearranging samples without NumPy: slices of buffers with a step are copied in C."""

from __future__ import annotations

import struct
from typing import Any, Dict, Union

__all__ = ["SAMPLE_CODES", "eight_bit", "interleaved", "is_opaque", "plane"]

Buffer = Union[bytes, bytearray, memoryview]

#: Samples of each format as memoryview knows them; halves are only moved, never computed with.
SAMPLE_CODES: Dict[str, Any] = {"uint8": "B", "uint16": "H", "float16": "H", "float32": "f"}
#: One opaque alpha sample.
_ONES = {"uint8": b"\xff", "uint16": b"\xff\xff", "float16": b"\x00\x3c", "float32": b"\x00\x00\x80\x3f"}


def is_opaque(pixels: Buffer, dtype: str) -> bool:
    """Say whether every pixel of four samples, alpha last, is opaque."""
    one = _ONES[dtype]
    size = len(one)
    count = len(pixels) // (4 * size)
    return all(bytes(pixels[3 * size + i :: 4 * size]).count(one[i : i + 1]) == count for i in range(size))


def plane(pixels: Buffer, dtype: str, channel: int) -> bytes:
    """Return one channel of pixels of four samples."""
    samples = memoryview(pixels).cast("B").cast(SAMPLE_CODES[dtype])
    return samples[channel::4].tobytes()


def interleaved(
    colors: Buffer, colors_order: str, dtype: str, order: str, alpha: Union[Buffer, None] = None
) -> bytes:
    """Bring colours into pixels of four samples.

    Parameters
    ----------
    colors : buffer
        Samples in ``colors_order``, with or without alpha, which then is replaced.
    colors_order, order : str
        Orders of channels: ``"RGB"``, ``"BGRA"``, …
    dtype : str
        Sample format of all.
    alpha : buffer, optional
        One sample for each pixel; opaque if None.
    """
    if colors_order == order and alpha is None:
        return bytes(colors)
    source = memoryview(colors).cast("B").cast(SAMPLE_CODES[dtype])
    count = len(source) // len(colors_order)
    filled = bytearray(_ONES[dtype] * (4 * count))
    target = memoryview(filled).cast(SAMPLE_CODES[dtype])
    for place, channel in enumerate(order):
        if channel != "A":
            target[place::4] = source[colors_order.index(channel) :: len(colors_order)]
        elif alpha is not None:
            target[place::4] = memoryview(alpha).cast("B").cast(SAMPLE_CODES[dtype])
    return bytes(filled)


def eight_bit(samples: Buffer, dtype: str) -> bytes:
    """Round a matte to the 8 bits of Krita's masks."""
    if dtype == "uint8":
        return bytes(samples)
    if dtype == "float16":
        # A memoryview cannot read halves.
        values: Any = (value for (value,) in struct.iter_unpack("<e", samples))
    else:
        values = memoryview(samples).cast("B").cast(SAMPLE_CODES[dtype])
    if dtype == "uint16":
        return bytes(bytearray((value * 255 + 32767) // 65535 for value in values))
    return bytes(bytearray(int(255 * min(max(value, 0.0), 1.0) + 0.5) for value in values))
