import numpy as np
import pytest
from PIL import Image as PillowImage

from cyclorama.core.image import Image
from cyclorama.core.resampling import block_means, fit_size, resize, resize_image, resize_rows
from cyclorama.protocol.errors import InputError


@pytest.mark.parametrize("kernel", ["area", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(31, 17), (64, 48), (200, 301), (1, 1)])
def test_a_constant_stays_and_the_mean_too(rng, kernel, size):
    np.testing.assert_allclose(resize(np.full((64, 48), 0.3, np.float32), size, kernel), 0.3, atol=1e-6)
    array = rng.random((64, 48), np.float32)
    if kernel == "area":
        assert resize(array, size, kernel).mean() == pytest.approx(array.mean(), abs=5e-3)


@pytest.mark.parametrize(("kernel", "filter_"), [("bilinear", 2), ("bicubic", 3)])
def test_the_inside_agrees_with_pillow(rng, kernel, filter_):
    array = rng.random((60, 80), np.float32)
    for size in ((37, 41), (150, 133)):
        wanted = np.asarray(PillowImage.fromarray(array).resize(size[::-1], filter_))
        ours = resize(array, size, kernel)
        np.testing.assert_allclose(ours[10:-10, 10:-10], wanted[10:-10, 10:-10], atol=1e-5)


def test_area_shrinks_exactly():
    array = np.arange(16, dtype=np.float32).reshape(4, 4)
    np.testing.assert_allclose(resize(array, (2, 2), "area"), [[2.5, 4.5], [10.5, 12.5]])
    np.testing.assert_allclose(resize(np.float32([[0, 3, 6]]), (1, 2), "area"), [[1, 5]])


def test_strips_change_nothing(rng, monkeypatch):
    image = Image(rng.integers(0, 256, (333, 517, 3), dtype=np.uint8))
    whole = resize(image.pixels, (100, 77), "area")
    np.testing.assert_allclose(resize_image(image, (100, 77)).pixels, whole, atol=1e-6)


def test_fit_size_keeps_the_shape_and_never_grows():
    assert fit_size((3000, 4000), 400) == (300, 400)
    assert fit_size((30, 40), 400) == (30, 40)
    assert fit_size((1, 100000), 320) == (1, 320)


def test_no_size_of_zero():
    with pytest.raises(InputError, match="at least 1"):
        resize(np.zeros((2, 2), np.float32), (0, 2))


@pytest.mark.parametrize("kernel", ["area", "bilinear", "bicubic"])
def test_some_rows_are_the_same_rows_of_the_whole(rng, kernel):
    array = rng.random((13, 17, 3), np.float32)
    whole = resize(array, (50, 60), kernel)
    np.testing.assert_allclose(resize_rows(array, (50, 60), 10, 33, kernel), whole[10:33], atol=1e-6)


def test_block_means_are_the_area_kernel_and_repeat_the_border(rng):
    array = rng.random((12, 16, 3), np.float32)
    np.testing.assert_allclose(block_means(array, 4), resize(array, (3, 4), "area"), atol=1e-6)
    overhanging = np.pad(array[:11, :14], ((0, 1), (0, 2), (0, 0)), mode="edge")
    np.testing.assert_allclose(block_means(array[:11, :14], 4), block_means(overhanging, 4), atol=1e-6)
