"""What subjects tell of the camera: one that stands on the ground has its foot below the horizon.

A camera is held between knee and eye height over people and higher, relative to the thing, over small things. The
horizon crosses a standing thing at the camera's height: that ties its outline to the tilt, loosely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.matte import Matte
from cyclorama.perspective.vanishing_points import TiltPrior

__all__ = ["prior_from_subjects"]

_USUAL = TiltPrior()
#: Camera height over a standing subject's height: median and spread in the picture.
_CAMERA_HEIGHTS = (1.2, 0.6)
#: Where the horizon crosses a subject that the lower border cuts, from its top, and spread in picture heights.
_EYE_LEVEL = (0.2, 0.2)
_SMALLEST_SHARE = 0.12


def prior_from_subjects(mattes: Sequence[Matte], focal_px: float, size: tuple[int, int]) -> TiltPrior:
    """Return the tilt to expect.

    Parameters
    ----------
    mattes : sequence of Matte
        Subjects, over the whole photograph; may be coarser than it.
    focal_px : float
        Focal length on the grid of ``size``.
    size : (int, int)
        (height, width).

    Returns
    -------
    TiltPrior
        The usual one, sharpened by each subject taller than an eighth of the picture.
    """
    precision = 1 / _USUAL.pitch_sd_deg**2
    total = precision * _USUAL.pitch_deg
    for matte in mattes:
        step = max(1, max(matte.size) // 512)
        mask = matte.alpha[::step, ::step] > 0.5
        box = Box.of_mask(mask)
        rows = mask.shape[0]
        if box.height < _SMALLEST_SHARE * rows:
            continue
        if box.bottom >= rows - 1:
            horizon = box.top / rows + _EYE_LEVEL[0] * box.height / rows
            spread = _EYE_LEVEL[1]
        else:
            horizon = (box.bottom - _CAMERA_HEIGHTS[0] * box.height) / rows
            spread = _CAMERA_HEIGHTS[1] * box.height / rows
        slope = size[0] / focal_px
        pitch = math.degrees(math.atan((horizon - 0.5) * slope))
        sd = math.degrees(math.atan(max(spread, 0.1) * slope))
        precision += 1 / sd**2
        total += pitch / sd**2
    return TiltPrior(float(total / precision), float(np.sqrt(1 / precision)), _USUAL.roll_sd_deg)
