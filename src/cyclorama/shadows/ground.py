"""The ground before the camera, and layers on its working grid.

World axes are x right, y up, z back to the viewer; the camera is the origin and the ground is at y = -1, so all
lengths are in camera heights. Ground, subject and camera are handled on a working grid, smaller than the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.perspective import Perspective, camera_rays, world_from_camera
from cyclorama.core.resampling import fit_size, resize, resize_image

__all__ = ["Ground", "coarse_alpha", "coarse_color", "ground_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The ground as the working grid sees it.

    Parameters
    ----------
    camera : Perspective
        The camera of the working grid.
    x, z : float32 (h, w)
        Ground point of each cell, camera heights; z is -inf above the horizon.
    rotation : float32 (3, 3)
        Camera axes to world axes.
    """

    camera: Perspective
    x: FloatArray
    z: FloatArray
    rotation: FloatArray

    def project(self, point: FloatArray) -> FloatArray:
        """Return (..., 2) column and row of world points (..., 3) in front of the camera."""
        view = point @ self.rotation
        depth = np.maximum(-view[..., 2], 1e-6)
        x0, y0 = self.camera.principal_point_px
        column = x0 + self.camera.focal_px * view[..., 0] / depth
        row = y0 - self.camera.focal_px * view[..., 1] / depth
        return np.stack([column, row], axis=-1)


def ground_of(perspective: Perspective, canvas: tuple[int, int], long_side: int) -> Ground:
    """Return the ground on a grid over the canvas with the given long side in cells."""
    size = fit_size(canvas, long_side)
    camera = perspective.scaled(size)
    rotation = world_from_camera(camera)
    world = camera_rays(camera, size) @ rotation.T
    below = world[..., 1] < -1e-3
    reach = np.where(below, -1 / np.minimum(world[..., 1], -1e-3), np.inf)
    with np.errstate(invalid="ignore"):
        x = np.where(below, world[..., 0] * reach, 0)
        z = np.where(below, world[..., 2] * reach, -np.inf)
    return Ground(camera, x.astype(np.float32), z.astype(np.float32), rotation)


def coarse_alpha(layer: ObjectLayer, canvas: tuple[int, int], size: tuple[int, int]) -> FloatArray:
    """Return a layer's coverage on the working grid (h, w)."""
    sy, sx = size[0] / canvas[0], size[1] / canvas[1]
    top, left = int(layer.box.top * sy), int(layer.box.left * sx)
    bottom = min(size[0], max(top + 1, round(layer.box.bottom * sy)))
    right = min(size[1], max(left + 1, round(layer.box.right * sx)))
    top, left = min(top, bottom - 1), min(left, right - 1)
    alpha = layer.matte.alpha
    step = max(1, min(alpha.shape[0] // (3 * (bottom - top)), alpha.shape[1] // (3 * (right - left))))
    out = np.zeros(size, np.float32)
    out[top:bottom, left:right] = resize(alpha[::step, ::step], (bottom - top, right - left), "area")
    return out


def coarse_color(layer: ObjectLayer, canvas: tuple[int, int], size: tuple[int, int]) -> FloatArray:
    """Return a layer's straight colour on the working grid (h, w, 3), 0 outside its box."""
    sy, sx = size[0] / canvas[0], size[1] / canvas[1]
    top, left = int(layer.box.top * sy), int(layer.box.left * sx)
    bottom = min(size[0], max(top + 1, round(layer.box.bottom * sy)))
    right = min(size[1], max(left + 1, round(layer.box.right * sx)))
    top, left = min(top, bottom - 1), min(left, right - 1)
    out = np.zeros((*size, 3), np.float32)
    out[top:bottom, left:right] = resize_image(layer.color, (bottom - top, right - left)).pixels
    return out
