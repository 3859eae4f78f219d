import numpy as np
import pytest

from cyclorama.backdrop.grain import add_grain, noise_level
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte


@pytest.mark.parametrize("deviation", [0.006, 0.015])
def test_noise_of_a_smooth_subject_is_measured(deviation, rng):
    y, x = np.mgrid[0:1:300j, 0:1:200j]
    smooth = (0.3 + 0.3 * x + 0.2 * y)[..., None] + rng.normal(0, deviation, (300, 200, 1))
    found = noise_level(
        Image(np.repeat(smooth, 3, 2).astype(np.float32)), Matte(np.zeros((300, 200), np.float32))
    )
    assert found == pytest.approx(deviation, rel=0.2)


def test_grain_has_the_asked_deviation_and_repeats():
    flat = Image(np.full((600, 50, 3), 0.5, np.float32))
    one, two = add_grain(flat, 0.01, 3).pixels, add_grain(flat, 0.01, 3).pixels
    np.testing.assert_array_equal(one, two)
    assert one.std() == pytest.approx(0.01, rel=0.05)
    assert one.mean() == pytest.approx(0.5, abs=1e-3)


def test_no_subject_or_a_pixel_gives_the_least():
    tiny = Image(np.zeros((1, 1, 3), np.float32))
    assert noise_level(tiny, Matte(np.zeros((1, 1), np.float32))) < 0.005
