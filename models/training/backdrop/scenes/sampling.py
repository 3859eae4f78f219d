"""Which cameras and lights are usual in which scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cyclorama.backdrop.sketch import Light, Sketch, View
from cyclorama.backdrop.sketch.noise import black_body, hue_color
from cyclorama.backdrop.sketch.view import LUMINANCE

SIZES = ((512, 512), (384, 640), (640, 384))
Range = tuple[float, float]


@dataclass(frozen=True)
class Shot:
    """A finished scene and what is known about it; ``blur`` is the radius of the defocus / picture height."""

    sketch: Sketch
    view: View
    light: Light
    scene: str
    blur: float
    grain: float = 0.006


def up_vector(pitch: float, roll: float) -> np.ndarray:
    """Against gravity, in camera axes."""
    cp, sp, cr, sr = np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    return np.array([sr * cp, cr * cp, -sp], np.float32)


def sample_view(
    rng, pitch: Range = (-0.12, 0.10), focal: Range = (1.1, 2.4), contact: Range = (0.82, 1.02), unseen=0.4
) -> View:
    """A camera; with probability ``unseen`` the subject is cut by the lower border, as in a portrait."""
    size = SIZES[rng.choice(3, p=[0.6, 0.2, 0.2])]
    row = None if rng.random() < unseen else float(rng.uniform(*contact))
    roll = float(np.clip(rng.normal(0, 0.015), -0.05, 0.05)) if rng.random() < 0.5 else 0.0
    up = up_vector(rng.uniform(*pitch), roll)
    return View(size, float(np.exp(rng.uniform(*np.log(focal)))), up, (0.5 * size[1] / size[0], 0.5), row)


def sample_light(
    rng,
    azimuth: Range = (-160, 160),
    elevation: Range = (5, 65),
    kelvin: Range = (2600, 8500),
    softness: Range = (0.05, 0.9),
    fill: Range = (0.08, 0.6),
) -> Light:
    """A light; azimuth 0 is behind the camera, 90 from the right or left, 180 behind the subject."""
    az = np.radians(rng.uniform(*azimuth)) * (1 if rng.random() < 0.5 else -1)
    el = np.radians(rng.uniform(*elevation))
    direction = np.array([np.sin(az) * np.cos(el), np.sin(el), np.cos(az) * np.cos(el)], np.float32)
    key = black_body(1e6 / rng.uniform(1e6 / kelvin[1], 1e6 / kelvin[0])) ** rng.uniform(0.35, 1.0)
    opposite = black_body(1e6 / rng.uniform(1e6 / 9500, 1e6 / 4500))
    ambient = opposite ** rng.uniform(0.2, 0.8) * np.float32(np.exp(rng.uniform(*np.log(fill))))
    level = float(key @ LUMINANCE)
    return Light(
        direction,
        float(rng.uniform(*softness)),
        (key / level).astype(np.float32),
        ambient.astype(np.float32),
    )


def _gelled(rng, light: Light) -> Light:
    """Two coloured lamps."""
    hue = rng.random()
    other = hue + rng.choice([0.33, 0.45, 0.5, 0.6])
    key, ambient = (hue_color(rng, (0.75, 0.98), (1, 1), (h % 1,)) for h in (hue, other))
    level = np.float32(rng.uniform(0.25, 0.6))
    return replace(
        light,
        key=key / (key @ LUMINANCE + np.float32(0.15)),
        ambient=ambient / (ambient @ LUMINANCE + np.float32(0.15)) * level,
    )


def _colored_spot(rng, light: Light) -> Light:
    if rng.random() > 0.7:
        return light
    key = hue_color(rng, (0.3, 0.95), (1, 1))
    return replace(
        light,
        key=key / (key @ LUMINANCE + np.float32(0.1)),
        ambient=hue_color(rng, (0.4, 0.9), (0.05, 0.15)),
    )


@dataclass(frozen=True)
class Family:
    """How often a scene is drawn, and the ranges of its camera, light and defocus.

    ``lights`` are alternatives with their probabilities; ``tinted`` changes the colours of a drawn light.
    """

    scene: str
    weight: float
    view: dict[str, Any]
    lights: tuple[tuple[float, dict[str, Range]], ...]
    blur: Range
    tinted: Callable[[np.random.Generator, Light], Light] = field(default=lambda rng, light: light)

    def sample(self, rng: np.random.Generator) -> tuple[View, Light, float]:
        shares = np.array([share for share, _ in self.lights])
        ranges = self.lights[rng.choice(len(shares), p=shares / shares.sum())][1]
        light = self.tinted(rng, sample_light(rng, **ranges))
        return sample_view(rng, **self.view), light, float(rng.uniform(*self.blur))


def _one(**ranges: Range) -> tuple[tuple[float, dict[str, Range]], ...]:
    return ((1.0, ranges),)


_WALL_VIEW = {"pitch": (-0.10, 0.08), "focal": (1.2, 2.6), "unseen": 0.75}
_WALL_LIGHT = _one(azimuth=(10, 100), elevation=(8, 55), softness=(0.05, 0.8), fill=(0.06, 0.35))
_TABLE_VIEW = {"pitch": (-0.34, -0.08), "focal": (1.4, 2.6), "contact": (0.74, 0.92), "unseen": 0.0}
_TABLE_LIGHT = _one(azimuth=(15, 120), elevation=(12, 60), softness=(0.05, 0.9), fill=(0.06, 0.35))
_WOODS_VIEW = {"pitch": (-0.06, 0.10), "focal": (1.4, 3.0), "contact": (0.88, 1.02), "unseen": 0.7}
_WOODS_LIGHT = _one(azimuth=(20, 165), elevation=(12, 55), kelvin=(3200, 6200), fill=(0.2, 0.7))
_OPEN_VIEW = {"pitch": (-0.10, 0.10), "focal": (1.0, 2.2), "contact": (0.85, 1.0), "unseen": 0.55}
_LOW = {"softness": (0.02, 0.3), "fill": (0.15, 0.45)}
_DUNE_LIGHT = _one(
    azimuth=(40, 140), elevation=(6, 35), kelvin=(2900, 5500), softness=(0.02, 0.2), fill=(0.12, 0.4)
)

FAMILIES: tuple[Family, ...] = (
    Family(
        "studio",
        0.16,
        {"pitch": (-0.22, 0.03), "focal": (1.2, 2.4), "unseen": 0.35},
        _one(
            azimuth=(5, 115), elevation=(10, 65), kelvin=(3200, 7500), softness=(0.15, 0.9), fill=(0.05, 0.35)
        ),
        (0, 0.01),
    ),
    Family("wall", 0.08, _WALL_VIEW, _WALL_LIGHT, (0, 0.03)),
    Family("concrete", 0.06, _WALL_VIEW, _WALL_LIGHT, (0, 0.03)),
    Family("canvas", 0.06, _WALL_VIEW, _WALL_LIGHT, (0, 0.03)),
    Family("table", 0.08, _TABLE_VIEW, _TABLE_LIGHT, (0.005, 0.05)),
    Family("marble", 0.05, _TABLE_VIEW, _TABLE_LIGHT, (0.005, 0.05)),
    Family(
        "neon",
        0.05,
        {"pitch": (-0.10, 0.08), "unseen": 0.7},
        _one(azimuth=(50, 120), elevation=(0, 35), softness=(0.1, 0.6)),
        (0.004, 0.03),
        _gelled,
    ),
    Family("garden", 0.08, _WOODS_VIEW, _WOODS_LIGHT, (0.012, 0.055)),
    Family("autumn", 0.03, _WOODS_VIEW, _WOODS_LIGHT, (0.012, 0.055)),
    Family(
        "meadow",
        0.05,
        _OPEN_VIEW,
        (
            (0.6, {"azimuth": (15, 170), "elevation": (4, 18), "kelvin": (2900, 4200), **_LOW}),
            (0.4, {"azimuth": (15, 170), "elevation": (25, 60), "kelvin": (4800, 6500), **_LOW}),
        ),
        (0.008, 0.035),
    ),
    Family(
        "hills",
        0.05,
        {"pitch": (-0.08, 0.12), "focal": (0.9, 2.0), "contact": (0.86, 1.0), "unseen": 0.6},
        _one(
            azimuth=(20, 165), elevation=(3, 40), kelvin=(2900, 6500), softness=(0.02, 0.3), fill=(0.15, 0.5)
        ),
        (0.005, 0.03),
    ),
    Family(
        "sea",
        0.07,
        {"pitch": (-0.08, 0.12), "focal": (1.0, 2.2), "contact": (0.86, 1.0), "unseen": 0.6},
        (
            (0.45, {"azimuth": (100, 180), "elevation": (2, 12), "kelvin": (2400, 3800), **_LOW}),
            (0.2, {"azimuth": (10, 170), "elevation": (2, 12), "kelvin": (2400, 3800), **_LOW}),
            (0.35, {"azimuth": (10, 170), "elevation": (20, 60), "kelvin": (4800, 6500), **_LOW}),
        ),
        (0.006, 0.035),
    ),
    Family("desert", 0.024, _OPEN_VIEW, _DUNE_LIGHT, (0.005, 0.028)),
    Family("snow", 0.016, _OPEN_VIEW, _DUNE_LIGHT, (0.005, 0.028)),
    Family(
        "city",
        0.06,
        {"pitch": (-0.06, 0.08), "focal": (1.2, 2.6), "contact": (0.88, 1.02), "unseen": 0.75},
        _one(
            azimuth=(40, 150), elevation=(5, 40), kelvin=(2400, 4200), softness=(0.05, 0.5), fill=(0.05, 0.3)
        ),
        (0.014, 0.05),
    ),
    Family(
        "stage",
        0.04,
        {"pitch": (-0.08, 0.10), "focal": (1.1, 2.2), "contact": (0.84, 0.98), "unseen": 0.5},
        _one(
            azimuth=(30, 165), elevation=(25, 70), kelvin=(2800, 7500), softness=(0.03, 0.4), fill=(0.02, 0.2)
        ),
        (0.008, 0.035),
        _colored_spot,
    ),
    Family(
        "interior",
        0.05,
        {"pitch": (-0.10, 0.06), "focal": (1.2, 2.4), "contact": (0.84, 1.0), "unseen": 0.7},
        (
            (0.65, {"azimuth": (45, 150), "elevation": (5, 40), "kelvin": (4800, 7500)}),
            (0.35, {"azimuth": (45, 150), "elevation": (5, 40), "kelvin": (2500, 3600)}),
        ),
        (0.024, 0.06),
    ),
)
