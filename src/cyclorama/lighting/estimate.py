"""The light on the subjects of a photograph, from their shading.

References
----------
.. [1] K. V. Mardia, P. E. Jupp, "Directional Statistics", Wiley 2000, 9.3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import srgb_to_linear
from cyclorama.core.image import Image, from_samples
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize
from cyclorama.lighting.ambient import ambient_harmonics
from cyclorama.lighting.direction import PRIOR_DIRECTION, Fit, find_direction
from cyclorama.lighting.doubts import doubts
from cyclorama.lighting.fusion import angle_deg, fuse_readings
from cyclorama.lighting.illuminant import Illuminant, fit_illuminant, gray_shade
from cyclorama.lighting.network import LightNetwork, Reading, builtin_light_network
from cyclorama.lighting.normals import Subject, read_subject, shrink
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["LightReading", "SubjectLight", "estimate_lighting", "estimate_per_object", "fuse", "read_light"]

_SCENE_PX = 160
_PRIOR_KAPPA = 1.0
#: Subjects that are surer than this, and lit from farther apart than this, are told of.
_SURE_KAPPA, _APART_DEG = 6.0, 40.0
_SILENT = ("nothing can be read: it is empty, too small or too dark.",)


@dataclass(frozen=True, slots=True, eq=False)
class SubjectLight:
    """The light on one subject, and why it may be wrong.

    Parameters
    ----------
    estimate : LightingEstimate or None
        None where the subject is empty, too small or too dark to say anything.
    doubts : tuple of str
        A sentence for each reason to distrust it.
    """

    estimate: LightingEstimate | None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LightReading:
    """The light of a photograph.

    Parameters
    ----------
    lighting : LightingEstimate
        All subjects' light, fused by confidence; a frontal prior if none says anything.
    subjects : tuple of SubjectLight
        One for each matte.
    """

    lighting: LightingEstimate
    subjects: tuple[SubjectLight, ...]

    def notes(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Return what a person should know, a sentence each: doubtful subjects, and subjects lit differently.

        Parameters
        ----------
        names : sequence of str
            The subjects' names; numbered if none are given.
        """
        called = list(names) or [f"object {index + 1}" for index in range(len(self.subjects))]
        out = [
            f"Light on {name}: {doubt}"
            for name, subject in zip(called, self.subjects, strict=True)
            for doubt in subject.doubts
        ]
        return (*out, *_disagreements(called, self.subjects))


def estimate_lighting(
    image: Image,
    mattes: Sequence[Matte],
    *,
    network: LightNetwork | None = None,
    report: Report = silent,
) -> LightingEstimate:
    """Estimate the light on the subjects of a photograph.

    Parameters
    ----------
    image : Image, (H, W), sRGB or linear
        The photograph, before anything was cut out: its background tells the light's colour.
    mattes : sequence of Matte
        Coverage of each subject over the whole photograph; a matte may be coarser than it. Empty ones do not
        count; without any, the answer is a frontal prior with a ``kappa`` of 1.
    network : LightNetwork, optional
        What reads shading beside the search; the built-in one if None.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    LightingEstimate
        Subjects' estimates fused by their confidence; where they disagree, ``kappa`` falls. The softness is weak
        evidence: shading with guessed normals hardly shows it.
    """
    return read_light(image, mattes, network=network, report=report).lighting


def read_light(
    image: Image,
    mattes: Sequence[Matte],
    *,
    network: LightNetwork | None = None,
    report: Report = silent,
) -> LightReading:
    """Estimate the light on each subject on its own and on all together.

    Parameters are those of :func:`estimate_lighting`.
    """
    scene = _scene_color(image, mattes)
    network = network or builtin_light_network()
    found: list[SubjectLight] = []
    for index, matte in enumerate(mattes):
        report(Progress("light", index / len(mattes), f"light on object {index + 1}"))
        subject = read_subject(image, matte)
        fit = None if subject is None else find_direction(subject)
        found.append(
            SubjectLight(None, _SILENT)
            if subject is None or fit is None
            else _subject_light(subject, fit, network([subject])[0], scene)
        )
    report(Progress("light", 1.0))
    told = [one.estimate for one in found if one.estimate is not None]
    return LightReading(fuse(told) if told else _prior(scene), tuple(found))


def estimate_per_object(
    image: Image,
    mattes: Sequence[Matte],
    *,
    network: LightNetwork | None = None,
    report: Report = silent,
) -> tuple[LightingEstimate | None, ...]:
    """Estimate the light on each subject on its own.

    Parameters
    ----------
    image, mattes, network, report
        As for :func:`estimate_lighting`.

    Returns
    -------
    tuple of LightingEstimate or None
        One for each matte; None where a matte is empty, or its subject too small or too dark to say anything.
    """
    found = read_light(image, mattes, network=network, report=report)
    return tuple(subject.estimate for subject in found.subjects)


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


def _subject_light(subject: Subject, fit: Fit, reading: Reading, scene: FloatArray) -> SubjectLight:
    found = fuse_readings(subject, fit, reading)
    light = fit_illuminant(replace(fit, direction=found.vector), scene, reading)
    estimate = LightingEstimate(
        direction=found.vector,
        kappa=found.kappa,
        softness_rad=light.softness_rad,
        key_color=light.key,
        ambient_color=light.ambient,
        ambient_sh=ambient_harmonics(light, found, reading),
    )
    return SubjectLight(estimate, doubts(subject, fit, found))


def _disagreements(names: Sequence[str], subjects: Sequence[SubjectLight]) -> list[str]:
    """Name subjects whose light comes from elsewhere than that of the surest one."""
    sure = [
        (name, subject.estimate)
        for name, subject in zip(names, subjects, strict=True)
        if subject.estimate is not None and subject.estimate.kappa >= _SURE_KAPPA
    ]
    if len(sure) < 2:
        return []
    sure.sort(key=lambda pair: -pair[1].kappa)
    (first, best), *others = sure
    out = []
    for name, estimate in others:
        apart = angle_deg(best.direction, estimate.direction)
        if apart > _APART_DEG:
            out.append(f"Light on {first} and on {name} comes from directions {apart:.0f} degrees apart.")
    return out


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
