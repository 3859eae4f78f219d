"""The LaMa adapter against a network with its contract that fills with the mean of what is known."""

import numpy as np
import pytest

import tiny_networks
from adapter_pictures import bundle
from cyclorama.core.image import Image
from cyclorama.plate.fill import fill_plate
from cyclorama.plate.lama import LamaFiller
from cyclorama.protocol.errors import InputError, ModelIncompatible


@pytest.fixture
def filler(tmp_path):
    tiny_networks.mean_lama(tmp_path / "model.onnx")
    return LamaFiller.from_bundle(bundle(tmp_path, "model.onnx"))


@pytest.mark.parametrize("size", [(64, 64), (64, 40), (200, 133), (20, 31)])
def test_the_hole_is_filled_and_the_rest_is_left_alone(filler, size, rng):
    pixels = np.full((*size, 3), (0.25, 0.5, 0.75), np.float32)
    pixels += rng.normal(0, 0.02, pixels.shape).astype(np.float32)
    hole = np.zeros(size, bool)
    hole[size[0] // 4 : size[0] // 2, size[1] // 4 : size[1] // 2] = True
    damaged = np.where(hole[..., None], np.float32(1), pixels)
    filled = filler(damaged, hole)
    np.testing.assert_array_equal(filled[~hole], pixels[~hole])
    # What lay in the hole was white: nothing of it may show.
    assert np.abs(filled[hole] - np.float32([0.25, 0.5, 0.75])).max() < 0.02


def test_the_network_sees_rgb_in_0_to_1_and_a_mask_of_0_and_1(filler):
    pixels = np.zeros((30, 60, 3), np.float32)
    pixels[..., 0] = 1
    hole = np.zeros((30, 60), bool)
    hole[10:20, 20:30] = True
    feeds = filler.prepared(pixels, hole, (30, 60))
    assert feeds["image"].shape == (1, 3, 64, 64)
    assert feeds["image"][0, 0].max() == 1
    assert not feeds["image"][0, 1:].any()
    assert set(np.unique(feeds["mask"])) == {0, 1}
    np.testing.assert_array_equal(feeds["mask"][0, 0, :30, :60], hole)
    # The rest of the square mirrors the picture, so that no border attracts the fill.
    np.testing.assert_array_equal(feeds["mask"][0, 0, 30:60, :60], hole[::-1])


def test_as_the_plate_of_a_photograph(filler, rng):
    photo = rng.integers(100, 110, (90, 120, 3), np.uint8)
    coverage = np.zeros((90, 120), np.float32)
    coverage[30:60, 40:80] = 1
    image = Image(np.where(coverage[..., None] > 0, np.uint8(255), photo))
    plate = fill_plate(image, coverage, filler=filler)
    assert plate.sample_format == "uint8"
    np.testing.assert_array_equal(plate.samples[coverage == 0], photo[coverage == 0])
    assert plate.samples[coverage == 1].max() < 115


def test_sizes_and_networks_that_do_not_fit_are_named(filler, tmp_path):
    with pytest.raises(InputError, match="hole has shape"):
        filler(np.zeros((40, 41, 3), np.float32), np.zeros((40, 40), bool))
    tiny_networks.red_mask_rcnn(tmp_path / "m.onnx")
    with pytest.raises(ModelIncompatible, match="image and mask were wanted"):
        LamaFiller.from_bundle(bundle(tmp_path, "m.onnx"))
