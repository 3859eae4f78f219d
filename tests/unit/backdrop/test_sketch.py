import math

import numpy as np
import pytest

from cyclorama.backdrop.scenes import SCENES
from cyclorama.backdrop.sketch import PAINTERS, Light, View, develop, paint
from cyclorama.backdrop.sketch.lens import depth_blur, lens_blur
from cyclorama.backdrop.sketch.noise import black_body, spectral_noise
from cyclorama.core.color import luminance, srgb_to_linear

KEY, AMBIENT = np.float32([1.15, 1.0, 0.8]), np.float32([0.2, 0.22, 0.26])
SEEDS = range(6)


def light_from(azimuth_deg, elevation_deg=25.0):
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    d = np.float32([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
    return Light(d, 0.3, KEY, AMBIENT)


def view_of(size=(128, 128), pitch=-0.05, contact_row=None):
    up = np.float32([0, math.cos(pitch), -math.sin(pitch)])
    return View(size, 1.6, up, (0.5 * size[1] / size[0], 0.5), contact_row)


def slope(picture):
    stops = np.log2(luminance(srgb_to_linear(picture)) + 0.01).mean(0)
    return float((stops * np.linspace(-1, 1, len(stops))).mean())


@pytest.mark.parametrize("scene", PAINTERS)
def test_a_sketch_is_a_picture_and_the_same_seed_draws_the_same_one(scene):
    for size, row in (((96, 160), None), ((160, 96), 0.9)):
        view, blur = view_of(size, contact_row=row), SCENES[scene].blur
        first = develop(paint(scene, 1, view, light_from(60), blur))
        assert first.shape == (*size, 3)
        assert first.dtype == np.float32
        assert np.isfinite(first).all()
        assert first.min() >= 0
        assert first.max() <= 1
        assert first.std() > 0.004
        np.testing.assert_array_equal(first, develop(paint(scene, 1, view, light_from(60), blur)))
        assert np.abs(first - develop(paint(scene, 2, view, light_from(60), blur))).mean() > 0.005


@pytest.mark.parametrize("scene", PAINTERS)
def test_the_brighter_side_is_the_lights(scene):
    wins = 0
    for seed in SEEDS:
        right, left = (
            slope(develop(paint(scene, seed, view_of(), light_from(a), SCENES[scene].blur)))
            for a in (65, -65)
        )
        wins += right > left
    # A window's pattern may lie anywhere on a wall, and a beam cross a stage: nearly always.
    assert wins >= len(SEEDS) - 1


@pytest.mark.parametrize("scene", ["meadow", "sea"])
@pytest.mark.parametrize("pitch_deg", [-6.0, 0.0, 6.0])
def test_sky_and_land_meet_at_the_horizon(scene, pitch_deg):
    view = view_of(pitch=math.radians(pitch_deg))
    row = round(view.horizon * 128)
    clear = 0
    for seed in SEEDS:
        picture = develop(paint(scene, seed, view, light_from(50, 30), 0.004))
        steps = np.abs(np.diff(np.log(srgb_to_linear(picture) + 0.02).mean(1), axis=0)).sum(-1)
        clear += steps[row - 3 : row + 3].max() > np.quantile(steps, 0.9)
    assert clear >= len(SEEDS) - 1


def test_a_wished_mean_is_met():
    wished = np.float32([0.1, 0.3, 0.5])
    picture = develop(paint("wall", 0, view_of(), light_from(40), 0.01), wished)
    np.testing.assert_allclose(srgb_to_linear(picture).mean((0, 1)), wished, rtol=0.12)


def test_a_rolled_camera_tilts_the_horizon():
    up = np.float32([math.sin(0.2), math.cos(0.2), 0])
    view = View((128, 128), 1.6, up, (0.5, 0.5))
    below = view.below_horizon
    assert abs(below[64, 64]) < 0.01
    across = (below[64, 100] - below[64, 28]) / (view.x[64, 100] - view.x[64, 28])
    assert across == pytest.approx(-math.tan(0.2), abs=0.01)


def test_defocus_keeps_the_light_and_makes_a_point_a_disc():
    image = np.zeros((64, 64, 1), np.float32)
    image[32, 32] = 1000
    out = lens_blur(image, 9.0)
    assert out.sum() == pytest.approx(1000, rel=1e-3)
    assert out[32, 32 + 7, 0] > 0.5 * out[32, 32, 0]
    assert out[32, 32 + 12, 0] < 1e-3
    flat = np.full((32, 48, 3), 0.3, np.float32)
    np.testing.assert_allclose(depth_blur(flat, np.linspace(0, 8, 48)[None].repeat(32, 0)), 0.3, rtol=1e-4)
    assert lens_blur(np.ones((5, 3, 3), np.float32), 20.0).shape == (5, 3, 3)


def test_colour_temperature_and_noise_have_their_units():
    assert luminance(black_body(3000)) == pytest.approx(1, abs=1e-3)
    assert black_body(3000)[0] > black_body(9000)[0]
    np.testing.assert_allclose(black_body(6000), 1, rtol=1e-3)
    noise = spectral_noise(np.random.default_rng(0), (64, 96), 1.2)
    assert (noise.mean(), noise.std()) == (pytest.approx(0, abs=1e-4), pytest.approx(1, abs=1e-3))
