"""Light for pretrained diffusion models, without training, inside the scheduler.

What the side of the light does to the broad shapes of a picture is known: the difference of two light pictures, one
with the asked light and one with the same light from the other side. Along this difference, and along nothing else,
the guessed clean picture is drawn. A noisy latent is ``x = a z + s n`` (z the clean latent, n noise). At every step
the network's output implies a guess of z; the guess is moved by

    D = w Q u (g |d| - <u, Q^T (z - m)>)

where the columns of Q are an orthonormal basis of the broadest cosines on the cells that may be painted, m is the mean
of both light pictures, d half their difference in that basis, u = d / |d|, g a gain, and w in [0, 1] the share of the
way. Colours, horizon and everything else that both pictures have in common stay the network's, as do fine structure
and all other cells. Without a second picture all broad shapes are drawn towards the one: ``D = w Q Q^T (c - z)``. The
output that means the moved guess differs by a multiple of D:

=============  ====================================  ==============================
prediction     clean latent                          output moves by
=============  ====================================  ==============================
epsilon        z = (x - s e) / a                     -(a / s) D
v              z = A X - S v                         -D / S
flow           z = x - s v          (a = 1 - s)      -D / s
sample         z itself                              +D
=============  ====================================  ==============================

with A = a / r, S = s / r, X = x / r and r = sqrt(a^2 + s^2), which covers both variance-preserving samples (r = 1)
and Euler's (a = 1). With w = 0 nothing is touched and the scheduler is the plain one, bit for bit.

References
----------
.. [1] Choi et al., "ILVR: Conditioning Method for Denoising Diffusion Probabilistic Models", ICCV 2021 (low-pass
   replacement, there on the noisy latent).
.. [2] Salimans, Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022 (v).
.. [3] Lipman et al., "Flow Matching for Generative Modeling", ICLR 2023 (flow).
.. [4] Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models", NeurIPS 2022 (a = 1).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cyclorama.backdrop.diffusers_door import Tensor, diffusers, torch
from cyclorama.backdrop.noise import cosine_basis
from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.protocol.errors import InputError, ModelIncompatible

__all__ = [
    "FREE_SHARE",
    "GAIN",
    "LowFrequencyGuidance",
    "broad_basis",
    "guided_scheduler",
    "noise_level",
    "supports",
]

#: Half-cycles along each side that count as broad: 0 to 3, so 16 shapes.
BANDS = 4
#: Usual share of the time steps, at the end, in which the network is left alone.
FREE_SHARE = 0.1
#: How much more the two sides differ than in a bare set: places have light and dark of their own to drown it.
GAIN = 1.5
#: Basis vectors that a small hole cannot tell apart are dropped.
_SMALLEST = 1e-3


def broad_basis(free: BoolArray, bands: int = BANDS) -> FloatArray:
    """Return an orthonormal basis of the broadest cosines, restricted to the free cells.

    Parameters
    ----------
    free : bool (h, w)
        Cells that may be painted.
    bands : int
        Half-cycles along each side, at least 1.

    Returns
    -------
    float32 (h * w, rank), rank <= bands**2
        Zero on the cells that are not free; no columns if there is no free cell.
    """
    rows, cols = free.shape
    waves = cosine_basis(rows)[:bands, None, :, None] * cosine_basis(cols)[None, :bands, None, :]
    columns = (waves * free).reshape(-1, rows * cols).T.astype(np.float64)
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    kept = left[:, size > _SMALLEST * max(float(size[0]), 1e-12)]
    # Rounding must not reach the cells that are held.
    return np.asarray(kept * free.ravel()[:, None], np.float32)


@dataclass(frozen=True)
class NoiseLevel:
    """Signal a and noise s of ``x = a z + s n``, and what the network predicts."""

    signal: float
    noise: float
    prediction: str

    def clean(self, output: Tensor, sample: Tensor) -> Tensor:
        """Return the clean latent that an output implies, float32."""
        output, sample = output.float(), sample.float()
        if self.prediction == "sample":
            return output
        if self.prediction == "flow":
            return sample - self.noise * output
        if self.prediction == "v_prediction":
            size = math.hypot(self.signal, self.noise)
            return self.signal / size**2 * sample - self.noise / size * output
        return (sample - self.noise * output) / max(self.signal, 1e-6)

    @property
    def slope(self) -> float:
        """By how much the output moves when the clean latent moves by one."""
        if self.prediction == "sample":
            return 1.0
        noise = max(self.noise, 1e-6)
        if self.prediction == "flow":
            return -1 / noise
        if self.prediction == "v_prediction":
            return -math.hypot(self.signal, self.noise) / noise
        return -self.signal / noise


@dataclass
class LowFrequencyGuidance:
    """What the scheduler draws towards, and what it saw.

    Parameters
    ----------
    target : Tensor
        The light picture as clean latents, laid out as the pipeline's samples: (1, C, h, w), or tokens (1, h * w, C).
    basis : float32 (h * w, rank)
        See :func:`broad_basis`.
    weight : float, [0, 1]
        Share of the way to go at full noise.
    free_share : float, [0, 1)
        Share of the time steps, at the end, in which the network is left alone: texture and local light are its own.
    opposite : Tensor or None
        The light picture with the light from the other side, laid out as ``target``; None draws all broad shapes
        towards the target.
    gain : float, positive
        How many times the target's own step from the mean of both pictures is gone.

    Attributes
    ----------
    clean : Tensor or None
        The guess of the clean latent at the last step, after it was moved; for previews.
    """

    target: Tensor
    basis: FloatArray
    weight: float
    free_share: float = FREE_SHARE
    opposite: Tensor | None = None
    gain: float = GAIN
    clean: Tensor | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise InputError(f"A guidance weight of {self.weight} was given; [0, 1] was wanted.")

    def weight_at(self, time: float) -> float:
        """Return the weight at a time in [0, 1], 1 being pure noise: falls as a root, 0 where the network is free."""
        return self.weight * math.sqrt(max(0.0, (time - self.free_share) / (1 - self.free_share)))

    def change(self, clean: Tensor, weight: float) -> Tensor:
        """Return D of the module's formula, laid out as the samples, float32."""
        basis = torch.from_numpy(self.basis).to(clean.device)
        target = self.target.to(clean.device, torch.float32)
        if self.opposite is None:
            return self._spread(weight * self._broad(target - clean, basis), clean, basis)
        opposite = self.opposite.to(clean.device, torch.float32)
        half = self._broad((target - opposite) / 2, basis)
        size = half.flatten(1).norm(dim=1).clamp(min=1e-6)[:, None, None]
        unit = half / size
        found = (unit * self._broad(clean - (target + opposite) / 2, basis)).sum((1, 2), keepdim=True)
        # A light from the middle has no other side: both pictures are one, and nothing is drawn.
        return self._spread(weight * (self.gain * size - found) * unit, clean, basis)

    @staticmethod
    def _broad(samples: Tensor, basis: Tensor) -> Tensor:
        """Return the amplitudes (B, C, rank) of samples in the basis."""
        flat = samples.transpose(1, 2) if samples.dim() == 3 else samples.flatten(2)
        return flat @ basis

    @staticmethod
    def _spread(amplitudes: Tensor, like: Tensor, basis: Tensor) -> Tensor:
        """Return samples, laid out as ``like``, of amplitudes."""
        flat = amplitudes @ basis.T
        return flat.transpose(1, 2) if like.dim() == 3 else flat.reshape(like.shape)

    def steer(self, output: Tensor, sample: Tensor, level: NoiseLevel, time: float) -> Tensor:
        """Return the network's output, moved; the very same object where the weight is 0."""
        clean = level.clean(output, sample)
        weight = self.weight_at(time)
        if weight == 0 or self.basis.shape[1] == 0:
            self.clean = clean
            return output
        change = self.change(clean, weight)
        self.clean = clean + change
        return output + (level.slope * change).to(output.dtype)


