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

#: ln kappa = weights . features, fitted on rendered solids by the likelihood of the true directions.
_WEIGHTS = (1.48, 1.06, 1.24, 1.34, 1.22)
_RANGE = (0.5, 60.0)
_SMALL_PX = 24


def confidence_features(fit: Fit) -> tuple[float, ...]:
    """Return what the confidence rests on.

    Parameters
    ----------
    fit : Fit
        The direction search's result.

    Returns
    -------
    tuple of float
        1; agreement of the good directions; share of the variance that the shading explains; share of the light
        that is shaded; how much the light comes from the viewer's side. All but the first centred on usual values.
    """
    agreement = -math.log10(max(1 - fit.resultant, 1e-3)) - 1.5
    return 1.0, agreement, fit.explained - 0.6, fit.contrast - 0.6, float(fit.direction[2]) - 0.5


def concentration(subject: Subject, fit: Fit) -> float:
    """Return kappa of the von Mises-Fisher distribution around a direction found."""
    exponent = float(np.dot(_WEIGHTS, confidence_features(fit)))
    # Nobody reads shading off a thumbnail.
    tiny = min(1.0, subject.source_px / _SMALL_PX)
    return float(np.clip(tiny * math.exp(min(exponent, 6.0)), *_RANGE))
