"""What every painter starts from: a camera and a light; and what it gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cyclorama.backdrop.light_map import camera_height, gravity_frame, pixel_rays
from cyclorama.core.arrays import FloatArray

__all__ = ["LUMINANCE", "Light", "Rng", "Sketch", "View", "vector"]

Rng = np.random.Generator

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def vector(*values: float) -> FloatArray:
    """Return a colour or a direction as an array."""
    return np.array(values, np.float32)


#: Where the ground under a subject is taken to be when the picture cuts it / picture height.
_UNSEEN_GROUND_ROW = 1.25


@dataclass(frozen=True)
class View:
    """A camera. Lengths are in picture heights at the subject, who stands at the world's origin.

    Parameters
    ----------
    size : (height, width) in pixels.
    focal : focal length / picture height.
    up : (3,), unit vector against gravity, camera axes (x right, y up, z to the viewer).
    center : principal point (x, y) / picture height.
    contact_row : row / picture height where the subject touches the ground; None when out of view.
    """

    size: tuple[int, int]
    focal: float
    up: FloatArray
    center: tuple[float, float]
    contact_row: float | None = None

    @property
    def height_px(self) -> int:
        """Height of the picture in pixels."""
        return self.size[0]

    @cached_property
    def frame(self) -> FloatArray:
        """Rotation (3, 3) from camera to world axes."""
        return gravity_frame(self.up)

    @cached_property
    def pitch(self) -> float:
        """Angle by which the camera looks up, rad."""
        return float(-np.arcsin(np.clip(self.frame[1, 2], -1, 1)))

    @cached_property
    def eye(self) -> FloatArray:
        """Position (3,) of the camera in the world."""
        row = _UNSEEN_GROUND_ROW if self.contact_row is None else self.contact_row
        return np.array(
            [0.0, camera_height(self.focal, self.center[1], self.pitch, row), self.focal], np.float32
        )

    @cached_property
    def world(self) -> FloatArray:
        """Unit viewing rays (H, W, 3) in world axes."""
        return np.asarray(pixel_rays(self.size, self.focal, self.center) @ self.frame.T, np.float32)

    @cached_property
    def x(self) -> FloatArray:
        """Column (H, W) from the principal point / picture height."""
        across = (np.arange(self.size[1], dtype=np.float32) + 0.5) / self.size[0] - np.float32(self.center[0])
        return np.broadcast_to(across[None], self.size)

    @cached_property
    def y(self) -> FloatArray:
        """Row (H, W) from the top / picture height."""
        down = (np.arange(self.size[0], dtype=np.float32) + 0.5) / self.size[0]
        return np.broadcast_to(down[:, None], self.size)

    @cached_property
    def half_width(self) -> float:
        """Half of the width / picture height."""
        return 0.5 * self.size[1] / self.size[0]

    @cached_property
    def horizon(self) -> float:
        """Row of the horizon at the principal column / picture height."""
        return self.center[1] + self.focal * math.tan(min(max(self.pitch, -1.2), 1.2))

    @cached_property
    def below_horizon(self) -> FloatArray:
        """How far (H, W) a pixel lies under the horizon / picture height, roll included."""
        level = self.world[..., 1] / np.maximum(-self.world[..., 2], 0.05)
        return np.asarray(-level * self.focal, np.float32)


@dataclass(frozen=True)
class Light:
    """A key light and what fills its shadows.

    Parameters
    ----------
    direction : (3,), unit, camera axes, to the light.
    softness : angular radius, rad.
    key, ambient : (3,), linear RGB; the key's luminance is about 1.
    """

    direction: FloatArray
    softness: float
    key: FloatArray
    ambient: FloatArray

    def world(self, view: View) -> FloatArray:
        """Direction in world axes."""
        return np.asarray(view.frame @ self.direction, np.float32)

    @property
    def warmth(self) -> float:
        """Natural logarithm of red over blue of the key light."""
        return float(np.log(max(float(self.key[0]), 1e-3) / max(float(self.key[2]), 1e-3)))


@dataclass(frozen=True)
class Sketch:
    """A finished drawing.

    Parameters
    ----------
    linear : float32 (H, W, 3), scene-linear, before the film.
    contrast : strength of the film's curve.
    """

    linear: FloatArray
    contrast: float = 1.0
