"""Foliage far out of focus: park, forest, autumn trees with points of sunlight."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch.film import expose
from cyclorama.backdrop.sketch.lens import bloom, lens_blur
from cyclorama.backdrop.sketch.noise import spectral_noise
from cyclorama.backdrop.sketch.outdoors import ground, over, side_of_light
from cyclorama.backdrop.sketch.view import Light, Rng, Sketch, View, vector
from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur

__all__ = ["woods"]


def woods(rng: Rng, view: View, light: Light, blur: float, autumn: bool) -> Sketch:
    """Two planes of leaves, trunks and ground."""
    hue = vector(0.26, 0.13, 0.03)
    if not autumn:
        hue = vector(0.085, 0.14, 0.035) * np.exp(rng.normal(0, 0.18, 3)).astype(np.float32)
    far = _leaves(rng, view, light, hue * 2.2 + vector(0.10, 0.12, 0.05), blur, 0.4)
    near = _leaves(rng, view, light, hue, blur * 0.6, 0.9)
    mask = 0.5 + 1.3 * spectral_noise(rng, view.size, 1.8) - 0.5 - 0.8 * (0.75 - view.y)
    mask = np.clip(mask, 0, 1)[..., None].astype(np.float32)
    image = over(far, near, lens_blur(mask, blur * 0.6 * view.height_px)[..., 0])
    for _ in range(rng.integers(0, 5)):
        image = _trunk(rng, image, view, light, blur)
    earth = ground(rng, view, light, hue * 1.3 + vector(0.03, 0.02, 0.01))
    earth = gaussian_blur(earth, blur * 90 * view.height_px / 512)
    image = over(image, earth, (view.below_horizon - 0.02) / (0.03 + blur))
    image = expose(image, 65, rng.uniform(0.16, 0.34))
    glare = 0.10 + 0.12 * max(-float(light.direction[2]), 0.0)
    return Sketch(bloom(image, glare), rng.uniform(0.6, 1.0))


def _leaves(rng: Rng, view: View, light: Light, hue: FloatArray, radius: float, density: float) -> FloatArray:
    """A plane of leaves through a wide lens: noise in high dynamic range, then the lens' disc."""
    coarse, fine = spectral_noise(rng, view.size, 1.7), spectral_noise(rng, view.size, 0.55)
    side, backlit = side_of_light(view, light), max(-float(light.direction[2]), 0.0)
    shine = np.clip(fine + 0.5 * coarse + 0.7 * side - 2.3 + 0.5 * (1 - density), 0, 3) * (14 + 22 * backlit)
    lit = np.exp(0.8 * fine + 0.55 * coarse) * np.exp(0.95 * side + 0.25 * coarse)
    green = hue * (1 + 0.22 * spectral_noise(rng, view.size, 1.4)[..., None] * vector(1, 0.2, -0.2))
    image = np.maximum(green, 0.003) * (lit[..., None] * (0.75 * light.key + 0.5 * light.ambient))
    warm = light.key * vector(1.0, 1.0, 0.75) * (0.35 + 0.65 * np.minimum(hue * 4, 1))
    image = image + shine[..., None] * warm * 0.12
    blades = int(rng.choice([0, 0, 0, 7, 9]))
    return lens_blur(image.astype(np.float32), max(radius * view.height_px, 1.0), blades)


def _trunk(rng: Rng, image: FloatArray, view: View, light: Light, blur: float) -> FloatArray:
    at, width = rng.uniform(-0.7, 0.7), rng.uniform(0.012, 0.05)
    away = np.abs(view.x - at - 0.05 * rng.normal() * view.y) - width
    cover = 1 / (1 + np.exp(np.clip(away / (0.35 * blur + 0.004), -50, 50)))
    rim = np.clip((view.x - at) / width * np.sign(light.direction[0]), 0, 1)
    bark = vector(0.05, 0.036, 0.025) * (1 + 1.6 * rim)[..., None] * light.key
    return over(image, bark.astype(np.float32), (0.8 * cover).astype(np.float32))
