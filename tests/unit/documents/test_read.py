"""Photographs keep their samples, precision, profile, orientation, focal length and alpha."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage
from PIL import ImageCms, ImageOps

from cyclorama.documents.read import read_image, read_photo

PNG16 = Path(__file__).resolve().parents[2] / "data" / "png"


@pytest.fixture
def samples(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (37, 53, 3)).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "webp"])
def test_lossless_formats_keep_the_samples(tmp_path: Path, samples: np.ndarray, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    PillowImage.fromarray(samples).save(path, **({"lossless": True} if suffix == "webp" else {}))
    photo = read_photo(path)
    assert photo.sample_format == photo.image.sample_format == "uint8"
    assert photo.image.encoding == "srgb"
    np.testing.assert_array_equal(photo.image.samples, samples)
    assert not photo.image.samples.flags.writeable


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_come_upright(tmp_path: Path, samples: np.ndarray, suffix: str, orientation: int) -> None:
    path = tmp_path / f"a.{suffix}"
    exif = PillowImage.Exif()
    exif[0x0112] = orientation
    PillowImage.fromarray(samples).save(path, exif=exif)
    wanted = ImageOps.exif_transpose(PillowImage.open(path))
    np.testing.assert_array_equal(read_image(path).samples, np.asarray(wanted))


def test_16_bit_pictures_come_upright_too(tmp_path: Path) -> None:
    whole = read_image(PNG16 / "rgb16.png").samples
    tifffile.imwrite(tmp_path / "a.tif", whole, photometric="rgb", extratags=[(274, "H", 1, 6, True)])
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif").samples, np.rot90(whole, -1))


def test_focal_length_is_told(tmp_path: Path, samples: np.ndarray) -> None:
    exif = PillowImage.Exif()
    exif.get_ifd(0x8769)[0xA405] = 85
    PillowImage.fromarray(samples).save(tmp_path / "a.jpg", exif=exif)
    assert read_photo(tmp_path / "a.jpg").focal_length_35mm == 85.0


def wide_profile() -> bytes:
    """Return an RGB profile that is not sRGB: its curves have another shape."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[84:100] = b"another profile!"
    return bytes(made)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_rgb_profiles_are_kept_and_the_samples_not_converted(
    tmp_path: Path, samples: np.ndarray, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    PillowImage.fromarray(samples).save(path, icc_profile=wide_profile())
    photo = read_photo(path)
    assert photo.icc_profile == wide_profile()
    np.testing.assert_array_equal(photo.image.samples, np.asarray(PillowImage.open(path).convert("RGB")))


def test_alpha_is_kept_beside_straight_colors(tmp_path: Path, samples: np.ndarray) -> None:
    rgba = np.dstack([samples, np.arange(53, dtype=np.uint8)[None].repeat(37, 0) * 4])
    PillowImage.fromarray(rgba).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert photo.had_alpha
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.image.samples, samples)
    np.testing.assert_array_equal(np.rint(photo.alpha * 255), rgba[..., 3])


def test_alpha_of_16_bits() -> None:
    photo = read_photo(PNG16 / "grey-alpha16.png")
    assert photo.alpha is not None
    y, x = np.mgrid[:23, :37]
    np.testing.assert_allclose(photo.alpha * 65535, x * 1000 + y * 700, atol=0.01)
    assert photo.sample_format == "uint16"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1"])
def test_few_channels_become_rgb(tmp_path: Path, samples: np.ndarray, mode: str) -> None:
    given = PillowImage.fromarray(samples).convert(mode)
    given.save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(photo.image.samples, np.asarray(given.convert("RGB")))
    assert photo.had_alpha == (mode == "LA")


def test_a_transparent_palette_color_gives_alpha(tmp_path: Path) -> None:
    given = PillowImage.new("P", (4, 4), 0)
    given.putpalette([10, 20, 30, 200, 100, 50])
    given.putpixel((1, 1), 1)
    given.save(tmp_path / "a.gif", transparency=0)
    photo = read_photo(tmp_path / "a.gif")
    assert photo.alpha is not None
    assert photo.alpha.sum() == 1


def test_cmyk_is_converted_and_it_is_said(tmp_path: Path) -> None:
    PillowImage.new("CMYK", (8, 8), (0, 255, 255, 0)).save(tmp_path / "a.jpg", quality=100)
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.image.samples[0, 0, 0] > 200
    assert photo.image.samples[0, 0, 1:].max() < 60
    assert photo.notes == ("CMYK was converted to sRGB by formula, as no usable profile was there.",)
    assert photo.icc_profile is None


def test_lab_is_converted(tmp_path: Path) -> None:
    PillowImage.new("LAB", (8, 8), (136, 208, 195)).save(tmp_path / "a.tif")
    photo = read_photo(tmp_path / "a.tif")
    # L 53.3, a 80, b 67 is sRGB's red.
    assert photo.image.samples[0, 0, 0] > 240
    assert photo.image.samples[0, 0, 1:].max() < 30
    assert photo.notes == ("LAB was converted to sRGB through its profile.",)


def test_the_source_is_described() -> None:
    assert read_photo(PNG16 / "rgb16.png").source == "PNG, 16 bit, 37 x 23"


def test_names_do_not_matter(tmp_path: Path, samples: np.ndarray) -> None:
    PillowImage.fromarray(samples).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert read_photo(tmp_path / "a.jpg").source.startswith("PNG")
