"""Backdrops with exactly known light and camera: analytic scenes and real photographs out of focus."""

from __future__ import annotations

import numpy as np

from . import lamps, nature, optics, photo, room
from .setup import Shot

FAMILIES = {
    room.studio_sweep: 0.16,
    room.plain_wall: 0.20,
    room.table_top: 0.13,
    room.gelled_wall: 0.05,
    nature.garden: 0.11,
    nature.meadow: 0.05,
    nature.hills: 0.05,
    nature.sea: 0.07,
    nature.dunes: 0.04,
    lamps.city_night: 0.06,
    lamps.stage: 0.04,
    lamps.interior: 0.05,
}
PHOTO_SHARE = 0.12


def sample_shot(rng: np.random.Generator, data: str | None) -> Shot:
    """Draw a scene; photographs only if the data folder is given."""
    if data is not None and rng.random() < PHOTO_SHARE:
        return photo.photograph(rng, data)
    weights = np.array(list(FAMILIES.values()))
    return list(FAMILIES)[rng.choice(len(weights), p=weights / weights.sum())](rng)


def develop(shot: Shot, rng: np.random.Generator) -> np.ndarray:
    """Scene-linear picture to the 8-bit sRGB photograph."""
    encoded = optics.film(shot.linear, shot.contrast)
    noise = optics.blur(rng.standard_normal(shot.view.size, dtype=np.float32), 0.5) * (shot.grain * 1.3)
    return (np.clip(encoded + noise[..., None], 0, 1) * 255 + 0.5).astype(np.uint8)
