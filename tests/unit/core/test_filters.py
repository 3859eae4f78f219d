"""Our small filters against SciPy's."""

import numpy as np
import pytest

from cyclorama.core.filters import box_filter, dilate, erode, gaussian_blur
from cyclorama.core.regions import fill_holes, label_regions, region_areas

ndimage = pytest.importorskip("scipy.ndimage")


@pytest.mark.parametrize("density", [0.05, 0.3, 0.5, 0.62, 0.95])
def test_regions_are_numbered_as_scipy_does(rng, density):
    mask = rng.random((67, 91)) < density
    labels, count = label_regions(mask)
    wanted, wanted_count = ndimage.label(mask)
    assert count == wanted_count
    np.testing.assert_array_equal(labels, wanted)
    np.testing.assert_array_equal(region_areas(labels, count), ndimage.sum(mask, wanted, range(1, count + 1)))


@pytest.mark.parametrize("mask", [np.zeros((3, 4), bool), np.ones((3, 4), bool), np.ones((1, 1), bool)])
def test_regions_of_plain_masks(mask):
    labels, count = label_regions(mask)
    np.testing.assert_array_equal(labels, mask.astype(int))
    assert count == int(mask.any())


def test_small_holes_are_filled_large_ones_and_the_border_stay():
    mask = np.ones((20, 20), bool)
    mask[3:5, 3:5] = mask[8:16, 8:16] = mask[0, 18] = False
    filled = fill_holes(mask, 10)
    assert filled[3:5, 3:5].all()
    assert not filled[8:16, 8:16].any()
    assert not filled[0, 18]


@pytest.mark.parametrize("radius", [0, 1, 2, 5, 13])
def test_dilation_and_erosion(rng, radius):
    mask = rng.random((40, 50)) > 0.97
    size = 2 * radius + 1
    np.testing.assert_array_equal(dilate(mask, radius), ndimage.maximum_filter(mask, size))
    np.testing.assert_array_equal(erode(~mask, radius), ndimage.minimum_filter(~mask, size))


@pytest.mark.parametrize("sigma", [0.6, 2.0, 7.5])
def test_gaussian_kernel(rng, sigma):
    array = rng.random((40, 60, 3), np.float32)
    wanted = ndimage.gaussian_filter(array, (sigma, sigma, 0), mode="nearest", truncate=5)
    np.testing.assert_allclose(gaussian_blur(array, sigma), wanted, atol=6e-4)


@pytest.mark.parametrize("sigma", [9.0, 25.0, 60.0])
def test_wide_gaussians_by_boxes_keep_mean_and_variance(sigma):
    spike = np.zeros((1, 1201), np.float32)
    spike[0, 600] = 1
    blurred = gaussian_blur(spike, sigma)[0].astype(np.float64)
    x = np.arange(1201) - 600
    assert blurred.sum() == pytest.approx(1, abs=1e-4)
    assert (blurred * x).sum() == pytest.approx(0, abs=1e-3)
    assert (blurred * x * x).sum() == pytest.approx(sigma**2, rel=2e-3)
    assert blurred.max() == pytest.approx(1 / (sigma * np.sqrt(2 * np.pi)), rel=0.065)


def test_box_means_count_only_the_picture(rng):
    array = rng.random((15, 17), np.float32)
    weight = ndimage.uniform_filter(np.ones((15, 17)), 7, mode="constant")
    wanted = ndimage.uniform_filter(array.astype(float), 7, mode="constant") / weight
    np.testing.assert_allclose(box_filter(array, 3), wanted, atol=1e-5)
