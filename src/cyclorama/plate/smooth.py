"""Smooth continuation of colours into a hole.

References
----------
.. [1] S. Gortler, R. Grzeszczuk, R. Szeliski, M. Cohen, "The lumigraph", SIGGRAPH 1996, section 3.4.3 (push, pull).
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.resampling import resize

__all__ = ["fill_smoothly"]


def fill_smoothly(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Continue values from where they are known, by a pyramid of weighted averages.

    Parameters
    ----------
    values : float32 (H, W, C)
        Anything where ``weight`` is 0.
    weight : float32 (H, W), [0, 1]
        1 where known.

    Returns
    -------
    float32 (H, W, C)
        Unchanged where the weight is 1; elsewhere smooth. Without any known pixel all is 0.
    """
    pulled = _pull(values * weight[..., None], weight)
    out: FloatArray = values * weight[..., None] + pulled * (1 - weight[..., None])
    return out


def _pull(weighted: FloatArray, weight: FloatArray) -> FloatArray:
    height, width = weight.shape
    own: FloatArray = weighted / np.maximum(weight, np.float32(1e-6))[..., None]
    if max(height, width) == 1 or weight.min() >= 1:
        return own
    half = ((height + 1) // 2, (width + 1) // 2)
    blurred, blurred_weight = gaussian_blur(weighted, 1.0), gaussian_blur(weight, 1.0)
    small, small_weight = resize(blurred, half, "area"), resize(blurred_weight, half, "area")
    # A few known pixels are enough to count fully: weights saturate on the way up the pyramid.
    saturated = np.minimum(small_weight * 4, 1)
    small *= (saturated / np.maximum(small_weight, np.float32(1e-9)))[..., None]
    below = small + _pull(small, saturated) * (1 - saturated)[..., None]
    up = resize(below, (height, width), "bilinear")
    return np.where(weight[..., None] > 0, own * weight[..., None] + up * (1 - weight[..., None]), up)
