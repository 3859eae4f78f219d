"""The light ball and the horizon line: what is drawn, and what a drag means."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cyclorama.core.perspective import Perspective

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugin"))

from shared.horizon import Camera, draw_horizon
from shared.light_ball import direction_at, direction_in_words, draw_light_ball, position_of

ANGLES = st.floats(-math.pi, math.pi), st.floats(-math.pi / 2, math.pi / 2)


def ball(*direction: float, **light: object) -> np.ndarray:
    pixels = draw_light_ball(96, direction, **light)  # type: ignore[arg-type]
    return np.frombuffer(pixels, np.uint8).reshape(96, 96, 4).astype(float)


@given(*ANGLES)
def test_a_drag_to_the_handle_gives_the_direction_back(azimuth: float, elevation: float) -> None:
    direction = (
        math.sin(azimuth) * math.cos(elevation),
        math.sin(elevation),
        math.cos(azimuth) * math.cos(elevation),
    )
    assume(direction[2] > -math.cos(math.radians(15)))
    back = direction_at(*position_of(direction, 112), 112)
    assert np.dot(direction, back) > math.cos(math.radians(0.5))
    assert np.linalg.norm(back) == pytest.approx(1)


@given(st.floats(-math.pi, math.pi), st.floats(1.5, 30))
def test_a_drag_far_outside_keeps_its_side(angle: float, reach: float) -> None:
    x, y, z = direction_at(48 + 48 * reach * math.cos(angle), 48 - 48 * reach * math.sin(angle), 96)
    assert math.atan2(y, x) == pytest.approx(angle, abs=1e-3)
    assert z == pytest.approx(-math.cos(math.radians(15)))


@given(st.floats(-50, 200), st.floats(-50, 200))
def test_every_position_means_a_unit_vector(x: float, y: float) -> None:
    assert np.linalg.norm(direction_at(x, y, 128)) == pytest.approx(1)


def test_the_lit_side_is_bright() -> None:
    left = ball(-1, 0, 0.3)[..., :3].mean(-1)
    right = ball(1, 0, 0.3)[..., :3].mean(-1)
    assert left[48, 24] > left[48, 70] + 60
    assert right[48, 70] > right[48, 24] + 60
    above = ball(0, 1, 0.3)[..., :3].mean(-1)
    assert above[26, 48] > above[70, 48] + 60


def test_light_from_behind_leaves_the_ball_dark_and_its_handle_on_the_ring() -> None:
    behind = ball(0.2, 0.1, -1, softness_rad=0.0)
    assert behind[48, 48, :3].mean() < 120
    x, y = position_of((0.2, 0.1, -1), 96)
    assert math.hypot(x - 48, y - 48) > 48 * 0.75


def test_a_soft_light_reaches_further_round() -> None:
    hard = ball(-1, 0, 0, softness_rad=0.0)
    soft = ball(-1, 0, 0, softness_rad=1.2)
    assert soft[48, 54, :3].mean() > hard[48, 54, :3].mean() + 10


def test_the_ball_takes_the_colours_of_the_light() -> None:
    warm = ball(0, 0, 1, key_color=(0.9, 0.6, 0.3))
    assert warm[30, 48, 0] > warm[30, 48, 2] + 30


def test_corners_are_clear_and_the_ball_opaque() -> None:
    picture = ball(0, 0, 1)
    assert picture[0, 0, 3] == 0
    assert (picture[30:66, 30:66, 3] == 255).all()


def test_words() -> None:
    assert direction_in_words((0, 0, 1)) == "from the camera, 0° up"
    assert direction_in_words((-1, 0, 1)) == "45° from the left, 0° up"
    assert direction_in_words((0.1, 0.5, -1)).endswith("behind the subject")


def camera(**changes: float) -> Camera:
    values = {"pitch_rad": -0.1, "roll_rad": 0.05, **changes}
    return Camera(400, 300, 350, (200, 150), **values)


@given(st.floats(-0.6, 0.6), st.floats(-0.4, 0.4))
def test_the_line_lies_where_the_engine_says(pitch: float, roll: float) -> None:
    engine = Perspective((300, 400), 350.0, (190.0, 140.0), pitch, roll, 1.0)
    mine = Camera(400, 300, 350, (190, 140), pitch, roll)
    assert mine.horizon_row(200) == pytest.approx(engine.horizon_px, abs=0.01)


@given(st.floats(20, 280))
def test_dragging_the_middle_moves_the_horizon_there_and_keeps_the_roll(row: float) -> None:
    moved = camera().dragged("middle", 230, row)
    assert moved.horizon_row(230) == pytest.approx(row, abs=0.01)
    assert moved.roll_rad == camera().roll_rad


@pytest.mark.parametrize(("part", "x"), [("left", 20.0), ("right", 390.0)])
def test_dragging_an_end_turns_the_line_about_its_middle(part: str, x: float) -> None:
    before = camera()
    turned = before.dragged(part, x, 60)
    assert turned.horizon_row(x) == pytest.approx(60, abs=0.01)
    assert turned.horizon_row(200) == pytest.approx(before.horizon_row(200), abs=0.01)


def test_what_a_press_takes_hold_of() -> None:
    level = camera(roll_rad=0.0)
    row = level.horizon_row(200)
    assert level.part_at(200, row + 5) == "middle"
    assert level.part_at(10, row) == "left"
    assert level.part_at(395, row) == "right"
    assert level.part_at(200, row + 40) is None
    assert camera(pitch_rad=1.0).part_at(200, 298) == "middle"


def test_a_thumbnail_shows_the_line_at_the_same_place() -> None:
    level = camera(roll_rad=0.0)
    assert level.scaled(100, 75).horizon_row(50) == pytest.approx(level.horizon_row(200) / 4)
    pixels = bytearray(bytes((40, 40, 40, 255)) * (100 * 75))
    draw_horizon(pixels, 100, 75, level)
    picture = np.frombuffer(bytes(pixels), np.uint8).reshape(75, 100, 4)
    assert abs(int(picture[:, 30, 0].argmax()) - level.horizon_row(200) / 4) <= 1


def test_a_horizon_outside_the_picture_is_drawn_at_its_edge() -> None:
    pixels = bytearray(4 * 100 * 75)
    draw_horizon(pixels, 100, 75, camera(pitch_rad=1.2))
    picture = np.frombuffer(bytes(pixels), np.uint8).reshape(75, 100, 4)
    assert picture[70:, :, 3].any()
    assert not picture[:60, :, 3].any()
