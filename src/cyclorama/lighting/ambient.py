"""Light from everywhere but the key, as spherical harmonics.

References
----------
.. [1] R. Ramamoorthi, P. Hanrahan, "An efficient representation for irradiance environment maps", SIGGRAPH 2001.
"""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import LUMINANCE_WEIGHTS
from cyclorama.core.spherical_harmonics import basis
from cyclorama.lighting.fusion import Direction
from cyclorama.lighting.illuminant import Illuminant
from cyclorama.lighting.network import Reading

__all__ = ["ambient_harmonics"]

_MEAN = 0.282095
#: Light from above in almost every place, as a share of the mean.
_FROM_ABOVE = 0.25
#: How much of what the network sees beside the key is believed, and how uneven ambient light may be: below that no
#: direction gets less than nothing.
_BELIEF = 0.5
_MOST_UNEVEN = (0.45 * math.sqrt(3), 0.5)


def ambient_harmonics(light: Illuminant, key: Direction, reading: Reading) -> FloatArray:
    """Return the radiance of everything but the key light.

    Parameters
    ----------
    light : Illuminant
        Colours of key and ambient light.
    key : Direction
        Where the key light stands.
    reading : Reading
        The network's harmonics of all light.

    Returns
    -------
    float32 (9, 3), linear RGB
        The network's harmonics less those of the key, in the ambient colour; over all directions their irradiance
        is the ambient colour.
    """
    key_level = float(light.key @ LUMINANCE_WEIGHTS)
    mean = float(light.ambient @ LUMINANCE_WEIGHTS) / (_MEAN * math.pi)
    lobe = key_level * basis(key.vector) * _blunt(light.softness_rad)
    rest = reading.sh * (mean + float(lobe[0])) - lobe
    shape = _BELIEF * rest / max(mean, 1e-6)
    shape[1] += (1 - _BELIEF) * _FROM_ABOVE
    shape[0] = 1
    for band, most in ((slice(1, 4), _MOST_UNEVEN[0]), (slice(4, 9), _MOST_UNEVEN[1])):
        length = float(np.linalg.norm(shape[band]))
        shape[band] *= min(1.0, most / max(length, 1e-6))
    out: FloatArray = (shape[:, None] * light.ambient / np.float32(_MEAN * math.pi)).astype(np.float32)
    return out


def _blunt(radius_rad: float) -> FloatArray:
    """How a round light of an angular radius fades each harmonic, against a point."""
    c = math.cos(min(radius_rad, math.pi / 2))
    first, second = (1 + c) / 2, c * (1 + c) / 2
    return np.array([1.0] + [first] * 3 + [second] * 5, np.float32)
