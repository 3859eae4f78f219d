import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.protocol.errors import InputError


def test_box_of_a_mask_is_tight(rng):
    mask = np.zeros((20, 30), bool)
    mask[4:9, 7:25] = rng.random((5, 18)) > 0.5
    mask[4, 7] = mask[8, 24] = True
    assert Box.of_mask(mask) == Box(7, 4, 25, 9)
    assert Box.of_mask(np.zeros((3, 3), bool)).area == 0


def test_intersection_union_and_expansion():
    a, b = Box(0, 0, 10, 5), Box(4, 3, 12, 9)
    assert a.intersect(b) == Box(4, 3, 10, 5)
    assert a.union(b) == Box(0, 0, 12, 9)
    assert a.intersect(Box(20, 20, 30, 30)).area == 0
    assert b.expand(5, (10, 14)) == Box(0, 0, 14, 10)
    assert b.relative_to(a.intersect(b)) == Box(0, 0, 8, 6)


def test_a_reversed_box_is_refused():
    with pytest.raises(InputError, match="right 3"):
        Box(5, 0, 3, 1)
