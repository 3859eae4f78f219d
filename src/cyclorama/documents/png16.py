"""Reading PNG with 16 bits per sample, which Pillow cuts to 8.

References
----------
.. [1] W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 8 (interlacing) and 9
   (filtering).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cyclorama.documents.png import SIGNATURE
from cyclorama.documents.raster import STRIP_ROWS

__all__ = ["Header", "read_header", "read_strips"]

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: First column and row, and steps, of the seven passes of an interlaced picture.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@dataclass(frozen=True)
class Header:
    """What a PNG says of itself: (height, width), bits per sample, channels, and whether it is interlaced."""

    size: tuple[int, int]
    bits: int
    channels: int
    interlaced: bool


def read_header(file: BinaryIO) -> Header:
    """Read the first chunk of a PNG; the file is left behind it.

    Raises
    ------
    ValueError
        If it is not the header of a PNG.
    """
    start = file.read(33)
    if len(start) < 33 or start[:8] != SIGNATURE or start[12:16] != b"IHDR":
        raise ValueError("the header is missing")
    width, height, bits, color, _, _, interlace = struct.unpack(">IIBBBBB", start[16:29])
    if color not in _CHANNELS:
        raise ValueError(f"colour type {color} does not exist")
    return Header((height, width), bits, _CHANNELS[color], interlace == 1)


def read_strips(file: BinaryIO) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """Decode a picture with 16 bits per sample.

    Parameters
    ----------
    file : binary file
        At its start.

    Yields
    ------
    top : int
        First row.
    samples : uint16 (h, W, C)
        The next rows. An interlaced picture comes in one piece.

    Raises
    ------
    ValueError, zlib.error
        If the file is damaged or ends early.
    """
    header = read_header(file)
    stream = _Stream(file)
    if not header.interlaced:
        yield from _decode(stream, header.size, header.channels)
        return
    height, width = header.size
    whole = np.zeros((height, width, header.channels), np.uint16)
    for left, top, step_x, step_y in _ADAM7:
        part = whole[top::step_y, left::step_x]
        if part.size:
            for row, samples in _decode(stream, part.shape[:2], header.channels):
                part[row : row + samples.shape[0]] = samples
    yield 0, whole


class _Stream:
    """The unpacked contents of the IDAT chunks, as much at a time as is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = zlib.decompressobj()

    def take(self, count: int) -> bytearray:
        out = bytearray()
        while len(out) < count:
            packed = self._unpacker.unconsumed_tail or self._next_chunk()
            out += self._unpacker.decompress(packed, count - len(out))
        return out

    def _next_chunk(self) -> bytes:
        while True:
            head = self._file.read(8)
            if len(head) < 8:
                raise ValueError("the file ends early")
            length, name = struct.unpack(">I4s", head)
            if name == b"IEND":
                raise ValueError("the picture ends early")
            if name != b"IDAT":
                self._file.seek(length + 4, 1)
                continue
            body = self._file.read(length)
            check = self._file.read(4)
            if len(body) < length or len(check) < 4:
                raise ValueError("the file ends early")
            if struct.unpack(">I", check)[0] != zlib.crc32(body, zlib.crc32(name)):
                raise ValueError("a checksum is wrong")
            return body


def _decode(
    stream: _Stream, size: tuple[int, int], channels: int
) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    height, width = size
    row_bytes = width * channels * 2
    above = np.zeros(row_bytes, np.uint8)
    for top in range(0, height, STRIP_ROWS):
        count = min(STRIP_ROWS, height - top)
        coded = np.frombuffer(stream.take(count * (row_bytes + 1)), np.uint8).reshape(count, row_bytes + 1)
        rows = _unfilter(coded[:, 0], coded[:, 1:], above, channels * 2)
        above = rows[-1]
        yield top, rows.view(">u2").astype(np.uint16).reshape(count, width, channels)


