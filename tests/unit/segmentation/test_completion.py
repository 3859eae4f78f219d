"""Foreground that no object holds goes to the object that it touches."""

import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.protocol.options import SplitOptions
from cyclorama.segmentation.completion import complete
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.segment import segment

PHOTO = Box(0, 0, 200, 160)


def grid(*boxes, value=1.0):
    out = np.zeros((80, 100), np.float32)
    for top, bottom, left, right in boxes:
        out[top:bottom, left:right] = value
    return out


def shown(own):
    return read_grid(own.probability, own.box, PHOTO, (80, 100)) > 0.5


def whole(probability, score=0.9, label=None):
    return Segment(probability, score, label, PHOTO)


def test_a_part_that_no_object_holds_completes_the_one_it_touches():
    head, far = whole(grid((10, 30, 40, 60)), label="bear"), whole(grid((10, 30, 5, 15)))
    both = grid((10, 30, 40, 60), (30, 60, 30, 70), (10, 30, 5, 15))
    found = complete([head, far], whole(both))
    assert np.array_equal(shown(found[0]), grid((10, 30, 40, 60), (30, 60, 30, 70)) > 0.5)
    assert found[1] is far
    assert (found[0].label, found[0].score) == ("bear", 0.9)


def test_a_part_that_touches_nothing_stays_out():
    head = whole(grid((10, 30, 40, 60)))
    (found,) = complete([head], whole(grid((10, 30, 40, 60), (60, 75, 80, 95))))
    assert found is head


def test_an_edge_that_differs_a_little_changes_nothing():
    head = whole(grid((10, 30, 40, 60)))
    (found,) = complete([head], whole(grid((9, 31, 39, 61))))
    assert found is head


def test_no_object_takes_what_another_holds():
    left, right = whole(grid((20, 60, 20, 40))), whole(grid((20, 60, 60, 80)))
    found = complete([left, right], whole(grid((20, 60, 20, 80))))
    between = shown(found[0]).astype(int) + shown(found[1])
    assert between.max() == 1
    assert between[30:50, 25:75].min() == 1


def test_nothing_found_stays_nothing():
    assert complete([], whole(grid((20, 60, 20, 80)))) == []


class Knowing:
    """A segmenter that proposes a part and knows the whole."""

    @property
    def provenance(self):
        return {}

    def __call__(self, image, *, report):
        raise AssertionError("one look is enough")

    def survey(self, image, *, report):
        return (whole(grid((10, 30, 40, 60))),), whole(grid((10, 60, 40, 60), value=0.6))


def test_the_stage_completes_by_the_foreground_as_it_was_refined():
    image = Image(np.zeros((160, 200, 3), np.uint8))
    asked = []

    def refine(photo, foreground):
        asked.append((photo is image, float(foreground.probability.max())))
        return whole(np.round(foreground.probability))

    (found,) = segment(image, Knowing(), SplitOptions(), refine=refine)
    assert asked == [(True, np.float32(0.6))]
    assert np.array_equal(shown(found), grid((10, 60, 40, 60)) > 0.5)
    (plain,) = segment(image, Knowing(), SplitOptions())
    assert not shown(plain)[40].any()
