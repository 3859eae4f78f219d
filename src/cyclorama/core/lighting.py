"""The light on a subject."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray, frozen, require_finite, require_shape
from cyclorama.protocol.errors import InputError

__all__ = ["LightingEstimate"]


@dataclass(frozen=True, slots=True, eq=False)
class LightingEstimate:
    """Light as the camera sees it.

    Parameters
    ----------
    direction : float32 (3,), unit length
        Towards the key light, in camera axes: x right, y up, z to the viewer. Other lengths are normalised.
    kappa : float, >= 0
        Concentration of the von Mises-Fisher distribution around ``direction``: 0 knows nothing, 10 is good to
        about 26 degrees, 100 to about 8.
    softness_rad : float, [0, pi/2]
        Angular radius of the key light: 0 a point, pi/2 a whole sky.
    key_color, ambient_color : float32 (3,), linear RGB, >= 0
        Irradiance that a surface facing the key light gets from it, and that it gets from everything else, on one
        common scale (key + ambient has luminance about 1).
    ambient_sh : float32 (9, 3), linear RGB
        Radiance of everything but the key light, real spherical harmonics of order 2, order
        (1, y, z, x, xy, yz, 3z²-1, xz, x²-y²).

    Raises
    ------
    InputError
        If a shape is wrong, a number is not finite, or the direction is zero.
    """

    direction: FloatArray
    kappa: float
    softness_rad: float
    key_color: FloatArray
    ambient_color: FloatArray
    ambient_sh: FloatArray

    def __post_init__(self) -> None:
        for name, shape in (
            ("direction", (3,)),
            ("key_color", (3,)),
            ("ambient_color", (3,)),
            ("ambient_sh", (9, 3)),
        ):
            array = frozen(getattr(self, name), "float32")
            require_shape(f"A light's {name}", array, str(shape), array.shape == shape)
            require_finite(f"A light's {name}", array)
            object.__setattr__(self, name, array)
        length = float(np.linalg.norm(self.direction))
        if length < 1e-6:
            raise InputError("A light's direction is zero; a vector towards the light was wanted.")
        object.__setattr__(self, "direction", frozen(self.direction / np.float32(length), "float32"))
        if not (math.isfinite(self.kappa) and self.kappa >= 0):
            raise InputError(f"A light's kappa is {self.kappa}; a number of at least 0 was wanted.")
        if not 0 <= self.softness_rad <= math.pi / 2 + 1e-6:
            raise InputError(f"A light's softness is {self.softness_rad} rad; 0 to pi/2 was wanted.")

    @property
    def confidence(self) -> float:
        """Mean resultant length of the direction, in [0, 1): coth(kappa) - 1/kappa (Mardia and Jupp, 2000, 9.3.6)."""
        if self.kappa < 1e-3:
            return self.kappa / 3
        return float(1 / math.tanh(self.kappa) - 1 / self.kappa)

    @property
    def azimuth_rad(self) -> float:
        """Angle about the vertical: 0 from behind the camera, positive from the right, pi from behind the subject."""
        return math.atan2(float(self.direction[0]), float(self.direction[2]))

    @property
    def elevation_rad(self) -> float:
        """Angle above the camera's horizontal plane."""
        return math.asin(max(-1.0, min(1.0, float(self.direction[1]))))
