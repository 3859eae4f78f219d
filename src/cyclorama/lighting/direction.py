"""Where the light comes from: every direction is tried, and each gets its best shading model.

A pixel with guessed normal n, of a material with brightness a, is taken to show a (A + K max(0, n . l)). For a
fixed l the best A and K have a closed form, so hundreds of directions cost a few matrix products. Normals of an
inflated silhouette cannot tell a bump from a dent and know nothing of paint; a weak preference for light from
above the camera decides where the shading leaves it open.

References
----------
.. [1] M. K. Johnson, H. Farid, "Exposing digital forgeries by detecting inconsistencies in lighting", ACM MMSec
   2005 (direction from shading near the outline).
.. [2] K. V. Mardia, P. E. Jupp, "Directional Statistics", Wiley 2000, 9.3 (von Mises-Fisher distribution).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance
from cyclorama.core.spherical_harmonics import fibonacci_sphere
from cyclorama.lighting.normals import Subject

__all__ = ["PRIOR_DIRECTION", "Fit", "find_direction"]

#: Where light comes from when nothing speaks: above and behind the camera.
PRIOR_DIRECTION: FloatArray = np.array([0.0, 0.451, 0.893], np.float32)
PRIOR_DIRECTION.flags.writeable = False

_PRIOR_WEIGHT = 0.25
_FLATTEN = 1.3
_ROUNDS = 3
_SAMPLES = 1800
_TEMPERATURE = 0.03
_BACKMOST = -0.55


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The light direction found, and what speaks for it.

    Parameters
    ----------
    direction : float32 (3,), unit
        Towards the light, camera axes.
    resultant : float, [0, 1]
        How much the good directions agree: the length of their mean.
    explained : float, [0, 1]
        Share of the brightness' variance that the shading explains.
    contrast : float, [0, 1]
        Shaded part of the light, K / (A + K).
    pixels : int
        How many pixels spoke.
    rgb : float32 (n, 3), linear
        Colours of the pixels used.
    normals : float32 (n, 3)
        Their normals.
    gain : float32 (n,)
        Brightness of their material, geometric mean 1 over materials.
    material : int64 (n,)
        Which material each belongs to.
    weight : float32 (n,)
        Trust in each, [0, 1].
    """

    direction: FloatArray
    resultant: float
    explained: float
    contrast: float
    pixels: int
    rgb: FloatArray
    normals: FloatArray
    gain: FloatArray
    material: np.ndarray
    weight: FloatArray


def find_direction(subject: Subject) -> Fit | None:
    """Search the light direction that explains a subject's shading best.

    Parameters
    ----------
    subject : Subject
        Small linear crop with normals.

    Returns
    -------
    Fit or None
        None if the subject is black or has fewer than 30 pixels.
    """
    rgb, normals = _samples(subject)
    bright = luminance(rgb)
    level = float(np.percentile(bright, 97)) if bright.size else 0.0
    if bright.size < 30 or level < 1e-5:
        return None
    value = np.minimum(bright / np.float32(level), np.float32(1.2))
    directions = _candidates()
    shading = np.maximum(normals @ directions.T, 0)
    shading_squared = np.square(shading)
    material = _materials(rgb)
    gain = np.ones(material.max() + 1, np.float32)
    weight = np.ones(value.shape, np.float32)
    for _ in range(_ROUNDS):
        offset, slope, unexplained = _best_models(shading, shading_squared, value, gain[material], weight)
        score = _PRIOR_WEIGHT * (directions @ PRIOR_DIRECTION) - unexplained
        best = int(score.argmax())
        model = offset[best] + slope[best] * shading[:, best]
        residual = np.abs(value - gain[material] * model)
        spread = 1.4826 * float(np.median(residual)) + 1e-3
        weight = (1 / (1 + np.square(residual / (2.5 * spread)))).astype(np.float32)
        gain = _gains(gain, material, value, model, weight)
    votes = np.exp((score - score.max()) / _TEMPERATURE)
    mean = (votes @ directions) / votes.sum()
    length = float(np.linalg.norm(mean))
    return Fit(
        direction=(mean / max(length, 1e-6)).astype(np.float32),
        resultant=length,
        explained=float(np.clip(1 - unexplained[best], 0, 1)),
        contrast=float(slope[best] / max(offset[best] + slope[best], 1e-6)),
        pixels=int(value.size),
        rgb=rgb,
        normals=normals,
        gain=gain[material],
        material=material,
        weight=weight,
    )


