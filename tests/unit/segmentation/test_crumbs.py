import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.segment import Segment
from cyclorama.segmentation.crumbs import without_crumbs


def segment(probability):
    return Segment(np.float32(probability), 0.9, None, Box(0, 0, probability.shape[1], probability.shape[0]))


def test_specks_go_and_parts_stay():
    probability = np.zeros((60, 80))
    probability[10:40, 10:40] = 0.9
    probability[10:20, 60:70] = 0.8  # a ninth of the largest
    probability[50:53, 70:74] = 0.9
    probability[55, 5] = 0.3
    found = without_crumbs(segment(probability)).probability
    np.testing.assert_array_equal(found[:45], np.float32(probability[:45]))
    assert found[45:].max() == 0


def test_a_soft_edge_is_part_of_its_object():
    probability = np.zeros((30, 30))
    probability[8:22, 8:22] = 0.2
    probability[10:20, 10:20] = 1
    own = segment(probability)
    assert without_crumbs(own) is own


def test_an_object_that_is_nowhere_likely_is_left_alone_or_empty():
    probability = np.full((10, 10), 0.3)
    own = segment(probability)
    assert without_crumbs(own) is own
