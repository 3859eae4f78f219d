"""Alpha without haze, speckles and pinholes, in the precision of a file."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import dilate
from cyclorama.core.regions import label_regions

__all__ = ["clean", "stretch"]

_LOW, _HIGH = 0.05, 0.95
_FAINT = 0.35
_FAINT_REACH_PX = 4


def stretch(alpha: FloatArray) -> FloatArray:
    """Push alpha that is nearly 0 or 1 to the end: what is left of noise shows on a new background."""
    out: FloatArray = np.clip((alpha - np.float32(_LOW)) * np.float32(1 / (_HIGH - _LOW)), 0, 1)
    return out


def clean(alpha: FloatArray, probability: FloatArray) -> FloatArray:
    """Remove what cannot be an edge.

    Parameters
    ----------
    alpha : float32 (H, W), [0, 1]
        Solved alpha.
    probability : float32 (H, W), [0, 1]
        What the segmenter said.

    Returns
    -------
    float32 (H, W), [0, 1]
        Without haze (faint alpha with nothing solid near), speckles (islands that the segmenter does not know) and
        pinholes (gaps that it does not know); real gaps, between an arm and a body, stay.
    """
    solid_near = dilate(alpha > _FAINT, _FAINT_REACH_PX)
    out = np.where(solid_near, alpha, np.float32(0))
    gap_near = dilate(alpha < 1 - _FAINT, _FAINT_REACH_PX)
    out = np.where(gap_near, out, np.float32(1))
    out[_unsupported(out > _LOW, probability > 0.5)] = 0
    out[_unsupported(out < _HIGH, probability < 0.5)] = 1
    return out


def _unsupported(region: BoolArray, evidence: BoolArray) -> BoolArray:
    """Return the parts of ``region`` whose connected piece nowhere meets ``evidence``."""
    labels, count = label_regions(region)
    supported = np.zeros(count + 1, bool)
    supported[labels[evidence]] = True
    lone: BoolArray = ~supported[labels] & region
    return lone
