"""The scheduler that steers: what it leaves alone to the bit, and what it moves by how much."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (install the extra: diffusion)")
diffusers = pytest.importorskip("diffusers", reason="needs diffusers (install the extra: diffusion)")

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from cyclorama.backdrop.diffusers_guidance import (  # noqa: E402
    BANDS,
    LowFrequencyGuidance,
    broad_basis,
    guided_scheduler,
    noise_level,
    supports,
)
from cyclorama.backdrop.noise import cosine_basis  # noqa: E402
from cyclorama.protocol.errors import InputError, ModelIncompatible  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
ZERO = {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "beta_schedule": "squaredcos_cap_v2"}
D = diffusers
SCHEDULERS = {
    "ddim-epsilon": lambda: D.DDIMScheduler(clip_sample=False, **BETAS),
    "ddim-v": lambda: D.DDIMScheduler(clip_sample=False, prediction_type="v_prediction", **BETAS),
    "ddim-v-zero": lambda: D.DDIMScheduler(clip_sample=False, prediction_type="v_prediction", **ZERO),
    "ddim-sample": lambda: D.DDIMScheduler(clip_sample=False, prediction_type="sample", **BETAS),
    "dpm-epsilon": lambda: D.DPMSolverMultistepScheduler(**BETAS),
    "dpm-karras": lambda: D.DPMSolverMultistepScheduler(use_karras_sigmas=True, **BETAS),
    "dpm-v": lambda: D.DPMSolverMultistepScheduler(prediction_type="v_prediction", **ZERO),
    "dpm-sde": lambda: D.DPMSolverMultistepScheduler(algorithm_type="sde-dpmsolver++", **BETAS),
    "dpm-flow": lambda: D.DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=2.0
    ),
    "unipc": lambda: D.UniPCMultistepScheduler(**BETAS),
    "euler-epsilon": lambda: D.EulerDiscreteScheduler(**BETAS),
    "euler-v": lambda: D.EulerDiscreteScheduler(prediction_type="v_prediction", **BETAS),
    "euler-ancestral": lambda: D.EulerAncestralDiscreteScheduler(**BETAS),
    "lcm": lambda: D.LCMScheduler(**BETAS),
    "flow-euler": lambda: D.FlowMatchEulerDiscreteScheduler(shift=3.0),
}
SIZE = (12, 10)


def free_cells():
    free = np.ones(SIZE, bool)
    free[4:12, 3:7] = False
    return free


def network(level, latent):
    """The exact denoiser of latents that are white noise themselves, cell by cell."""
    a, s = level.signal, level.noise
    clean = a * latent / (a**2 + s**2)
    if level.prediction == "sample":
        return clean
    noise = (latent - a * clean) / s
    if level.prediction == "flow":
        return noise - clean
    size = (a**2 + s**2) ** 0.5
    return (a * noise - s * clean) / size if level.prediction == "v_prediction" else noise


def sample(scheduler, *, steps=6, seed=3, layout=lambda latent: latent):
    scheduler.set_timesteps(steps)
    generator = torch.Generator().manual_seed(seed)
    shape = (1, 4, *SIZE)
    latent = layout(torch.randn(shape, generator=generator)) * getattr(scheduler, "init_noise_sigma", 1.0)
    takes = scheduler.step.__wrapped__ if hasattr(scheduler.step, "__wrapped__") else scheduler.step
    named = {"generator": generator} if "generator" in takes.__code__.co_varnames else {}
    for t in scheduler.timesteps:
        if hasattr(scheduler, "scale_model_input"):
            scheduler.scale_model_input(latent, t)
        output = network(noise_level(scheduler, t), latent)
        latent = scheduler.step(output, t, latent, **named, return_dict=False)[0]
    return latent


def broad(latent, free):
    """Broadest cosines of a latent (1, C, h, w) on the free cells, by least squares."""
    waves = np.einsum("ih,jw->ijhw", cosine_basis(SIZE[0])[:BANDS], cosine_basis(SIZE[1])[:BANDS])
    columns = waves.reshape(BANDS**2, -1)[:, free.ravel()].T
    values = latent[0].reshape(4, -1).numpy()[:, free.ravel()].T
    return columns @ np.linalg.lstsq(columns, values, rcond=1e-6)[0]


@pytest.mark.parametrize("name", SCHEDULERS)
def test_with_weight_zero_it_is_the_plain_scheduler_bit_for_bit(name):
    guidance = LowFrequencyGuidance(torch.ones(1, 4, *SIZE), broad_basis(free_cells()), 0.0)
    guided = guided_scheduler(SCHEDULERS[name](), guidance)
    assert torch.equal(sample(guided), sample(SCHEDULERS[name]()))
    assert guidance.clean is not None  # it still sees the guess, for previews


@pytest.mark.parametrize("name", SCHEDULERS)
def test_the_guess_is_that_of_the_scheduler(name):
    scheduler = SCHEDULERS[name]()
    scheduler.set_timesteps(5)
    t = scheduler.timesteps[2]
    latent = torch.randn(1, 4, *SIZE, generator=torch.Generator().manual_seed(0))
    output = torch.randn(1, 4, *SIZE, generator=torch.Generator().manual_seed(1))
    level = noise_level(scheduler, t)
    if name.startswith(("dpm", "unipc")):
        expected = scheduler.convert_model_output(output, sample=latent)
    elif name == "flow-euler":
        expected = latent - scheduler.sigmas[2] * output
    elif name == "lcm":
        power = scheduler.alphas_cumprod[int(t)]
        expected = (latent - (1 - power) ** 0.5 * output) / power**0.5
    else:
        named = {"generator": torch.Generator().manual_seed(2)}
        expected = scheduler.step(output, t, latent, **named).pred_original_sample
    torch.testing.assert_close(level.clean(output, latent), expected, atol=2e-4, rtol=2e-4)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_the_moved_output_means_the_moved_guess(name):
    scheduler, free = SCHEDULERS[name](), free_cells()
    scheduler.set_timesteps(6)
    t = scheduler.timesteps[1]
    generator = torch.Generator().manual_seed(5)
    target, latent, output = (torch.randn(1, 4, *SIZE, generator=generator) for _ in range(3))
    guidance = LowFrequencyGuidance(target, broad_basis(free), 0.7)
    level = noise_level(scheduler, t)
    time = 0.9
    moved = level.clean(guidance.steer(output, latent, level, time), latent)
    plain = level.clean(output, latent)
    share = guidance.weight_at(time)
    gap = broad(target, free) - broad(plain, free)
    np.testing.assert_allclose(broad(moved, free) - broad(plain, free), share * gap, atol=2e-3)
    torch.testing.assert_close(moved, guidance.clean, atol=2e-3, rtol=1e-3)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_the_result_moves_to_the_target_and_only_there(name):
    """The network works cell by cell, so that whatever else moves was moved by the steering."""
    free = free_cells()
    target = 1.5 * torch.linspace(-1, 1, SIZE[1]).expand(1, 4, *SIZE)
    plain = sample(SCHEDULERS[name]())
    pulled = sample(
        guided_scheduler(SCHEDULERS[name](), LowFrequencyGuidance(target, broad_basis(free), 1.0))
    )
    wanted = broad(target, free)
    before, after = (np.abs(broad(latent, free) - wanted).mean() for latent in (plain, pulled))
    assert after < 0.85 * before
    held = torch.from_numpy(~free)
    assert torch.equal(pulled[..., held], plain[..., held])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**16),
    rows=st.integers(3, 20),
    cols=st.integers(3, 20),
    share=st.floats(0.05, 1.0),
    weight=st.floats(0, 1),
)
def test_the_change_is_a_projection_onto_broad_shapes_of_the_hole(seed, rows, cols, share, weight):
    rng = np.random.default_rng(seed)
    free = rng.random((rows, cols)) < share
    basis = broad_basis(free)
    assert basis.shape[1] <= BANDS**2
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=1e-5)
    assert not basis[~free.ravel()].any()
    target, clean = (
        torch.from_numpy(rng.standard_normal((1, 3, rows, cols)).astype(np.float32)) for _ in "ab"
    )
    guidance = LowFrequencyGuidance(target, basis, weight)
    change = guidance.change(clean, weight)
    assert not change[..., torch.from_numpy(~free)].any()
    # What is left of the guess across the basis, its high frequencies, did not move.
    flat = change.reshape(3, -1).numpy()
    np.testing.assert_allclose(flat @ basis @ basis.T, flat, atol=1e-4)
    # Full weight arrives at once, and once there nothing moves any more.
    arrived = clean + guidance.change(clean, 1.0)
    assert guidance.change(arrived, 1.0).abs().max() < 1e-4


def test_on_the_whole_grid_high_cosines_stay_as_they_are():
    rng = np.random.default_rng(0)
    clean, target = (torch.from_numpy(rng.standard_normal((1, 4, 16, 16)).astype(np.float32)) for _ in "ab")
    guidance = LowFrequencyGuidance(target, broad_basis(np.ones((16, 16), bool)), 1.0)
    basis = cosine_basis(16)
    waves = basis @ guidance.change(clean, 1.0)[0].numpy() @ basis.T
    assert np.abs(waves[:, :BANDS, :BANDS]).max() > 0.5
    waves[:, :BANDS, :BANDS] = 0
    assert np.abs(waves).max() < 1e-5


def test_tokens_are_steered_as_the_grid_they_stand_for():
    rng = np.random.default_rng(1)
    clean, target = (torch.from_numpy(rng.standard_normal((1, 8, *SIZE)).astype(np.float32)) for _ in "ab")
    basis = broad_basis(free_cells())
    grid = LowFrequencyGuidance(target, basis, 1.0).change(clean, 0.6)
    tokens = LowFrequencyGuidance(target.flatten(2).transpose(1, 2), basis, 1.0)
    found = tokens.change(clean.flatten(2).transpose(1, 2), 0.6)
    torch.testing.assert_close(found.transpose(1, 2).reshape(grid.shape), grid, atol=1e-5, rtol=1e-5)


def test_the_last_steps_are_the_networks_own():
    guidance = LowFrequencyGuidance(torch.zeros(1), np.zeros((1, 0), np.float32), 0.8)
    assert guidance.weight_at(1.0) == pytest.approx(0.8)
    weights = [guidance.weight_at(time) for time in np.linspace(1, 0, 21)]
    assert weights == sorted(weights, reverse=True)
    assert guidance.weight_at(0.1) == guidance.weight_at(0.0) == 0.0


def test_half_precision_keeps_its_type():
    level = noise_level(*_at(SCHEDULERS["euler-epsilon"]()))
    free = free_cells()
    guidance = LowFrequencyGuidance(torch.ones(1, 4, *SIZE), broad_basis(free), 1.0)
    output = torch.randn(1, 4, *SIZE).to(torch.bfloat16)
    moved = guidance.steer(output, torch.randn(1, 4, *SIZE).to(torch.bfloat16), level, 1.0)
    assert moved.dtype == torch.bfloat16
    held = torch.from_numpy(~free)
    assert torch.equal(moved[..., held], output[..., held])


def _at(scheduler):
    scheduler.set_timesteps(4)
    return scheduler, scheduler.timesteps[0]


def test_what_cannot_be_steered_is_refused():
    assert not supports(diffusers.PNDMScheduler())
    with pytest.raises(ModelIncompatible, match="PNDMScheduler"):
        guided_scheduler(
            diffusers.PNDMScheduler(), LowFrequencyGuidance(torch.zeros(1), np.zeros((1, 0)), 0.0)
        )
    with pytest.raises(InputError, match="weight"):
        LowFrequencyGuidance(torch.zeros(1), np.zeros((1, 0)), float("nan"))


def lit_from(side, *, common=0.0):
    """A picture that is brighter on one side, (1, 4, h, w), with something that both sides share."""
    ramp = torch.linspace(-1, 1, SIZE[1]).expand(1, 4, *SIZE)
    return side * ramp + common * torch.linspace(0, 1, SIZE[0])[:, None]


@pytest.mark.parametrize("layout", ["cells", "tokens"])
def test_with_two_light_pictures_only_their_difference_is_drawn(layout):
    lay = (
        (lambda latent: latent.flatten(2).transpose(1, 2)) if layout == "tokens" else (lambda latent: latent)
    )
    free = free_cells()
    sides = [lit_from(side, common=3.0) for side in (0.5, -0.5)]
    target, opposite = (lay(side) for side in sides)
    guidance = LowFrequencyGuidance(target, broad_basis(free), 1.0, opposite=opposite, gain=1.5)
    clean = torch.randn(1, 4, *SIZE, generator=torch.Generator().manual_seed(4))
    change = guidance.change(lay(clean), 1.0)
    if layout == "tokens":
        change = change.transpose(1, 2).reshape(clean.shape)
    half = broad((sides[0] - sides[1]) / 2, free)
    unit = half / np.linalg.norm(half)
    moved = broad(change, free)
    np.testing.assert_allclose(moved, (moved * unit).sum() * unit, atol=1e-4)
    middle = broad((sides[0] + sides[1]) / 2, free)
    reached = ((broad(clean + change, free) - middle) * unit).sum()
    assert reached == pytest.approx(1.5 * np.linalg.norm(half), rel=1e-3)
    assert not change[:, :, ~torch.from_numpy(free)].any()


def test_a_light_from_the_middle_has_no_side_to_be_drawn_to():
    target = lit_from(0.0, common=2.0)
    guidance = LowFrequencyGuidance(target, broad_basis(free_cells()), 1.0, opposite=target.clone())
    clean = torch.randn(1, 4, *SIZE, generator=torch.Generator().manual_seed(4))
    assert not guidance.change(clean, 1.0).any()
