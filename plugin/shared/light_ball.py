"""A ball that shows where the light comes from, and takes a drag as an answer; plain pixels for any toolkit.

The picture is a square of ``size_px``. The ball fills its middle; a point on it stands for light from the viewer's
half of the world, as on a photographer's grey ball: its middle is light from the camera, its rim light from the side.
The ring around the ball stands for light from behind the subject, up to 75 degrees past its side at the outer edge:
light from straight behind would have no side any more.
Directions are unit vectors towards the light in camera axes: x right, y up, z to the viewer.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Tuple

__all__ = ["direction_at", "direction_in_words", "draw_light_ball", "position_of"]

Vector = Tuple[float, float, float]

#: Radius of the ball in half sizes of the picture; the ring reaches to 0.96.
_BALL, _RING = 0.72, 0.96
_HANDLE = 0.085
_MOST_BEHIND_RAD = math.radians(75)
_RING_RGBA = (128, 128, 128, 70)
_HANDLE_RGB, _OUTLINE_RGB = (255, 214, 64), (30, 30, 30)
_ALBEDO = 0.62


def direction_at(x: float, y: float, size_px: int) -> Vector:
    """Return the direction that a position in the picture stands for; beyond the ring, that of the nearest edge.

    Parameters
    ----------
    x, y : float
        Position in pixels from the top left corner of the picture, y down.
    size_px : int
        Side of the picture.
    """
    half = size_px / 2
    across, up = (x - half) / (half * _BALL), (half - y) / (half * _BALL)
    radius = math.hypot(across, up)
    if radius <= 1:
        return across, up, math.sqrt(max(0.0, 1 - radius * radius))
    behind = min((radius - 1) / (_RING / _BALL - 1), 1.0) * _MOST_BEHIND_RAD
    share = math.cos(behind) / radius
    return across * share, up * share, -math.sin(behind)


def position_of(direction: Vector, size_px: int) -> Tuple[float, float]:
    """Return where in the picture the handle of a direction lies; the inverse of :func:`direction_at`.

    What comes from further behind than the ring reaches lies on its outer edge.
    """
    x, y, z = _unit(direction)
    half, side = size_px / 2, math.hypot(x, y)
    radius = side
    if z < 0:
        behind = min(math.acos(min(side, 1.0)), _MOST_BEHIND_RAD)
        radius = 1 + behind / _MOST_BEHIND_RAD * (_RING / _BALL - 1)
    # Light from straight behind has no side: its handle goes to the top.
    across, up = (x / side, y / side) if side > 1e-6 else (0.0, 1.0)
    return half + across * radius * half * _BALL, half - up * radius * half * _BALL


def direction_in_words(direction: Vector) -> str:
    """Say a direction as a photographer would: "35° from the left, 20° up, in front"."""
    x, y, z = _unit(direction)
    azimuth, elevation = math.degrees(math.atan2(x, z)), math.degrees(math.asin(max(-1.0, min(1.0, y))))
    side = "the right" if azimuth > 0 else "the left"
    height = "up" if elevation >= 0 else "down"
    turned = round(abs(azimuth))
    words = "from the camera" if turned < 3 else f"{turned}° from {side}"
    return f"{words}, {round(abs(elevation))}° {height}" + (", behind the subject" if turned > 90 else "")


def draw_light_ball(
    size_px: int,
    direction: Vector,
    *,
    softness_rad: float = 0.3,
    key_color: Vector = (0.75, 0.75, 0.75),
    ambient_color: Vector = (0.25, 0.25, 0.25),
) -> bytes:
    """Paint the ball under a light, with a handle where the light is.

    Parameters
    ----------
    size_px : int
        Side of the picture; 96 to 128 are painted in a few hundredths of a second.
    direction : (float, float, float)
        Towards the light; of any length but zero.
    softness_rad : float, [0, pi/2]
        Angular radius of the light: a small one gives a hard terminator.
    key_color, ambient_color : (float, float, float), linear RGB
        Irradiance from the light and from everything else, on one scale.

    Returns
    -------
    bytes, size_px * size_px * 4
        Rows from the top, RGBA, 8 bit, sRGB, straight alpha.
    """
    light = _unit(direction)
    shades = _shades(round(softness_rad, 2), key_color, ambient_color)
    x, y, z = (127.5 * value for value in light)
    pixels = bytearray(_ring(size_px))
    for place, normal, opacity in _normals(size_px):
        # n . l in [-1, 1], as an index of 256 steps.
        shade = shades[int(127.5 + normal[0] * x + normal[1] * y + normal[2] * z)]
        _over(pixels, place, shade, opacity)
    _draw_handle(pixels, size_px, light)
    return bytes(pixels)


def _unit(direction: Vector) -> Vector:
    length = math.sqrt(sum(value * value for value in direction))
    if length < 1e-9:
        return 0.0, 0.0, 1.0
    return direction[0] / length, direction[1] / length, direction[2] / length


@lru_cache(maxsize=16)
def _shades(softness_rad: float, key: Vector, ambient: Vector) -> Tuple[Tuple[int, int, int], ...]:
    """Return the ball's colour for each of 256 steps of n . l from -1 to 1."""
    found = []
    # A wide light reaches around the rim; half the sine keeps the total near Lambert's.
    wrap = 0.5 * math.sin(min(max(softness_rad, 0.0), math.pi / 2))
    for step in range(256):
        lit = max(0.0, (step / 127.5 - 1 + wrap) / (1 + wrap))
        linear = [_ALBEDO * (a + k * lit) for k, a in zip(key, ambient)]
        found.append((_encode(linear[0]), _encode(linear[1]), _encode(linear[2])))
    return tuple(found)


