"""A photograph whose alpha and colours are known, for the tests of this folder."""

import numpy as np

from cyclorama.core.filters import gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment

FRONT, BACK = np.array([0.9, 0.5, 0.1], np.float32), np.array([0.1, 0.3, 0.6], np.float32)


def disc(size, center, radius, soft_px=1.5):
    y, x = np.mgrid[: size[0], : size[1]]
    mask = np.hypot(y - center[0], x - center[1]) < radius
    # Rounded, so that the ends are exact.
    return np.clip(np.round(gaussian_blur(mask.astype(np.float32), soft_px), 4), 0, 1)


def textured(size, color, rng, strength=0.05):
    noise = gaussian_blur(rng.standard_normal((*size, 3)).astype(np.float32), 2.0)
    return np.clip(color + strength / noise.std() * noise, 0, 1).astype(np.float32)


def photograph(size=(120, 160), center=(60, 80), radius=35, rng=None):
    """Return (image of 8 bit, alpha)."""
    rng = rng or np.random.default_rng(3)
    alpha = disc(size, center, radius)
    mixed = alpha[..., None] * textured(size, FRONT, rng) + (1 - alpha[..., None]) * textured(size, BACK, rng)
    return Image(mixed).stored_as("uint8"), alpha


def segment_of(alpha, cell_px):
    """Return what a network whose grid has cells of that size would say."""
    box = Box.of_mask(alpha > 0.5).expand(3 * cell_px, alpha.shape)
    part = (alpha[box.slices] > 0.5).astype(np.float32)
    grid = (max(1, box.height // cell_px), max(1, box.width // cell_px))
    return Segment(np.clip(gaussian_blur(resize(part, grid, "area"), 0.7), 0, 1), 0.9, "disc", box)


def on_canvas(matte, box, size):
    out = np.zeros(size, np.float32)
    out[box.slices] = matte.alpha
    return out
