"""TIFF with 8 or 16 bits or float per sample, grey or RGB; tifffile reads the structure.

tifffile unpacks LZW, and undoes the float predictor, only with a large further package. libtiff, inside Pillow, knows
all packings, but cuts 16-bit colour to 8. So each strip or tile is handed to libtiff as rows of plain bytes.

References
----------
.. [1] Adobe, "TIFF Revision 6.0", sections 2 (structure), 14 (differencing predictor) and 15 (tiles).
.. [2] Adobe, "Adobe Photoshop TIFF Technical Note 3", 2005 (floating point predictor).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from cyclorama.core.image import SampleFormat
from cyclorama.documents.profiles import color_space, grey_table, through_table
from cyclorama.documents.raster import Raster

__all__ = ["open_tiff"]

_PACKINGS = (1, 5, 8, 32773, 32946)  # none, LZW, Deflate, PackBits, Deflate by its old number
_FORMATS: dict[str, SampleFormat] = {
    "uint8": "uint8",
    "uint16": "uint16",
    "float16": "float32",
    "float32": "float32",
    "float64": "float32",
}
_ORIENTATION, _EXIF, _FOCAL_LENGTH_35MM, _PROFILE = 274, 34665, "FocalLengthIn35mmFilm", 34675


def open_tiff(file: BinaryIO) -> Raster | None:
    """Open a TIFF.

    Parameters
    ----------
    file : binary file
        At its start; stays in use until the strips were read.

    Returns
    -------
    Raster or None
        None for kinds that are not read here: CMYK, Lab, palette, fax, JPEG inside TIFF.
    """
    tiff = tifffile.TiffFile(file)
    page: Any = tiff.pages.first
    sample_format = _FORMATS.get(str(page.dtype))
    channels = page.samplesperpixel
    grey = page.photometric in (0, 1)
    if (
        sample_format is None
        or page.compression not in _PACKINGS
        or page.fillorder != 1
        or page.bitspersample != page.dtype.itemsize * 8
        or not (grey or page.photometric == 2)
        or channels < (1 if grey else 3)
    ):
        return None
    colors = 1 if grey else 3
    profile = page.tags.valueof(_PROFILE)
    table = (
        grey_table(profile)
        if grey and color_space(profile) == "GRAY" and sample_format != "float32"
        else None
    )
    notes = () if len(tiff.pages) == 1 else (f"The first of {len(tiff.pages)} pages was taken.",)

    def strips() -> Iterator[tuple[int, NDArray[Any]]]:
        samples = _samples(page, file, tiff.byteorder)[..., : colors + 1]
        if page.photometric == 0:
            samples[..., 0] = (1 if sample_format == "float32" else np.iinfo(samples.dtype).max) - samples[
                ..., 0
            ]
        if channels > colors and page.extrasamples[:1] == (1,):
            samples = _straight(samples)
        for top in range(0, samples.shape[0], 256):
            strip = samples[top : top + 256]
            yield top, strip if table is None else through_table(strip, table)

    orientation = page.tags.valueof(_ORIENTATION, default=1)
    exif = page.tags.valueof(_EXIF) or {}
    focal_length = exif.get(_FOCAL_LENGTH_35MM) if isinstance(exif, dict) else None
    return Raster(
        "TIFF",
        (page.imagelength, page.imagewidth),
        sample_format,
        strips,
        has_alpha=channels > colors,
        icc_profile=profile if color_space(profile) == "RGB" else None,
        orientation=int(orientation) if orientation in range(1, 9) else 1,
        focal_length_35mm=float(focal_length) if focal_length else None,
        notes=notes if table is None else (*notes, "The grey was converted from its profile to sRGB."),
    )


def _samples(page: Any, file: BinaryIO, byte_order: str) -> NDArray[Any]:
    """Unpack all strips or tiles into (H, W, C), in the machine's byte order."""
    height, width, channels = page.imagelength, page.imagewidth, page.samplesperpixel
    planar = page.planarconfig == 2 and channels > 1
    planes, depth = (channels, 1) if planar else (1, channels)
    part_height = page.tilelength if page.is_tiled else min(page.rowsperstrip or height, height)
    part_width = page.tilewidth if page.is_tiled else width
    across, down = -(-width // part_width), -(-height // part_height)
    out = np.zeros((height, width, channels), page.dtype.newbyteorder("="))
    for index in range(planes * across * down):
        plane, place = divmod(index, across * down)
        top, left = place // across * part_height, place % across * part_width
        rows = part_height if page.is_tiled else min(part_height, height - top)
        file.seek(page.dataoffsets[index])
        packed = file.read(page.databytecounts[index])
        if len(packed) < page.databytecounts[index]:
            raise ValueError("the file ends early")
        row_bytes = part_width * depth * page.dtype.itemsize
        data = packed if page.compression == 1 else _unpack(packed, page.compression, rows, row_bytes)
        part = _unpredict(data, (rows, part_width, depth), page, byte_order)
        view = out[top : top + rows, left : left + part_width]
        target = view[..., plane : plane + 1] if planar else view
        target[:] = part[: view.shape[0], : view.shape[1]]
    return out


def _unpack(packed: bytes, packing: int, rows: int, row_bytes: int) -> bytes:
    """Let libtiff unpack a strip or tile, told that it is a grey 8-bit picture."""
    entries = (
        (256, row_bytes),  # width
        (257, rows),  # length
        (258, 8),  # bits per sample
        (259, packing),
        (262, 1),  # black is zero
        (273, 8 + 2 + 9 * 12 + 4),  # where the strip starts: behind this directory
        (277, 1),  # samples per pixel
        (278, rows),  # rows per strip
        (279, len(packed)),
    )
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + directory + bytes(4)
    with TiffImagePlugin.TiffImageFile(io.BytesIO(head + packed)) as picture:
        unpacked: bytes = picture.tobytes()
    return unpacked


def _unpredict(data: bytes, shape: tuple[int, int, int], page: Any, byte_order: str) -> Any:
    """Undo the predictor ([1]_ section 14, [2]_) of unpacked bytes; (h, w, C)."""
    dtype = page.dtype.newbyteorder(byte_order)
    count = shape[0] * shape[1] * shape[2] * dtype.itemsize
    if len(data) < count:
        raise ValueError("the file ends early")
    if page.predictor == 3:
        rows, width, depth = shape
        planes = np.frombuffer(data, np.uint8, count).reshape(rows, dtype.itemsize * width, depth)
        planes = np.cumsum(planes, axis=1, dtype=np.uint8).reshape(rows, dtype.itemsize, width * depth)
        # Stored as planes of bytes, the most significant first.
        wire = np.ascontiguousarray(planes.transpose(0, 2, 1))
        return wire.view(dtype.newbyteorder(">")).reshape(shape).astype(dtype.newbyteorder("="))
    samples = np.frombuffer(data, dtype, count // dtype.itemsize).reshape(shape)
    if page.predictor != 2:
        return samples
    native = samples.astype(dtype.newbyteorder("="))
    if native.dtype.kind == "f":
        # Differences are taken of the bit patterns.
        bits = native.view(f"u{native.dtype.itemsize}")
        return np.cumsum(bits, axis=1, dtype=bits.dtype).view(native.dtype)
    return np.cumsum(native, axis=1, dtype=native.dtype)


def _straight(samples: NDArray[Any]) -> NDArray[Any]:
    """Divide premultiplied colours by their coverage."""
    top = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
    alpha = samples[..., -1:] / np.float32(top)
    colors = np.divide(
        samples[..., :-1], alpha, out=np.zeros(samples[..., :-1].shape, np.float32), where=alpha > 0
    )
    out: NDArray[Any] = samples.copy()
    out[..., :-1] = colors if samples.dtype.kind == "f" else np.rint(np.clip(colors, 0, top))
    return out