def _unfilter(
    codes: NDArray[np.uint8], coded: NDArray[np.uint8], above: NDArray[np.uint8], pixel_bytes: int
) -> NDArray[np.uint8]:
    """Undo the filters of some rows (h, W bytes), given the row above them."""
    if codes.max() > 4:
        raise ValueError(f"filter {codes.max()} does not exist")
    if codes.max() >= 3:
        return _unfilter_block(codes, coded, above, pixel_bytes)
    out = np.empty(coded.shape, np.uint8)
    for row, code in enumerate(codes):
        _unfilter_row(int(code), coded[row], above, out[row], pixel_bytes)
        above = out[row]
    return out


def _unfilter_row(
    code: int, coded: NDArray[np.uint8], above: NDArray[np.uint8], out: NDArray[np.uint8], pixel_bytes: int
) -> None:
    if code == 0:
        out[:] = coded
    elif code == 1:
        # Each byte adds to the one a pixel before it: a running sum modulo 256.
        np.add.accumulate(
            coded.reshape(-1, pixel_bytes), axis=0, dtype=np.uint8, out=out.reshape(-1, pixel_bytes)
        )
    else:
        np.add(coded, above, out=out)


def _unfilter_block(
    codes: NDArray[np.uint8], coded: NDArray[np.uint8], above: NDArray[np.uint8], pixel_bytes: int
) -> NDArray[np.uint8]:
    """Undo any filters, average (3) and Paeth (4) among them, on consecutive rows.

    These two need the pixels to the left and above, so a row waits only for the pixel above: all rows advance
    together, each one pixel behind the row above it. Step d decodes pixel d - r of row r.
    """
    count, width = coded.shape[0], coded.shape[1] // pixel_bytes
    skewed = np.zeros((width + count - 1, count, pixel_bytes), np.int16)
    pixels = coded.reshape(count, width, pixel_bytes)
    for row in range(count):
        skewed[row : row + width, row] = pixels[row]
    # done[d + 2, r + 1] holds step d of row r; row 0 is the one above, and the zeros around it are the borders.
    done = np.zeros((width + count + 1, count + 1, pixel_bytes), np.int16)
    done[1 : 1 + width, 0] = above.reshape(width, pixel_bytes)
    # Paeth's guess is left where the other two are 0, up where those are, and 0 of zeros: filters 0 to 2.
    use_left = np.isin(codes, (1, 3, 4)).astype(np.int16)[:, None]
    use_up = np.isin(codes, (2, 3, 4)).astype(np.int16)[:, None]
    use_up_left = (codes == 4).astype(np.int16)[:, None]
    average = (codes == 3)[:, None]
    mixed, averaged = bool((codes != 4).any()), bool(average.any())
    for step in range(width + count - 1):
        left, up, up_left = done[step + 1, 1:], done[step + 1, :-1], done[step, :-1]
        if mixed:
            left, up, up_left = left * use_left, up * use_up, up_left * use_up_left
        guess = _paeth(left, up, up_left)
        if averaged:
            guess = np.where(average, (left + up) >> 1, guess)
        value = (skewed[step] + guess) & 255
        first, last = max(0, step - width + 1), min(count, step + 1)
        done[step + 2, 1 + first : 1 + last] = value[first:last]
    out = np.empty(pixels.shape, np.uint8)
    for row in range(count):
        out[row] = done[row + 2 : row + 2 + width, row + 1]
    return out.reshape(coded.shape)


def _paeth(left: NDArray[Any], up: NDArray[Any], up_left: NDArray[Any]) -> NDArray[np.int16]:
    slope_x, slope_y = up - up_left, left - up_left
    to_left, to_up, to_up_left = np.abs(slope_x), np.abs(slope_y), np.abs(slope_x + slope_y)
    near_left = (to_left <= to_up) & (to_left <= to_up_left)
    return np.where(near_left, left, np.where(to_up <= to_up_left, up, up_left))
