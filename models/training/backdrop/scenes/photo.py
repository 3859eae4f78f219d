"""Real photographs with known camera and light, defocused: the realism that formulas lack."""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import numpy as np
from PIL import Image

from cyclorama.backdrop.sketch import Light, Sketch, View
from cyclorama.backdrop.sketch.film import expose
from cyclorama.backdrop.sketch.lens import bloom, lens_blur
from cyclorama.backdrop.sketch.view import LUMINANCE

from .sampling import Shot, up_vector


@functools.lru_cache(maxsize=2)
def rows(data: str) -> tuple[dict, ...]:
    """The views of background_hdri with their camera and light."""
    table = Path(data) / "train" / "background_hdri" / "views.csv"
    with table.open() as lines:
        return tuple(r for r in csv.DictReader(lines))


def photograph(rng, data: str):
    """One view of a CC0 panorama, cropped, enlarged and thrown out of focus; mirrored half of the time."""
    row = rows(data)[rng.integers(len(rows(data)))]
    folder = Path(data) / "train" / "background_hdri" / "images"
    image = Image.open(next(folder.glob(row["id"] + ".*"))).convert("RGB")
    aspect = image.width / image.height
    size = (512, 512) if rng.random() < 0.55 else (384, 640) if aspect > 1 else (640, 384)
    zoom = rng.uniform(0.72, 1.0)
    crop_h = zoom * min(image.height, image.width * size[0] / size[1])
    crop_w = crop_h * size[1] / size[0]
    x0, y0 = rng.uniform(0, image.width - crop_w), rng.uniform(0, image.height - crop_h)
    pixels = (
        np.asarray(
            image.resize(size[::-1], Image.BICUBIC, box=(x0, y0, x0 + crop_w, y0 + crop_h)), np.float32
        )
        / 255
    )
    linear = np.where(pixels <= 0.04045, pixels / 12.92, ((pixels + 0.055) / 1.055) ** 2.4)
    linear = linear / np.maximum(1.02 - 0.92 * linear, 0.06)
    direction = np.float32([float(row[f"light_mean_{axis}"]) for axis in "xyz"])
    up = up_vector(np.radians(float(row["pitch_deg"])), np.radians(float(row["roll_deg"])))
    center = ((image.width / 2 - x0) / crop_h, (image.height / 2 - y0) / crop_h)
    if rng.random() < 0.5:
        mirror = np.float32([-1, 1, 1])
        linear, direction, up = linear[:, ::-1], direction * mirror, up * mirror
        center = (size[1] / size[0] - center[0], center[1])
    blur = float(rng.choice([0.012, 0.022, 0.035, 0.05]) * rng.uniform(0.8, 1.2))
    linear = np.ascontiguousarray(linear, dtype=np.float32)
    linear = lens_blur(linear, blur * size[0], int(rng.choice([0, 7])))
    mean = linear.mean((0, 1))
    cast = ((mean / (mean @ LUMINANCE)) ** 0.5).astype(np.float32)
    lit = float(row["light_concentration"])
    light = Light(
        direction / np.linalg.norm(direction),
        float(np.clip(1.2 - lit, 0.1, 1.1)),
        cast,
        cast * np.float32(0.25 + 0.6 * (1 - lit)),
    )
    scene = "room" if row["place"] == "indoor" else "outdoors"
    view = View(size, float(row["focal_px"]) / crop_h, up, center)
    return Shot(
        Sketch(bloom(expose(linear, 60, rng.uniform(0.2, 0.36)), 0.08), 0.6), view, light, scene, blur
    )
