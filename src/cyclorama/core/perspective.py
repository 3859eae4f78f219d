"""The camera: where the horizon lies, and which way each pixel looks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.protocol.errors import InputError

__all__ = ["Perspective", "camera_rays", "world_from_camera"]


@dataclass(frozen=True, slots=True)
class Perspective:
    """A pinhole camera over a level ground.

    Camera axes are x right, y up, z to the viewer; it looks along -z.

    Parameters
    ----------
    size : (int, int)
        (height, width) of the picture in pixels.
    focal_px : float
        Focal length in pixels.
    principal_point_px : (float, float)
        (x, y) where the optical axis meets the picture, x right, y down, pixel edges at integers.
    pitch_rad : float
        Positive when the camera looks up.
    roll_rad : float
        Turn of the world in the picture, clockwise positive: the world's up points along (sin roll, cos roll) in
        (right, up).
    confidence : float, [0, 1]
        0 means a mere prior.

    Raises
    ------
    InputError
        If the focal length is not positive, an angle is beyond 90 degrees, or the confidence is outside [0, 1].
    """

    size: tuple[int, int]
    focal_px: float
    principal_point_px: tuple[float, float]
    pitch_rad: float
    roll_rad: float
    confidence: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.focal_px) and self.focal_px > 0):
            raise InputError(f"A focal length of {self.focal_px} px was given; a positive one was wanted.")
        for name in ("pitch_rad", "roll_rad"):
            angle = getattr(self, name)
            if not (math.isfinite(angle) and abs(angle) < math.pi / 2):
                raise InputError(f"{name} is {angle}; an angle within 90 degrees was wanted.")
        if not 0 <= self.confidence <= 1:
            raise InputError(f"A perspective's confidence is {self.confidence}; [0, 1] was wanted.")

    @property
    def up(self) -> FloatArray:
        """The world's up as a unit vector (3,) in camera axes."""
        c, s = math.cos(self.pitch_rad), math.sin(self.pitch_rad)
        return np.array([math.sin(self.roll_rad) * c, math.cos(self.roll_rad) * c, -s], np.float32)

    @property
    def horizon_px(self) -> float:
        """Row at which the horizon crosses the middle column of the picture; may lie outside it."""
        x, y = self.principal_point_px
        shift = self.size[1] / 2 - x
        up = self.up
        # up . (X, Y, -f) = 0 with X = column - x and Y = y - row.
        return float(y + (up[0] * shift - up[2] * self.focal_px) / up[1])

    def scaled(self, size: tuple[int, int]) -> Perspective:
        """Return the camera of the same picture resized to (height, width)."""
        sy, sx = size[0] / self.size[0], size[1] / self.size[1]
        x, y = self.principal_point_px
        return Perspective(
            size,
            self.focal_px * math.sqrt(sx * sy),
            (x * sx, y * sy),
            self.pitch_rad,
            self.roll_rad,
            self.confidence,
        )


def camera_rays(perspective: Perspective, size: tuple[int, int]) -> FloatArray:
    """Return the unit viewing rays of a (possibly coarser) grid over the picture.

    Parameters
    ----------
    perspective : Perspective
        The camera.
    size : (int, int)
        (h, w) of the grid; its cells tile the whole picture.

    Returns
    -------
    float32 (h, w, 3)
        Unit vectors from the camera, in camera axes.
    """
    height, width = size
    x0, y0 = perspective.principal_point_px
    xs = (np.arange(width, dtype=np.float32) + 0.5) * (perspective.size[1] / width) - x0
    ys = y0 - (np.arange(height, dtype=np.float32) + 0.5) * (perspective.size[0] / height)
    rays = np.empty((height, width, 3), np.float32)
    rays[..., 0] = xs
    rays[..., 1] = ys[:, None]
    rays[..., 2] = -perspective.focal_px
    rays /= np.linalg.norm(rays, axis=2, keepdims=True)
    return rays


def world_from_camera(perspective: Perspective) -> FloatArray:
    """Return the rotation (3, 3) that takes camera axes to world axes.

    The world has y up, and its z axis is the horizontal direction back to the viewer.
    """
    up = perspective.up.astype(np.float64)
    back = np.array([0.0, 0.0, 1.0]) - up[2] * up
    back /= np.linalg.norm(back)
    right = np.cross(up, back)
    return np.stack([right, up, back]).astype(np.float32)
