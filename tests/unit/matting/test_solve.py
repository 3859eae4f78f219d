import numpy as np
import pytest

from cyclorama.core.filters import gaussian_blur
from cyclorama.matting.solve import Prior, linear_model, solve_alpha

FRONT, BACK = np.array([0.9, 0.5, 0.1], np.float32), np.array([0.1, 0.3, 0.6], np.float32)


def disc(size=96, soft_px=3.0):
    y, x = np.mgrid[:size, :size]
    return gaussian_blur((np.hypot(y - size / 2, x - size / 2) < size / 3).astype(np.float32), soft_px)


def picture(alpha):
    return alpha[..., None] * FRONT + (1 - alpha[..., None]) * BACK


def nothing(done):
    assert 0 <= done <= 1


@pytest.mark.parametrize("size", [64, 300])
def test_two_plain_colors_are_told_apart_exactly(size):
    alpha = disc(size, size / 30)
    trimap = np.where(alpha > 0.999, np.float32(1), np.where(alpha < 0.001, np.float32(0), np.float32(0.5)))
    found = solve_alpha(picture(alpha), trimap, None, nothing)
    assert np.abs(found - alpha).max() < 0.01
    assert np.array_equal(found[trimap != 0.5], trimap[trimap != 0.5])


def test_without_open_pixels_the_trimap_comes_back():
    trimap = (disc() > 0.5).astype(np.float32)
    assert np.array_equal(solve_alpha(picture(trimap), trimap, None, nothing), trimap)


def test_a_prior_decides_where_colors_do_not():
    alpha = (disc(soft_px=0) > 0.5).astype(np.float32)
    plain = np.full((96, 96, 3), 0.5, np.float32)
    trimap = np.where(gaussian_blur(alpha, 4) % 1 == 0, alpha, np.float32(0.5))
    prior = Prior(alpha, np.full_like(alpha, 0.5))
    found = solve_alpha(plain, trimap, prior, nothing)
    assert np.mean((found > 0.5) == (alpha > 0.5)) > 0.99


def test_the_linear_model_of_a_linear_alpha_is_that_model(rng):
    image = rng.random((20, 30, 3), np.float32)
    alpha = image @ np.array([0.2, 0.1, 0.3], np.float32) + np.float32(0.05)
    slope, offset = linear_model(image, alpha)
    np.testing.assert_allclose(np.einsum("hwc,hwc->hw", slope, image) + offset, alpha, atol=2e-3)


def test_stopping_is_possible_at_every_tick():
    class Stop(Exception):
        pass

    def stop(done):
        raise Stop

    alpha = disc()
    trimap = np.where(alpha > 0.999, np.float32(1), np.where(alpha < 0.001, np.float32(0), np.float32(0.5)))
    with pytest.raises(Stop):
        solve_alpha(picture(alpha), trimap, None, stop)
