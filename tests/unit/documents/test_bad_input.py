"""Files that cannot be read: one clear sentence each, that says what was found, and what to do."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from cyclorama.documents.read import read_image, read_photo
from cyclorama.protocol.errors import DocumentError


def message(path: Path | str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_photo(path)
    return str(caught.value)


def noise(size: tuple[int, int] = (64, 48)) -> PillowImage.Image:
    return PillowImage.fromarray(np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8))


def test_missing(tmp_path: Path) -> None:
    path = tmp_path / "none.jpg"
    assert message(path) == (
        f"{path} does not exist; a JPEG, PNG, TIFF, WebP, GIF or BMP picture was wanted. Check the path."
    )


def test_folder(tmp_path: Path) -> None:
    assert message(tmp_path).startswith(f"{tmp_path} is a folder; a JPEG, PNG")


def test_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert message(path).startswith(f"{path} is not a regular file; ")


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()
    assert message(path).startswith(f"{path} is empty; a JPEG, PNG")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"Dear diary, today", "is not a picture that is known here"),
        (b"%PDF-1.7 blah blah", "is a PDF document"),
        (b"8BPS\0\1" + bytes(20), "is a Photoshop document"),
        (b"\0\0\0\x18ftypheic" + bytes(8), "is a HEIF picture"),
        (b"PK\3\4" + bytes(20), "is a zip archive or a layered document"),
    ],
)
def test_not_a_picture(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    assert message(path) == (
        f"{path} {found}; a JPEG, PNG, TIFF, WebP, GIF or BMP picture was wanted. Export it as PNG or TIFF first."
    )


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "gif", "bmp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"cut.{suffix}"
    noise((256, 256)).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    text = message(path)
    assert " cannot be decoded: " in text
    assert text.endswith("It is probably damaged or incomplete; get it again, or export it anew.")


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_truncated_16_bit_tiff(tmp_path: Path, compression: str | None, share: float) -> None:
    path = tmp_path / "cut.tif"
    samples = np.random.default_rng(0).integers(0, 65536, (64, 64, 3)).astype(np.uint16)
    tifffile.imwrite(path, samples, photometric="rgb", compression=compression)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert " cannot be decoded: " in message(path)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_truncated_16_bit_png(tmp_path: Path, share: float) -> None:
    whole = (Path(__file__).resolve().parents[2] / "data" / "png" / "rgb16.png").read_bytes()
    path = tmp_path / "cut.png"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert message(path).startswith(f"{path} starts as PNG but cannot be decoded: ")


def test_flipped_bits_are_noticed(tmp_path: Path) -> None:
    whole = bytearray((Path(__file__).resolve().parents[2] / "data" / "png" / "rgb16.png").read_bytes())
    whole[len(whole) // 2] ^= 255
    path = tmp_path / "bad.png"
    path.write_bytes(whole)
    assert "cannot be decoded: a checksum is wrong" in message(path)


def test_unreadable(unprivileged: Path) -> None:
    path = unprivileged / "secret.png"
    noise().save(path)
    path.chmod(0)
    assert message(path) == f"{path} may not be read. Check the permissions of the file and its folder."


def claimed_png(width: int, height: int, bits: int) -> bytes:
    """Return a PNG of a few bytes that claims any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    packed = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("bits", [8, 16])
def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(claimed_png(60_000, 60_000, bits))
    assert message(path) == (
        f"{path} claims 60000 x 60000 pixels; at most 512 megapixels are read. Scale it down first."
    )


def test_no_pixels(tmp_path: Path) -> None:
    path = tmp_path / "none.png"
    path.write_bytes(claimed_png(0, 5, 16))
    assert path.name in message(path)


def test_nan_in_a_float_picture(tmp_path: Path) -> None:
    path = tmp_path / "nan.tif"
    samples = np.full((5, 5, 3), 0.5, np.float32)
    samples[2, 2, 1] = np.nan
    tifffile.imwrite(path, samples, photometric="rgb")
    assert "holds 1 values that are not finite" in message(path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "gif", "bmp"])
def test_one_pixel_is_a_picture(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"one.{suffix}"
    PillowImage.new("RGB", (1, 1), (255, 255, 255)).save(path)
    image = read_image(path)
    assert image.size == (1, 1)
    assert image.samples.min() >= 250


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_of_an_animation_the_first_frame_is_taken_and_it_is_said(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"moving.{suffix}"
    frames = [PillowImage.new("RGB", (8, 8), (level, level, level)) for level in (40, 120, 200)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
    photo = read_photo(path)
    assert abs(int(photo.image.samples.mean()) - 40) < 3
    assert photo.notes == ("The first of 3 frames was taken.",)


def test_broken_metadata_does_not_hide_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "odd.jpg"
    noise().save(path, exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    photo = read_photo(path)
    assert photo.image.size == (64, 48)
    assert photo.focal_length_35mm is None
