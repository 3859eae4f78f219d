import numpy as np

from cyclorama.matting.cleaning import clean, stretch


def test_haze_islands_and_pinholes_go_real_gaps_stay():
    probability = np.zeros((80, 80), np.float32)
    probability[10:70, 10:60] = 1
    probability[30:40, 20:30] = 0  # a gap that the segmenter knows
    alpha = probability.copy()
    alpha[10:70, 66:76] = 0.2  # haze
    alpha[2:5, 70:74] = 1  # island
    alpha[50:52, 40:42] = 0  # pinhole
    found = clean(alpha, probability)
    assert found[:, 62:].max() == 0
    assert (found[50:52, 40:42] == 1).all()
    assert (found[31:39, 21:29] == 0).all()
    assert found[30, 50] == 1


def test_soft_edges_stay_soft():
    ramp = np.broadcast_to(np.clip((np.arange(60, dtype=np.float32) - 25) / 10, 0, 1), (40, 60))
    found = clean(np.array(ramp), (ramp > 0.5).astype(np.float32))
    np.testing.assert_allclose(found, ramp, atol=1e-6)


def test_stretching_is_monotonic_and_ends_at_the_ends():
    alpha = np.linspace(0, 1, 101, dtype=np.float32)
    found = stretch(alpha)
    assert (np.diff(found) >= 0).all()
    assert found[0] == 0
    assert found[-1] == 1
    assert abs(found[50] - 0.5) < 1e-6
