"""Dark places lit by lamps: a city street, a stage."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch.film import expose
from cyclorama.backdrop.sketch.lens import bloom, lens_blur, splat_discs
from cyclorama.backdrop.sketch.noise import spectral_noise
from cyclorama.backdrop.sketch.view import LUMINANCE, Light, Rng, Sketch, View, vector
from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur

__all__ = ["city_night", "stage"]

#: Sodium, halogen, brake light, mercury, neon, and how common each is.
_STREET: FloatArray = np.array(
    [
        [1, 0.55, 0.2],
        [1, 0.72, 0.42],
        [1, 0.32, 0.12],
        [0.45, 0.7, 1],
        [1, 0.1, 0.08],
        [0.15, 1, 0.5],
        [1, 0.9, 0.8],
        [0.9, 0.3, 0.8],
    ],
    np.float32,
)
_COMMON = (0.28, 0.24, 0.1, 0.12, 0.1, 0.04, 0.08, 0.04)


def city_night(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """A street at night out of focus: discs of lamps, windows, traffic, wet ground."""
    side = _side(light, 1.6)
    image = np.zeros((*view.size, 3), np.float32)
    image += vector(0.010, 0.014, 0.032) * np.float32(np.exp(rng.normal(0, 0.3)))
    glow = np.exp(-((view.below_horizon / 0.25) ** 2)) * np.exp(1.2 * side * view.x)
    image += vector(0.045, 0.03, 0.03) * glow[..., None] * light.key
    for _ in range(rng.integers(8, 18)):
        image = _house(rng, image, view, side)
    image = lens_blur(image, blur * view.height_px)
    bokeh, wet = _lamps(rng, view, light, blur, side)
    image = image + gaussian_blur(bokeh, 0.7)
    smear = gaussian_blur(wet, (view.height_px * 0.03, view.height_px * 0.004))
    image = image + smear * np.clip(view.below_horizon * 6, 0, 1)[..., None]
    image = expose(bloom(image.astype(np.float32), 0.16), 85, rng.uniform(0.10, 0.28))
    return Sketch(image, 0.9)


def stage(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """Beams of light through haze, from the side of the key light."""
    side = _side(light, 2.0)
    image = np.zeros((*view.size, 3), np.float32) + light.ambient * 0.25
    haze = np.exp(0.35 * spectral_noise(rng, view.size, 1.7))
    for k in range(rng.integers(2, 7)):
        image = image + _beam(rng, view, light, side, haze, k < 2 or rng.random() < 0.5)
    floor = np.clip((view.y - max(view.horizon, 0.55) - 0.12) * 12, 0, 1)[..., None]
    pool = np.exp(-((view.x / 0.5) ** 2 + ((view.y - 0.92) / 0.12) ** 2))[..., None]
    mirrored = gaussian_blur(np.ascontiguousarray(image[::-1], np.float32), 0.018 * view.height_px) * 0.25
    image = image * (1 - 0.35 * floor) + floor * (light.key * pool * 0.35 + mirrored)
    image = np.asarray(image, np.float32)
    count = int(rng.integers(0, 14))
    px, py = side * rng.uniform(0.0, 0.5, count) + rng.normal(0, 0.15, count), rng.uniform(0.02, 0.3, count)
    radius = blur * view.height_px * rng.uniform(0.5, 1.2, count) + 2
    color = light.key * rng.uniform(0.2, 2.5, (count, 1))
    splat_discs(image, _pixels(view, px, py), radius.astype(np.float32), color.astype(np.float32))
    image = bloom(gaussian_blur(image, 0.003 * view.height_px), 0.14)
    return Sketch(expose(image, 80, rng.uniform(0.10, 0.3)), 0.9)


def _house(rng: Rng, image: FloatArray, view: View, side: float) -> FloatArray:
    depth = rng.uniform(3, 20)
    at = rng.choice([-1, 1]) * rng.uniform(0.2, 1.1)
    width, rise = rng.uniform(0.5, 2) / depth, rng.uniform(0.5, 5) / depth
    inside = (np.abs(view.x - at) < width) & (view.below_horizon > -rise) & (view.below_horizon < 0.1)
    tone: FloatArray = vector(0.05, 0.04, 0.04) * np.float32(rng.uniform(0.2, 1.4) * np.exp(side * at))
    if rng.random() < 0.6:
        pitch = rng.uniform(0.012, 0.03)
        column, row = view.x / pitch, view.y / (pitch * 1.4)
        pane = (np.abs(column % 1 - 0.5) < 0.3) & (np.abs(row % 1 - 0.5) < 0.3)
        lit = np.sin(np.floor(column) * 12.9 + np.floor(row) * 78.2) * 43758.5 % 1 < 0.35
        tone = tone + (pane & lit)[..., None] * _STREET[rng.choice([0, 1, 3, 6])] * rng.uniform(0.1, 0.8)
    return np.asarray(np.where(inside[..., None], tone, image), np.float32)


def _lamps(rng: Rng, view: View, light: Light, blur: float, side: float) -> tuple[FloatArray, FloatArray]:
    """Discs of lamps, more of them and brighter on the light's side; and their images in the wet ground."""
    count = int(rng.integers(50, 190))
    far = count // 2
    px = np.concatenate(
        [rng.normal(0.22 * side, 0.42, far), rng.uniform(-1, 1, count - far) * view.half_width]
    )
    above = np.concatenate([rng.normal(0.05, 0.05, far), np.abs(rng.normal(0, 0.25, count - far))])
    radius = np.maximum(blur * view.height_px * rng.uniform(0.45, 1.15, count), 2).astype(np.float32)
    color = _STREET[rng.choice(len(_STREET), count, p=_COMMON)] * (0.5 + 0.5 * light.key)
    power = np.exp(rng.normal(-0.6, 0.8, count) + 1.6 * side * px) * 0.32
    color = np.asarray(color * power[:, None], np.float32)
    bokeh, wet = np.zeros((*view.size, 3), np.float32), np.zeros((*view.size, 3), np.float32)
    splat_discs(bokeh, _pixels(view, px, view.horizon - above), radius, color)
    splat_discs(wet, _pixels(view, px, view.horizon + above + 0.1), radius, color * np.float32(0.5))
    return bokeh, wet


