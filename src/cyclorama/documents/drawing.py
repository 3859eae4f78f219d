"""Smooth lines, balls and checkerboards on small float pictures.

Shapes are drawn by their distance: a pixel is covered as far as the line reaches over its middle, which is smooth at
any angle.
"""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.spherical_harmonics import irradiance

__all__ = ["checkerboard", "draw_arrow", "draw_segment", "light_ball"]

_Point = tuple[float, float]
_Color = tuple[float, float, float]


def checkerboard(size: tuple[int, int], square_px: int = 8) -> FloatArray:
    """Return the usual ground (h, w, 3) for what is transparent, sRGB."""
    rows, columns = np.indices(size) // square_px
    return np.where((rows + columns)[..., None] % 2 == 0, 0.43, 0.36).astype(np.float32).repeat(3, axis=2)


def draw_segment(tile: FloatArray, start: _Point, stop: _Point, color: _Color, width_px: float) -> None:
    """Draw a line with round ends between two (x, y) into an sRGB picture (h, w, 3)."""
    y, x = np.indices(tile.shape[:2], np.float32) + 0.5
    along = (stop[0] - start[0], stop[1] - start[1])
    length_2 = max(along[0] ** 2 + along[1] ** 2, 1e-6)
    share = np.clip(((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length_2, 0, 1)
    distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    cover = np.clip(width_px / 2 + 0.5 - distance, 0, 1)[..., None]
    tile *= 1 - cover
    tile += cover * np.array(color, np.float32)


def draw_arrow(tile: FloatArray, start: _Point, stop: _Point, color: _Color, width_px: float) -> None:
    """Draw an arrow to ``stop``, with a dark rim that shows on any ground."""
    angle = math.atan2(stop[1] - start[1], stop[0] - start[0])
    head_px = 5 * width_px
    ends = [
        (stop[0] - head_px * math.cos(angle + turn), stop[1] - head_px * math.sin(angle + turn))
        for turn in (-0.5, 0.5)
    ]
    for ink, width in (((0.05, 0.05, 0.05), width_px + 3), (color, width_px)):
        for source, target in ((start, stop), (ends[0], stop), (ends[1], stop)):
            draw_segment(tile, source, target, ink, width)


def light_ball(tile: FloatArray, center: _Point, radius_px: float, light: LightingEstimate) -> None:
    """Draw a matt white ball, lit as estimated, into an sRGB picture (h, w, 3).

    The key light counts by the cosine of its angle to the surface; a soft one reaches around by its own radius.
    """
    y, x = np.indices(tile.shape[:2], np.float32) + 0.5
    right, up = (x - center[0]) / radius_px, (center[1] - y) / radius_px
    distance = np.hypot(right, up)
    normals = np.stack([right, up, np.sqrt(np.clip(1 - distance**2, 0, 1))], axis=2)
    cosine = normals @ light.direction
    reach = math.sin(light.softness_rad)
    direct = np.clip((cosine + reach) / (1 + reach), 0, 1)[..., None] * light.key_color
    around = np.clip(irradiance(light.ambient_sh, normals), 0, None)
    if around.max() < 1e-3:
        around = np.broadcast_to(light.ambient_color, normals.shape)
    shown = np.clip(linear_to_srgb(0.8 * (direct + around)), 0, 1)
    cover = np.clip(radius_px + 0.5 - np.hypot(x - center[0], y - center[1]), 0, 1)[..., None]
    tile *= 1 - cover
    tile += cover * shown
