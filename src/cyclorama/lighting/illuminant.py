"""Colours of key and ambient light, and how soft the key is.

References
----------
.. [1] G. D. Finlayson, E. Trezzi, "Shades of gray and colour constancy", CIC 12, 2004.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import LUMINANCE_WEIGHTS, luminance
from cyclorama.lighting.direction import Fit
from cyclorama.lighting.network import Reading

__all__ = ["Illuminant", "fit_illuminant", "gray_shade"]

_NORM = 6
_TINT_LIMIT = 1.2
_WARM_SHADE_BELIEF = 0.5
_KEY_SHARE = (0.05, 0.95)
#: How much the fitted share of the key counts beside the network's.
_SHARE_FITTED = 0.5
_SOFTNESS = np.array([0.05, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Illuminant:
    """Light's colours and softness; see :class:`~cyclorama.core.lighting.LightingEstimate`."""

    key: FloatArray
    ambient: FloatArray
    softness_rad: float


def gray_shade(linear: FloatArray, weight: FloatArray) -> FloatArray:
    """Guess the colour of the light on a scene, half way back to neutral.

    Parameters
    ----------
    linear : float32 (h, w, 3), linear
        The picture.
    weight : float32 (h, w), [0, 1]
        Which pixels count.

    Returns
    -------
    float32 (3,), linear RGB, luminance 1
        Shades of grey [1]_ with norm 6; the colours of things bias it, hence half.
    """
    total = float(weight.sum())
    if total < 50:
        return np.ones(3, np.float32)
    top = max(float(linear.max()), 1e-6)
    power = np.power(np.clip(linear / top, 0, 1), _NORM)
    mean = np.power((power * weight[..., None]).sum(axis=(0, 1)) / total, 1 / _NORM) + 1e-4
    color = np.sqrt(mean / (mean @ LUMINANCE_WEIGHTS))
    neutral: FloatArray = (color / (color @ LUMINANCE_WEIGHTS)).astype(np.float32)
    return neutral


def fit_illuminant(fit: Fit, scene: FloatArray, reading: Reading | None = None) -> Illuminant:
    """Fit key and ambient light given the direction.

    Parameters
    ----------
    fit : Fit
        The direction search's result.
    scene : float32 (3,), linear RGB
        Colour of all light together.
    reading : Reading, optional
        The network's, for the key's softness and its share of the light.

    Returns
    -------
    Illuminant
        The paint's own colour cancels in the ratio of key to ambient; their sum takes the scene's colour.
    """
    cosine = fit.normals @ fit.direction
    shade = np.maximum(cosine, 0)
    usable = (luminance(fit.rgb) > 0.004) & (fit.rgb.max(axis=1) < 0.97)
    if usable.sum() < 30:
        usable = np.ones(len(shade), bool)
    rgb, gain = fit.rgb[usable], fit.gain[usable]
    ambient, key = _robust_lines(shade[usable], rgb / gain[:, None])
    share, softness = _luminance_share(ambient, key), _softness(cosine, fit)
    if reading is not None:
        share = _SHARE_FITTED * share + (1 - _SHARE_FITTED) * _share_of(reading.directionality)
        softness = reading.softness_rad
    tint = _tint(ambient, key, rgb, fit.material[usable])
    split = np.clip(np.array([0.5, 0.0, -0.5]) * tint, -_TINT_LIMIT / 2, _TINT_LIMIT / 2)
    odds = share / (1 - share) * np.exp(split)
    part = odds / (1 + odds)
    key_color = (scene * part).astype(np.float32)
    ambient_color = (scene * (1 - part)).astype(np.float32)
    return Illuminant(key_color, ambient_color, softness)


def _robust_lines(shade: FloatArray, rgb: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit rgb = ambient + key * shade per channel with Cauchy weights; both at least a trace."""
    out = np.empty((2, 3))
    basis = np.stack([np.ones_like(shade), shade], axis=1).astype(np.float64)
    for channel in range(3):
        weight = np.ones(len(shade))
        for _ in range(5):
            normal = (basis * weight[:, None]).T @ basis + 1e-6 * np.eye(2)
            line = np.linalg.solve(normal, (basis * weight[:, None]).T @ rgb[:, channel])
            error = np.abs(rgb[:, channel] - basis @ line)
            weight = 1 / (1 + np.square(error / (2 * np.median(error) + 1e-4)))
        out[:, channel] = line
    floor = 1e-3 * max(float(out.max()), 1e-3)
    ambient, key = np.maximum(out, floor)
    return ambient, key


def _luminance_share(ambient: FloatArray, key: FloatArray) -> float:
    k, a = float(key @ LUMINANCE_WEIGHTS), float(ambient @ LUMINANCE_WEIGHTS)
    return min(max(k / (k + a), _KEY_SHARE[0]), _KEY_SHARE[1])


def _share_of(directionality: float) -> float:
    """Key over all light, in irradiance, for one lamp K in even light A: K / (K + 4 A) is the directionality."""
    share = 4 * directionality / (1 + 3 * directionality)
    return min(max(share, _KEY_SHARE[0]), _KEY_SHARE[1])


def _tint(ambient: FloatArray, key: FloatArray, rgb: FloatArray, material: np.ndarray) -> float:
    """Return ln(R/B) of the key minus that of the ambient light: mean of two estimates."""
    fitted = math.log(key[0] / key[2]) - math.log(ambient[0] / ambient[2])
    ratio = np.log((rgb[:, 0] + 1e-3) / (rgb[:, 2] + 1e-3))
    bright = luminance(rgb)
    total, weight = 0.0, 0
    for index in range(int(material.max()) + 1):
        own = material == index
        count = int(own.sum())
        if count < 30:
            continue
        low, high = np.percentile(bright[own], (30, 70))
        step = np.median(ratio[own & (bright >= high)]) - np.median(ratio[own & (bright <= low)])
        total, weight = total + count * float(step), weight + count
    seen = total / weight if weight else fitted
    tint = 0.5 * (fitted + seen)
    # Light caught between folds takes the color of the paint: shade on fur, skin and clay looks warm by itself.
    if tint < 0:
        tint *= _WARM_SHADE_BELIEF
    return min(max(tint, -_TINT_LIMIT), _TINT_LIMIT)


def _softness(cosine: FloatArray, fit: Fit) -> float:
    """Fit the width of the terminator; mostly prior, since guessed normals blur it themselves."""
    value = luminance(fit.rgb) / fit.gain
    errors = []
    for radius in _SOFTNESS:
        shade = soft_cosine(cosine, float(radius))
        basis = np.stack([np.ones_like(shade), shade], axis=1)
        normal = (basis * fit.weight[:, None]).T @ basis + 1e-6 * np.eye(2)
        line = np.linalg.solve(normal, (basis * fit.weight[:, None]).T @ value)
        errors.append(float((fit.weight * np.square(value - basis @ line)).sum()))
    score = np.array(errors) / max(min(errors), 1e-9)
    votes = np.exp(-(score - score.min()) / 0.03 - np.square(np.log(_SOFTNESS / 0.3)) / 2)
    return float(np.exp(votes @ np.log(_SOFTNESS) / votes.sum()))


def soft_cosine(cosine: FloatArray, radius_rad: float) -> FloatArray:
    """Shading by a round light of an angular radius: the clamped cosine, smoothed over its terminator."""
    reach = max(math.sin(radius_rad), 1e-3)
    ramp = np.square(cosine + reach) / (4 * reach)
    soft: FloatArray = np.where(cosine > reach, cosine, np.where(cosine < -reach, 0, ramp)).astype(np.float32)
    return soft
