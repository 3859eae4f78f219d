import math

import numpy as np
import pytest

from cyclorama.backdrop.light_words import color_mired, describe_light
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective


def light(azimuth, elevation=30, *, kappa=60.0, softness=0.1, key=(0.8, 0.8, 0.8), ambient=(0.2, 0.2, 0.2)):
    a, e = math.radians(azimuth), math.radians(elevation)
    direction = np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
    return LightingEstimate(direction, kappa, softness, np.array(key), np.array(ambient), np.zeros((9, 3)))


def camera(pitch_deg=0.0):
    return Perspective((400, 600), 700.0, (300.0, 200.0), math.radians(pitch_deg), 0.0, 0.8)


def words(*arguments, pitch=0.0, **named):
    return ", ".join(describe_light(light(*arguments, **named), camera(pitch)).wanted)


@pytest.mark.parametrize(
    ("azimuth", "phrase"),
    [(0, "front lighting"), (50, "three-quarter light from the right"), (-50, "three-quarter light from the left"),
     (90, "side light from the right"), (-100, "side light from the left"), (170, "behind on the right")],
)  # fmt: skip
def test_the_side_of_the_light(azimuth, phrase):
    assert phrase in words(azimuth)


def test_the_negative_names_the_wrong_side():
    assert "light from the left" in describe_light(light(60), camera()).unwanted
    assert "light from the right" in describe_light(light(-60), camera()).unwanted
    assert not any("light from" in phrase for phrase in describe_light(light(0), camera()).unwanted)


def test_no_direction_where_the_estimate_is_not_sure():
    unsure = describe_light(light(60, kappa=1.0), camera())
    assert not any("right" in phrase or "left" in phrase for phrase in (*unsure.wanted, *unsure.unwanted))


def test_softness_and_height():
    assert "crisp shadows" in words(60)
    assert "overcast" in words(60, key=(0.1, 0.1, 0.1), ambient=(0.9, 0.9, 0.9))
    assert "overcast" in words(60, softness=1.5)
    assert "overhead" in words(60, 80)
    assert "golden hour" in words(60, 3, key=(1.0, 0.6, 0.25))


def test_the_height_is_over_the_ground_and_not_over_the_lens():
    """What is 40 degrees above the axis of a camera that looks down by 50 stands in the zenith."""
    assert "overhead light" in describe_light(light(0, 40), camera(-50)).wanted
    assert "light from above" in describe_light(light(0, 40), camera(0)).wanted


@pytest.mark.parametrize(
    ("pitch", "phrase"),
    [(-30, "looking down"), (-12, "slightly from above"), (0, "horizon at 50 %"), (15, "low-angle")],
)
def test_the_camera(pitch, phrase):
    assert phrase in words(40, pitch=pitch)


def test_colour_temperatures_of_known_whites():
    # D65, and a black body of 3000 K (linear sRGB by Planck's law).
    assert color_mired(np.ones(3)) == pytest.approx(1e6 / 6504, rel=0.01)
    assert color_mired(np.array([1.0, 0.4855, 0.1458])) == pytest.approx(1e6 / 3000, rel=0.04)
    assert "tungsten" in words(40, key=(1.0, 0.42, 0.1))
    assert "cool blue" in words(40, key=(0.5, 0.75, 1.2))
