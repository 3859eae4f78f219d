"""Clicks and boxes, answered by the real network on the sample photograph."""

import numpy as np
import pytest

import cyclorama
from cyclorama.core.geometry import Box
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import InputError
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.selection import Click, divide, merge, select

ON_THE_CAT, BESIDE_IT = (200, 200), (430, 30)


@pytest.fixture(scope="module")
def photo(sample_photo):
    return cyclorama.read_image(sample_photo)


@pytest.fixture(scope="module")
def seen(photo):
    return cyclorama.embed(photo)


def value_at(segment, x, y):
    grid = read_grid(segment.probability, segment.box, Box(x, y, x + 1, y + 1), (1, 1))
    return float(grid[0, 0])


def test_a_click_gives_the_object_under_it(seen):
    found = select(seen, [Click(*ON_THE_CAT)])
    assert value_at(found, *ON_THE_CAT) > 0.5
    assert value_at(found, *BESIDE_IT) < 0.5


def test_a_box_gives_what_fills_it(seen):
    box = Box(0, 0, 404, 300)
    found = select(seen, boxes=[box])
    assert found.box.intersect(box).area > 0.9 * found.box.area
    assert value_at(found, *ON_THE_CAT) > 0.5


def test_a_place_that_does_not_belong_is_left_out(seen):
    whole = select(seen, [Click(*ON_THE_CAT)])
    ear = next((x, y) for y in range(5, 60) for x in range(60, 350) if value_at(whole, x, y) > 0.9)
    found = select(seen, [Click(*ON_THE_CAT), Click(*ear, keep=False)])
    assert value_at(found, *ear) < 0.5
    assert value_at(found, *ON_THE_CAT) > 0.5


@pytest.mark.parametrize("clicks", [[], [Click(*ON_THE_CAT, keep=False)], [Click(-3, 5)], [Click(5, 4000)]])
def test_nothing_or_outside_is_a_clear_error(seen, clicks):
    with pytest.raises(InputError):
        select(seen, clicks)


def test_merging_keeps_the_higher_probability():
    left = Segment(np.full((4, 4), 0.8, np.float32), 0.9, "dog 1", Box(0, 0, 40, 40))
    right = Segment(np.full((8, 8), 0.6, np.float32), 0.5, "dog 2", Box(30, 0, 70, 40))
    both = merge([right, left])
    assert both.box == Box(0, 0, 70, 40)
    assert both.score == 0.9
    assert value_at(both, 5, 20) == pytest.approx(0.8)
    assert value_at(both, 35, 20) == pytest.approx(0.8)
    assert value_at(both, 60, 20) == pytest.approx(0.6)


def test_pieces_that_do_not_touch_come_apart(seen):
    grid = np.zeros((10, 20), np.float32)
    grid[2:8, 1:6] = grid[2:8, 12:18] = 0.9
    parts = divide(Segment(grid, 0.9, None, Box(0, 0, 200, 100)), seen)
    assert len(parts) == 2
    area = sum(float(part.probability.mean()) * part.box.area for part in parts)
    assert area == pytest.approx(float(grid.mean()) * 200 * 100, rel=0.1)


def test_clicks_divide_an_object_where_they_are(seen):
    whole = select(seen, [Click(*ON_THE_CAT)])
    first, second = divide(whole, seen, [Click(150, 200), Click(250, 200)])
    assert value_at(first, 150, 200) > 0.5 > value_at(second, 150, 200)
    assert value_at(second, 250, 200) > 0.5 > value_at(first, 250, 200)
    with pytest.raises(InputError, match="beside"):
        divide(whole, seen, [Click(*ON_THE_CAT), Click(*BESIDE_IT)])
