"""PNG with 16 bits: read against files of another program, written against Pillow and a naive decoder."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from cyclorama.documents.png import write_png
from cyclorama.documents.png16 import read_strips

DATA = Path(__file__).resolve().parents[2] / "data" / "png"


def reference() -> np.ndarray:
    """Return the picture of tests/data: RGB and alpha, uint16."""
    y, x = np.mgrid[:23, :37]
    return (np.stack([x * 1771, y * 2849, (x * 31 + y * 47) ** 2, x * 1000 + y * 700], 2) % 65536).astype(
        np.uint16
    )


def decoded(file: io.BufferedIOBase) -> np.ndarray:
    return np.concatenate([samples for _, samples in read_strips(file)])


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("rgb16", slice(0, 3)),
        ("rgba16-interlaced", slice(0, 4)),
        ("grey16", slice(0, 1)),
        ("grey-alpha16", slice(2, 4)),
    ],
)
def test_16_bit_files_of_another_program_are_read_exactly(name: str, channels: slice) -> None:
    with (DATA / f"{name}.png").open("rb") as file:
        np.testing.assert_array_equal(decoded(file), reference()[..., channels])


def naive_unfilter(codes: np.ndarray, coded: np.ndarray, pixel_bytes: int) -> np.ndarray:
    """Undo filters byte by byte, as section 9 of the specification words it."""
    out = np.zeros(coded.shape, np.int64)
    for row in range(coded.shape[0]):
        for column in range(coded.shape[1]):
            a = out[row, column - pixel_bytes] if column >= pixel_bytes else 0
            b = out[row - 1, column] if row else 0
            c = out[row - 1, column - pixel_bytes] if row and column >= pixel_bytes else 0
            estimate = a + b - c
            nearest = min((abs(estimate - value), index) for index, value in enumerate((a, b, c)))[1]
            guess = (0, a, b, (a + b) // 2, (a, b, c)[nearest])[codes[row]]
            out[row, column] = (int(coded[row, column]) + guess) % 256
    return out.astype(np.uint8)


def test_every_filter_is_undone_as_the_specification_words_it(rng: np.random.Generator) -> None:
    height, width = 40, 13
    codes = rng.integers(0, 5, height)
    coded = rng.integers(0, 256, (height, width * 6)).astype(np.uint8)
    body = np.column_stack([codes.astype(np.uint8), coded]).tobytes()

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    packed = zlib.compress(body)
    file = io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tEXt", b"Comment\0between")
        + chunk(b"IDAT", packed[:100])
        + chunk(b"IDAT", packed[100:])
        + chunk(b"IEND", b"")
    )
    wanted = naive_unfilter(codes, coded, 6).view(">u2").reshape(height, width, 3)
    np.testing.assert_array_equal(decoded(file), wanted)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 7), (700, 33)])
def test_8_bit_pictures_are_read_back_by_pillow(
    channels: int, size: tuple[int, int], rng: np.random.Generator
) -> None:
    samples = rng.integers(0, 256, (*size, channels)).astype(np.uint8)
    file = io.BytesIO()
    write_png(file, size, channels, 8, lambda top, bottom: samples[top:bottom])
    np.testing.assert_array_equal(np.asarray(PillowImage.open(file)).reshape(samples.shape), samples)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_16_bit_pictures_come_back_and_pillow_sees_their_high_bytes(
    channels: int, rng: np.random.Generator
) -> None:
    samples = np.cumsum(rng.integers(-900, 900, (600, 41, channels)), axis=1).astype(np.uint16)
    file = io.BytesIO()
    shares: list[float] = []
    write_png(
        file,
        (600, 41),
        channels,
        16,
        lambda top, bottom: samples[top:bottom],
        icc_profile=b"p" * 200,
        on_rows=shares.append,
    )
    file.seek(0)
    np.testing.assert_array_equal(decoded(file), samples)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    file.seek(0)
    picture = PillowImage.open(file)
    assert picture.info["icc_profile"] == b"p" * 200
    if channels >= 3:
        np.testing.assert_array_equal(np.asarray(picture), samples >> 8)