def _candidates() -> FloatArray:
    half = fibonacci_sphere(600)
    half = half[(half[:, 2] > _BACKMOST) & (half[:, 0] > 0)]
    # Mirrored, so that a mirrored photograph gets the mirrored answer.
    return np.concatenate([half, half * np.array([-1, 1, 1], np.float32)])


def _samples(subject: Subject) -> tuple[FloatArray, FloatArray]:
    rgb, normals = subject.rgb[subject.inside], subject.normals[subject.inside]
    if len(rgb) > _SAMPLES:
        # Evenly through the crop: the same picture always gives the same pixels.
        pick = np.linspace(0, len(rgb) - 1, _SAMPLES).round().astype(np.int64)
        rgb, normals = rgb[pick], normals[pick]
    # Things are flatter than inflated balloons.
    normals = normals * np.array([1, 1, _FLATTEN], np.float32)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + np.float32(1e-9)
    return rgb, normals


def _best_models(
    shading: FloatArray, squared: FloatArray, value: FloatArray, gain: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit value = gain (offset + slope shading), offset and slope >= 0, for all directions (columns) at once.

    Returns offset, slope and the unexplained share of the variance, each (directions,).
    """
    wg, wgg = weight * gain, weight * gain * gain
    s11 = float(wgg.sum())
    sy1 = float(wg @ value)
    syy = float((weight * value) @ value)
    s1c, syc = np.stack([wgg, wg * value]) @ shading
    scc = wgg @ squared
    slope = (s11 * syc - s1c * sy1) / (s11 * scc - s1c * s1c + 1e-6)
    offset = (sy1 - slope * s1c) / s11
    dark = offset < 0
    slope = np.where(dark, syc / (scc + 1e-9), slope)
    offset = np.where(dark, 0, offset)
    away = slope < 0
    slope = np.where(away, 0, slope)
    offset = np.where(away, sy1 / s11, offset)
    error = (
        syy - 2 * (offset * sy1 + slope * syc) + offset**2 * s11 + 2 * offset * slope * s1c + slope**2 * scc
    )
    flat = syy - sy1 * sy1 / s11
    # The small term makes an even colour, which anything explains, count as unexplained.
    return offset, slope, 1 - (flat - error) / (flat + 1e-4 * syy + 1e-9)


def _materials(rgb: FloatArray) -> np.ndarray:
    """Split pixels by chromaticity into at most two materials (two-means from the extremes, so no chance)."""
    chroma = rgb / (rgb.sum(axis=1, keepdims=True) + np.float32(0.02))
    axis = np.linalg.svd(np.cov(chroma.T))[0][:, 0]
    position = chroma @ axis
    low, high = np.percentile(position, (10, 90))
    label = np.zeros(len(rgb), np.int64)
    if high - low < 0.01:
        return label
    centers = np.stack([chroma[np.abs(position - low).argmin()], chroma[np.abs(position - high).argmin()]])
    for _ in range(10):
        distance = np.square(chroma[:, None] - centers).sum(-1)
        label = distance.argmin(axis=1)
        for index in (0, 1):
            if (label == index).any():
                centers[index] = chroma[label == index].mean(axis=0)
    return label


def _gains(
    gain: FloatArray, material: np.ndarray, value: FloatArray, model: FloatArray, weight: FloatArray
) -> FloatArray:
    out: FloatArray = gain.copy()
    for index in range(len(gain)):
        own = material == index
        if own.sum() > 15:
            ratio = (weight * value * model)[own].sum() / ((weight * model * model)[own].sum() + 1e-9)
            out[index] = np.clip(ratio, 0.05, 20)
    out /= np.exp(np.log(out).mean())
    return out
