"""From light on the sensor to the 8 bits of a file, and from a true outline to one that a matting stage would give."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image as PillowImage

from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.filters import gaussian_blur

__all__ = ["backdrop", "imperfect_matte", "photograph"]


def photograph(rng: np.random.Generator, linear: np.ndarray, subject: np.ndarray) -> np.ndarray:
    """Expose for the subject, add noise, apply a tone curve, compress: uint8 (h, w, 3)."""
    bright = luminance(linear)[subject]
    level = np.percentile(bright, rng.choice([85, 95, 99])) if bright.size else 1.0
    image = linear / max(level, 1e-6) * rng.uniform(0.4, 1.3)
    image = image + rng.normal(size=image.shape) * rng.uniform(0, 0.012) * np.sqrt(
        np.maximum(image, 0) + 0.02
    )
    image = np.maximum(image, 0)
    curve = rng.random()
    if curve > 0.8:
        image = 1.6 * image / (1 + image)
    elif curve > 0.45:
        image = 1 - np.exp(-image * rng.uniform(1.2, 2.0))
    coded = linear_to_srgb(np.clip(image, 0, 1).astype(np.float32))
    contrast = rng.uniform(-0.1, 0.5)
    coded = coded * (1 - contrast) + contrast * coded * coded * (3 - 2 * coded)
    coded = np.clip(coded, 0, 1) ** math.exp(rng.normal(0, 0.08))
    if rng.random() < 0.15:
        coded = np.repeat(luminance(coded)[..., None], 3, axis=2)
    pixels = (np.clip(coded, 0, 1) * 255 + 0.5).astype(np.uint8)
    if rng.random() < 0.5:
        file = io.BytesIO()
        PillowImage.fromarray(pixels).save(file, "JPEG", quality=int(rng.integers(55, 95)))
        pixels = np.asarray(PillowImage.open(file))
    return pixels


def backdrop(rng: np.random.Generator, side: int, level: float) -> np.ndarray:
    """A smooth background (side, side, 3), linear: what shows through where the matte is wrong."""
    y, x = np.mgrid[:side, :side] / side - 0.5
    slope = rng.normal(size=(2, 3)) * 0.6
    color = np.abs(rng.normal(0.5, 0.4, 3)) * level * math.exp(rng.normal(0, 0.9))
    return (color * np.exp(x[..., None] * slope[0] + y[..., None] * slope[1])).astype(np.float32)


def imperfect_matte(rng: np.random.Generator, seen: np.ndarray) -> np.ndarray:
    """Coverage with the faults of real ones: grown or shrunk in places, soft, partly hidden, cut off; [0, 1]."""
    side = len(seen)
    matte = seen.astype(np.float32)
    if rng.random() < 0.5:
        wobble = gaussian_blur(rng.normal(size=seen.shape).astype(np.float32), side / 12)
        wobble *= rng.uniform(0, 0.35) / max(float(np.abs(wobble).max()), 1e-6)
        soft = gaussian_blur(matte, rng.uniform(0.6, 2.5))
        matte = np.clip((soft - 0.5 + wobble + rng.normal(0, 0.08)) * rng.uniform(2, 6) + 0.5, 0, 1)
    if rng.random() < 0.3:
        matte = matte * _cut(rng, seen)
    return matte.astype(np.float32)


def _cut(rng: np.random.Generator, seen: np.ndarray) -> np.ndarray:
    """A straight or round thing in front, that takes at most half of what is seen."""
    side = len(seen)
    y, x = np.mgrid[:side, :side] / side - 0.5
    for _ in range(8):
        angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.4)
        if rng.random() < 0.6:
            keep = x * math.cos(angle) + y * math.sin(angle) < offset
        else:
            keep = np.hypot(x - math.cos(angle) * 0.3, y - math.sin(angle) * 0.3) > rng.uniform(0.05, 0.25)
        if (keep & seen).sum() > 0.5 * seen.sum():
            return keep
    return np.ones(seen.shape, bool)
