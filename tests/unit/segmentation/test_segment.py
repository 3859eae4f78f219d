import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import Cancelled
from cyclorama.protocol.options import SplitOptions
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.segment import segment

PHOTO = Image(np.zeros((100, 200, 3), np.float32))


class Known:
    """A segmenter that finds what it is told: the stage is tested, not a network."""

    def __init__(self, *segments: Segment) -> None:
        self.segments, self.provenance = segments, {"id": "known"}

    def __call__(self, image, *, report):
        return self.segments


def block(box, score=0.9, label=None, probability=1.0):
    return Segment(np.full((4, 4), probability, np.float32), score, label, box)


def run(*segments, **options):
    return segment(PHOTO, Known(*segments), SplitOptions(**options))


def on_photo(own):
    out = np.zeros(PHOTO.size, np.float32)
    out[own.box.slices] = read_grid(own.probability, own.box, own.box, own.box.size)
    return out


def test_nothing_found_is_no_error():
    assert run() == ()


def test_what_stands_lower_is_nearer_the_top():
    far, near = block(Box(0, 0, 40, 40)), block(Box(100, 50, 140, 90))
    assert [s.box for s in run(near, far)] == [far.box, near.box]


def test_unsure_and_tiny_objects_are_dropped():
    found = run(
        block(Box(0, 0, 40, 40), score=0.3), block(Box(50, 0, 52, 2)), block(Box(60, 0, 90, 30), score=0.5)
    )
    assert [s.box for s in found] == [Box(60, 0, 90, 30)]


def test_of_too_many_the_surest_stay():
    many = [block(Box(20 * i, 0, 20 * i + 15, 50), score=0.5 + 0.05 * i) for i in range(8)]
    assert sorted(s.score for s in run(*many, max_objects=3)) == pytest.approx([0.75, 0.8, 0.85])


def test_overlapping_objects_share_each_pixel_at_most_once():
    left = Segment(np.ones((80, 80), np.float32), 0.9, None, Box(10, 10, 90, 90))
    right = Segment(np.full((80, 80), 0.8, np.float32), 0.9, None, Box(50, 10, 130, 90))
    found = run(left, right)
    total = sum(on_photo(s) for s in found)
    assert total.max() <= 1 + 1e-5
    common = total[10:90, 50:90]
    assert common.min() > 0.9  # no hole where two objects meet
    by_box = {s.box: on_photo(s) for s in found}
    assert (by_box[left.box][10:90, 55:85] > by_box[right.box][10:90, 55:85]).all()


def test_alone_an_object_keeps_its_probability():
    own = Segment(np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4), 0.9, None, Box(10, 10, 90, 90))
    np.testing.assert_array_equal(run(own)[0].probability, own.probability)


def test_names_tell_objects_apart():
    found = run(
        block(Box(0, 0, 40, 40), 0.9, "dog"),
        block(Box(50, 0, 90, 40), 0.8, "dog"),
        block(Box(100, 0, 140, 40), 0.7, "ball"),
        block(Box(150, 0, 190, 40), 0.6),
    )
    assert {s.box.left: s.label for s in found} == {0: "dog 1", 50: "dog 2", 100: "ball 1", 150: "object 1"}


def test_progress_never_falls_and_ends_at_one():
    seen = []
    segment(PHOTO, Known(block(Box(0, 0, 40, 40))), SplitOptions(), report=lambda p: seen.append(p.fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_cancel_leaves_the_stage():
    def stop(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        segment(PHOTO, Known(), SplitOptions(), report=stop)
