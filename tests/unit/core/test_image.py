import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, to_samples
from cyclorama.core.matte import Mask, Matte
from cyclorama.protocol.errors import InputError


def test_pixels_cannot_be_changed_from_outside_or_inside():
    given = np.zeros((2, 3, 3), np.float32)
    image = Image(given)
    given[:] = 1
    assert image.pixels.max() == 0
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_samples_survive_a_round_trip_through_values(dtype):
    levels = np.iinfo(dtype).max
    every = np.arange(levels + 1, dtype=dtype)
    samples = np.broadcast_to(every[None, :, None], (1, levels + 1, 3))
    image = Image(samples)
    assert image.sample_format == dtype
    assert image.pixels.max() == 1
    np.testing.assert_array_equal(to_samples(image.pixels, dtype), samples)


def test_region_is_the_crop_of_the_values(rng):
    image = Image(rng.integers(0, 256, (7, 9, 3), dtype=np.uint8))
    box = Box(2, 1, 8, 5)
    np.testing.assert_array_equal(image.region(box), image.pixels[1:5, 2:8])
    assert image.crop(box).sample_format == "uint8"


def test_linear_and_back_is_the_same(rng):
    image = Image(rng.uniform(-0.2, 1.5, (5, 5, 3)).astype(np.float32))
    np.testing.assert_allclose(image.as_linear().as_srgb().pixels, image.pixels, atol=2e-6)


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.zeros((4, 4)), "(4, 4)"),
        (np.zeros((4, 4, 4)), "(4, 4, 4)"),
        (np.zeros((0, 4, 3)), "(0, 4, 3)"),
        (np.full((1, 1, 3), np.nan), "3 values that are not finite"),
    ],
)
def test_bad_pixels_are_named(pixels, words):
    with pytest.raises(InputError) as caught:
        Image(pixels)
    assert words in caught.value.message


def test_an_unknown_encoding_is_named():
    with pytest.raises(InputError, match="'adobe'"):
        Image(np.zeros((1, 1, 3)), "adobe")  # type: ignore[arg-type]


def test_a_matte_of_bytes_is_refused_with_advice():
    with pytest.raises(InputError) as caught:
        Matte(np.full((2, 2), 255.0))
    assert "0" in caught.value.message
    assert "Divide" in caught.value.hint


def test_a_mask_becomes_a_matte():
    mask = Mask(np.eye(3, dtype=bool))
    np.testing.assert_array_equal(Matte.of_mask(mask).alpha, np.eye(3))


@pytest.mark.parametrize("kind", ["uint8", "uint16"])
def test_a_rounded_matte_survives_the_file(rng, kind):
    matte = Matte(rng.random((30, 40), np.float32))
    rounded = matte.stored_as(kind)
    assert rounded.samples.dtype == kind
    np.testing.assert_array_equal(rounded.alpha, rounded.samples / np.float32(np.iinfo(kind).max))
    assert np.abs(rounded.alpha - matte.alpha).max() <= 0.5 / np.iinfo(kind).max + 1e-7
    np.testing.assert_array_equal(rounded.region(Box(3, 2, 9, 8)), rounded.alpha[2:8, 3:9])
    assert matte.stored_as("float32") is matte
