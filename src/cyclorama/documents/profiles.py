"""Colour profiles: which kind they are, and the way to sRGB for pictures that are not RGB.

References
----------
.. [1] ICC.1:2022, "Image technology colour management", sections 7.2 (header), 7.3 (tag table), 10.6 (curveType) and
   10.18 (parametricCurveType).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

__all__ = ["color_space", "grey_table", "is_linear", "profile_to_write", "through_table", "to_srgb"]

_DATE = slice(24, 36)


def color_space(profile: bytes | None) -> str | None:
    """Return the space of a profile's values, for example ``"RGB"``, ``"GRAY"`` or ``"CMYK"``; None if unreadable."""
    if profile is None or len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    return profile[16:20].decode("ascii", "replace").strip()


def is_linear(profile: bytes) -> bool:
    """Say whether a profile's values are proportional to light: the red curve has exponent 1 [1]_."""
    if len(profile) < 132:
        return False
    count = struct.unpack(">I", profile[128:132])[0]
    for index in range(min(count, (len(profile) - 132) // 12)):
        name, offset, length = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        if name in (b"rTRC", b"kTRC"):
            return _curve_is_linear(profile[offset : offset + length])
    return False


def _curve_is_linear(curve: bytes) -> bool:
    if curve[:4] == b"curv" and len(curve) >= 12:
        count = struct.unpack(">I", curve[8:12])[0]
        return count == 0 or (count == 1 and curve[12:14] == b"\x01\x00")
    return curve[:4] == b"para" and curve[8:10] == b"\0\0" and curve[12:16] == b"\0\1\0\0"


def profile_to_write(profile: bytes | None, bits: int) -> bytes | None:
    """Return the profile to store with values of a photograph that has this one.

    Values without a profile are sRGB. Programs agree on that for 8 bits; Krita takes 16-bit values for linear light,
    or asks, unless the file says what they are.
    """
    return _srgb_profile() if profile is None and bits == 16 else profile


@cache
def _srgb_profile() -> bytes:
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # A fixed date, so that the same document gives the same file.
    made[_DATE] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(made)


def to_srgb(mode: str, profile: bytes | None) -> Callable[[Image.Image], Image.Image] | None:
    """Return the conversion of Pillow pictures to sRGB.

    Parameters
    ----------
    mode : {"CMYK", "LAB", "L"}
        Pillow's mode of what comes in.
    profile : bytes or None
        Profile of what comes in; LAB needs none.

    Returns
    -------
    callable or None
        None if there is no usable profile for this mode.
    """
    wanted = {"CMYK": "CMYK", "L": "GRAY", "LAB": "Lab"}[mode]
    try:
        if mode == "LAB":
            source = ImageCms.createProfile("LAB")
        elif profile is not None and color_space(profile) == wanted:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
        else:
            return None
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(source),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            # For a table, each entry exactly; for pictures, the quicker way through a grid.
            ImageCms.Flags.NOOPTIMIZE if mode == "L" else ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None

    def convert(picture: Image.Image) -> Image.Image:
        converted = ImageCms.applyTransform(picture, transform)
        assert converted is not None
        return converted

    return convert


def grey_table(profile: bytes | None) -> NDArray[np.float32] | None:
    """Return the sRGB values (256,), [0, 1], of evenly spaced greys of a profile; None if it cannot be used."""
    convert = to_srgb("L", profile)
    if convert is None:
        return None
    ramp: NDArray[Any] = np.arange(256, dtype=np.uint8)[None]
    converted = np.asarray(convert(Image.fromarray(ramp)), np.float32)[0, :, 1]
    converted /= 255
    return converted


def through_table(samples: NDArray[Any], table: NDArray[np.float32]) -> NDArray[Any]:
    """Send the grey of (h, W, 1 or 2) uint8 or uint16 samples through a table of :func:`grey_table`."""
    top = np.iinfo(samples.dtype).max
    out: NDArray[Any] = samples.copy()
    grey = np.interp(samples[..., 0] * (255 / top), np.arange(256), table)
    out[..., 0] = np.rint(grey * top)
    return out