def guided_scheduler(scheduler: Any, guidance: LowFrequencyGuidance) -> Any:
    """Return a scheduler of the same kind and configuration that steers every step.

    Parameters
    ----------
    scheduler : diffusers scheduler
        Of a class for which :func:`supports` holds.
    guidance : LowFrequencyGuidance

    Raises
    ------
    ModelIncompatible
        If the relation between sample and clean latent of this class is not known here.
    """
    if not supports(scheduler):
        raise ModelIncompatible(
            f"Light cannot be steered in the scheduler {type(scheduler).__name__}.",
            f"Choose one of {', '.join(sorted(kind.__name__ for kind in _levels()))}.",
        )
    kind: Any = type(scheduler)
    made = _guided_class(kind).from_config(scheduler.config)
    made.guidance = guidance
    return made


def supports(scheduler: Any) -> bool:
    """Whether :func:`guided_scheduler` knows the scheduler's class."""
    return any(isinstance(scheduler, kind) for kind in _levels())


@functools.cache
def _guided_class(kind: Any) -> Any:
    def step(self: Any, model_output: Tensor, timestep: Any, sample: Tensor, *rest: Any, **named: Any) -> Any:
        output = model_output
        if self.guidance is not None:
            time = float(timestep) / self.config.num_train_timesteps
            output = self.guidance.steer(output, sample, noise_level(self, timestep), time)
        return kind.step(self, output, timestep, sample, *rest, **named)

    # Pipelines look at the signature to see which extras a step takes.
    functools.update_wrapper(step, kind.step)
    return type(f"Guided{kind.__name__}", (kind,), {"step": step, "guidance": None})


