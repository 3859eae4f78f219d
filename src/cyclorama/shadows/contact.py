"""The dark seam under a subject, and the sky that it takes from the ground around: always there, whatever the light.

References
----------
.. [1] G. Miller, "Efficient algorithms for local and global accessibility shading", SIGGRAPH 1994.
"""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.shadows.ground import Ground
from cyclorama.shadows.occlusion import sharp_shadow, soften
from cyclorama.shadows.standing import Standing

__all__ = ["contact_occlusion"]

_AZIMUTHS = 12
_SLICES = 48
_SPREAD = 0.8
_UNSEEN = 0.02
# Cosine-weighted rings of a dome: elevations that halve the light of the sky's lower and upper part.
_ELEVATIONS = (math.radians(35), math.radians(65))
_SEAM = 0.95
_SEAM_WIDTH = 0.022


def contact_occlusion(standing: Standing, ground: Ground, *, report: Report = silent) -> FloatArray:
    """Return the share of an even sky that each ground cell loses to a subject.

    Parameters
    ----------
    standing : Standing
        The subject.
    ground : Ground
        The ground on the same working grid.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    float32 (h, w), [0, 1]
        Mean over two dozen directions of the sky, and a thin seam along the feet.
    """
    shadow, height = np.zeros(ground.x.shape, np.float32), np.full(ground.x.shape, 1e-9, np.float32)
    count = _AZIMUTHS * len(_ELEVATIONS)
    for index in range(count):
        report(Progress("shadows", index / count))
        turn = 2 * math.pi * (index % _AZIMUTHS + 0.5 * (index // _AZIMUTHS)) / _AZIMUTHS
        rise = _ELEVATIONS[index // _AZIMUTHS]
        light = np.array(
            [math.cos(rise) * math.sin(turn), math.sin(rise), math.cos(rise) * math.cos(turn)], np.float32
        )
        one, caster = sharp_shadow(standing, ground, light, _SLICES)
        shadow += one
        height += one * caster
    # One blur over the mean of all directions stands for a blur of each, and hides that they are few.
    mean: FloatArray = shadow / np.float32(count)
    above = height / np.maximum(shadow, np.float32(1e-6))
    sky = soften(mean, above, _SPREAD, standing.foreshortening, ground)
    out: FloatArray = np.maximum(np.maximum(sky - _UNSEEN, 0) / (1 - _UNSEEN), _seam(standing, ground))
    return out


def _seam(standing: Standing, ground: Ground) -> FloatArray:
    """A thin dark line where feet meet the ground."""
    rows = np.flatnonzero(standing.feet.any(axis=1))
    height_px = standing.height / standing.cell
    across = max(_SEAM_WIDTH * height_px, 0.7)
    down = max(across * standing.foreshortening, 0.7)
    if rows.size == 0:
        return np.zeros_like(standing.feet)
    line = gaussian_blur(standing.feet, (down, across))
    peak = 1 / (math.sqrt(2 * math.pi) * down)
    seam: FloatArray = _SEAM * np.minimum(line / np.float32(peak), 1)
    return np.where(np.isfinite(ground.z), seam, 0)
