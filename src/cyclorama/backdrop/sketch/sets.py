"""Sets built of a floor and a wall, and the light that falls on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.sketch.gobos import gobo
from cyclorama.backdrop.sketch.lens import depth_blur
from cyclorama.backdrop.sketch.materials import cover
from cyclorama.backdrop.sketch.noise import black_body
from cyclorama.backdrop.sketch.view import Light, Rng, View, vector
from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.resampling import resize

__all__ = ["Hits", "Set", "build", "light_set", "softbox"]

#: Lamp samples of a softbox are drawn on a grid this much coarser than the picture.
_SOFT_STEP = 2
_FARTHEST = 60.0


@dataclass(frozen=True)
class Set:
    """What stands behind the subject; lengths in picture heights.

    Parameters
    ----------
    wall : distance of the wall behind the subject.
    wall_kind, wall_color : material and (3,) reflectance.
    sweep : radius of the curve from floor to wall; 0 for a corner.
    ledge : distance behind the subject at which the floor ends, as a table does; None reaches the wall.
    floor_kind, floor_color : as for the wall; None continues the wall's.
    gobo : probability that a window or leaves pattern the light.
    background_light : strength of a lamp on the wall.
    gloss : how strongly the floor mirrors the wall.
    """

    wall: float
    wall_kind: str
    wall_color: FloatArray
    sweep: float = 0.0
    ledge: float | None = None
    floor_kind: str | None = None
    floor_color: FloatArray | None = None
    gobo: float = 0.0
    background_light: float = 0.0
    gloss: float = 0.0


@dataclass(frozen=True)
class Hits:
    """First hit of every viewing ray: world point and normal (H, W, 3), on the floor or not, distance (H, W)."""

    point: FloatArray
    normal: FloatArray
    on_floor: BoolArray
    reach: FloatArray


def build(view: View, wall: float, sweep: float = 0.0, ledge: float | None = None) -> Hits:
    """Intersect the viewing rays with floor, quarter-cylinder sweep and wall."""
    d, eye = view.world, view.eye
    to_floor = np.where(d[..., 1] < -1e-4, -eye[1] / np.minimum(d[..., 1], -1e-4), 1e4)
    to_wall = np.where(d[..., 2] < -1e-3, -(wall + eye[2]) / np.minimum(d[..., 2], -1e-3), 1e4)
    floor_end = sweep - wall if ledge is None or ledge >= wall else -ledge
    on_floor = eye[2] + to_floor * d[..., 2] > floor_end
    reach = np.minimum(np.where(on_floor, to_floor, to_wall), _FARTHEST).astype(np.float32)
    point = eye + d * reach[..., None]
    normal = np.where(on_floor[..., None], vector(0, 1, 0), vector(0, 0, 1))
    if sweep > 0:
        point, normal = _bend(d, eye, wall, sweep, ~on_floor & (point[..., 1] < sweep), point, normal)
    return Hits(point.astype(np.float32), normal.astype(np.float32), on_floor, reach)


def _bend(
    d: FloatArray,
    eye: FloatArray,
    wall: float,
    sweep: float,
    inside: BoolArray,
    point: FloatArray,
    normal: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Replace hits that lie on the curve between floor and wall."""
    oy, oz = eye[1] - sweep, eye[2] - (sweep - wall)
    a = d[..., 1] ** 2 + d[..., 2] ** 2
    b = d[..., 1] * oy + d[..., 2] * oz
    root = np.sqrt(np.maximum(b * b - a * (oy * oy + oz * oz - sweep * sweep), 0))
    hit = eye + d * ((root - b) / np.maximum(a, 1e-9))[..., None]
    facing = np.stack([0 * a, (sweep - hit[..., 1]) / sweep, (sweep - wall - hit[..., 2]) / sweep], -1)
    chosen = inside[..., None]
    return np.where(chosen, hit, point), np.where(chosen, facing, normal)


def softbox(rng: Rng, hits: Hits, lamp: FloatArray, radius: float, samples: int = 14) -> FloatArray:
    """Return irradiance (H, W) from a round lamp at a world position: inverse square, Lambert."""
    p, n = hits.point[::_SOFT_STEP, ::_SOFT_STEP], hits.normal[::_SOFT_STEP, ::_SOFT_STEP]
    total = np.zeros(p.shape[:2], np.float32)
    for _ in range(samples):
        to = lamp + rng.normal(0, radius * 0.6, 3).astype(np.float32) - p
        squared = (to * to).sum(-1) + 0.05
        total += np.maximum((n * to).sum(-1), 0) / (squared * np.sqrt(squared))
    return resize(total / np.float32(samples), (hits.reach.shape[0], hits.reach.shape[1]))


