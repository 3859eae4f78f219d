import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyclorama.backdrop.crop import (
    Crop,
    crop_around,
    extend_inwards,
    match_known,
    native_size,
    paste,
    seam_gap,
)
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.protocol.errors import InputError


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 5000),
    width=st.integers(1, 5000),
    native=st.sampled_from([64, 512, 1024]),
    multiple=st.sampled_from([16, 32, 64]),
)
def test_a_models_size_is_in_multiples_and_about_as_large_as_it_likes(height, width, native, multiple):
    h, w = native_size((height, width), native, multiple)
    assert h % multiple == w % multiple == 0
    assert min(h, w) >= multiple
    assert h * w <= 1.1 * native**2 or min(h, w) == multiple


def test_a_small_hole_gets_its_surroundings_and_not_the_whole_canvas():
    alpha = np.zeros((900, 1200), np.float32)
    alpha[400:440, 1150:1200] = 1
    crop = crop_around(Matte(alpha), 256, 64)
    assert crop.box.right == 1200
    assert crop.box.left <= 1150 - 50 // 4
    assert crop.box.height <= 300
    whole = crop_around(Matte(np.ones((900, 1200), np.float32)), 256, 64)
    assert whole.box == Box(0, 0, 1200, 900)


def test_nothing_to_paint_is_an_error():
    with pytest.raises(InputError, match="whole canvas"):
        crop_around(Matte(np.zeros((8, 8), np.float32)), 64, 16)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_pasting_leaves_every_other_pixel_bit_by_bit(rng, dtype):
    levels = {"uint8": 255, "uint16": 65535, "float32": 1}[dtype]
    canvas = Image((rng.random((90, 130, 3)) * levels).astype(dtype))
    alpha = np.zeros((90, 130), np.float32)
    alpha[20:60, 30:90] = rng.random((40, 60)) > 0.3
    hole = Matte(alpha)
    crop = crop_around(hole, 64, 16)
    painted = rng.random((*crop.size, 3)).astype(np.float32)
    made = paste(crop, painted, canvas, hole, everywhere=False, grain=0.01, seed=1)
    held = alpha == 0
    assert np.array_equal(made.pixels[held], canvas.pixels[held])
    assert made.pixels[~held].min() >= 0
    assert not np.array_equal(made.pixels[~held], canvas.pixels[~held])


def test_a_crop_of_the_models_own_size_goes_there_and_back_unchanged(rng):
    canvas = Image(rng.integers(0, 256, (64, 96, 3), dtype=np.uint8))
    crop = Crop(Box(0, 0, 96, 64), (64, 96))
    hole = Matte(np.ones((64, 96), np.float32))
    back = paste(crop, crop.picture(canvas), canvas, hole, everywhere=True)
    np.testing.assert_allclose(back.pixels, canvas.pixels, atol=1e-6)


def test_every_pixel_into_which_the_hole_reaches_is_repainted():
    alpha = np.zeros((64, 64), np.float32)
    alpha[10:20, 10:20] = 0.02  # a faint edge of the matte
    mask = Crop(Box(0, 0, 64, 64), (32, 32)).repaint(Matte(alpha))
    assert mask[5:10, 5:10].all()
    assert mask.sum() == 25


def test_a_models_drift_of_colour_is_taken_back_and_the_seam_is_measured(rng):
    known = (0.2 + 0.6 * rng.random((48, 48, 3))).astype(np.float32)
    repaint = np.zeros((48, 48), bool)
    repaint[10:30, 10:30] = True
    drifted = known + np.array([0.03, -0.02, 0.01], np.float32)
    assert seam_gap(drifted, known, repaint) == pytest.approx(0.02, abs=1e-3)
    np.testing.assert_allclose(match_known(drifted, known, repaint), known, atol=1e-6)
    # What is no drift is not hidden.
    wrong = np.clip(known + 0.15, 0, 1).astype(np.float32)
    assert seam_gap(match_known(wrong, known, repaint), known, repaint) == pytest.approx(0.15, abs=0.01)
    assert seam_gap(known, known, np.ones((48, 48), bool)) is None


def test_behind_the_subject_the_surroundings_go_on():
    x = np.linspace(0.2, 0.8, 80, dtype=np.float32)
    ramp = np.repeat(np.repeat(x[None, :, None], 60, 0), 3, 2)
    repaint = np.ones((60, 80), bool)
    repaint[15:45, 25:55] = False
    spoiled = np.where(repaint[..., None], ramp, 0.0).astype(np.float32)
    filled = extend_inwards(spoiled, repaint)
    assert np.array_equal(filled[repaint], ramp[repaint])
    assert np.abs(filled - ramp).max() < 0.12
