"""A nudge to the broadest left-right shape of the picture while it is still mostly noise.

The network is told the light, and obeys; where it obeys too faintly, this makes sure. In the training scenes
the slope of brightness from left to right is nearly a linear function of the light's sideways component
(correlation 0.7 to 0.95 by scene). The slope that is usual for the asked light is what the guess of the clean
picture is drawn towards, by the share that this relation explains. Nothing finer is touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.noise import cosine_basis
from cyclorama.backdrop.scheduler import alphas_cumprod
from cyclorama.core.arrays import FloatArray

__all__ = ["SlopeTable", "steer_slope"]

#: Signal power above which the picture is left to the network.
_LATEST = 0.9


@dataclass(frozen=True)
class SlopeTable:
    """Usual slope of every scene.

    Parameters
    ----------
    slope : float32 (scenes, K)
        Amplitude of the first horizontal cosine of the first K latent channels, for a light fully from the right.
    explained : float32 (scenes,)
        Share of the variance that the light's side explains.
    """

    slope: FloatArray
    explained: FloatArray


def steer_slope(
    latent: FloatArray, v: FloatArray, t: int, *, target: FloatArray, weight: float
) -> FloatArray:
    """Draw the slope of the clean picture, as the network guesses it, towards a target.

    Parameters
    ----------
    latent, v : float32 (1, C, h, w)
        Noisy latent and the network's prediction.
    t : int
        Time step.
    target : float32 (K,)
        Wished amplitudes, see :class:`SlopeTable`.
    weight : float, [0, 1]
        Share of the way to go.

    Returns
    -------
    float32 (1, C, h, w)
        The prediction that means the steered picture.
    """
    power = float(alphas_cumprod()[t])
    if weight <= 0 or power > _LATEST:
        return v
    signal, spread = np.float32(power**0.5), np.float32((1 - power) ** 0.5)
    clean = signal * latent - spread * v
    rows, cols = latent.shape[2:]
    pattern = (
        cosine_basis(rows)[0][:, None] * cosine_basis(cols)[1][None] if cols > 1 else np.zeros((rows, 1))
    )
    count = len(target)
    found = np.einsum("kij,ij->k", clean[0, :count], pattern)
    change = np.float32(weight) * (target * np.float32((rows * cols) ** 0.5) - found)
    clean[0, :count] += change[:, None, None] * pattern.astype(np.float32)
    return np.asarray((signal * latent - clean) / spread, np.float32)