def light_set(rng: Rng, view: View, light: Light, blur: float, chosen: Set) -> FloatArray:
    """Return the set under its lamp, its fill from above and its lamp on the wall, through the lens."""
    hits = build(view, chosen.wall, chosen.sweep, chosen.ledge)
    to_light = light.world(view)
    energy = light.key * _key(rng, hits, light, to_light, chosen)[..., None]
    energy = energy + light.ambient * _fill(hits, chosen)[..., None]
    if chosen.background_light > 0:
        energy = energy + _wall_lamp(rng, hits, chosen)
    image = _reflectance(rng, hits, to_light, chosen) * energy
    if chosen.gloss > 0 and chosen.floor_kind is not None:
        image = _mirror_wall(image, view, hits.on_floor, chosen.gloss)
    image = image.astype(np.float32)
    if blur <= 0:
        return image
    depth = np.abs(1 / np.maximum(hits.reach, 0.05) - 1 / view.focal)
    depth = depth * (view.focal * (chosen.wall + view.focal) / chosen.wall)
    return depth_blur(image, (np.clip(depth, 0, 1.4) * blur * view.height_px).astype(np.float32))


def _key(rng: Rng, hits: Hits, light: Light, to_light: FloatArray, chosen: Set) -> FloatArray:
    lamp = vector(0, 0.5, 0) + np.float32(rng.uniform(1.2, 2.3)) * to_light
    lamp[2] = max(float(lamp[2]), -chosen.wall + 0.45)
    if rng.random() >= chosen.gobo:
        key = softbox(rng, hits, lamp, 0.08 + 0.7 * light.softness)
        return np.asarray(key / max(float(np.percentile(key, 75)), 1e-4), np.float32)
    sun = np.maximum(to_light, vector(-1, 0.12, 0.3))
    sun = sun / np.linalg.norm(sun)
    falloff = softbox(rng, hits, lamp, 0.4, 6)
    falloff = falloff / max(float(np.percentile(falloff, 80)), 1e-4)
    pattern = gobo(rng, hits.point, sun, 0.02 + 0.10 * light.softness, chosen.wall)
    facing = np.maximum(hits.normal @ sun, 0.0) * (0.08 + 0.92 * pattern)
    return np.asarray(facing * (0.3 + 0.7 * np.clip(falloff, 0, 1.5)) * 1.6, np.float32)


def _fill(hits: Hits, chosen: Set) -> FloatArray:
    above = (0.75 + 0.25 * hits.normal[..., 1]) * (0.8 + 0.2 * np.clip(hits.point[..., 1], 0, 1.5))
    if chosen.sweep > 0:
        return np.asarray(above, np.float32)
    corner = np.where(hits.on_floor, hits.point[..., 2] + chosen.wall, hits.point[..., 1])
    return np.asarray(above * (1 - 0.35 * np.exp(-np.maximum(corner, 0) / 0.22)), np.float32)


def _wall_lamp(rng: Rng, hits: Hits, chosen: Set) -> FloatArray:
    spot = vector(rng.normal(0, 0.5), rng.uniform(0.2, 0.9), -chosen.wall)
    away = ((hits.point - spot) ** 2).sum(-1)
    glow = chosen.background_light * np.exp(-away / rng.uniform(0.25, 1.2))
    return np.asarray(black_body(rng.uniform(3500, 8000)) * glow[..., None], np.float32)


def _reflectance(rng: Rng, hits: Hits, to_light: FloatArray, chosen: Set) -> FloatArray:
    x, y, z = (hits.point[..., k] for k in range(3))
    right, above = float(to_light[0]), float(to_light[1])
    apart = chosen.ledge is not None and chosen.ledge < chosen.wall
    down = np.where(hits.on_floor, -z, y) if apart else y - z
    albedo = cover(rng, chosen.wall_kind, chosen.wall_color, x, down, right, above)
    if chosen.floor_kind is None or chosen.floor_color is None:
        return albedo
    floor = cover(rng, chosen.floor_kind, chosen.floor_color, x, -z, right, float(-to_light[2]))
    edge = gaussian_blur(hits.on_floor.astype(np.float32), 0.7)[..., None]
    return np.asarray(floor * edge + albedo * (1 - edge), np.float32)


def _mirror_wall(image: FloatArray, view: View, on_floor: BoolArray, gloss: float) -> FloatArray:
    """Mirror the wall in the floor about the edge between them, blurred, by Fresnel's law."""
    rows = np.arange(view.height_px)
    edge = view.height_px - on_floor.sum(0)
    mirrored = np.clip(2 * edge[None] - rows[:, None], 0, np.maximum(edge - 1, 0)[None])
    reflection = gaussian_blur(
        np.take_along_axis(image, mirrored[..., None], 0).astype(np.float32), 0.01 * view.height_px
    )
    fresnel = 0.04 + 0.96 * (1 - np.clip(-view.world[..., 1], 0, 1)) ** 5
    return np.asarray(image + (on_floor * fresnel * gloss)[..., None] * reflection, np.float32)
