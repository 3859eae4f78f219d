"""Why the light read off a subject may be wrong: said in words, so that nobody trusts a guess."""

from __future__ import annotations

import numpy as np

from cyclorama.core.color import luminance
from cyclorama.lighting.direction import Fit
from cyclorama.lighting.fusion import Direction
from cyclorama.lighting.normals import Subject

__all__ = ["doubts"]

_TINY_PX = 32
_FLAT_SPREAD = 0.12
_UNEXPLAINED = 0.25
_GLARE = 4.0
_APART_DEG = 50.0
_UNSURE_KAPPA = 6.0


def doubts(subject: Subject, fit: Fit, found: Direction) -> tuple[str, ...]:
    """Return a sentence for each reason to distrust a direction.

    Parameters
    ----------
    subject : Subject
        The subject as it was read.
    fit : Fit
        The direction search's result.
    found : Direction
        The answer.

    Returns
    -------
    tuple of str
        Empty where nothing speaks against it.
    """
    out = []
    bright = luminance(fit.rgb) / fit.gain
    spread = float(np.std(bright) / max(float(bright.mean()), 1e-6))
    if subject.source_px < _TINY_PX:
        out.append(f"it is only {subject.source_px} px long.")
    if spread < _FLAT_SPREAD:
        out.append("it is evenly bright: a flat thing, or light from everywhere.")
    elif fit.explained < _UNEXPLAINED:
        middle, top = np.percentile(bright, (50, 99))
        if top > _GLARE * max(float(middle), 1e-6):
            out.append("it mirrors its surroundings: highlights do not follow its shape.")
        else:
            out.append("its brightness does not follow its shape: patterned, mirror-like or hollow.")
    if not out and found.apart_deg > _APART_DEG and found.kappa < _UNSURE_KAPPA:
        out.append(f"two ways to read it lie {found.apart_deg:.0f} degrees apart.")
    if not out and found.kappa < _UNSURE_KAPPA / 2:
        out.append("its shading hardly tells where the light comes from.")
    return tuple(out)
