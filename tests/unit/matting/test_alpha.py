import numpy as np
import pytest
from photographs import on_canvas, photograph, segment_of

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.matting import alpha as stage
from cyclorama.matting.alpha import alpha_from_trimap, refine_matte
from cyclorama.protocol.errors import Cancelled, InputError
from cyclorama.protocol.options import SplitOptions


@pytest.mark.parametrize("cell_px", [2, 6, 12])
def test_the_matte_is_finer_than_the_segment(cell_px):
    image, alpha = photograph()
    matte, box = refine_matte(image, segment_of(alpha, cell_px), SplitOptions())
    found = on_canvas(matte, box, image.size)
    assert np.abs(found - alpha).mean() < 0.007
    assert (found[alpha == 1] == 1).mean() > 0.98
    assert (found[alpha == 0] == 0).mean() > 0.98


def test_the_box_is_tight_and_on_the_photograph():
    image, alpha = photograph(center=(10, 150))
    matte, box = refine_matte(image, segment_of(alpha, 4), SplitOptions())
    assert box.intersect(Box.of_size(image.size)) == box
    assert Box.of_mask(matte.alpha > 0) == Box.of_size(matte.size)


def test_large_crops_are_solved_smaller_and_carried_up(monkeypatch):
    image, alpha = photograph((240, 320), (120, 160), 70)
    segment = segment_of(alpha, 8)
    monkeypatch.setattr(stage, "_WORK_AREA", 6000)
    matte, box = refine_matte(image, segment, SplitOptions())
    assert np.abs(on_canvas(matte, box, image.size) - alpha).mean() < 0.006


def test_linear_photographs_give_nearly_the_same_matte():
    image, alpha = photograph()
    segment = segment_of(alpha, 4)
    one, box_one = refine_matte(image, segment, SplitOptions())
    two, box_two = refine_matte(image.as_linear(), segment, SplitOptions())
    assert np.abs(on_canvas(one, box_one, image.size) - on_canvas(two, box_two, image.size)).max() < 1e-3


def test_an_object_that_fills_the_picture_is_all_ones(rng):
    image = Image(rng.random((40, 50, 3), np.float32))
    segment = Segment(np.ones((5, 6), np.float32), 0.9, None, Box(0, 0, 50, 40))
    matte, box = refine_matte(image, segment, SplitOptions())
    assert box == Box(0, 0, 50, 40)
    assert (matte.alpha == 1).all()


def test_a_segment_of_nothing_gives_one_empty_pixel(rng):
    image = Image(rng.random((40, 50, 3), np.float32))
    segment = Segment(np.zeros((5, 6), np.float32), 0.9, None, Box(5, 5, 30, 30))
    matte, box = refine_matte(image, segment, SplitOptions())
    assert box.area == 1
    assert matte.alpha.max() == 0


def test_one_pixel_pictures_work(rng):
    image = Image(rng.random((1, 1, 3), np.float32))
    matte, box = refine_matte(
        image, Segment(np.ones((1, 1), np.float32), 1, None, Box(0, 0, 1, 1)), SplitOptions()
    )
    assert box.area == 1
    assert matte.alpha[0, 0] == 1


def test_progress_never_falls_and_cancel_is_obeyed():
    image, alpha = photograph()
    seen = []
    refine_matte(
        image, segment_of(alpha, 4), SplitOptions(), report=lambda progress: seen.append(progress.fraction)
    )
    assert seen == sorted(seen)
    assert seen[-1] == 1

    def stop(progress):
        if progress.fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        refine_matte(image, segment_of(alpha, 4), SplitOptions(), report=stop)


def test_segments_beside_the_photograph_are_refused():
    image, _ = photograph()
    with pytest.raises(InputError, match="does not meet"):
        refine_matte(
            image, Segment(np.ones((2, 2), np.float32), 1, None, Box(900, 0, 910, 9)), SplitOptions()
        )


def test_a_given_trimap_is_kept_where_it_is_sure():
    image, alpha = photograph()
    trimap = np.where(alpha > 0.999, np.float32(1), np.where(alpha < 0.001, np.float32(0), np.float32(0.3)))
    matte = alpha_from_trimap(image, trimap)
    assert np.array_equal(matte.alpha[trimap == 1], trimap[trimap == 1])
    assert np.array_equal(matte.alpha[trimap == 0], trimap[trimap == 0])
    assert np.abs(matte.alpha - alpha).mean() < 0.01


def test_trimaps_of_another_size_are_refused():
    image, alpha = photograph()
    with pytest.raises(InputError, match="trimap"):
        alpha_from_trimap(image, alpha[:-1])
