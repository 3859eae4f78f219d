"""Random textures: noise with the spectrum of natural things."""

from __future__ import annotations

import functools

import numpy as np

from cyclorama.backdrop.sketch.view import LUMINANCE, Rng
from cyclorama.core.arrays import FloatArray

__all__ = ["black_body", "hue_color", "spectral_noise", "texture"]

_TILE_PX, _TILES = 1024, 6


def spectral_noise(
    rng: Rng, size: tuple[int, int], beta: float, stretch: tuple[float, float] = (1.0, 1.0)
) -> FloatArray:
    """Return tileable Gaussian noise (H, W) with amplitude spectrum 1 / f**beta, mean 0, deviation 1."""
    height, width = size
    fy = np.fft.fftfreq(height)[:, None] * height * stretch[0]
    fx = np.fft.rfftfreq(width)[None] * width * stretch[1]
    radius = np.sqrt(fx * fx + fy * fy)
    radius[0, 0] = np.inf
    amplitude = np.maximum(radius, 1.0) ** -beta
    amplitude[0, 0] = 0.0
    phase = rng.standard_normal((2, height, width // 2 + 1), dtype=np.float32)
    noise = np.fft.irfft2((phase[0] + 1j * phase[1]) * amplitude.astype(np.float32), s=size)
    return np.asarray((noise - noise.mean()) / (noise.std() + 1e-9), np.float32)


def texture(beta: float, seed: int, u: FloatArray, v: FloatArray, scale: float = 1.0) -> FloatArray:
    """Return noise at surface coordinates (H, W); it repeats every 1 / scale units."""
    tile = _tile(beta, seed % _TILES)
    shift = (seed * 137) % _TILE_PX
    return _sample(tile, v * (_TILE_PX * scale) + shift, u * (_TILE_PX * scale) + 2 * shift)


@functools.lru_cache(maxsize=64)
def _tile(beta: float, seed: int) -> FloatArray:
    return spectral_noise(np.random.default_rng(1000 + seed), (_TILE_PX, _TILE_PX), beta)


def _sample(tile: FloatArray, rows: FloatArray, cols: FloatArray) -> FloatArray:
    """Read a periodic tile between its pixels."""
    top, left = np.floor(rows), np.floor(cols)
    down, across = (rows - top).astype(np.float32), (cols - left).astype(np.float32)
    r0, c0 = top.astype(np.int64) % _TILE_PX, left.astype(np.int64) % _TILE_PX
    r1, c1 = (r0 + 1) % _TILE_PX, (c0 + 1) % _TILE_PX
    above = tile[r0, c0] * (1 - across) + tile[r0, c1] * across
    below = tile[r1, c0] * (1 - across) + tile[r1, c1] * across
    return np.asarray(above * (1 - down) + below * down, np.float32)


def black_body(kelvin: float) -> FloatArray:
    """Return linear RGB of a black body, luminance 1, relative to a white of 6000 K (Planck's law)."""
    wavelength_um = np.array([0.610, 0.550, 0.465])

    def radiance(t: float) -> np.ndarray:
        return np.asarray(1.0 / (np.exp(14388.0 / (wavelength_um * t)) - 1.0))

    rgb = radiance(kelvin) / radiance(6000.0)
    return np.asarray(rgb / (rgb @ LUMINANCE), np.float32)


def hue_color(
    rng: Rng,
    saturation: tuple[float, float] = (0.1, 0.6),
    value: tuple[float, float] = (0.1, 0.7),
    hues: tuple[float, ...] | None = None,
) -> FloatArray:
    """Return a random reflectance: any hue, or one of the given hues in [0, 1) with some scatter."""
    hue = rng.random() if hues is None else rng.choice(hues) + rng.normal(0, 0.02)
    s, v = rng.uniform(*saturation), rng.uniform(*value)
    wheel = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    return np.asarray(v * (1 - s * (1 - wheel)), np.float32)
