"""Our samplers against those of the diffusers library."""

import numpy as np
import pytest

from cyclorama.backdrop.scheduler import alphas_cumprod, sample_ddim, sample_dpm, timesteps

torch = pytest.importorskip("torch", reason="the reference needs torch (install the extra: diffusion)")
diffusers = pytest.importorskip(
    "diffusers", reason="the reference needs diffusers (install the extra: diffusion)"
)

COMMON = {
    "beta_schedule": "squaredcos_cap_v2",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
}


def predict(latent, t):
    """A smooth made-up v that depends on latent and time."""
    return np.tanh(latent * 0.7 + np.sin(t / 90.0)).astype(np.float32)


def reference(scheduler, noise, steps):
    scheduler.set_timesteps(steps)
    latent = torch.from_numpy(noise)
    for t in scheduler.timesteps:
        v = torch.from_numpy(predict(latent.numpy(), int(t)))
        latent = scheduler.step(v, t, latent).prev_sample
    return latent.numpy()


def test_schedule_and_time_steps():
    scheduler = diffusers.DDIMScheduler(clip_sample=False, **COMMON)
    np.testing.assert_allclose(alphas_cumprod(), scheduler.alphas_cumprod.numpy(), atol=1e-6)
    for steps in (4, 12, 16, 20, 50):
        scheduler.set_timesteps(steps)
        assert timesteps(steps) == scheduler.timesteps.tolist()


# The reference steps back by 1000 // steps whatever it visited: only divisors of 1000 compare.
@pytest.mark.parametrize("steps", [4, 10, 20])
def test_ddim(steps, rng):
    noise = rng.standard_normal((1, 3, 8, 8)).astype(np.float32)
    scheduler = diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=True, **COMMON)
    *_, last = sample_ddim(predict, noise, steps)
    np.testing.assert_allclose(last, reference(scheduler, noise, steps), atol=1e-4)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("steps", [4, 12, 20])
def test_dpm_solver(steps, rng):
    noise = rng.standard_normal((1, 3, 8, 8)).astype(np.float32)
    scheduler = diffusers.DPMSolverMultistepScheduler(
        algorithm_type="dpmsolver++", solver_order=2, final_sigmas_type="zero", **COMMON
    )
    *_, last = sample_dpm(predict, noise, steps)
    np.testing.assert_allclose(last, reference(scheduler, noise, steps), atol=1e-4)
