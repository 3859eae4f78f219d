import dataclasses
import math

import numpy as np
import pytest

from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.light_picture import camera_of, paint_light_picture
from cyclorama.core.color import luminance, srgb_to_linear
from cyclorama.core.geometry import Box
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective, camera_rays

SIZE = (120, 160)


def conditions(azimuth=60, elevation=30, scene="studio", pitch=-6.0, palette=None, key=(0.8, 0.8, 0.8)):
    a, e = math.radians(azimuth), math.radians(elevation)
    direction = np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
    light = LightingEstimate(direction, 60.0, 0.15, np.array(key), np.full(3, 0.2), np.zeros((9, 3)))
    camera = Perspective(SIZE, 150.0, (80.0, 60.0), math.radians(pitch), 0.0, 0.8)
    return Conditions(light, camera, scene, 0.02, palette)


def standing():
    """A post on the ground, in the middle."""
    alpha = np.zeros(SIZE, np.float32)
    alpha[50:100, 74:86] = 1
    return alpha


EMPTY = np.zeros(SIZE, np.float32)


def brightness(picture):
    return luminance(srgb_to_linear(picture))


@pytest.mark.parametrize("scene", ["studio", "wall", "sea", "meadow"])
def test_the_lights_side_is_the_brighter_one_and_a_mirrored_light_mirrors_it(scene):
    right, left = (paint_light_picture(conditions(side, scene=scene), EMPTY, SIZE) for side in (70, -70))
    np.testing.assert_allclose(right, left[:, ::-1], atol=1e-4)
    bright = brightness(right)
    assert bright[:, 80:].mean() > 1.02 * bright[:, :80].mean()


def test_outdoors_the_sky_ends_at_the_horizon():
    for pitch in (-10.0, 0.0, 6.0):
        asked = conditions(scene="sea", pitch=pitch)
        rows = paint_light_picture(asked, EMPTY, SIZE).mean((1, 2))
        edge = int(np.abs(np.diff(rows)).argmax()) + 1
        assert edge == pytest.approx(asked.perspective.horizon_px, abs=1.5)


def test_the_wished_colour_is_the_mean():
    wished = np.array([0.1, 0.3, 0.2], np.float32)
    mean = srgb_to_linear(paint_light_picture(conditions(palette=wished), EMPTY, SIZE)).mean((0, 1))
    np.testing.assert_allclose(mean, wished, rtol=0.15)


def test_a_warm_key_light_warms_the_picture():
    cold, warm = (srgb_to_linear(paint_light_picture(conditions(key=key), EMPTY, SIZE)).mean((0, 1))
                  for key in ((0.6, 0.8, 1.0), (1.0, 0.75, 0.4)))  # fmt: skip
    assert warm[0] / warm[2] > 1.5 * cold[0] / cold[2]


def test_the_subjects_shadow_falls_away_from_the_light():
    with_subject = brightness(paint_light_picture(conditions(70), standing(), SIZE))
    without = brightness(paint_light_picture(conditions(70), EMPTY, SIZE))
    ratio = with_subject / with_subject.mean() * without.mean() / without
    ground = slice(92, 106)
    assert ratio[ground, 20:70].min() < 0.6
    assert ratio[ground, 92:140].min() > 0.8


def test_no_shadow_from_what_the_picture_cuts():
    alpha = np.zeros(SIZE, np.float32)
    alpha[50:, 74:86] = 1
    np.testing.assert_array_equal(
        paint_light_picture(conditions(70), alpha, SIZE), paint_light_picture(conditions(70), EMPTY, SIZE)
    )


def test_a_part_of_the_canvas_keeps_its_rays():
    whole = conditions().perspective
    box = Box(40, 20, 120, 100)
    part = camera_of(whole, box, (40, 40))
    np.testing.assert_allclose(
        camera_rays(part, (40, 40)),
        camera_rays(dataclasses.replace(whole), (60, 80))[10:50, 20:60],
        atol=1e-5,
    )
    assert part.horizon_px == pytest.approx((whole.horizon_px - 20) / 2, abs=1e-3)