def _beam(rng: Rng, view: View, light: Light, side: float, haze: FloatArray, main: bool) -> FloatArray:
    at = side * rng.uniform(0.1, 0.75) + rng.normal(0, 0.12) if main else -side * rng.uniform(0.1, 0.7)
    source = np.array([at * 2 * view.half_width, -rng.uniform(0.02, 0.3)])
    aim = np.array([rng.normal(0, 0.22) - 0.25 * at, 1.0])
    axis = (aim - source) / np.linalg.norm(aim - source)
    dx, dy = view.x - source[0], view.y - source[1]
    along, across = dx * axis[0] + dy * axis[1], dy * axis[0] - dx * axis[1]
    width = np.maximum(along, 0.02) * rng.uniform(0.07, 0.22) + 0.01
    beam = np.exp(-((across / width) ** 2)) / (np.maximum(along, 0) + 0.35) * (along > 0)
    color = light.key if main else light.ambient / (light.ambient @ LUMINANCE + 0.02) * 0.35
    return np.asarray(color * (beam * haze * rng.uniform(0.1, 0.3))[..., None], np.float32)


def _side(light: Light, gain: float) -> float:
    """The light's side, between -1 and 1."""
    return float(np.clip(light.direction[0] * gain, -1, 1))


def _pixels(view: View, x: np.ndarray, y: np.ndarray) -> FloatArray:
    """Positions / picture height, x from the principal point, as pixels (N, 2)."""
    return np.asarray(np.stack([(x + view.center[0]) * view.height_px, y * view.height_px], -1), np.float32)
