"""A lived-in room out of focus: window on the light's side, wall, shelf, lamps, furniture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.sketch.film import expose
from cyclorama.backdrop.sketch.lens import bloom, lens_blur, splat_discs
from cyclorama.backdrop.sketch.noise import black_body, hue_color, spectral_noise
from cyclorama.backdrop.sketch.view import Light, Rng, Sketch, View, vector
from cyclorama.core.arrays import FloatArray

__all__ = ["interior"]

#: A key light redder than this (natural log of red over blue) is a lamp, not a window.
_LAMPLIGHT = 0.75
_WALL_HUES = (0.08, 0.1, 0.12, 0.55, 0.3)
_WOOD_HUES = (0.06, 0.09, 0.58, 0.35, 0.02)


@dataclass(frozen=True)
class _Room:
    """The light on everything flat (H, W, 3), the light's side, whether it is day, and the floor's row."""

    lit: FloatArray
    side: float
    day: bool
    floor: float


def interior(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """Draw wall and floor, then what stands and hangs before them, then window and lamps."""
    room = _room(rng, view, light)
    wall = hue_color(rng, (0.03, 0.35), (0.25, 0.65), _WALL_HUES)
    image = wall * room.lit * (1 - 0.25 * view.y)[..., None]
    boards = vector(0.30, 0.18, 0.10) * np.float32(rng.uniform(0.5, 1.4)) * room.lit
    image = np.where((view.y > room.floor)[..., None], boards, image).astype(np.float32)
    image = _pictures(rng, image, view, room)
    image = _furniture(rng, image, view, room)
    if rng.random() < 0.5:
        image = _shelf(rng, image, view, room)
    if rng.random() < 0.8:
        image = _window(rng, image, view, light, room)
    image = lens_blur(image, blur * view.height_px, int(rng.choice([0, 7])))
    _lamps(rng, image, view, blur, room)
    exposure = rng.uniform(0.14, 0.34) * (1 if room.day else 0.7)
    return Sketch(expose(bloom(image, 0.15), 60, exposure))


def _room(rng: Rng, view: View, light: Light) -> _Room:
    sideways = float(light.direction[0])
    side = float(np.sign(sideways)) or 1.0
    # The more the light comes from the side, the steeper it falls off across the wall.
    reach = rng.uniform(0.4, 0.8) / max(min(1.3 * abs(sideways), 1.0), 0.2)
    falloff = 1 / (1 + ((view.x * side - view.half_width * 1.1) / reach) ** 2)
    lit = light.key * (0.1 + 1.2 * falloff)[..., None] + light.ambient
    floor = view.horizon + rng.uniform(0.22, 0.4)
    return _Room(lit.astype(np.float32), side, light.warmth < _LAMPLIGHT, floor)


def _block(
    image: FloatArray, view: View, room: _Room, box: tuple[float, float, float, float], color: FloatArray
) -> FloatArray:
    """Paint a lit rectangle: left, right, top, bottom / picture height."""
    left, right, top, bottom = box
    inside = (view.x > left) & (view.x < right) & (view.y > top) & (view.y < bottom)
    return np.where(inside[..., None], color * room.lit, image).astype(np.float32)


def _pictures(rng: Rng, image: FloatArray, view: View, room: _Room) -> FloatArray:
    for _ in range(rng.integers(1, 4)):
        x, y = rng.uniform(-view.half_width, view.half_width), view.horizon + rng.uniform(-0.25, 0.0)
        w, h, frame = rng.uniform(0.08, 0.25), rng.uniform(0.1, 0.25), 0.015
        image = _block(image, view, room, (x, x + w, y - h, y), hue_color(rng, (0.0, 0.3), (0.02, 0.1)))
        inner = (x + frame, x + w - frame, y - h + frame, y - frame)
        image = _block(image, view, room, inner, hue_color(rng, (0.05, 0.6), (0.1, 0.8)))
    return image


def _furniture(rng: Rng, image: FloatArray, view: View, room: _Room) -> FloatArray:
    for _ in range(rng.integers(2, 6)):
        x, w = rng.uniform(-view.half_width - 0.1, view.half_width), rng.uniform(0.1, 0.5)
        top, bottom = room.floor - rng.uniform(0.05, 0.28), room.floor + rng.uniform(0.0, 0.12)
        color = hue_color(rng, (0.1, 0.5), (0.03, 0.3), _WOOD_HUES)
        image = _block(image, view, room, (x, x + w, top, bottom), color)
    return image


def _shelf(rng: Rng, image: FloatArray, view: View, room: _Room) -> FloatArray:
    left, width = rng.uniform(-view.half_width, view.half_width * 0.6), rng.uniform(0.25, 0.5)
    for row in range(3):
        y, x = view.horizon - 0.28 + 0.14 * row, left
        board = (left, left + width, y, y + 0.012)
        image = _block(image, view, room, board, vector(0.15, 0.09, 0.05))
        while x < left + width:
            thick = rng.uniform(0.01, 0.035)
            book = (x, x + thick * 0.9, y - rng.uniform(0.06, 0.11), y)
            image = _block(image, view, room, book, hue_color(rng, (0.2, 0.7), (0.05, 0.5)))
            x += thick
    return image


def _window(rng: Rng, image: FloatArray, view: View, light: Light, room: _Room) -> FloatArray:
    x = room.side * view.half_width * rng.uniform(0.45, 1.0)
    w, y, h = rng.uniform(0.12, 0.3), view.horizon - rng.uniform(0.3, 0.5), rng.uniform(0.35, 0.6)
    across, down = np.abs(((view.x - x) / w) % 0.5 - 0.25), np.abs(((view.y - y) / h) % 0.5 - 0.25)
    pane = (np.minimum(across, down) < 0.235)[..., None]
    inside = ((np.abs(view.x - x) < w) & (view.y > y) & (view.y < y + h))[..., None]
    glass = light.key * rng.uniform(1.3, 3.2) if room.day else vector(0.04, 0.06, 0.12)
    outside = np.maximum(1 + 0.4 * spectral_noise(rng, view.size, 1.7)[..., None] * room.day, 0.2)
    seen = np.where(pane, glass * outside, 0.2 * light.ambient)
    return np.where(inside, seen, image).astype(np.float32)


def _lamps(rng: Rng, image: FloatArray, view: View, blur: float, room: _Room) -> None:
    """Add the discs of small lamps in place."""
    count = int(rng.integers(0, 7)) + (0 if room.day else 4)
    x = room.side * np.abs(rng.normal(0, 0.35, count)) * view.half_width * 1.5
    y = view.horizon - np.abs(rng.normal(0.15, 0.12, count))
    at = np.stack([(x + view.center[0]) * view.height_px, y * view.height_px], -1)
    radius = blur * view.height_px * rng.uniform(0.7, 1.2, count) + 2
    color = black_body(2700) * (0.25 if room.day else 1.0) * rng.uniform(0.5, 3, (count, 1))
    splat_discs(image, at.astype(np.float32), radius.astype(np.float32), color.astype(np.float32))
