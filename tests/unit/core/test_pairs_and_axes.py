"""Sets joined pair by pair, and blurs that differ between the axes."""

import numpy as np

from cyclorama.core.filters import gaussian_blur
from cyclorama.core.regions import join_pairs


def test_join_pairs_names_each_set_by_its_smallest_member():
    root = join_pairs(7, np.array([5, 1, 6]), np.array([3, 5, 4]))
    assert root.tolist() == [0, 1, 2, 1, 4, 1, 4]


def test_join_pairs_follows_a_long_chain(rng):
    order = rng.permutation(500)
    root = join_pairs(500, order[:-1], order[1:])
    assert (root == 0).all()


def test_a_blur_may_differ_between_the_axes(rng):
    array = rng.random((40, 50), np.float32)
    both = gaussian_blur(array, (1.5, 3.0))
    down_then_across = gaussian_blur(gaussian_blur(array, (1.5, 0.0)), (0.0, 3.0))
    assert np.allclose(both, down_then_across, atol=1e-6)
    assert np.array_equal(gaussian_blur(array, (2.0, 2.0)), gaussian_blur(array, 2.0))
    assert np.array_equal(gaussian_blur(array, (0.0, 0.0)), array)
