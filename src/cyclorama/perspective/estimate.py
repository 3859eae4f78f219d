"""The camera of a photograph: tilt from straight lines, else from what is usual.

References
----------
.. [1] Y. Hold-Geoffroy et al., "A perceptual measure for deep single image camera calibration", CVPR 2018 (the
   horizon as the thing to get right).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.image import Image, from_samples
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import fit_size, resize
from cyclorama.perspective.segments import Segments, find_segments
from cyclorama.perspective.subjects import prior_from_subjects
from cyclorama.perspective.vanishing_points import Tilt, TiltPrior, lines_of, search_tilt
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["estimate_perspective"]

_WORK_PX = 720
#: Long side of the film over which a usual lens looks: between a phone (0.7) and a 50 mm lens (1.4).
_USUAL_FOCAL = 0.95
_FILM_WIDTH_MM = 36.0
_SUBJECT_TRUST = 0.35
_CONFIDENCE = (0.758, -0.152, -2.173)
_DOUBTFUL = (0.3, 0.6)


def estimate_perspective(
    image: Image,
    mattes: Sequence[Matte] = (),
    *,
    focal_35mm: float | None = None,
    abstain: bool = True,
    report: Report = silent,
) -> Perspective:
    """Estimate the camera's tilt and so the horizon.

    Parameters
    ----------
    image : Image, (H, W), sRGB or linear
        The photograph, before anything was cut out.
    mattes : sequence of Matte
        Subjects, over the whole photograph; may be coarser than it. Their own lines count less than the scene's.
    focal_35mm : float, optional
        Focal length from EXIF in millimetres on 35 mm film; a usual one if None.
    abstain : bool
        Whether doubtful lines give way to what is usual; False tells what they say all the same.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    Perspective
        Principal point in the middle. Where no lines speak, the confidence is low and the tilt what is usual for
        subjects that stand, or are cut off, as these do.
    """
    report(Progress("perspective", 0.0, "finding lines"))
    gray = _gray(image)
    size = gray.shape[0], gray.shape[1]
    focal = (focal_35mm / _FILM_WIDTH_MM if focal_35mm else _USUAL_FOCAL) * max(size)
    segments = find_segments(gray)
    report(Progress("perspective", 0.5, "finding the horizon"))
    prior = prior_from_subjects(mattes, focal, size)
    tilt = _tilt(segments, _trust(segments, mattes, size), focal, size, prior)
    confidence = _confidence(tilt)
    # Below an even chance lines are texture, not architecture: what is usual takes over.
    belief = (
        min(max((confidence - _DOUBTFUL[0]) / (_DOUBTFUL[1] - _DOUBTFUL[0]), 0.0), 1.0) if abstain else 1.0
    )
    report(Progress("perspective", 1.0))
    height, width = image.size
    return Perspective(
        size=image.size,
        focal_px=focal * max(image.size) / max(size),
        principal_point_px=(width / 2, height / 2),
        pitch_rad=math.radians(belief * tilt.pitch_deg + (1 - belief) * prior.pitch_deg),
        roll_rad=math.radians(belief * tilt.roll_deg),
        confidence=confidence,
    )


def _tilt(
    segments: Segments,
    trust: NDArray[np.float64],
    focal: float,
    size: tuple[int, int],
    prior: TiltPrior,
) -> Tilt:
    if len(segments.ends) < 4:
        return Tilt(prior.pitch_deg, 0.0, 0.0, prior.pitch_sd_deg)
    lines = lines_of(segments, trust, focal, (size[1] / 2, size[0] / 2))
    return search_tilt(lines, prior)


def _confidence(tilt: Tilt) -> float:
    """Chance that the pitch is good to 4 degrees: logistic regression on rendered views, see the tests."""
    if tilt.vertical <= 0:
        return 0.0
    weight, spread, constant = _CONFIDENCE
    value = weight * math.log(tilt.vertical + 20) + spread * tilt.pitch_sd_deg + constant
    return 1 / (1 + math.exp(-value))


def _gray(image: Image) -> FloatArray:
    """Read the picture as grey values, sRGB-encoded, with the long side at most 720 px."""
    wanted = fit_size(image.size, _WORK_PX)
    step = max(1, max(image.size) // (3 * _WORK_PX))
    values = from_samples(np.ascontiguousarray(image.samples[::step, ::step]))
    encoded = values if image.encoding == "srgb" else linear_to_srgb(values)
    return resize(np.clip(luminance(encoded), 0, 1), wanted, "area")


def _trust(segments: Segments, mattes: Sequence[Matte], size: tuple[int, int]) -> NDArray[np.float64]:
    """Weigh segments on subjects less: a tilted bottle says nothing about the camera."""
    trust = np.ones(len(segments.ends))
    middle = segments.ends.mean(axis=1)
    for matte in mattes:
        rows = np.clip((middle[:, 1] / size[0] * matte.size[0]).astype(int), 0, matte.size[0] - 1)
        columns = np.clip((middle[:, 0] / size[1] * matte.size[1]).astype(int), 0, matte.size[1] - 1)
        trust *= 1 - (1 - _SUBJECT_TRUST) * matte.alpha[rows, columns]
    return trust
