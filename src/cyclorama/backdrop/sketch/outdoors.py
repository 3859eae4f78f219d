"""What all places out of doors share: sky, clouds, level ground, the light's side."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch.noise import texture
from cyclorama.backdrop.sketch.view import Light, Rng, View, vector
from cyclorama.core.arrays import FloatArray

__all__ = ["clouds", "ground", "haze_at", "over", "side_of_light", "sky", "sun_disc"]


def sky(view: View, light: Light) -> FloatArray:
    """Sky by the sun's height: colour from horizon to zenith, glow around the sun, brighter on its side."""
    world, sun = view.world, light.world(view)
    day = float(np.clip((float(sun[1]) - 0.05) / 0.35, 0, 1))
    zenith = vector(0.09, 0.22, 0.46) * day + vector(0.06, 0.10, 0.22) * (1 - day)
    horizon = vector(0.56, 0.70, 0.80) * day + vector(0.42, 0.27, 0.19) * (1 - day)
    horizon = horizon * (0.5 + 0.5 * light.key)
    up = np.clip(world[..., 1], 0, 1)[..., None]
    cosine = world @ sun
    level = max(float(np.hypot(sun[0], sun[2])), 1e-3)
    flat = np.clip((world[..., 0] * sun[0] + world[..., 2] * sun[2]) / level, -1, 1)
    mix = np.exp(-up * 4.0)
    dusk = light.key**1.7 * (1 - day) * np.exp((flat - 1) / 0.6)[..., None] * np.exp(-up * 4.5) * 1.1
    glow = np.exp((cosine - 1) / 0.004) * 4 + np.exp((cosine - 1) / 0.05) * 0.7
    glow = glow + np.exp((cosine - 1) / 0.4) * 0.35
    base = (zenith * (1 - mix) + horizon * mix) * (0.75 + 0.35 * flat[..., None])
    return np.asarray(base + dusk + light.key * glow[..., None] * (0.35 + 0.5 * day), np.float32)


def sun_disc(view: View, light: Light) -> FloatArray:
    """The sun itself, (H, W), 1 in its middle."""
    return np.asarray(np.exp((view.world @ light.world(view) - 1) / 0.0006), np.float32)


def clouds(rng: Rng, image: FloatArray, view: View, light: Light) -> FloatArray:
    """Stretched noise in the plane of the clouds, lit from the sun's side."""
    w, sun = view.world, light.world(view)
    height = np.abs(w[..., 1]) + np.float32(0.12)
    u, v = w[..., 0] / height, w[..., 2] / height
    seed, scale = int(rng.integers(1 << 20)), rng.uniform(0.04, 0.10)
    n = texture(1.6, seed, u, 1.8 * v, scale)
    lit = n - texture(1.6, seed, u + 0.35 * sun[0], 1.8 * (v + 0.35 * sun[2]), scale)
    cover = np.clip((n - rng.uniform(-0.6, 0.9)) * 0.7, 0, 1) * np.clip(w[..., 1] * 6, 0, 1)
    color = image.mean((0, 1)) * 0.8 + light.key * (0.4 + 0.5 * np.clip(lit, -0.6, 1.2))[..., None] * 0.75
    return np.asarray(image + (color - image) * (cover * rng.uniform(0.4, 0.9))[..., None], np.float32)


def side_of_light(view: View, light: Light) -> FloatArray:
    """How much a place in the picture (H, W) lies on the light's side, in [-1, 1]."""
    d = light.direction
    sideways = 2.2 * view.x * d[0] + 1.4 * (0.45 - view.y) * max(float(d[1]), 0.0)
    return np.asarray(np.clip(sideways, -1, 1), np.float32)


def ground(rng: Rng, view: View, light: Light, color: FloatArray, bumps: float = 0.35) -> FloatArray:
    """Level ground to the horizon, noise foreshortened, lit more towards the light."""
    d = view.world
    t = view.eye[1] / np.maximum(-d[..., 1], 2e-3)
    u, v = d[..., 0] * t, d[..., 2] * t
    seed = int(rng.integers(1 << 20))
    n = texture(1.3, seed, u, v, 0.12) * np.exp(-t / 14)
    n = n + 0.6 * texture(0.7, seed + 1, u, v, 0.5) * np.exp(-t / 5)
    tone = np.exp(bumps * n + 0.6 * side_of_light(view, light))
    lit = light.key * (0.35 + 0.65 * max(float(light.direction[1]), 0.1)) + light.ambient
    return np.asarray(color * tone[..., None] * lit, np.float32)


def haze_at(image: FloatArray, view: View, above: float) -> FloatArray:
    """Mean colour (3,) of the row that lies ``above`` the horizon / picture height."""
    row = int(np.clip(int((view.horizon - above) * view.height_px), 0, view.height_px - 1))
    return np.asarray(image[row].mean(0), np.float32)


def over(image: FloatArray, color: FloatArray, cover: FloatArray) -> FloatArray:
    """Lay a colour over a picture by its coverage (H, W)."""
    share = np.clip(cover, 0, 1)[..., None]
    return np.asarray(image * (1 - share) + color * share, np.float32)
