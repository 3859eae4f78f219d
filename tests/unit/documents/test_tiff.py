"""TIFF: packings, predictors, layouts and depths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage

from cyclorama.core.color import srgb_to_linear
from cyclorama.documents.read import read_photo

DATA = Path(__file__).resolve().parents[2] / "data" / "tiff"


def reference() -> np.ndarray:
    y, x = np.mgrid[:23, :37]
    return (np.stack([x * 1771, y * 2849, (x * 31 + y * 47) ** 2], 2) % 65536).astype(np.uint16)


@pytest.mark.parametrize("path", sorted(DATA.glob("*rgb16*.tif")), ids=lambda path: path.stem)
def test_packed_16_bit_files_of_another_encoder_are_read_exactly(path: Path) -> None:
    photo = read_photo(path)
    assert photo.sample_format == "uint16"
    np.testing.assert_array_equal(photo.image.samples, reference())


def test_the_float_predictor_is_undone() -> None:
    photo = read_photo(DATA / "deflate-float-predictor.tif")
    np.testing.assert_allclose(srgb_to_linear(photo.image.pixels), reference() / 65535, atol=2e-6)
    assert photo.notes == ("Float values were taken as linear light and encoded as sRGB.",)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float16"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize(
    "layout", [{}, {"tile": (16, 32)}, {"rowsperstrip": 5}, {"planarconfig": "separate"}]
)
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_layouts(tmp_path: Path, dtype: str, compression: str | None, layout: dict, byteorder: str) -> None:
    values = reference()[:, ::-1]
    samples = {"uint8": values >> 8, "uint16": values}.get(dtype, values / 65535).astype(dtype)
    stored = np.moveaxis(samples, 2, 0) if layout.get("planarconfig") else samples
    path = tmp_path / "a.tif"
    predictor = compression is not None and dtype.startswith("u")
    tifffile.imwrite(
        path,
        stored,
        photometric="rgb",
        compression=compression,
        predictor=predictor,
        byteorder=byteorder,
        **layout,
    )
    photo = read_photo(path)
    if dtype.startswith("u"):
        assert photo.sample_format == dtype
        np.testing.assert_array_equal(photo.image.samples, samples)
    else:
        np.testing.assert_allclose(srgb_to_linear(photo.image.pixels), samples, atol=1e-5)


@pytest.mark.parametrize("compression", ["tiff_lzw", "packbits", "tiff_deflate", "jpeg", "raw"])
def test_libtiff_writes_what_is_read(tmp_path: Path, compression: str) -> None:
    samples = (reference() >> 8).astype(np.uint8)
    path = tmp_path / "a.tif"
    PillowImage.fromarray(samples).save(path, compression=compression)
    found = read_photo(path).image.samples
    np.testing.assert_array_equal(found, np.asarray(PillowImage.open(path)))


def test_white_may_be_zero(tmp_path: Path) -> None:
    samples = reference()[..., 0]
    tifffile.imwrite(tmp_path / "a.tif", 65535 - samples, photometric="miniswhite")
    np.testing.assert_array_equal(read_photo(tmp_path / "a.tif").image.samples[..., 1], samples)


def test_premultiplied_colors_are_made_straight(tmp_path: Path) -> None:
    samples = np.full((4, 4, 4), 100, np.uint8)
    samples[..., 3] = 200
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="rgb", extrasamples=["assocalpha"])
    photo = read_photo(tmp_path / "a.tif")
    assert photo.alpha is not None
    np.testing.assert_allclose(photo.alpha, 200 / 255, atol=1e-6)
    assert set(photo.image.samples.ravel()) == {round(100 * 255 / 200)}


def test_of_several_pages_the_first_is_taken_and_it_is_said(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        for level in (10, 20, 30):
            writer.write(np.full((5, 6, 3), level, np.uint8), photometric="rgb")
    photo = read_photo(tmp_path / "a.tif")
    assert photo.image.samples.max() == 10
    assert photo.notes == ("The first of 3 pages was taken.",)
