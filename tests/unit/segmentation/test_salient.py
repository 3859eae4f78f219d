import numpy as np
import pytest

from cyclorama.segmentation.salient import Candidate, join_pieces, with_leftovers, with_support

SIZE = (60, 80)


def block(top, left, bottom, right, value=1.0):
    out = np.zeros(SIZE, np.float32)
    out[top:bottom, left:right] = value
    return out


def test_salient_objects_gain():
    salience = block(0, 0, 60, 40)
    inside, outside = Candidate(block(10, 10, 30, 30), 0.5), Candidate(block(10, 50, 30, 70), 0.5)
    gained, same = with_support([inside, outside], salience)
    assert gained.score > same.score == 0.5


def test_an_empty_candidate_is_dropped():
    assert with_support([Candidate(block(0, 0, 5, 5, 0.3), 0.9)], block(0, 0, 60, 80)) == []


def test_unsure_pieces_of_one_salient_region_become_the_whole():
    salience = block(10, 10, 50, 70, 0.95)
    pieces = [Candidate(block(10, 10, 50, 35), 0.4), Candidate(block(10, 40, 50, 70), 0.45)]
    (whole,) = join_pieces(pieces, salience)
    np.testing.assert_array_equal(whole.inside, salience > 0.5)
    assert whole.score > 0.45


def test_a_sure_piece_stays_an_object():
    salience = block(10, 10, 50, 70, 0.95)
    pieces = [Candidate(block(10, 10, 50, 35), 0.9), Candidate(block(10, 40, 50, 70), 0.45)]
    assert join_pieces(pieces, salience) == pieces


def test_a_salient_region_that_nobody_proposed_is_an_object():
    salience = block(10, 10, 30, 30, 0.9) + block(5, 60, 8, 63, 0.9)  # the second is too small
    own = Candidate(block(40, 50, 55, 70), 0.8)
    found = with_leftovers([own], salience, 0.2)
    assert found[0] is own
    assert len(found) == 2
    np.testing.assert_array_equal(found[1].inside, block(10, 10, 30, 30) > 0)


def test_a_missing_part_goes_to_the_object_that_it_touches():
    salience = block(10, 10, 50, 40, 0.9)
    body, other = Candidate(block(20, 10, 50, 40), 0.8), Candidate(block(0, 60, 20, 80), 0.8)
    found = with_leftovers([other, body], salience, 0.2)
    assert len(found) == 2
    np.testing.assert_array_equal(found[1].inside, salience > 0.5)
    assert found[0] is other


@pytest.mark.parametrize("salience", [np.zeros(SIZE, np.float32), np.ones(SIZE, np.float32)])
def test_nothing_proposed(salience):
    found = with_leftovers(join_pieces([], salience), salience, 0.2)
    assert len(found) == int(salience.max())  # the whole picture may be the object
