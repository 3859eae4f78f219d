"""What sets are built of: floor, sweep and wall, their materials, and the light that falls on them."""

from __future__ import annotations

import numpy as np

from . import optics
from .setup import Shot, View, hue_color


def set_surfaces(view: View, wall: float, sweep: float, ledge: float = 1e3):
    """First hit of every ray with floor, quarter-cylinder sweep and wall: points, normals, floor share."""
    d, eye = view.world, view.eye
    to_floor = np.where(d[..., 1] < -1e-4, -eye[1] / np.minimum(d[..., 1], -1e-4), 1e4)
    to_wall = np.where(d[..., 2] < -1e-3, -(wall + eye[2]) / np.minimum(d[..., 2], -1e-3), 1e4)
    floor_z = eye[2] + to_floor * d[..., 2]
    if ledge < wall:
        on_floor = floor_z > -ledge
    else:
        on_floor = floor_z > -wall + sweep
    reach = np.minimum(np.where(on_floor, to_floor, to_wall), 60.0)
    point = eye + d * reach[..., None]
    normal = np.where(on_floor[..., None], np.float32([0, 1, 0]), np.float32([0, 0, 1]))
    bend = ~on_floor & (point[..., 1] < sweep) & (ledge >= wall)
    if sweep > 0 and bend.any():
        oy, oz = eye[1] - sweep, eye[2] - (sweep - wall)
        a = d[..., 1] ** 2 + d[..., 2] ** 2
        b = d[..., 1] * oy + d[..., 2] * oz
        root = np.sqrt(np.maximum(b * b - a * (oy * oy + oz * oz - sweep * sweep), 0))
        on_bend = eye + d * ((root - b) / a)[..., None]
        n_bend = np.stack(
            [0 * a, (sweep - on_bend[..., 1]) / sweep, (sweep - wall - on_bend[..., 2]) / sweep], -1
        )
        point = np.where(bend[..., None], on_bend, point)
        normal = np.where(bend[..., None], n_bend, normal)
    return point.astype(np.float32), normal.astype(np.float32), on_floor, reach


def softbox(rng, point, normal, lamp, radius, samples=14):
    """Irradiance of a round lamp of the given radius, inverse square, Lambert; computed at half size."""
    p, n = point[::2, ::2], normal[::2, ::2]
    total = np.zeros(p.shape[:2], np.float32)
    for _ in range(samples):
        to = lamp + rng.normal(0, radius * 0.6, 3).astype(np.float32) - p
        squared = (to * to).sum(-1) + 0.05
        total += np.maximum((n * to).sum(-1), 0) / (squared * np.sqrt(squared))
    return optics.resize(total / samples, point.shape[:2])


def _window(rng, u, v, edge):
    """Light through panes: bars between smooth boxes."""
    cols, rows = rng.integers(1, 4), rng.integers(1, 4)
    pane_w, pane_h = rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.6)
    bar = rng.uniform(0.05, 0.12)

    def comb(t, n, pitch):
        t = t / pitch + n / 2
        inside = np.clip(t / (edge / pitch) + 0.5, 0, 1) * np.clip((n - t) / (edge / pitch) + 0.5, 0, 1)
        gap = np.abs(t - np.round(t)) * pitch
        return inside * (0.05 + 0.95 * np.clip((gap - bar / 2 * pitch) / edge + 0.5, 0, 1))

    return comb(u, cols, pane_w) * comb(v, rows, pane_h)


def _blinds(rng, u, v, edge):
    pitch = rng.uniform(0.07, 0.16)
    t = (v + 0.1 * u) / pitch
    stripe = 0.5 + 0.5 * np.tanh(np.sin(2 * np.pi * t) * np.clip(0.25 * pitch / edge, 0.3, 4) * 2)
    half = rng.uniform(0.5, 0.9)
    return stripe * np.clip((half - np.abs(u)) / edge + 0.5, 0, 1)


def _leaves(rng, u, v, edge):
    """Sun through foliage: two layers of thresholded noise, one far (soft), one near (crisper)."""
    seed = int(rng.integers(1 << 20))
    scale = rng.uniform(0.14, 0.3)
    out = np.ones_like(u)
    for k in range(2):
        n = optics.texture(1.45, seed + k, u, v, scale * (1 + 0.5 * k))
        out *= np.clip(0.5 + (n + 0.1 + 0.3 * k) / (0.3 + 6 * edge + 0.3 * k), 0, 1)
    return out


