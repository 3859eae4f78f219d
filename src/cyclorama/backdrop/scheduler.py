"""The sampler: noise schedule and two solvers of the diffusion equation, in NumPy.

The schedule is the cosine one of 1000 steps [5], moved so that its last step is pure noise [2]; networks
predict v [1]. Checked against the diffusers library in ``tests/contract``.

References
----------
.. [1] Salimans, Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022 (v).
.. [5] Nichol, Dhariwal, "Improved Denoising Diffusion Probabilistic Models", ICML 2021, equation 17 (schedule).
.. [2] Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed", WACV 2024 (zero terminal SNR,
   guidance rescaling).
.. [3] Song et al., "Denoising Diffusion Implicit Models", ICLR 2021, equation 12.
.. [4] Lu et al., "DPM-Solver++", 2022, algorithm 2 (2M).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from cyclorama.core.arrays import FloatArray

__all__ = ["alphas_cumprod", "guide", "sample_ddim", "sample_dpm", "timesteps"]

_TRAINING_STEPS = 1000

#: Takes the noisy latent and the time step, returns v.
Predict = Callable[[FloatArray, int], FloatArray]


def alphas_cumprod() -> np.ndarray:
    """Return the share of signal power at every training step, float64 (1000,), from about 1 to exactly 0."""
    angle = (np.arange(_TRAINING_STEPS + 1) / _TRAINING_STEPS + 0.008) / 1.008 * np.pi / 2
    betas = np.minimum(1 - np.cos(angle[1:]) ** 2 / np.cos(angle[:-1]) ** 2, 0.999)
    root = np.sqrt(np.cumprod(1.0 - betas))
    root = (root - root[-1]) * (root[0] / (root[0] - root[-1]))
    return np.asarray(root**2)


def timesteps(steps: int, strength: float = 1.0) -> list[int]:
    """Return the visited time steps, evenly spaced, from 999 down to one stride above zero.

    Parameters
    ----------
    steps : how many there are from pure noise.
    strength : the part of the way from noise that is walked, (0, 1]; at least one step is.
    """
    visited = [round(t) - 1 for t in np.arange(_TRAINING_STEPS, 0, -_TRAINING_STEPS / steps)][:steps]
    return [t for t in visited if t < strength * _TRAINING_STEPS] or visited[-1:]


def guide(
    plain: FloatArray,
    placed: FloatArray,
    lit: FloatArray,
    *,
    scene: float,
    light: float,
    rescale: float = 0.7,
) -> FloatArray:
    """Extrapolate from a prediction that was told nothing, through one told the place, to one told also the light.

    Parameters
    ----------
    plain, placed, lit : float32, same shape
        Predictions told nothing, all but the light, and all.
    scene, light : float
        How far to go along each difference; 1 and 1 give ``lit``.
    rescale : float, [0, 1]
        How far the spread is drawn back to that of ``lit``, against over-saturation [2].
    """
    guided = plain + np.float32(scene) * (placed - plain) + np.float32(light) * (lit - placed)
    factor = float(lit.std()) / max(float(guided.std()), 1e-6)
    return np.asarray(guided * np.float32(rescale * factor + 1 - rescale), np.float32)


def sample_ddim(predict: Predict, noise: FloatArray, steps: int) -> Iterator[FloatArray]:
    """Yield the latent after every step of DDIM without added noise; the last one is clean."""
    power = alphas_cumprod()
    visited = timesteps(steps)
    latent = noise
    for t, after in zip(visited, [*visited[1:], -1], strict=True):
        clean, rest = _split(latent, predict(latent, t), float(power[t]))
        target = float(power[after]) if after >= 0 else 1.0
        latent = np.float32(target**0.5) * clean + np.float32((1 - target) ** 0.5) * rest
        yield latent


def sample_dpm(
    predict: Predict, noise: FloatArray, steps: int, *, start: FloatArray | None = None, strength: float = 1.0
) -> Iterator[FloatArray]:
    """Yield the latent after every step of DPM-Solver++(2M); the last one is clean.

    Parameters
    ----------
    start : float32, same shape as the noise, optional
        A clean latent that is noised up to ``strength`` and taken on from there.
    """
    power = alphas_cumprod()
    power[-1] = 2.0**-24
    visited = timesteps(steps, strength if start is not None else 1.0)
    if start is not None:
        first = float(power[visited[0]])
        noise = np.float32(first**0.5) * start + np.float32((1 - first) ** 0.5) * noise
    levels = [*(float(power[t]) for t in visited), 1.0]
    latent, older, older_stride = noise, noise, 0.0
    for k, t in enumerate(visited):
        clean, _ = _split(latent, predict(latent, t), levels[k])
        signal, spread = levels[k + 1] ** 0.5, (1 - levels[k + 1]) ** 0.5
        if spread == 0:
            latent = clean
            yield latent
            return
        stride = _log_ratio(levels[k + 1]) - _log_ratio(levels[k])
        gain = signal * (1 - np.exp(-stride))
        mixed = clean
        if k > 0:
            mixed = clean + np.float32(0.5 * stride / older_stride) * (clean - older)
        latent = np.float32(spread / (1 - levels[k]) ** 0.5) * latent + np.float32(gain) * mixed
        older, older_stride = clean, stride
        yield latent


def _split(latent: FloatArray, v: FloatArray, power: float) -> tuple[FloatArray, FloatArray]:
    signal, spread = np.float32(power**0.5), np.float32((1 - power) ** 0.5)
    return signal * latent - spread * v, spread * latent + signal * v


def _log_ratio(power: float) -> float:
    return 0.5 * float(np.log(power / (1 - power)))
