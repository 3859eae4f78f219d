"""What every scene starts from: a camera, a light, and the labels the network is later given."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cyclorama.backdrop.light_map import camera_height, gravity_frame, pixel_rays

from .optics import LUMINANCE, black_body


@dataclass
class View:
    """A camera; lengths in picture heights at the subject, who stands at the world's origin."""

    size: tuple[int, int]
    focal: float
    pitch: float
    roll: float
    contact_row: float | None

    def __post_init__(self) -> None:
        height, width = self.size
        self.center = (0.5 * width / height, 0.5)
        cp, sp, cr, sr = np.cos(self.pitch), np.sin(self.pitch), np.cos(self.roll), np.sin(self.roll)
        self.up = np.array([sr * cp, cr * cp, -sp], np.float32)
        self.frame = gravity_frame(self.up)
        row = 1.25 if self.contact_row is None else self.contact_row
        self.eye = np.array([0.0, camera_height(self.focal, 0.5, self.pitch, row), self.focal], np.float32)
        self.world = pixel_rays(self.size, self.focal, self.center) @ self.frame.T
        y, x = np.mgrid[0 : self.size[0], 0 : self.size[1]].astype(np.float32)
        self.x, self.y = (x + 0.5) / height - self.center[0], (y + 0.5) / height
        self.horizon = 0.5 + self.focal * np.tan(self.pitch)


@dataclass
class Light:
    """A key light and what fills its shadows; colours are linear RGB, direction in camera axes."""

    direction: np.ndarray
    softness: float
    key: np.ndarray
    ambient: np.ndarray

    def world(self, view: View) -> np.ndarray:
        return view.frame @ self.direction


@dataclass
class Shot:
    """A finished scene: scene-linear picture before the film, and what is known about it."""

    linear: np.ndarray
    view: View
    light: Light
    scene: str
    blur: float = 0.0
    contrast: float = 1.0
    grain: float = 0.006
    extra: dict = field(default_factory=dict)


SIZES = ((512, 512), (384, 640), (640, 384))


def sample_view(rng, pitch=(-0.12, 0.10), focal=(1.1, 2.4), contact=(0.82, 1.02), unseen=0.4) -> View:
    """A camera; with probability ``unseen`` the subject is cut by the lower border, as in a portrait."""
    size = SIZES[rng.choice(3, p=[0.6, 0.2, 0.2])]
    row = None if rng.random() < unseen else float(rng.uniform(*contact))
    roll = float(np.clip(rng.normal(0, 0.015), -0.05, 0.05)) if rng.random() < 0.5 else 0.0
    return View(size, float(np.exp(rng.uniform(*np.log(focal)))), float(rng.uniform(*pitch)), roll, row)


def sample_light(
    rng, azimuth=(-160, 160), elevation=(5, 65), kelvin=(2600, 8500), softness=(0.05, 0.9), fill=(0.08, 0.6)
) -> Light:
    """A light; azimuth 0 is behind the camera, 90 from the right, 180 behind the subject."""
    az = np.radians(rng.uniform(*azimuth)) * (1 if rng.random() < 0.5 else -1)
    el = np.radians(rng.uniform(*elevation))
    direction = np.array([np.sin(az) * np.cos(el), np.sin(el), np.cos(az) * np.cos(el)], np.float32)
    key = black_body(1e6 / rng.uniform(1e6 / kelvin[1], 1e6 / kelvin[0]))
    opposite = black_body(1e6 / rng.uniform(1e6 / 9500, 1e6 / 4500))
    key = key ** rng.uniform(0.35, 1.0)
    ambient = opposite ** rng.uniform(0.2, 0.8) * np.float32(np.exp(rng.uniform(*np.log(fill))))
    return Light(
        direction, float(rng.uniform(*softness)), key / (key @ LUMINANCE), ambient.astype(np.float32)
    )


def hue_color(rng, saturation=(0.1, 0.6), value=(0.1, 0.7), hues=None) -> np.ndarray:
    """A reflectance: random hue, or one of the given hues in [0, 1) with some scatter."""
    hue = rng.random() if hues is None else rng.choice(hues) + rng.normal(0, 0.02)
    s, v = rng.uniform(*saturation), rng.uniform(*value)
    wheel = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return (v * (1 - s * (1 - wheel))).astype(np.float32)
