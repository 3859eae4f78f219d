import numpy as np
from photographs import disc, segment_of

from cyclorama.core.geometry import Box
from cyclorama.matting.trimap import trimap, working_box

SIZE = (120, 160)


def bands(cell_px, width=1.0):
    alpha = disc(SIZE, (60, 80), 35)
    segment = segment_of(alpha, cell_px)
    box = working_box(segment, SIZE, width)
    found, probability = trimap(segment, box, box.size, width=width)
    return alpha[box.slices], found, probability


def test_sure_pixels_are_right_and_the_edge_is_open():
    for cell_px in (2, 5, 10):
        alpha, found, _ = bands(cell_px)
        assert set(np.unique(found)) == {0, 0.5, 1}
        assert (alpha[found == 1] > 0.99).all()
        assert (alpha[found == 0] < 0.01).all()


def test_coarser_grids_leave_more_open():
    open_share = [(bands(cell_px)[1] == 0.5).sum() for cell_px in (2, 5, 10)]
    assert open_share == sorted(open_share)


def test_width_widens():
    assert (bands(4, 2.0)[1] == 0.5).sum() > 1.5 * (bands(4, 0.5)[1] == 0.5).sum()


def test_probability_is_zero_outside_the_segment():
    segment = segment_of(disc(SIZE, (60, 80), 35), 4)
    whole = Box.of_size(SIZE)
    _, probability = trimap(segment, whole, SIZE)
    outside = np.ones(SIZE, bool)
    outside[segment.box.slices] = False
    assert probability[outside].max() == 0
    assert abs(probability.sum() / (np.pi * 35**2) - 1) < 0.05