def _gobo(rng, point, light_world, edge, wall):
    """Pattern between lamp and set, in coordinates across the light's direction."""
    side = np.cross([0.0, 1.0, 0.0], light_world)
    side = side / max(np.linalg.norm(side), 1e-3)
    over = np.cross(light_world, side)
    p = point - np.float32([0.18 * np.sign(light_world[0]), 0.45, -wall])
    u, v = p @ side.astype(np.float32), p @ over.astype(np.float32)
    kind = rng.choice(3, p=[0.45, 0.1, 0.45])
    angle = rng.normal(0, 0.12)
    u, v = u * np.cos(angle) - v * np.sin(angle), u * np.sin(angle) + v * np.cos(angle)
    u, v = u + rng.normal(0, 0.15), v + rng.normal(0, 0.15)
    return (_window, _blinds, _leaves)[kind](rng, u, v, edge).astype(np.float32)


def _relief(seed, u, v, scale, beta, light_u, light_v, depth):
    """Shading of a rough surface: derivative of its height towards the light."""
    e = 0.0015 / scale
    here = optics.texture(beta, seed, u, v, scale)
    ahead = optics.texture(beta, seed, u + e * light_u, v + e * light_v, scale)
    return np.clip(1 + depth * 2.2 * (here - ahead), 0.3, 1.8)


def material(rng, kind, base, u, v, lu, lv):
    """Reflectance (H, W, 3) times relief shading of a named material."""
    seed = int(rng.integers(1 << 20))
    if kind == "paper":
        return base * (1 + 0.012 * optics.texture(0.6, seed, u, v, 1.5))[..., None]
    if kind == "plaster":
        tone = (
            1 + 0.05 * optics.texture(1.6, seed, u, v, 0.35) + 0.02 * optics.texture(0.8, seed + 1, u, v, 1.0)
        )
        return base * (tone * _relief(seed + 2, u, v, 0.8, 1.5, lu, lv, rng.uniform(0.4, 2.0)))[..., None]
    if kind == "concrete":
        tone = (
            1 + 0.12 * optics.texture(1.5, seed, u, v, 0.3) + 0.06 * optics.texture(1.0, seed + 1, u, v, 0.9)
        )
        pits = np.clip(optics.texture(0.7, seed + 2, u, v, 0.7) - 2.2, 0, 1)
        panel = rng.uniform(0.7, 1.3)
        seam = np.minimum(
            np.abs((u / panel + 0.5) % 1 - 0.5) * panel, np.abs((v / panel + 0.3) % 1 - 0.5) * panel
        )
        tone = tone * (1 - 0.5 * pits) * (1 - 0.4 * np.exp(-((seam / 0.004) ** 2)))
        return base * (tone * _relief(seed + 3, u, v, 0.6, 1.4, lu, lv, 0.45))[..., None]
    if kind == "canvas":
        cloud = optics.texture(1.7, seed, u, v, 0.3) + 0.6 * optics.texture(1.3, seed + 1, u, v, 0.5)
        other = base * rng.uniform(0.4, 0.8) + 0.05 * hue_color(rng)
        mix = np.clip(0.5 + 0.28 * cloud, 0, 1)[..., None]
        weave = 1 + 0.02 * np.sin(u * 900) * np.sin(v * 900)
        return (base * mix + other * (1 - mix)) * weave[..., None]
    if kind == "marble":
        warp = optics.texture(1.8, seed, u, v, 0.2)
        vein = np.abs(optics.texture(1.5, seed + 1, u + 0.06 * warp, v + 0.05 * warp, 0.22))
        vein = np.exp(-vein / 0.06) * 0.5 + np.exp(-vein / 0.4) * 0.15
        dark = rng.random() < 0.25
        ground, line = (
            (np.float32([0.03, 0.03, 0.035]), np.float32([0.5, 0.47, 0.4]))
            if dark
            else (np.float32([0.74, 0.73, 0.70]), np.float32([0.3, 0.3, 0.32]))
        )
        return ground + (line - ground) * vein[..., None]
    plank = np.floor(v / rng.uniform(0.14, 0.3))
    ring = optics.texture(1.2, seed, u * 0.25 + plank * 0.37, v * 2.5, 0.5) + 0.5 * optics.texture(
        0.9, seed + 1, u * 0.2, v * 5, 0.7
    )
    tone = np.exp(0.16 * ring + 0.16 * np.sin(plank * 5.1 + seed))
    return np.maximum(base * tone[..., None], 0.004) ** np.float32([0.96, 1.0, 1.04])


