"""Colour profiles: what they are, and grey through one."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import tifffile
from PIL import ImageCms

from cyclorama.documents.profiles import color_space, grey_table, is_linear, profile_to_write
from cyclorama.documents.read import read_photo


def grey_profile(gamma: float) -> bytes:
    """Return a monochrome profile with a pure power curve, as ICC.1 lays it out."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    white = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)
    body = 132 + 2 * 12
    tags = struct.pack(">I", 2)
    tags += struct.pack(">4sII", b"kTRC", body, len(curve))
    tags += struct.pack(">4sII", b"wtpt", body + len(curve), len(white))
    size = body + len(curve) + len(white)
    header = struct.pack(">I4sI4s4s4s12x4s", size, b"", 0x02400000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + tags + curve + white


def test_spaces() -> None:
    assert color_space(profile_to_write(None, 16)) == "RGB"
    assert color_space(grey_profile(2.2)) == "GRAY"
    assert color_space(b"nonsense") is None
    assert color_space(None) is None


def test_only_16_bits_without_a_profile_get_one() -> None:
    assert profile_to_write(None, 8) is None
    assert profile_to_write(b"mine", 16) == b"mine"
    made = profile_to_write(None, 16)
    assert made is not None
    assert not is_linear(made)
    assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(__import__("io").BytesIO(made)))


def test_linear_curves_are_known() -> None:
    assert is_linear(grey_profile(1.0))
    assert not is_linear(grey_profile(2.2))


def test_grey_goes_through_its_profile() -> None:
    table = grey_table(grey_profile(1.0))
    assert table is not None
    # Linear 0.2140 is sRGB 0.5.
    assert abs(np.interp(0.2140 * 255, np.arange(256), table) - 0.5) < 0.01


def test_16_bit_grey_with_a_profile_is_converted_and_it_is_said(tmp_path: Path) -> None:
    samples = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="minisblack", iccprofile=grey_profile(1.0))
    photo = read_photo(tmp_path / "a.tif")
    assert photo.icc_profile is None
    assert photo.notes == ("The grey was converted from its profile to sRGB.",)
    light = samples / 65535
    wanted = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(photo.image.pixels[..., 0] - wanted)[light > 0.02].max() < 0.006
