import numpy as np
import pytest
from photographs import BACK, FRONT, disc, photograph

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.matting import foreground as stage
from cyclorama.matting.foreground import clear_objects, estimate_foreground
from cyclorama.protocol.errors import InputError

WHOLE = Box(0, 0, 160, 120)


def plain():
    alpha = disc((120, 160), (60, 80), 35, 3.0)
    return Image(alpha[..., None] * FRONT + (1 - alpha[..., None]) * BACK), alpha


@pytest.mark.parametrize("area", [1_000_000, 3000])
def test_mixed_colors_are_taken_apart(monkeypatch, area):
    image, alpha = plain()
    monkeypatch.setattr(stage, "_WORK_AREA", area)
    front = estimate_foreground(image, alpha, WHOLE).pixels
    back = clear_objects(image, alpha).pixels
    assert np.abs(front[alpha > 0.05] - FRONT).max() < 0.02
    assert np.abs(back[alpha < 0.95] - BACK).max() < 0.02


def test_the_color_goes_on_past_the_edge():
    image, alpha = plain()
    front = estimate_foreground(image, alpha, WHOLE).pixels
    assert np.abs(front - FRONT).max() < 0.05


def test_sure_pixels_are_the_photographs_bits():
    image, alpha = photograph()
    front, back = estimate_foreground(image, alpha, WHOLE), clear_objects(image, alpha)
    assert front.sample_format == back.sample_format == "uint8"
    assert np.array_equal(front.samples[alpha == 1], image.samples[alpha == 1])
    assert np.array_equal(back.samples[alpha == 0], image.samples[alpha == 0])


def test_a_textured_fringe_is_cleaner_than_the_photograph():
    image, alpha = photograph()
    soft = (alpha > 0.2) & (alpha < 0.9)
    front = estimate_foreground(image, alpha, WHOLE).pixels
    assert np.abs(front[soft] - FRONT).mean() < 0.4 * np.abs(image.pixels[soft] - FRONT).mean()


def test_all_or_nothing():
    image, _ = photograph()
    whole = np.ones(image.size, np.float32)
    assert np.array_equal(estimate_foreground(image, whole, WHOLE).samples, image.samples)
    assert clear_objects(image, np.zeros_like(whole)) is image
    assert np.isfinite(clear_objects(image, whole).pixels).all()


def test_sizes_must_fit():
    image, alpha = photograph()
    with pytest.raises(InputError, match="Coverage"):
        estimate_foreground(image, alpha, Box(0, 0, 10, 10))
    with pytest.raises(InputError, match="Coverage"):
        clear_objects(image, alpha[1:])
