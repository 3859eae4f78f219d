"""Patterns between a lamp and a set: window panes, blinds, leaves."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.sketch.noise import texture
from cyclorama.backdrop.sketch.view import Rng, vector
from cyclorama.core.arrays import FloatArray

__all__ = ["gobo"]


def gobo(rng: Rng, point: FloatArray, to_light: FloatArray, edge: float, wall: float) -> FloatArray:
    """Return the share of light (H, W) that a random pattern lets through.

    Parameters
    ----------
    point : (H, W, 3), world, where the light falls.
    to_light : (3,), unit, world.
    edge : width of the penumbra / picture height.
    wall : distance of the wall behind the subject, on which the pattern is centred.
    """
    side = np.cross([0.0, 1.0, 0.0], to_light)
    side = (side / max(float(np.linalg.norm(side)), 1e-3)).astype(np.float32)
    over = np.cross(to_light, side).astype(np.float32)
    p = point - vector(0.18 * float(np.sign(to_light[0])), 0.45, -wall)
    u, v = p @ side, p @ over
    draw = (_window, _blinds, _leaves)[rng.choice(3, p=[0.45, 0.1, 0.45])]
    angle = rng.normal(0, 0.12)
    u, v = u * np.cos(angle) - v * np.sin(angle), u * np.sin(angle) + v * np.cos(angle)
    shift_u, shift_v = rng.normal(0, 0.15, 2)
    return np.asarray(draw(rng, u + shift_u, v + shift_v, edge), np.float32)


def _window(rng: Rng, u: FloatArray, v: FloatArray, edge: float) -> FloatArray:
    """Light through panes: bars between smooth boxes."""
    bar = rng.uniform(0.05, 0.12)

    def comb(t: FloatArray, count: int, pitch: float) -> FloatArray:
        t = t / pitch + count / 2
        inside = np.clip(t / (edge / pitch) + 0.5, 0, 1) * np.clip((count - t) / (edge / pitch) + 0.5, 0, 1)
        gap = np.abs(t - np.round(t)) * pitch
        return np.asarray(inside * (0.05 + 0.95 * np.clip((gap - bar / 2 * pitch) / edge + 0.5, 0, 1)))

    columns, rows = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    return comb(u, columns, rng.uniform(0.3, 0.6)) * comb(v, rows, rng.uniform(0.3, 0.6))


def _blinds(rng: Rng, u: FloatArray, v: FloatArray, edge: float) -> FloatArray:
    pitch = rng.uniform(0.07, 0.16)
    wave = np.sin(2 * np.pi * (v + 0.1 * u) / pitch)
    stripe = 0.5 + 0.5 * np.tanh(wave * np.clip(0.25 * pitch / edge, 0.3, 4) * 2)
    half = rng.uniform(0.5, 0.9)
    return np.asarray(stripe * np.clip((half - np.abs(u)) / edge + 0.5, 0, 1))


def _leaves(rng: Rng, u: FloatArray, v: FloatArray, edge: float) -> FloatArray:
    """Sun through foliage: two layers of thresholded noise, one far (soft), one near (crisper)."""
    seed, scale = int(rng.integers(1 << 20)), rng.uniform(0.14, 0.3)
    out = np.ones_like(u)
    for k in range(2):
        n = texture(1.45, seed + k, u, v, scale * (1 + 0.5 * k))
        out = out * np.clip(0.5 + (n + 0.1 + 0.3 * k) / (0.3 + 6 * edge + 0.3 * k), 0, 1)
    return out