def noise_level(scheduler: Any, timestep: Any) -> NoiseLevel:
    """Return the noise level at a time step that the scheduler is about to take."""
    level = next(found for kind, found in _levels().items() if isinstance(scheduler, kind))
    return level(scheduler, timestep)


@functools.cache
def _levels() -> dict[Any, Callable[[Any, Any], NoiseLevel]]:
    return {
        diffusers.DDIMScheduler: _by_timestep,
        diffusers.LCMScheduler: _by_timestep,
        diffusers.DPMSolverMultistepScheduler: _by_log_ratio,
        diffusers.UniPCMultistepScheduler: _by_log_ratio,
        diffusers.EulerDiscreteScheduler: _by_sigma,
        diffusers.EulerAncestralDiscreteScheduler: _by_sigma,
        diffusers.FlowMatchEulerDiscreteScheduler: _by_flow_sigma,
    }


def _by_timestep(scheduler: Any, timestep: Any) -> NoiseLevel:
    power = float(scheduler.alphas_cumprod[int(timestep)])
    return NoiseLevel(power**0.5, (1 - power) ** 0.5, scheduler.config.prediction_type)


def _by_log_ratio(scheduler: Any, timestep: Any) -> NoiseLevel:
    prediction = scheduler.config.prediction_type
    sigma = _sigma(scheduler, timestep)
    if prediction == "flow_prediction":
        return NoiseLevel(1 - sigma, sigma, "flow")
    signal = 1 / (1 + sigma**2) ** 0.5
    return NoiseLevel(signal, sigma * signal, prediction)


def _by_sigma(scheduler: Any, timestep: Any) -> NoiseLevel:
    return NoiseLevel(1.0, _sigma(scheduler, timestep), scheduler.config.prediction_type)


def _by_flow_sigma(scheduler: Any, timestep: Any) -> NoiseLevel:
    sigma = _sigma(scheduler, timestep)
    return NoiseLevel(1 - sigma, sigma, "flow")


def _sigma(scheduler: Any, timestep: Any) -> float:
    # As step() itself does on its first call: a schedule may hold a time twice.
    if scheduler.step_index is None:
        scheduler._init_step_index(timestep)
    return float(scheduler.sigmas[scheduler.step_index])
