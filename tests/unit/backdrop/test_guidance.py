import numpy as np
import pytest

from cyclorama.backdrop.guidance import steer_slope
from cyclorama.backdrop.noise import cosine_basis
from cyclorama.backdrop.scheduler import alphas_cumprod


def slope_of(latent, v, t):
    power = alphas_cumprod()[t]
    clean = power**0.5 * latent - (1 - power) ** 0.5 * v
    pattern = cosine_basis(8)[0][:, None] * cosine_basis(12)[1][None]
    return np.einsum("kij,ij->k", clean[0], pattern) / 96**0.5, clean


@pytest.mark.parametrize("t", [999, 700, 400])
def test_the_slope_moves_by_the_share_and_nothing_else_does(t, rng):
    latent, v = rng.standard_normal((2, 1, 5, 8, 12)).astype(np.float32)
    target = np.array([0.5, -0.2], np.float32)
    steered = steer_slope(latent, v, t, target=target, weight=0.75)
    before, clean = slope_of(latent, v, t)
    after, moved = slope_of(latent, steered, t)
    np.testing.assert_allclose(after[:2], 0.25 * before[:2] + 0.75 * target, atol=1e-4)
    np.testing.assert_allclose(after[2:], before[2:], atol=1e-4)
    rows, cols = cosine_basis(8), cosine_basis(12)
    change = rows @ (moved - clean)[0] @ cols.T
    change[:, 0, 1] = 0
    np.testing.assert_allclose(change, 0, atol=1e-3)


def test_late_steps_and_no_weight_leave_the_network_alone(rng):
    latent, v = rng.standard_normal((2, 1, 3, 4, 4)).astype(np.float32)
    assert steer_slope(latent, v, 20, target=np.ones(1, np.float32), weight=1.0) is v
    assert steer_slope(latent, v, 900, target=np.ones(1, np.float32), weight=0.0) is v
