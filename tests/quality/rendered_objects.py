"""Objects with known light, rendered on the spot: what confidence is calibrated on, so that real sets stay unseen.

Random solids (blobs, bottles, boxes, busts) are sphere-traced with NumPy and lit by one round light with shadows, a
dome with ambient occlusion, two paints and some gloss.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cyclorama.core.color import linear_to_srgb
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.spherical_harmonics import fibonacci_sphere

SIZE = 104
Distance = Callable[[np.ndarray], np.ndarray]
KINDS = ("blob", "bottle", "box", "bust")


@dataclass(frozen=True)
class Rendered:
    image: Image
    matte: Matte
    direction: np.ndarray
    kind: str
    share: float
    softness_rad: float
    tint: float


def smooth_min(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    mix = np.clip(0.5 + 0.5 * (b - a) / width, 0, 1)
    return b * (1 - mix) + a * mix - width * mix * (1 - mix)


def ellipsoid(center: np.ndarray, radii: np.ndarray) -> Distance:
    def distance(p: np.ndarray) -> np.ndarray:
        q = (p - center) / radii
        k0, k1 = np.linalg.norm(q, axis=-1), np.linalg.norm(q / radii, axis=-1)
        return k0 * (k0 - 1) / np.maximum(k1, 1e-6)

    return distance


def rounded_box(half: np.ndarray, rotation: np.ndarray, edge: float) -> Distance:
    def distance(p: np.ndarray) -> np.ndarray:
        q = np.abs(p @ rotation.T) - half + edge
        return np.linalg.norm(np.maximum(q, 0), axis=-1) + np.minimum(q.max(axis=-1), 0) - edge

    return distance


def lathe(radii: np.ndarray, height: float, tilt: np.ndarray) -> Distance:
    def distance(p: np.ndarray) -> np.ndarray:
        q = p @ tilt.T
        r = np.interp(q[..., 1], np.linspace(-height, height, len(radii)), radii)
        side = np.hypot(q[..., 0], q[..., 2]) - r
        return np.maximum(side * 0.7, np.abs(q[..., 1]) - height)

    return distance


def union(parts: list[Distance], width: float) -> Distance:
    def distance(p: np.ndarray) -> np.ndarray:
        out = parts[0](p)
        for part in parts[1:]:
            out = smooth_min(out, part(p), width)
        return out

    return distance


def turn(rng: np.random.Generator, spread: float) -> np.ndarray:
    a, b, c = rng.normal(0, spread, 3)
    ca, sa, cb, sb, cc, sc = np.cos(a), np.sin(a), np.cos(b), np.sin(b), np.cos(c), np.sin(c)
    rx = np.array([[1, 0, 0], [0, ca, -sa], [0, sa, ca]])
    ry = np.array([[cb, 0, sb], [0, 1, 0], [-sb, 0, cb]])
    rz = np.array([[cc, -sc, 0], [sc, cc, 0], [0, 0, 1]])
    return rz @ rx @ ry


def random_solid(kind: str, rng: np.random.Generator) -> Distance:
    if kind == "blob":
        count = int(rng.integers(2, 6))
        return union(
            [ellipsoid(rng.normal(0, 0.38, 3), rng.uniform(0.2, 0.55, 3)) for _ in range(count)],
            float(rng.uniform(0.05, 0.3)),
        )
    if kind == "bottle":
        knots = rng.uniform(0.15, 0.5, 6)
        radii = np.interp(np.linspace(0, 5, 40), np.arange(6), knots)
        tilt = turn(rng, 0.1) @ np.array([[1, 0, 0], [0, 0.97, 0.25], [0, -0.25, 0.97]])
        return lathe(np.convolve(np.pad(radii, 3, mode="edge"), np.ones(7) / 7, "valid"), 0.85, tilt)
    if kind == "box":
        boxes = [
            rounded_box(rng.uniform(0.2, 0.65, 3), turn(rng, 0.6), float(rng.uniform(0.01, 0.12)))
            for _ in range(int(rng.integers(1, 3)))
        ]
        return union(boxes, 0.02)
    return _bust(rng)


def _bust(rng: np.random.Generator) -> Distance:
    look = turn(rng, 0.3)

    def at(x: float, y: float, z: float) -> np.ndarray:
        return look @ (np.array([x, y, z]) + rng.normal(0, 0.012, 3)) + np.array([0, 0.3, 0])

    parts = [
        ellipsoid(at(0, 0.1, 0), np.array([0.36, 0.46, 0.42])),
        ellipsoid(at(0, -0.22, 0.12), np.array([0.24, 0.2, 0.24])),
        ellipsoid(at(0, -0.02, 0.42), np.array([0.07, 0.13, 0.11])),
        ellipsoid(at(0, 0.14, 0.36), np.array([0.26, 0.05, 0.1])),
        ellipsoid(at(0.37, 0.0, -0.02), np.array([0.06, 0.12, 0.1])),
        ellipsoid(at(-0.37, 0.0, -0.02), np.array([0.06, 0.12, 0.1])),
        ellipsoid(np.array([0, -0.25, -0.05]), np.array([0.2, 0.4, 0.2])),
        ellipsoid(np.array([0, -0.95, -0.08]), np.array([0.9, 0.4, 0.36])),
    ]
    return union(parts, 0.08)


def trace(solid: Distance, origin: np.ndarray, toward: np.ndarray, reach: float, steps: int) -> np.ndarray:
    """Return the way to the surface along rays (n, 3); inf where they miss."""
    way = np.full(len(origin), 1e-3)
    open_ = np.arange(len(origin))
    hit = np.full(len(origin), np.inf)
    for _ in range(steps):
        gap = solid(origin[open_] + way[open_, None] * toward[open_])
        close = gap < 2e-3
        hit[open_[close]] = way[open_[close]]
        way[open_] += np.maximum(gap, 1e-3)
        open_ = open_[~close & (way[open_] < reach)]
        if open_.size == 0:
            break
    return hit


def _light_samples(direction: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    if radius < 0.03:
        return direction[None]
    side = np.cross(direction, [0.3, 0.9, 0.2])
    side /= np.linalg.norm(side)
    other = np.cross(direction, side)
    r, phi = np.tan(radius) * np.sqrt((np.arange(7) + 0.5) / 7), 2.4 * np.arange(7) + rng.uniform(0, 6)
    out = direction + (r * np.cos(phi))[:, None] * side + (r * np.sin(phi))[:, None] * other
    return out / np.linalg.norm(out, axis=1, keepdims=True)


def _paint(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    hue = rng.uniform(0.05, 0.9, (2, 3)) * 0.6 + 0.25 * rng.uniform(0.2, 1, (2, 1))
    wave = np.sin(points @ rng.normal(0, rng.uniform(1, 7), 3) + rng.uniform(0, 6))
    second = (wave > rng.uniform(-0.2, 1.3))[:, None]
    grain = 1 + rng.uniform(0, 0.12) * np.sin(points @ rng.normal(0, 25, (3, 3))).mean(axis=1, keepdims=True)
    return np.clip(np.where(second, hue[1], hue[0]) * grain, 0.02, 1)


def render(kind: str, seed: int, lights: int = 3) -> list[Rendered]:
    """Render one random solid under several random lights."""
    rng = np.random.default_rng(seed)
    solid = random_solid(kind, rng)
    grid = (np.arange(SIZE) + 0.5) / SIZE * 2.4 - 1.2
    x, y = np.meshgrid(grid, -grid)
    zoom = rng.uniform(0.9, 1.1)
    focal = rng.uniform(2.5, 7.0)
    eye = np.array([0, 0, focal])
    toward = np.stack([x.ravel() * zoom, y.ravel() * zoom, np.full(x.size, -focal)], axis=1)
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    hit = trace(solid, np.broadcast_to(eye, toward.shape), toward, focal + 3, 90)
    seen = np.isfinite(hit)
    points = eye + hit[seen, None] * toward[seen]
    step = 2e-3 * np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]])
    normals = sum(v[None] * solid(points + v)[:, None] for v in step)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    start = points + 0.01 * normals
    dome = fibonacci_sphere(24).astype(float)
    clear = np.stack(
        [~np.isfinite(trace(solid, start, np.broadcast_to(d, start.shape), 1.2, 14)) for d in dome], axis=1
    )
    sky = (np.maximum(normals @ dome.T, 0) * clear * (0.75 + 0.5 * dome[:, 1])) @ np.full(
        len(dome), 4 / len(dome)
    )
    paint = _paint(points, rng)
    return [_light(kind, solid, start, normals, -toward[seen], sky, paint, seen, rng) for _ in range(lights)]


def _light(kind, solid, start, normals, view, sky, paint, seen, rng) -> Rendered:
    azimuth = rng.normal(0, 1.0) if rng.random() < 0.8 else rng.uniform(-np.pi, np.pi)
    elevation = rng.normal(0.6, 0.4)
    direction = np.array(
        [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)]
    )
    softness = float(rng.choice([0.01, 0.15, 0.35, 0.6, 0.9]))
    samples = _light_samples(direction, softness, rng)
    key = np.zeros(len(start))
    gloss = np.zeros(len(start))
    sharp = rng.uniform(8, 60)
    for sample in samples:
        facing = np.maximum(normals @ sample, 0)
        lit = ~np.isfinite(trace(solid, start, np.broadcast_to(sample, start.shape), 3.0, 36))
        half = sample + view
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        key += facing * lit / len(samples)
        gloss += lit * (facing > 0) * np.maximum((normals * half).sum(axis=1), 0) ** sharp / len(samples)
    share = float(rng.uniform(0.15, 0.97))
    tint = float(rng.normal(0, 0.4))
    key_color = share * np.exp(np.array([0.5, 0, -0.5]) * tint)
    linear = paint * (key[:, None] * key_color + (1 - share) * sky[:, None])
    linear = linear + rng.choice([0, 0.05, 0.25]) * gloss[:, None] * key_color
    frame = np.zeros((SIZE * SIZE, 3))
    frame[seen] = linear * rng.uniform(0.6, 1.1) / max(np.percentile(linear, 98), 1e-3)
    frame = frame.reshape(SIZE, SIZE, 3) + rng.normal(0, 0.004, (SIZE, SIZE, 3))
    encoded = np.round(np.clip(linear_to_srgb(np.clip(frame, 0, 1)), 0, 1) * 255).astype(np.uint8)
    matte = Matte(seen.reshape(SIZE, SIZE).astype(np.float32))
    return Rendered(Image(encoded), matte, direction, kind, share, softness, tint)
