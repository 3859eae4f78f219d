"""Light and camera as a person sees and changes them in the editors."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugin"))

from shared.light import Light, camera_of, horizon_in_words, light_in_words, under_camera

from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.core.plain import lighting_from, lighting_mapping, perspective_from, perspective_mapping
from cyclorama.protocol.errors import InputError


@pytest.fixture
def light() -> Light:
    """Return a light from the upper right, and a level camera, as the worker tells them."""
    direction, white = np.array([0.5, 0.5, math.sqrt(0.5)]), np.full(3, 0.5)
    estimate = LightingEstimate(direction, 40.0, 0.3, white, white, np.zeros((9, 3)))
    camera = Perspective((300, 400), 400.0, (200.0, 150.0), 0.0, 0.0, 0.5)
    return Light(lighting_mapping(estimate), perspective_mapping(camera))


def test_what_was_read_is_said_with_how_sure_it_is(light: Light) -> None:
    assert light_in_words(light.lighting).startswith("35° from the right, 30° up: ")
    assert horizon_in_words(light.perspective) == "Horizon at 50 % from the top: fairly sure"


def test_what_a_person_moved_is_theirs_and_the_worker_takes_it(light: Light) -> None:
    moved = light.with_values({"azimuth": -40.0, "roll": 3.0})
    assert light_in_words(moved.lighting) == "40° from the left, 30° up: set by you"
    assert (
        horizon_in_words(moved.perspective) == "Horizon at 50 % from the top, turned 3° clockwise: set by you"
    )
    again = lighting_from(moved.lighting).direction
    assert math.degrees(math.atan2(again[0], again[2])) == pytest.approx(-40.0)
    assert math.degrees(perspective_from(moved.perspective).roll_rad) == pytest.approx(3.0)


def test_one_value_leaves_the_others(light: Light) -> None:
    softer = light.with_values({"softness": 60.0})
    assert softer.values == pytest.approx({**light.values, "softness": 60.0})
    assert softer.direction == light.direction


def test_a_dragged_horizon_turns_the_camera(light: Light) -> None:
    camera = camera_of(light.perspective).dragged("middle", 200.0, 90.0)
    lower = under_camera(light.perspective, camera)
    assert camera_of(lower).horizon_row(200.0) == pytest.approx(90.0, abs=0.5)
    assert horizon_in_words(lower) == "Horizon at 30 % from the top: set by you"


def test_a_value_out_of_range_is_named(light: Light) -> None:
    with pytest.raises(InputError, match="Elevation is 120°; -90 to 90"):
        light.with_values({"elevation": 120.0})
