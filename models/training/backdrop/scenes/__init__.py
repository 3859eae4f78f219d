"""Training pictures with known light and camera: sketches at random, and real photographs out of focus."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch import PAINTERS, develop
from cyclorama.core.filters import gaussian_blur

from .photo import photograph
from .sampling import FAMILIES, Shot

PHOTO_SHARE = 0.12

__all__ = ["photograph_of", "sample_shot"]


def sample_shot(rng: np.random.Generator, data: str | None) -> Shot:
    """Draw a scene; photographs only if the data folder is given."""
    if data is not None and rng.random() < PHOTO_SHARE:
        return photograph(rng, data)
    weights = np.array([family.weight for family in FAMILIES])
    family = FAMILIES[rng.choice(len(weights), p=weights / weights.sum())]
    view, light, blur = family.sample(rng)
    return Shot(PAINTERS[family.scene](rng, view, light, blur), view, light, family.scene, blur)


def photograph_of(shot: Shot, rng: np.random.Generator) -> np.ndarray:
    """Develop a shot to 8-bit sRGB, with grain."""
    noise = gaussian_blur(rng.standard_normal(shot.view.size, dtype=np.float32), 0.5) * (shot.grain * 1.3)
    return (np.clip(develop(shot.sketch) + noise[..., None], 0, 1) * 255 + 0.5).astype(np.uint8)
