import numpy as np

from cyclorama.plate.smooth import fill_smoothly


def test_known_values_stay_and_constants_continue(rng):
    known = rng.random((50, 70)) < 0.2
    values = np.full((50, 70, 3), 0.3, np.float32)
    found = fill_smoothly(np.where(known[..., None], values, 0.9), known.astype(np.float32))
    np.testing.assert_allclose(found, values, atol=1e-5)


def test_the_fill_stays_within_the_known_range(rng):
    values = rng.random((40, 40, 3), np.float32)
    known = np.ones((40, 40), np.float32)
    known[10:30, 12:28] = 0
    found = fill_smoothly(values, known)
    assert np.array_equal(found[known == 1], values[known == 1])
    assert found.min() >= values.min() - 1e-6
    assert found.max() <= values.max() + 1e-6


def test_nothing_known_gives_nothing():
    assert fill_smoothly(np.ones((9, 7, 3), np.float32), np.zeros((9, 7), np.float32)).max() == 0
