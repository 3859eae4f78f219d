import numpy as np
import pytest

from cyclorama.segmentation.proposals import (
    Locations,
    Proposal,
    box_overlaps,
    draw,
    locations_of,
    sigmoid,
    suppress_boxes,
    suppress_masks,
)


def test_sigmoid_saturates_without_warning():
    np.testing.assert_allclose(sigmoid(np.float32([-1e4, 0, 1e4])), [0, 0.5, 1])
    np.testing.assert_allclose(sigmoid(np.float32([1.0])), 1 / (1 + np.exp(-1)), rtol=1e-6)


def test_locations_cover_the_input_at_three_strides():
    count = (8 * 12) + (4 * 6) + (2 * 3)
    found = locations_of(np.zeros((count, 6), np.float32), (64, 96))
    assert found.centers.shape == (count, 2)
    for stride in (8, 16, 32):
        centers = found.centers[found.strides == stride]
        assert centers.min() == stride / 2
        np.testing.assert_array_equal(centers.max(axis=0), [96 - stride / 2, 64 - stride / 2])
    # Distances of e^0 strides: every box is two strides wide.
    np.testing.assert_array_equal(found.boxes[:, 2] - found.boxes[:, 0], 2 * found.strides)


def test_overlaps_of_boxes():
    boxes = np.float32([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]])
    np.testing.assert_allclose(box_overlaps(boxes[0], boxes), [1, 1 / 3, 0], rtol=1e-6)


def locations(boxes, objectness):
    count = len(boxes)
    ones = np.ones(count, np.float32)
    return Locations(
        np.full((count, 2), 32, np.float32), 8 * ones, np.float32(boxes), np.float32(objectness), ones
    )


def test_repeated_boxes_go_in_favor_of_the_best():
    found = locations(
        [[0, 0, 10, 10], [0, 0, 10, 11], [20, 0, 30, 10], [40, 0, 50, 10]], [0.5, 0.9, 0.6, 0.01]
    )
    assert suppress_boxes(found, least_score=0.3, most_overlap=0.7, limit=10) == [1, 2]


def test_a_location_draws_relative_to_itself():
    # Parameters that pass x through both hidden layers: logit = relu(x offset in reaches).
    parameters = np.zeros(18 * 8 + 8 + 8 * 8 + 8 + 8 + 1, np.float32)
    parameters[0] = 1  # first hidden unit <- x
    parameters[18 * 8 + 8] = 1  # first second-layer unit <- first hidden unit
    parameters[18 * 8 + 8 + 64 + 8] = 1  # output <- that
    drawn = draw(parameters, np.zeros((16, 16, 16), np.float32), locations([[0, 0, 64, 64]], [0.81]), 0)
    assert drawn.window == (0, 0, 16, 16)
    assert drawn.score == pytest.approx(0.9)
    x = (np.arange(16) + 0.5) * 4 - 32
    np.testing.assert_allclose(drawn.logits, np.tile(np.maximum(x / 64, 0), (16, 1)), atol=1e-6)


def square(top, left, size, score, strength=5.0):
    return Proposal(np.full((size, size), strength, np.float32), (top, left, top + size, left + size), score)


def test_masks_that_repeat_hold_or_are_part_of_better_ones_go():
    best = square(0, 0, 10, 0.9)
    part = square(2, 2, 5, 0.8)
    shifted = square(1, 0, 10, 0.7)
    apart = square(0, 20, 10, 0.6)
    around = Proposal(np.full((12, 24), 5, np.float32), (0, 6, 12, 30), 0.5)  # 288 cells, 140 of them taken
    group = Proposal(np.full((10, 30), 5, np.float32), (0, 0, 10, 30), 0.4)  # 300 cells, 200 of them taken
    kept = suppress_masks([group, around, part, apart, shifted, best], (32, 32), most_overlap=0.5)
    assert [k.window for k in kept] == [best.window, apart.window, around.window]


def test_undecided_masks_score_lower():
    sure, unsure = square(0, 0, 10, 0.8), square(0, 20, 10, 0.8, strength=0.2)
    kept = suppress_masks([unsure, sure], (32, 32), most_overlap=0.5)
    assert kept[0].window == sure.window
    assert kept[0].score > kept[1].score
