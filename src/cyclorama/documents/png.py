"""Writing PNG with 8 or 16 bits per sample, a strip of rows at a time.

Pillow cannot write 16-bit colour, and wants the whole picture in its own memory.

References
----------
.. [1] W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5 (chunks), 9 (filtering) and
   11.3.2.3 (iCCP).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIGNATURE", "Samples", "write_png"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: Gives rows ``top`` to ``bottom`` as uint8 or uint16 (h, W, C).
Samples = Callable[[int, int], NDArray[Any]]

_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_STRIP_BYTES = 1 << 21


def write_png(
    file: BinaryIO,
    size: tuple[int, int],
    channels: int,
    bits: int,
    samples: Samples,
    *,
    icc_profile: bytes | None = None,
    on_rows: Callable[[float], None] = lambda share: None,
) -> None:
    """Write a picture.

    Parameters
    ----------
    file : binary file
        Open for writing; need not seek.
    size : (int, int)
        (height, width) in pixels.
    channels : {1, 2, 3, 4}
        Grey, grey and alpha, RGB, RGB and straight alpha.
    bits : {8, 16}
        Per sample.
    samples : callable
        Gives the rows asked for, in order, each once.
    icc_profile : bytes, optional
        Colour profile.
    on_rows : callable
        Told the share done, in [0, 1], after every strip.
    """
    height, width = size
    file.write(SIGNATURE)
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, bits, _COLOR_TYPES[channels], 0, 0, 0))
    if icc_profile is not None:
        _chunk(file, b"iCCP", b"icc\0\0" + zlib.compress(icc_profile))
    pixel_bytes = channels * bits // 8
    strip_rows = max(1, _STRIP_BYTES // (width * pixel_bytes))
    # Filtered photographs repeat themselves in runs only; looking for more takes ten times as long and saves little.
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    above = np.zeros((1, width * pixel_bytes), np.uint8)
    for top in range(0, height, strip_rows):
        bottom = min(top + strip_rows, height)
        rows = _as_bytes(samples(top, bottom), bits)
        packed = packer.compress(_filtered(np.concatenate([above, rows]), pixel_bytes))
        if packed:
            _chunk(file, b"IDAT", packed)
        above = rows[-1:]
        on_rows(bottom / height)
    _chunk(file, b"IDAT", packer.flush())
    _chunk(file, b"IEND", b"")


def _chunk(file: BinaryIO, name: bytes, body: bytes) -> None:
    file.write(struct.pack(">I", len(body)))
    file.write(name)
    file.write(body)
    file.write(struct.pack(">I", zlib.crc32(body, zlib.crc32(name))))


def _as_bytes(samples: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    wire = np.ascontiguousarray(samples, ">u2" if bits == 16 else "u1")
    return wire.view(np.uint8).reshape(samples.shape[0], -1)


def _filtered(rows: NDArray[np.uint8], pixel_bytes: int) -> bytes:
    """Filter all rows but the first, which is the one above; each by whichever of three filters leaves least."""
    current, up = rows[1:], rows[:-1]
    left, up_left = _shifted(current, pixel_bytes), _shifted(up, pixel_bytes)
    candidates = [current - left, current - up, current - _paeth(left, up, up_left)]
    # Small residues of either sign pack well: the sum of magnitudes stands for the packed size [1]_ (12.7).
    cost = np.stack([np.abs(one.view(np.int8).astype(np.int16)).sum(axis=1) for one in candidates])
    best = cost.argmin(axis=0)
    out = np.empty((current.shape[0], current.shape[1] + 1), np.uint8)
    for index, (code, one) in enumerate(zip((1, 2, 4), candidates, strict=True)):
        chosen = best == index
        out[chosen, 0] = code
        out[chosen, 1:] = one[chosen]
    return out.tobytes()


def _shifted(rows: NDArray[np.uint8], pixel_bytes: int) -> NDArray[np.uint8]:
    out = np.zeros_like(rows)
    out[:, pixel_bytes:] = rows[:, :-pixel_bytes]
    return out


def _paeth(left: NDArray[Any], up: NDArray[Any], up_left: NDArray[Any]) -> NDArray[np.uint8]:
    a, b, c = (one.astype(np.int16) for one in (left, up, up_left))
    to_left, to_up = np.abs(b - c), np.abs(a - c)
    to_up_left = np.abs(a + b - 2 * c)
    near_left = (to_left <= to_up) & (to_left <= to_up_left)
    return np.where(near_left, left, np.where(to_up <= to_up_left, up, up_left))
