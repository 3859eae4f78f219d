import numpy as np

from cyclorama.core.filters import dilate
from cyclorama.plate.patch_match import RADIUS_PX, cohere, describe, first_field, search, vote


def scene(rng, size=(48, 64)):
    hole = np.zeros(size, bool)
    hole[18:30, 24:40] = True
    return rng.random((*size, 3), np.float32), hole


def test_sources_are_wholly_known(rng):
    picture, hole = scene(rng)
    field = first_field(hole, None, rng)
    patches = describe(picture, field)
    search(picture, field, patches, 2, rng)
    cohere(picture, field, patches, 1)
    touched = dilate(hole, RADIUS_PX).reshape(-1)
    assert not touched[field.source].any()
    assert np.array_equal(np.flatnonzero(touched), field.target)


def test_search_only_improves(rng):
    picture, hole = scene(rng)
    field = first_field(hole, None, rng)
    patches = describe(picture, field)
    costs = [float(search(picture, field, patches, 1, rng).sum()) for _ in range(4)]
    assert costs == sorted(costs, reverse=True)


def test_a_repeated_pattern_is_found_exactly(rng):
    tile = rng.random((8, 8, 3), np.float32)
    picture = np.tile(tile, (7, 8, 1))
    hole = np.zeros(picture.shape[:2], bool)
    hole[24:34, 28:40] = True
    field = first_field(hole, None, rng)
    patches = describe(picture, field)
    for _ in range(6):
        cost = search(picture, field, patches, 4, rng)
    voted = vote(picture, hole, field, cost, np.ones(hole.shape, np.float32))
    assert np.abs(voted - picture).mean() < 0.01
    assert np.array_equal(voted[~hole], picture[~hole])


def test_without_a_whole_patch_there_is_no_field(rng):
    assert first_field(np.ones((20, 20), bool), None, rng) is None
    assert first_field(np.zeros((5, 5), bool), None, rng) is None
