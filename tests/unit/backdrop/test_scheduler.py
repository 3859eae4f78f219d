import numpy as np
import pytest

from cyclorama.backdrop.scheduler import alphas_cumprod, guide, sample_ddim, sample_dpm, timesteps


def test_the_last_training_step_is_pure_noise():
    power = alphas_cumprod()
    assert power[-1] == 0
    assert power[0] > 0.9999
    assert np.all(np.diff(power) < 0)


@pytest.mark.parametrize("steps", [1, 2, 7, 16, 100])
def test_time_starts_at_the_last_step_and_falls(steps):
    visited = timesteps(steps)
    assert len(visited) == steps
    assert visited[0] == 999
    assert np.all(np.diff(visited) < 0)


@pytest.mark.parametrize("sample", [sample_ddim, sample_dpm])
def test_an_exact_predictor_of_one_picture_leads_to_it(sample, rng):
    picture = rng.standard_normal((1, 2, 4, 4)).astype(np.float32)
    power = alphas_cumprod()

    def exact(latent, t):
        signal, spread = power[t] ** 0.5, (1 - power[t]) ** 0.5
        noise = (latent - signal * picture) / spread
        return (signal * noise - spread * picture).astype(np.float32)

    *_, last = sample(exact, rng.standard_normal(picture.shape).astype(np.float32), 8)
    np.testing.assert_allclose(last, picture, atol=1e-4)


def spread_after(sample, steps, rng, deviation=0.5):
    """Standard deviation of samples drawn with the exact predictor for data from N(0, deviation^2)."""
    power = alphas_cumprod()

    def optimal(latent, t):
        clean = power[t] ** 0.5 * deviation**2 / (power[t] * deviation**2 + 1 - power[t]) * latent
        noise = (latent - power[t] ** 0.5 * clean) / (1 - power[t]) ** 0.5
        return (power[t] ** 0.5 * noise - (1 - power[t]) ** 0.5 * clean).astype(np.float32)

    *_, last = sample(optimal, rng.standard_normal((1, 4, 64, 64)).astype(np.float32), steps)
    return float(last.std())


def test_a_gaussian_keeps_its_spread_better_with_more_steps_and_the_second_order(rng):
    lost = {(f, n): abs(spread_after(f, n, rng) - 0.5) for f in (sample_ddim, sample_dpm) for n in (16, 200)}
    assert lost[sample_dpm, 200] < 0.01
    assert lost[sample_dpm, 16] < lost[sample_ddim, 16] < 0.1
    assert lost[sample_ddim, 200] < 0.015


def test_guidance_of_one_changes_nothing(rng):
    plain, placed, lit = rng.standard_normal((3, 1, 3, 4, 4)).astype(np.float32)
    np.testing.assert_allclose(guide(plain, placed, lit, scene=1.0, light=1.0), lit, atol=1e-5)


def test_light_guidance_goes_along_what_the_light_changes(rng):
    plain, placed, lit = rng.standard_normal((3, 1, 3, 4, 4)).astype(np.float32)
    more = guide(plain, placed, lit, scene=1.0, light=3.0, rescale=0.0)
    np.testing.assert_allclose(more - lit, 2 * (lit - placed), atol=1e-5)
