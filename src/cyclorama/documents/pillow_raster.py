"""JPEG, PNG, WebP, GIF and BMP, and the rarer kinds of TIFF, through Pillow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from cyclorama.documents.png16 import read_header, read_strips
from cyclorama.documents.profiles import color_space, grey_table, through_table, to_srgb
from cyclorama.documents.raster import STRIP_ROWS, Raster

__all__ = ["KINDS", "open_with_pillow"]

# The plug-ins are called by name: Image.open refuses large photographs as bombs, by a limit that is global.
_PLUGINS: dict[str, Callable[[BinaryIO], Image.Image]] = {
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
}

KINDS = tuple(_PLUGINS)

_ORIENTATION, _EXIF, _FOCAL_LENGTH_35MM = 0x0112, 0x8769, 0xA405
_STRIP_PIXELS = 1 << 24
_DEEP_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}

_Strips = Iterator[tuple[int, NDArray[Any]]]


def open_with_pillow(kind: str, file: BinaryIO) -> Raster:
    """Open a picture.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    file : binary file
        At its start; stays in use until the strips were read.

    Returns
    -------
    Raster
        8 bits per sample, but for 16-bit PNG. What is neither RGB nor grey will be converted to sRGB.
    """
    deep_mode = _deep_png_mode(file) if kind == "PNG" else None
    picture = _PLUGINS[kind](file)
    profile = picture.info.get("icc_profile")
    mode, convert, notes = _conversion(picture, profile)
    mode = deep_mode or mode
    frames = getattr(picture, "n_frames", 1)
    if frames > 1:
        notes += (f"The first of {frames} frames was taken.",)
    table = grey_table(profile) if color_space(profile) == "GRAY" and mode in ("L", "LA") else None
    if table is not None:
        notes += ("The grey was converted from its profile to sRGB.",)

    def strips() -> _Strips:
        found = _deep_strips(file) if deep_mode else _strips(picture, convert)
        return found if table is None else ((top, through_table(strip, table)) for top, strip in found)

    orientation, focal_length = _exif(kind, picture)
    keeps_values = picture.mode not in ("CMYK", "LAB")
    return Raster(
        kind,
        (picture.height, picture.width),
        "uint16" if deep_mode else "uint8",
        strips,
        has_alpha=mode in ("LA", "RGBA"),
        icc_profile=profile if keeps_values and color_space(profile) == "RGB" else None,
        orientation=orientation,
        focal_length_35mm=focal_length,
        notes=notes,
    )


def _deep_png_mode(file: BinaryIO) -> str | None:
    header = read_header(file)
    file.seek(0)
    return _DEEP_MODES[header.channels] if header.bits == 16 else None


def _deep_strips(file: BinaryIO) -> _Strips:
    file.seek(0)
    return read_strips(file)


def _strips(picture: Image.Image, convert: Callable[[Image.Image], Image.Image]) -> _Strips:
    rows = max(1, min(STRIP_ROWS, _STRIP_PIXELS // picture.width))
    for top in range(0, picture.height, rows):
        part = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        samples = np.asarray(convert(part))
        yield top, samples.reshape(*samples.shape[:2], -1)


def _conversion(
    picture: Image.Image, profile: bytes | None
) -> tuple[str, Callable[[Image.Image], Image.Image], tuple[str, ...]]:
    """Return the mode to read, how to come to it, and what to tell."""
    given = picture.mode
    clear = picture.has_transparency_data
    if given in ("1", "L", "LA", "La"):
        return _plain("LA" if clear else "L")
    if given in ("P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "YCbCr"):
        return _plain("RGBA" if clear else "RGB")
    if given in ("CMYK", "LAB"):
        convert = to_srgb(given, profile)
        if convert is not None:
            return "RGB", convert, (f"{given} was converted to sRGB through its profile.",)
        note = f"{given} was converted to sRGB by formula, as no usable profile was there."
        return "RGB", _plain("RGB")[1], (note,)
    if given.startswith("I;16"):
        return _plain("L")  # Only 16-bit PNG comes here, and that is not decoded by Pillow.
    raise ValueError(f"its pixels are of Pillow's kind {given!r}, which is not supported")


def _plain(mode: str) -> tuple[str, Callable[[Image.Image], Image.Image], tuple[str, ...]]:
    return mode, lambda part: part if part.mode == mode else part.convert(mode), ()


def _exif(kind: str, picture: Image.Image) -> tuple[int, float | None]:
    """Return orientation and focal length; damaged metadata does not keep anybody from the picture."""
    try:
        if kind == "TIFF":
            exif = picture.getexif()
        else:
            # Not getexif(): that decodes a whole PNG, in case its metadata comes last.
            exif = Image.Exif()
            exif.load(picture.info.get("exif", b""))
        orientation = int(exif.get(_ORIENTATION, 1))
        focal_length = float(exif.get_ifd(_EXIF).get(_FOCAL_LENGTH_35MM, 0))
    except Exception:
        return 1, None
    return orientation if 1 <= orientation <= 8 else 1, focal_length if focal_length > 0 else None
