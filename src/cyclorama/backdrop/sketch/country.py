"""Open country: meadow, hills, sea, dunes of sand or snow."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch.film import expose
from cyclorama.backdrop.sketch.lens import bloom, depth_blur, lens_blur
from cyclorama.backdrop.sketch.noise import spectral_noise, texture
from cyclorama.backdrop.sketch.outdoors import clouds, ground, haze_at, over, side_of_light, sky, sun_disc
from cyclorama.backdrop.sketch.view import Light, Rng, Sketch, View, vector
from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur

__all__ = ["dunes", "hills", "meadow", "sea"]

#: A sun lower than this (sine of its height) is that of the golden hour.
_GOLDEN = 0.33


def meadow(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """Grass, a line of trees and sky, at noon or in the golden hour."""
    image = sky(view, light)
    image = clouds(rng, image, view, light) if rng.random() < 0.6 else image
    golden = float(light.direction[1]) < _GOLDEN and light.warmth > 0.2
    grass = vector(0.20, 0.21, 0.05) if golden else vector(0.11, 0.20, 0.045)
    turf = ground(rng, view, light, grass * _varied(rng, 0.12), 0.5)
    blades = np.clip(spectral_noise(rng, view.size, 0.4) + 0.5 * side_of_light(view, light) - 2.4, 0, 2)
    blades = (blades * np.clip(view.below_horizon * 5, 0, 1)).astype(np.float32)
    sparks = (blades * 5)[..., None] * light.key * vector(1, 0.9, 0.6)
    image = over(image, (turf + sparks).astype(np.float32), view.below_horizon * (0.5 * view.height_px) + 0.5)
    image = _tree_line(rng, image, view, light)
    near = np.clip(view.below_horizon / 0.5, 0, 1)
    image = depth_blur(image, (blur * view.height_px * (1 - 0.75 * near)).astype(np.float32))
    image = expose(image, 60, rng.uniform(0.24, 0.42))
    return Sketch(bloom(image, 0.12 + 0.1 * _backlit(light)))


def hills(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """Ridges behind each other in haze, lit from the side."""
    image = sky(view, light)
    image = clouds(rng, image, view, light) if rng.random() < 0.7 else image
    haze = haze_at(image, view, 0.02)
    white = rng.random() < 0.3
    rock = vector(0.42, 0.44, 0.5) if white else vector(0.11, 0.12, 0.07) * _varied(rng, 0.2)
    count = int(rng.integers(3, 6))
    for k in range(count):
        image = _ridge(rng, image, view, light, rock, haze, (k + 1) / count)
    image = expose(lens_blur(image, blur * view.height_px), 60, rng.uniform(0.22, 0.4))
    return Sketch(bloom(image, 0.10))


def sea(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """Sea and sky, at sunset or by day, waves blurred; sometimes a strip of sand."""
    air = sky(view, light)
    air = clouds(rng, air, view, light) if rng.random() < 0.75 else air
    disc = light.key * (sun_disc(view, light) * 10)[..., None]
    image = over(air + disc, _water(rng, air, view, light), view.below_horizon * view.height_px / 1.5 + 0.5)
    if rng.random() < 0.35:
        image = _shore(rng, image, view, light)
    near = np.clip(view.below_horizon / 0.6, 0, 1)
    image = depth_blur(image, (blur * view.height_px * (1 - 0.6 * near)).astype(np.float32))
    return Sketch(bloom(expose(image, 60, rng.uniform(0.15, 0.32)), 0.14))


def dunes(rng: Rng, view: View, light: Light, blur: float, snow: bool) -> Sketch:
    """Smooth dunes: a lit and a shaded side to every crest."""
    image = sky(view, light)
    color = vector(0.72, 0.74, 0.78) if snow else vector(0.52, 0.32, 0.17)
    haze = haze_at(image, view, 0.03)
    for k in range(5):
        image = _dune(rng, image, view, light, color, haze, (k + 1) / 5)
    image = expose(lens_blur(image, blur * view.height_px), 60, rng.uniform(0.24, 0.5))
    return Sketch(bloom(image, 0.08))


def _tree_line(rng: Rng, image: FloatArray, view: View, light: Light) -> FloatArray:
    line = spectral_noise(rng, (8, view.size[1]), 1.2)[0]
    height = rng.uniform(0.03, 0.16) * (1 + 0.35 * line[None])
    cover = np.clip((view.below_horizon + height) * 60, 0, 1)
    cover = cover * np.clip((0.012 - view.below_horizon) * 80, 0, 1)
    leaves = np.exp(0.5 * spectral_noise(rng, view.size, 0.9) + 0.9 * side_of_light(view, light))
    leaves = leaves * (1 - 0.5 * _backlit(light))
    green = vector(0.05, 0.075, 0.025) * leaves[..., None] * (light.key + light.ambient)
    return over(image, green + haze_at(image, view, 0.0) * 0.25, cover.astype(np.float32))


def _ridge(
    rng: Rng,
    image: FloatArray,
    view: View,
    light: Light,
    rock: FloatArray,
    haze: FloatArray,
    near: float,
) -> FloatArray:
    side = side_of_light(view, light)
    ridge = spectral_noise(rng, (4, view.size[1] * 2), 1.5)[0][: view.size[1]]
    rise = (0.20 * (1 - near) + 0.02) * rng.uniform(0.5, 1.2) - 0.10 * near * near * rng.uniform(0, 1)
    top = rise - 0.035 * ridge * (1.2 - 0.5 * near)
    relief = gaussian_blur(spectral_noise(rng, view.size, 1.9, (0.6, 1.0)), 4 * _grain(view))
    slope = (np.gradient(relief, axis=1) * 9 + np.gradient(ridge)[None] * 5) * _grain(view)
    facing = 0.55 - slope * light.direction[0] + 0.3 * light.direction[1]
    facing = np.clip(facing, 0.05, 2) * np.exp(0.5 * side)
    color = rock * (light.key * facing[..., None] * 1.2 + light.ambient * 1.2)
    fog = (1 - near) ** 0.7 * 0.85
    color = color * (1 - fog) + haze * (0.8 + 0.4 * side)[..., None] * fog
    cover = (view.below_horizon + top[None]) * view.height_px / 1.5 + 0.5
    return over(image, color.astype(np.float32), cover)


def _water(rng: Rng, air: FloatArray, view: View, light: Light) -> FloatArray:
    d = view.world
    t = view.eye[1] / np.maximum(-d[..., 1], 2e-3)
    seed = int(rng.integers(1 << 20))
    across, along = d[..., 0] * t, d[..., 2] * t
    swell = texture(1.0, seed, across, along * 2.5, 0.11) * np.exp(-t / 18)
    swell = swell + 0.7 * texture(0.8, seed + 1, across, along * 3, 0.4) * np.exp(-t / 7)
    reflected = _mirrored(gaussian_blur(np.minimum(air, 4), 3 * _grain(view)), view, swell)
    # Waves tilt the water: even at the horizon it mirrors the higher, darker sky, and not all of it.
    fresnel = (0.06 + 0.66 * np.exp(-np.clip(-d[..., 1], 0, 1) * 5.5))[..., None]
    deep = vector(0.015, 0.06, 0.075) * (light.key * 0.6 + light.ambient)
    glitter = (d * vector(1, -1, 1)) @ light.world(view)
    path = np.exp((glitter - 1) / 0.03) * np.clip(0.6 + 1.1 * swell, 0, 4)
    return np.asarray(reflected * fresnel + deep + light.key * (path * 0.7)[..., None], np.float32)


def _mirrored(air: FloatArray, view: View, swell: FloatArray) -> FloatArray:
    """The sky as rows below the horizon see it, broken by the waves."""
    depth = np.clip(view.below_horizon, 0, 1)
    rows = view.y * view.height_px - 2 * view.below_horizon * view.height_px + swell * (3 + 22 * depth)
    last = max(view.horizon * view.height_px - 1, 1.0)
    index = np.clip(rows, 0, last).astype(np.int64).clip(0, view.height_px - 1)
    return np.take_along_axis(air, index[..., None], 0)


def _shore(rng: Rng, image: FloatArray, view: View, light: Light) -> FloatArray:
    line = rng.uniform(0.12, 0.3) + 0.02 * spectral_noise(rng, (4, view.size[1]), 1.6)[0][None]
    sand = ground(rng, view, light, vector(0.36, 0.27, 0.18), 0.12)
    foam = np.exp(-(((view.below_horizon - line) / 0.012) ** 2))[..., None]
    image = over(image, sand, (view.below_horizon - line) * 60)
    return np.asarray(image + foam * 0.4 * (light.key + light.ambient), np.float32)


def _dune(
    rng: Rng,
    image: FloatArray,
    view: View,
    light: Light,
    sand: FloatArray,
    haze: FloatArray,
    near: float,
) -> FloatArray:
    ridge = spectral_noise(rng, (4, view.size[1] * 2), 2.2)[0][: view.size[1]]
    top = 0.06 * (1 - near) - 0.45 * near**2.2 * rng.uniform(0.5, 1) + 0.05 * ridge * (0.4 + near)
    crest = gaussian_blur(spectral_noise(rng, view.size, 2.2, (0.7, 1.2)), 16 * _grain(view))
    smooth = gaussian_blur(np.repeat(ridge[None], 8, 0), 8 * _grain(view))[0]
    slope = (np.gradient(crest, axis=1) * 28 + np.gradient(smooth)[None] * 40) * _grain(view)
    facing = np.clip(0.6 - 0.9 * np.tanh(slope) * np.clip(light.direction[0] * 2, -1, 1), 0.03, 1.6)
    wave = (view.y * 60 / near + 2.5 * crest + view.x * 6) * 2 * np.pi * near
    facing = facing * (1 + 0.05 * near * np.sin(wave)) * np.exp(0.45 * side_of_light(view, light))
    color = sand * (light.key * facing[..., None] + light.ambient * vector(0.8, 0.95, 1.2))
    fog = 0.55 * (1 - near)
    color = color * (1 - fog) + haze * fog
    cover = (view.below_horizon + top[None]) * view.height_px / 1.5 + 0.5
    return over(image, color.astype(np.float32), cover)


def _backlit(light: Light) -> float:
    return max(-float(light.direction[2]), 0.0)


def _varied(rng: Rng, amount: float) -> FloatArray:
    return np.asarray(np.exp(rng.normal(0, amount, 3)), np.float32)


def _grain(view: View) -> float:
    """Pixels of this picture for each pixel of one of 512 rows: relief is as steep at any size."""
    return view.height_px / 512
