import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.core.segment import Segment
from cyclorama.segmentation.ordering import far_to_near, lies_before

WHOLE = Box(0, 0, 400, 300)


def shape(mask):
    return Segment(mask.astype(np.float32), 0.9, None, WHOLE)


def disc(y, x, radius):
    rows, columns = np.mgrid[:75, :100]
    return (rows - y) ** 2 + (columns - x) ** 2 < radius**2


def test_what_bites_into_an_outline_is_nearer_even_if_it_stands_higher():
    near = disc(30, 50, 15)
    far = disc(45, 50, 25) & ~near
    assert lies_before(shape(near), shape(far)) is True
    assert lies_before(shape(far), shape(near)) is False
    assert far_to_near([shape(near), shape(far)])[-1].probability.sum() == near.sum()


def test_what_lies_inside_another_is_nearer():
    inner = disc(35, 50, 6)
    outer = disc(38, 50, 30) & ~inner
    assert lies_before(shape(inner), shape(outer)) is True


def test_objects_that_do_not_touch_say_nothing():
    assert lies_before(shape(disc(20, 20, 8)), shape(disc(50, 70, 8))) is None


def test_a_straight_border_says_nothing_and_the_lower_one_is_nearer():
    upper, lower = np.zeros((75, 100), bool), np.zeros((75, 100), bool)
    upper[10:40, 20:60] = True
    lower[40:70, 20:60] = True
    assert lies_before(shape(upper), shape(lower)) is None
    assert far_to_near([shape(lower), shape(upper)])[-1].probability[60, 30] == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_chain_of_three_is_the_same_from_any_order(order):
    top = disc(30, 50, 8)
    middle = disc(34, 50, 16) & ~top
    bottom = disc(40, 50, 30) & ~top & ~middle
    given = [shape(mask) for mask in (top, middle, bottom)]
    found = far_to_near([given[k] for k in order])
    assert [s.probability.sum() for s in found] == [bottom.sum(), middle.sum(), top.sum()]
