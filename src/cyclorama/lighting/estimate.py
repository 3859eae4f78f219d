"""The light on the subjects of a photograph, from their shading: no training, about 40 ms.

References
----------
.. [1] K. V. Mardia, P. E. Jupp, "Directional Statistics", Wiley 2000, 9.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import srgb_to_linear
from cyclorama.core.image import Image, from_samples
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize
from cyclorama.lighting.confidence import concentration
from cyclorama.lighting.direction import PRIOR_DIRECTION, Fit, find_direction
from cyclorama.lighting.illuminant import Illuminant, fit_illuminant, gray_shade
from cyclorama.lighting.normals import Subject, read_subject, shrink
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["estimate_lighting", "estimate_per_object", "fuse"]

_SCENE_PX = 160
_PRIOR_KAPPA = 1.0


def estimate_lighting(image: Image, mattes: Sequence[Matte], *, report: Report = silent) -> LightingEstimate:
    """Estimate the light on the subjects of a photograph.

    Parameters
    ----------
    image : Image, (H, W), sRGB or linear
        The photograph, before anything was cut out: its background tells the light's colour.
    mattes : sequence of Matte
        Coverage of each subject over the whole photograph; a matte may be coarser than it. Empty ones do not
        count; without any, the answer is a frontal prior with a ``kappa`` of 1.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    LightingEstimate
        Subjects' estimates fused by their confidence; where they disagree, ``kappa`` falls. The softness is weak
        evidence: shading with guessed normals hardly shows it.
    """
    objects = [found for found in estimate_per_object(image, mattes, report=report) if found is not None]
    return fuse(objects) if objects else _prior(_scene_color(image, mattes))


def estimate_per_object(
    image: Image, mattes: Sequence[Matte], *, report: Report = silent
) -> tuple[LightingEstimate | None, ...]:
    """Estimate the light on each subject on its own.

    Parameters
    ----------
    image, mattes, report
        As for :func:`estimate_lighting`.

    Returns
    -------
    tuple of LightingEstimate or None
        One for each matte; None where a matte is empty, or its subject too small or too dark to say anything.
    """
    scene = _scene_color(image, mattes)
    found: list[LightingEstimate | None] = []
    for index, matte in enumerate(mattes):
        report(Progress("light", index / len(mattes), f"light on object {index + 1}"))
        subject = read_subject(image, matte)
        fit = None if subject is None else find_direction(subject)
        found.append(None if subject is None or fit is None else _estimate(subject, fit, scene))
    report(Progress("light", 1.0))
    return tuple(found)


def fuse(estimates: Sequence[LightingEstimate]) -> LightingEstimate:
    """Join estimates of one light.

    Parameters
    ----------
    estimates : sequence of LightingEstimate
        At least one.

    Returns
    -------
    LightingEstimate
        Means weighted by ``kappa``. Its own ``kappa`` is the best one, times the square of the directions' mean
        resultant length: estimates share their prior, so agreement is no independent proof, but disagreement is.
    """
    if len(estimates) == 1:
        return estimates[0]
    weight = np.array([found.kappa for found in estimates]) + 1e-3
    weight /= weight.sum()
    mean = weight @ np.stack([found.direction for found in estimates])
    length = float(np.linalg.norm(mean))
    best = max(estimates, key=lambda found: found.kappa)

    def average(name: str) -> FloatArray:
        stack = np.stack([np.asarray(getattr(found, name), np.float64) for found in estimates])
        out: FloatArray = np.tensordot(weight, stack, 1).astype(np.float32)
        return out

    return LightingEstimate(
        direction=best.direction if length < 0.05 else mean.astype(np.float32),
        kappa=best.kappa * length**2,
        softness_rad=float(average("softness_rad")),
        key_color=average("key_color"),
        ambient_color=average("ambient_color"),
        ambient_sh=average("ambient_sh"),
    )


def _estimate(subject: Subject, fit: Fit, scene: FloatArray) -> LightingEstimate:
    light = fit_illuminant(fit, scene)
    return LightingEstimate(
        direction=fit.direction,
        kappa=concentration(subject, fit),
        softness_rad=light.softness_rad,
        key_color=light.key,
        ambient_color=light.ambient,
        ambient_sh=_ambient_sh(light),
    )


def _ambient_sh(light: Illuminant) -> FloatArray:
    """Even light of the ambient colour, somewhat brighter from above as almost everywhere."""
    sh = np.zeros((9, 3), np.float32)
    sh[0] = light.ambient / np.float32(0.282095 * math.pi)
    sh[1] = 0.25 * sh[0]
    return sh


def _scene_color(image: Image, mattes: Sequence[Matte]) -> FloatArray:
    step = max(1, max(image.size) // (2 * _SCENE_PX))
    small = from_samples(np.ascontiguousarray(image.samples[::step, ::step]))
    linear = shrink(srgb_to_linear(small) if image.encoding == "srgb" else small, _SCENE_PX)
    size = linear.shape[0], linear.shape[1]
    clear = np.ones(size, np.float32)
    for matte in mattes:
        clear *= 1 - np.clip(resize(shrink(matte.alpha, _SCENE_PX), size, "bilinear"), 0, 1)
    return gray_shade(linear, clear)


def _prior(scene: FloatArray) -> LightingEstimate:
    light = Illuminant(0.5 * scene, 0.5 * scene, 0.6)
    sh = np.zeros((9, 3), np.float32)
    sh[0] = light.ambient / np.float32(0.282095 * math.pi)
    return LightingEstimate(PRIOR_DIRECTION, _PRIOR_KAPPA, 0.6, light.key, light.ambient, sh)