WOOD = np.float32(
    [[0.30, 0.17, 0.09], [0.42, 0.27, 0.15], [0.13, 0.07, 0.045], [0.55, 0.40, 0.25], [0.35, 0.30, 0.25]]
)


def lit_set(
    rng,
    view,
    light,
    scene,
    *,
    wall,
    sweep,
    ledge=1e3,
    wall_kind,
    wall_color,
    floor_kind=None,
    floor_color=None,
    gobo=0.0,
    background_light=0.0,
    gloss=0.0,
    blur=0.0,
):
    """Render the set: softbox or sun with pattern, fill from above, background lamp, gloss, depth of field."""
    point, normal, on_floor, reach = set_surfaces(view, wall, sweep, ledge)
    to_light = light.world(view)
    distance = rng.uniform(1.2, 2.3)
    lamp = np.float32([0, 0.5, 0]) + distance * to_light
    lamp[2] = max(lamp[2], -wall + 0.45)
    patterned = rng.random() < gobo
    if patterned:
        sun = np.maximum(to_light, np.float32([-1, 0.12, 0.3]))
        sun = sun / np.linalg.norm(sun)
        facing = np.maximum(normal @ sun, 0.0)
        falloff = softbox(rng, point, normal, lamp, 0.4, 6)
        falloff = falloff / max(np.percentile(falloff, 80), 1e-4)
        key = (
            facing
            * (0.08 + 0.92 * _gobo(rng, point, sun, 0.02 + 0.10 * light.softness, wall))
            * (0.3 + 0.7 * np.clip(falloff, 0, 1.5))
            * 1.6
        )
    else:
        key = softbox(rng, point, normal, lamp, 0.08 + 0.7 * light.softness)
        key = key / max(np.percentile(key, 75), 1e-4)
    open_sky = (0.75 + 0.25 * normal[..., 1]) * (0.8 + 0.2 * np.clip(point[..., 1], 0, 1.5))
    crease = 1 - 0.35 * np.exp(
        -np.maximum(np.where(on_floor, point[..., 2] + wall, point[..., 1]), 0) / 0.22
    ) * (sweep == 0)
    energy = light.key * key[..., None] + light.ambient * (open_sky * crease)[..., None]
    if background_light > 0:
        spot = np.float32([rng.normal(0, 0.5), rng.uniform(0.2, 0.9), -wall])
        away = ((point - spot) ** 2).sum(-1)
        energy = (
            energy
            + optics.black_body(rng.uniform(3500, 8000))
            * (background_light * np.exp(-away / rng.uniform(0.25, 1.2)))[..., None]
        )
    lu, lv = float(to_light[0]), float(to_light[1])
    surface_v = (
        np.where(on_floor, -point[..., 2], point[..., 1]) if ledge < wall else point[..., 1] - point[..., 2]
    )
    albedo = material(rng, wall_kind, wall_color, point[..., 0], surface_v, lu, lv)
    if floor_kind is not None:
        floor = material(rng, floor_kind, floor_color, point[..., 0], -point[..., 2], lu, float(-to_light[2]))
        edge = optics.blur(on_floor.astype(np.float32), 0.7)[..., None]
        albedo = floor * edge + albedo * (1 - edge)
    image = albedo * energy
    if gloss > 0 and floor_kind is not None:
        image = _reflect_wall(image, view, on_floor, gloss)
    if blur > 0:
        depth = np.abs(1 / np.maximum(reach, 0.05) - 1 / view.focal) * (
            view.focal * (wall + view.focal) / wall
        )
        image = optics.depth_blur(image, (np.clip(depth, 0, 1.4) * blur * view.size[0]).astype(np.float32))
    return Shot(image.astype(np.float32), view, light, scene, blur)


def _reflect_wall(image, view, on_floor, gloss):
    """Mirror the wall in the floor about the edge between them, blurred, by Fresnel's law."""
    rows = np.arange(view.size[0])
    edge = view.size[0] - on_floor.sum(0)
    mirrored = np.clip(2 * edge[None] - rows[:, None], 0, np.maximum(edge - 1, 0)[None])
    reflection = optics.blur(np.take_along_axis(image, mirrored[..., None].repeat(3, 2), 0), 5)
    fresnel = 0.04 + 0.96 * (1 - np.clip(-view.world[..., 1], 0, 1)) ** 5
    return image + (on_floor * fresnel * gloss)[..., None] * reflection
