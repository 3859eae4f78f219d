"""What sets are covered with: reflectance and relief of paper, plaster, concrete, canvas, marble, wood."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cyclorama.backdrop.sketch.noise import hue_color, texture
from cyclorama.backdrop.sketch.view import Rng, vector
from cyclorama.core.arrays import FloatArray

__all__ = ["MATERIALS", "WOOD", "cover"]

WOOD: FloatArray = np.array(
    [[0.30, 0.17, 0.09], [0.42, 0.27, 0.15], [0.13, 0.07, 0.045], [0.55, 0.40, 0.25], [0.35, 0.30, 0.25]],
    np.float32,
)

#: Takes the generator, base colour, surface coordinates and the light's components along them.
_Cover = Callable[[Rng, int, FloatArray, FloatArray, FloatArray, float, float], FloatArray]


def cover(
    rng: Rng, kind: str, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    """Return reflectance (H, W, 3) times relief shading of a material.

    Parameters
    ----------
    kind : one of ``MATERIALS``.
    base : (3,), linear reflectance.
    u, v : (H, W), surface coordinates.
    light_u, light_v : components of the direction to the light along them.
    """
    return MATERIALS[kind](rng, int(rng.integers(1 << 20)), base, u, v, light_u, light_v)


def _paper(
    rng: Rng, seed: int, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    return base * (1 + 0.012 * texture(0.6, seed, u, v, 1.5))[..., None]


def _plaster(
    rng: Rng, seed: int, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    tone = 1 + 0.05 * texture(1.6, seed, u, v, 0.35) + 0.02 * texture(0.8, seed + 1, u, v, 1.0)
    relief = _relief(seed + 2, u, v, 0.8, 1.5, (light_u, light_v), rng.uniform(0.4, 2.0))
    return base * (tone * relief)[..., None]


def _concrete(
    rng: Rng, seed: int, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    tone = 1 + 0.12 * texture(1.5, seed, u, v, 0.3) + 0.06 * texture(1.0, seed + 1, u, v, 0.9)
    pits = np.clip(texture(0.7, seed + 2, u, v, 0.7) - 2.2, 0, 1)
    panel = rng.uniform(0.7, 1.3)
    across = np.abs((u / panel + 0.5) % 1 - 0.5) * panel
    down = np.abs((v / panel + 0.3) % 1 - 0.5) * panel
    seam = np.exp(-((np.minimum(across, down) / 0.004) ** 2))
    tone = tone * (1 - 0.5 * pits) * (1 - 0.4 * seam)
    relief = _relief(seed + 3, u, v, 0.6, 1.4, (light_u, light_v), 0.45)
    return np.asarray(base * (tone * relief)[..., None], np.float32)


def _canvas(
    rng: Rng, seed: int, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    cloud = texture(1.7, seed, u, v, 0.3) + 0.6 * texture(1.3, seed + 1, u, v, 0.5)
    other = base * rng.uniform(0.4, 0.8) + 0.05 * hue_color(rng)
    mix = np.clip(0.5 + 0.28 * cloud, 0, 1)[..., None]
    weave = 1 + 0.02 * np.sin(u * 900) * np.sin(v * 900)
    return np.asarray((base * mix + other * (1 - mix)) * weave[..., None], np.float32)


def _marble(
    rng: Rng, seed: int, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    warp = texture(1.8, seed, u, v, 0.2)
    depth = np.abs(texture(1.5, seed + 1, u + 0.06 * warp, v + 0.05 * warp, 0.22))
    vein = np.exp(-depth / 0.06) * 0.5 + np.exp(-depth / 0.4) * 0.15
    if rng.random() < 0.25:
        ground, line = vector(0.03, 0.03, 0.035), vector(0.5, 0.47, 0.4)
    else:
        ground, line = vector(0.74, 0.73, 0.70), vector(0.3, 0.3, 0.32)
    return np.asarray(ground + (line - ground) * vein[..., None], np.float32)


def _wood(
    rng: Rng, seed: int, base: FloatArray, u: FloatArray, v: FloatArray, light_u: float, light_v: float
) -> FloatArray:
    plank = np.floor(v / rng.uniform(0.14, 0.3))
    ring = texture(1.2, seed, u * 0.25 + plank * 0.37, v * 2.5, 0.5)
    ring = ring + 0.5 * texture(0.9, seed + 1, u * 0.2, v * 5, 0.7)
    tone = np.exp(0.16 * ring + 0.16 * np.sin(plank * 5.1 + seed))
    return np.asarray(np.maximum(base * tone[..., None], 0.004) ** vector(0.96, 1.0, 1.04), np.float32)


def _relief(
    seed: int,
    u: FloatArray,
    v: FloatArray,
    scale: float,
    beta: float,
    light: tuple[float, float],
    depth: float,
) -> FloatArray:
    """Shading of a rough surface: derivative of its height towards the light."""
    step = 0.0015 / scale
    here = texture(beta, seed, u, v, scale)
    ahead = texture(beta, seed, u + step * light[0], v + step * light[1], scale)
    return np.asarray(np.clip(1 + depth * 2.2 * (here - ahead), 0.3, 1.8), np.float32)


MATERIALS: dict[str, _Cover] = {
    "paper": _paper,
    "plaster": _plaster,
    "concrete": _concrete,
    "canvas": _canvas,
    "marble": _marble,
    "wood": _wood,
}