def _encode(linear: float) -> int:
    linear = min(max(linear, 0.0), 1.0)
    value = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return int(255 * value + 0.5)


@lru_cache(maxsize=4)
def _normals(size_px: int) -> Tuple[Tuple[int, Vector, int], ...]:
    """Return byte offset, surface normal and opacity of each pixel of the ball."""
    half = size_px / 2
    radius = half * _BALL
    found = []
    for row in range(size_px):
        for column in range(size_px):
            across, up = column + 0.5 - half, half - row - 0.5
            distance = math.hypot(across, up)
            opacity = min(max(radius - distance + 0.5, 0.0), 1.0)
            if opacity > 0:
                scale = 1 / max(radius, distance)
                x, y = across * scale, up * scale
                normal = (x, y, math.sqrt(max(0.0, 1 - x * x - y * y)))
                found.append((4 * (row * size_px + column), normal, int(255 * opacity + 0.5)))
    return tuple(found)


@lru_cache(maxsize=4)
def _ring(size_px: int) -> bytes:
    half = size_px / 2
    pixels = bytearray(4 * size_px * size_px)
    for row in range(size_px):
        for column in range(size_px):
            distance = math.hypot(column + 0.5 - half, row + 0.5 - half)
            inside = min(max(half * _RING - distance + 0.5, 0.0), 1.0)
            if inside > 0:
                place = 4 * (row * size_px + column)
                pixels[place : place + 4] = bytes((*_RING_RGBA[:3], int(_RING_RGBA[3] * inside + 0.5)))
    return bytes(pixels)


def _draw_handle(pixels: bytearray, size_px: int, light: Vector) -> None:
    """Draw a disc in an outline, hollow when the light is behind."""
    x, y = position_of(light, size_px)
    radius = max(3.5, _HANDLE * size_px / 2)
    for row in range(max(0, int(y - radius - 2)), min(size_px, int(y + radius + 3))):
        for column in range(max(0, int(x - radius - 2)), min(size_px, int(x + radius + 3))):
            distance = math.hypot(column + 0.5 - x, row + 0.5 - y)
            place = 4 * (row * size_px + column)
            outline = min(max(radius + 1.5 - distance, 0.0), 1.0)
            disc = min(max(radius - distance, 0.0), 1.0)
            if light[2] < 0:
                disc = min(disc, min(max(distance - 0.45 * radius, 0.0), 1.0))
            _over(pixels, place, _OUTLINE_RGB, int(255 * outline))
            _over(pixels, place, _HANDLE_RGB, int(255 * disc))


def _over(pixels: bytearray, place: int, color: Tuple[int, int, int], opacity: int) -> None:
    """Blend a colour over a pixel of straight RGBA."""
    if opacity == 255:
        pixels[place : place + 4] = bytes((*color, 255))
        return
    if opacity <= 0:
        return
    below = pixels[place + 3] * (255 - opacity) // 255
    alpha = opacity + below
    for channel in range(3):
        mixed = color[channel] * opacity + pixels[place + channel] * below
        pixels[place + channel] = mixed // alpha
    pixels[place + 3] = alpha
