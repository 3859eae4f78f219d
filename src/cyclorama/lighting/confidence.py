"""How far a light direction can be trusted.

References
----------
.. [1] K. V. Mardia, P. E. Jupp, "Directional Statistics", Wiley 2000, 10.3 (likelihood of the concentration).
"""

from __future__ import annotations

import math

import numpy as np

from cyclorama.lighting.direction import Fit
from cyclorama.lighting.normals import Subject

__all__ = ["concentration", "confidence_features"]

#: ln kappa = weights . features, fitted on rendered solids by tests/quality/measure_light.py --calibrate.
_WEIGHTS = (1.6, 0.9, 1.6, 0.6, 0.5, 0.25)
_RANGE = (0.5, 60.0)
_SMALL_PX = 24


def confidence_features(subject: Subject, fit: Fit) -> tuple[float, ...]:
    """Return what the confidence rests on.

    Parameters
    ----------
    subject : Subject
        The crop.
    fit : Fit
        The direction search's result.

    Returns
    -------
    tuple of float
        1; agreement of the good directions; share of the variance explained and strength of the shading, both
        centred; share of the outline that is real; logarithm of the number of pixels over 1000.
    """
    agreement = -math.log10(max(1 - fit.resultant, 1e-3)) - 1.5
    strength = math.log10(max(fit.variation, 1e-3)) + 0.7
    size = max(-2.0, math.log10(max(fit.pixels, 1) / 1000))
    return 1.0, agreement, fit.explained - 0.6, strength, subject.contour_share - 0.9, size


def concentration(subject: Subject, fit: Fit) -> float:
    """Return kappa of the von Mises-Fisher distribution around a direction found."""
    exponent = float(np.dot(_WEIGHTS, confidence_features(subject, fit)))
    # Nobody reads shading off a thumbnail.
    tiny = min(1.0, subject.source_px / _SMALL_PX)
    return float(np.clip(tiny * math.exp(min(exponent, 6.0)), *_RANGE))
