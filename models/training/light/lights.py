"""Random lights over 64 directions, and what they are worth in spherical harmonics."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.core.color import LUMINANCE_WEIGHTS
from cyclorama.core.spherical_harmonics import basis, fibonacci_sphere

__all__ = ["COUNT", "Light", "black_body", "light_directions", "random_light"]

COUNT = 64


@dataclass(frozen=True)
class Light:
    """Radiance times solid angle along each direction (COUNT, 3), its SH (9, 3), and the key's angular radius."""

    radiance: np.ndarray
    sh: np.ndarray
    softness_rad: float


def light_directions(rng: np.random.Generator) -> np.ndarray:
    """Evenly spread directions, turned at random so that a point light may stand anywhere."""
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return (fibonacci_sphere(COUNT) @ q).astype(np.float32)


def black_body(kelvin: float) -> np.ndarray:
    """Linear sRGB colour of a black body, luminance 1 (Kim et al. 2002, cubic fit of the locus)."""
    t = 1e3 / kelvin
    if kelvin < 4000:
        x = ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910
    else:
        x = ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390
    if kelvin < 2222:
        y = ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683
    elif kelvin < 4000:
        y = ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
    else:
        y = ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    to_rgb = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    return np.maximum(to_rgb @ xyz, 0.02)


def _color(rng: np.random.Generator, low: float, high: float, spread: float) -> np.ndarray:
    return black_body(math.exp(rng.uniform(math.log(low), math.log(high)))) * np.exp(rng.normal(0, spread, 3))


def _key_direction(rng: np.random.Generator, up: np.ndarray) -> np.ndarray:
    """Anywhere, but seldom from below, and less often from behind the subject than from the camera's side."""
    while True:
        v = rng.normal(size=3)
        v /= np.linalg.norm(v)
        chance = (0.3 if v @ up < -0.1 else 1) * (0.4 if v[2] < -0.1 else 1) * (0.5 if v[2] < -0.6 else 1)
        if rng.random() < chance:
            return v


def _lobe(directions: np.ndarray, toward: np.ndarray, radius: float) -> np.ndarray:
    """Weights of a round source of an angular radius, summing to 1; a point takes the nearest direction."""
    if radius < 0.15:
        out = np.zeros(len(directions))
        out[np.argmax(directions @ toward)] = 1
        return out
    out = np.exp((directions @ toward - 1) / (0.5 * radius * radius))
    return out / out.sum()


def _window(
    rng: np.random.Generator, directions: np.ndarray, toward: np.ndarray, up: np.ndarray
) -> np.ndarray:
    """A tall window: wide along the vertical, narrow across."""
    across = np.cross(up, toward)
    across /= np.linalg.norm(across) + 1e-9
    tall = np.cross(toward, across)
    a, b = rng.uniform(0.2, 0.5), rng.uniform(0.4, 0.9)
    out = np.exp(-0.5 * ((directions @ across) / a) ** 2 - 0.5 * ((directions @ tall) / b) ** 2)
    out *= directions @ toward > 0
    return out / max(out.sum(), 1e-9)


def random_light(rng: np.random.Generator, directions: np.ndarray, up: np.ndarray) -> Light:
    """Draw a key light, what fills the shadows, perhaps a second lamp, and the camera's white balance."""
    d = directions.astype(np.float64)
    toward = _key_direction(rng, up)
    softness = float(rng.choice([0.02, rng.uniform(0.15, 0.5), rng.uniform(0.5, 1.2)], p=[0.45, 0.32, 0.23]))
    shape = _lobe(d, toward, softness)
    if softness > 0.3 and rng.random() < 0.4:
        shape = _window(rng, d, toward, up)
    key = _color(rng, 2500, 9500, 0.05)
    if rng.random() < 0.06:
        key = np.abs(rng.normal(size=3)) + 0.15
        key /= key @ LUMINANCE_WEIGHTS
    fill = _color(rng, 3000, 12000, 0.06)
    # A third of rooms are dark: next to nothing but the lamp.
    ratio = (
        rng.uniform(0, 0.06) if rng.random() < 0.34 else math.exp(rng.uniform(math.log(0.06), math.log(1.8)))
    )
    radiance = shape[:, None] * key * math.pi
    side = rng.normal(size=3)
    side /= np.linalg.norm(side)
    ambient = 1 + rng.uniform(0, 1) * (d @ up) + rng.uniform(0, 0.6) * (d @ side)
    ambient = np.maximum(ambient, 0.02)
    bounce = np.clip(0.5 - 2 * (d @ up), 0, 1)[:, None] * (np.exp(rng.normal(0, 0.25, 3)) - 1) * 0.7
    radiance += ratio * (ambient / ambient.mean())[:, None] * (4 * math.pi / COUNT) * fill * (1 + bounce)
    if rng.random() < 0.28:
        second = rng.normal(size=3)
        second -= toward * (0.6 + second @ toward)
        second /= np.linalg.norm(second)
        lobe = _lobe(d, second, rng.uniform(0.1, 0.9))
        radiance += lobe[:, None] * (fill if rng.random() < 0.6 else key) * math.pi * rng.uniform(0.08, 0.5)
    total = radiance.sum(0)
    balance = (total @ LUMINANCE_WEIGHTS) / total
    radiance *= balance ** rng.uniform(0.2, 1.0) * np.exp(rng.normal(0, 0.03, 3))
    sh = basis(directions).T.astype(np.float64) @ radiance
    return Light(radiance.astype(np.float32), sh.astype(np.float32), softness)
