"""Two readings of one light, the direction search and the network, made one.

References
----------
.. [1] K. V. Mardia, P. E. Jupp, "Directional Statistics", Wiley 2000, 10.5 (von Mises-Fisher: densities that are
   multiplied add their kappa times direction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.lighting.confidence import concentration
from cyclorama.lighting.direction import Fit
from cyclorama.lighting.network import Reading
from cyclorama.lighting.normals import Subject

__all__ = ["Direction", "angle_deg", "fuse_readings", "fusion_features"]

#: Trust in the search beside the network, for equal concentrations; it errs where the network does not, but more.
_SEARCH_SHARE = 0.5
#: ln kappa = weights . features, fitted on rendered solids by tests/quality/measure_light.py --calibrate.
_WEIGHTS = (1.95, 1.214, 0.084)
_RANGE = (0.5, 120.0)
_SMALL_PX = 24


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A direction (3,), unit, camera axes; its concentration; and how far the two readings lay apart."""

    vector: FloatArray
    kappa: float
    apart_deg: float


def angle_deg(a: FloatArray, b: FloatArray) -> float:
    """Return the angle between two unit vectors."""
    return math.degrees(math.acos(max(-1.0, min(1.0, float(a @ b)))))


def fuse_readings(subject: Subject, fit: Fit, reading: Reading) -> Direction:
    """Fuse by confidence.

    Parameters
    ----------
    subject : Subject
        What both looked at.
    fit : Fit
        The search's answer.
    reading : Reading
        The network's.

    Returns
    -------
    Direction
        Sum of the two, each as long as it is sure [1]_; its ``kappa`` is calibrated on rendered solids.
    """
    vector = _sum(subject, fit, reading)
    exponent = float(np.dot(_WEIGHTS, fusion_features(subject, fit, reading)))
    tiny = min(1.0, subject.source_px / _SMALL_PX)
    kappa = float(np.clip(tiny * math.exp(min(exponent, 6.0)), *_RANGE))
    return Direction(vector, kappa, angle_deg(fit.direction, reading.direction))


def fusion_features(subject: Subject, fit: Fit, reading: Reading) -> tuple[float, ...]:
    """Return what the confidence rests on.

    Returns
    -------
    tuple of float
        1; ln of the network's and of the search's kappa, centred on usual values. How far apart the two lie, and how
        much of the brightness plain shading explains, told nothing more.
    """
    return 1.0, math.log(reading.kappa) - 3, math.log(concentration(subject, fit)) - 2


def _sum(subject: Subject, fit: Fit, reading: Reading) -> FloatArray:
    search = _SEARCH_SHARE * concentration(subject, fit)
    total = reading.kappa * reading.direction + search * fit.direction
    length = float(np.linalg.norm(total))
    out: FloatArray = (total / length).astype(np.float32) if length > 1e-6 else reading.direction
    return out
