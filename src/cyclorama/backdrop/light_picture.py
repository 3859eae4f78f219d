"""A picture of nothing but the asked light: where a pretrained model starts, and what its broad shapes are drawn to.

It holds the light on a bare set (or under an empty sky), the horizon, the wished colour, and the subject's shadow.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.light_map import gravity_frame, pixel_rays, render_light_map
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import resize

__all__ = ["camera_of", "contact_row", "from_other_side", "paint_light_picture"]

#: The picture is smooth: it is drawn on a grid of at most this side.
_GRID_PX = 192
#: How much light a shadow leaves, beyond what the ambient light gives.
_DARKEST = 0.25
_LOWEST_SUN = 0.08


def paint_light_picture(conditions: Conditions, coverage: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Paint the light that was asked for.

    Parameters
    ----------
    conditions : Conditions
        Its perspective is that of the picture to paint.
    coverage : float32 (h, w), [0, 1]
        Where the subject stands; any size.
    size : (height, width) of the picture.

    Returns
    -------
    float32 (height, width, 3), sRGB, [0, 1]
        Its mean brightness is that of the wished or usual mean colour of the scene.
    """
    scale = min(1.0, _GRID_PX / max(size))
    grid = max(round(size[0] * scale), 2), max(round(size[1] * scale), 2)
    camera, light = conditions.perspective.scaled(grid), conditions.lighting
    alpha = resize(coverage, grid, "area")
    contact = contact_row(alpha)
    x, y = camera.principal_point_px
    focal, center = camera.focal_px / grid[0], (x / grid[0], y / grid[0])
    level = max(float(luminance(light.key_color)), 1e-3)
    scene = SCENES[conditions.scene]
    lit: FloatArray = np.expm1(
        render_light_map(
            pixel_rays(grid, focal, center),
            camera.up,
            light.direction,
            focal=focal,
            center_y=center[1],
            contact_row=None if contact is None else contact / grid[0],
            softness=light.softness_rad,
            key=light.key_color / level,
            ambient=np.clip(light.ambient_color / level, 0.02, 1.5),
            outdoors=scene.outdoors,
        )
    )
    if contact is not None:
        lit = lit * _shadow(alpha, contact, camera, conditions)[..., None]
    palette = np.asarray(scene.palette if conditions.palette is None else conditions.palette, np.float32)
    linear = lit * palette
    linear *= float(luminance(palette)) / max(float(luminance(linear).mean()), 1e-6)
    # A shoulder instead of a clip: a lamp in the picture keeps its colour.
    linear = np.where(linear > 0.6, 0.6 + 0.4 * np.tanh((linear - 0.6) / 0.4), linear)
    return np.clip(resize(linear_to_srgb(linear), size, "bilinear"), 0, 1)


def from_other_side(conditions: Conditions) -> Conditions:
    """Return the same place with its light from the other side."""
    light = conditions.lighting
    mirrored = light.direction * np.array([-1, 1, 1], np.float32)
    return dataclasses.replace(conditions, lighting=dataclasses.replace(light, direction=mirrored))


def camera_of(perspective: Perspective, box: Box, size: tuple[int, int]) -> Perspective:
    """Return the camera of a part of a picture that was resized to (height, width)."""
    x, y = perspective.principal_point_px
    part = Perspective(
        box.size,
        perspective.focal_px,
        (x - box.left, y - box.top),
        perspective.pitch_rad,
        perspective.roll_rad,
        perspective.confidence,
    )
    return part.scaled(size)


def contact_row(alpha: FloatArray) -> float | None:
    """Return the row below the subject's lowest pixel; None if the picture cuts it or there is no subject."""
    rows = np.flatnonzero(alpha.max(1) > 0.5)
    if len(rows) == 0 or rows[-1] >= alpha.shape[0] - 2:
        return None
    return float(rows[-1] + 1)


def _shadow(alpha: FloatArray, contact: float, camera: Perspective, conditions: Conditions) -> FloatArray:
    """Share of the light that the subject, taken for a card that faces the light, leaves on the ground (h, w)."""
    frame = gravity_frame(camera.up)
    light = frame @ conditions.lighting.direction
    across = math.hypot(float(light[0]), float(light[2]))
    if light[1] <= 0 or across < 1e-3:
        return np.ones(alpha.shape, np.float32)
    height, width = alpha.shape
    x, y = camera.principal_point_px
    world = pixel_rays(alpha.shape, camera.focal_px / height, (x / height, y / height)) @ frame.T
    foot = int(np.clip(contact - 1, 0, height - 1))
    column = float(np.average(np.arange(width), weights=alpha[foot] + 1e-6))
    down = -world[..., 1]
    on_ground = down > 1e-3
    if not on_ground[foot, round(column)]:
        return np.ones(alpha.shape, np.float32)
    # Ground points in units of the camera's height, relative to the subject's foot.
    point = world / np.maximum(down, 1e-3)[..., None]
    gap = point - point[foot, round(column)]
    sun = np.array([light[0], light[2]]) / across
    behind = -(gap[..., 0] * sun[0] + gap[..., 2] * sun[1])
    rise = behind * max(float(light[1]), _LOWEST_SUN) / across
    aside = gap[..., 0] * -sun[1] + gap[..., 2] * sun[0]
    aside = aside if sun[1] < 0 else -aside
    pixels = camera.focal_px / max(float(-point[foot, round(column), 2]), 1e-3)
    rows = np.rint(contact - 1 - rise * pixels).astype(int)
    cols = np.rint(column + aside * pixels).astype(int)
    inside = on_ground & (behind > 0) & (rows >= 0) & (rows < height) & (cols >= 0) & (cols < width)
    cast = np.where(inside, alpha[np.clip(rows, 0, height - 1), np.clip(cols, 0, width - 1)], 0)
    soft = 1 + 0.05 * height * math.tan(min(conditions.lighting.softness_rad, 1.2))
    key, ambient = conditions.lighting.key_color, conditions.lighting.ambient_color
    left = max(_DARKEST, float(luminance(ambient)) / max(float(luminance(key + ambient)), 1e-6))
    return np.asarray(1 - (1 - left) * gaussian_blur(cast.astype(np.float32), soft), np.float32)
