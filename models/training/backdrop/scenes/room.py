"""Sets built of a wall and a floor: studio sweep, plain wall, table top, gelled wall."""

from __future__ import annotations

import numpy as np

from . import optics
from .setup import Shot, hue_color, sample_light, sample_view
from .surfaces import WOOD, lit_set, material, set_surfaces, softbox


def studio_sweep(rng):
    """Seamless paper that curves from floor to wall, lit by a softbox."""
    view = sample_view(rng, pitch=(-0.22, 0.03), focal=(1.2, 2.4), unseen=0.35)
    light = sample_light(
        rng,
        azimuth=(5, 115),
        elevation=(10, 65),
        kelvin=(3200, 7500),
        softness=(0.15, 0.9),
        fill=(0.05, 0.35),
    )
    kind = rng.random()
    color = (
        hue_color(rng, (0.0, 0.08), (0.05, 0.85)) if kind < 0.4 else hue_color(rng, (0.2, 0.85), (0.08, 0.6))
    )
    lamp = rng.uniform(0.2, 1.0) if rng.random() < 0.4 else 0.0
    shot = lit_set(
        rng,
        view,
        light,
        "studio",
        wall=rng.uniform(0.9, 2.2),
        sweep=rng.uniform(0.4, 0.9),
        wall_kind="paper",
        wall_color=color,
        background_light=lamp,
        blur=rng.choice([0, 0.01]),
    )
    target = 0.07 + 0.62 * float(color @ optics.LUMINANCE)
    shot.linear = optics.expose(shot.linear, 60, target) * optics.vignette(view.size, rng.uniform(0, 0.5))
    return shot


def plain_wall(rng):
    """A plastered, concrete or painted wall behind the subject, softly lit or with a window's pattern."""
    view = sample_view(rng, pitch=(-0.10, 0.08), focal=(1.2, 2.6), unseen=0.75)
    light = sample_light(rng, azimuth=(10, 100), elevation=(8, 55), softness=(0.05, 0.8), fill=(0.06, 0.35))
    kind = rng.choice(["plaster", "concrete", "canvas"], p=[0.4, 0.3, 0.3])
    hues = [0.06, 0.09, 0.11, 0.55, 0.6, 0.35, 0.02]
    color = (
        hue_color(rng, (0.0, 0.08), (0.15, 0.5))
        if kind == "concrete"
        else hue_color(rng, (0.05, 0.5), (0.08, 0.6), hues)
    )
    floor = (
        dict(floor_kind="wood", floor_color=WOOD[rng.integers(len(WOOD))])
        if view.contact_row and kind != "canvas"
        else {}
    )
    blur = float(rng.choice([0.0, 0.006, 0.015, 0.03]))
    shot = lit_set(
        rng,
        view,
        light,
        kind if kind != "plaster" else "wall",
        wall=rng.uniform(0.7, 1.8),
        sweep=0.5 if kind == "canvas" else 0.0,
        wall_kind=kind,
        wall_color=color,
        gobo=0.55 if kind != "canvas" else 0.0,
        background_light=rng.uniform(0.1, 0.8) if rng.random() < 0.35 else 0,
        blur=blur,
        **floor,
    )
    shot.linear = optics.expose(shot.linear, 75, rng.uniform(0.12, 0.42)) * optics.vignette(
        view.size, rng.uniform(0.1, 1.0)
    )
    return shot


def table_top(rng):
    """A table or stone plinth before a soft wall: the product photograph."""
    view = sample_view(rng, pitch=(-0.34, -0.08), focal=(1.4, 2.6), contact=(0.74, 0.92), unseen=0.0)
    light = sample_light(rng, azimuth=(15, 120), elevation=(12, 60), softness=(0.05, 0.9), fill=(0.06, 0.35))
    stone = rng.random() < 0.4
    floor_kind = "marble" if stone else rng.choice(["wood", "plaster", "concrete"], p=[0.6, 0.25, 0.15])
    floor_color = (
        WOOD[rng.integers(len(WOOD))] if floor_kind == "wood" else hue_color(rng, (0.05, 0.5), (0.3, 0.7))
    )
    color = hue_color(rng, (0.05, 0.6), (0.12, 0.65))
    shot = lit_set(
        rng,
        view,
        light,
        "marble" if stone else "table",
        wall=rng.uniform(1.0, 2.0),
        sweep=0.0,
        ledge=rng.uniform(0.3, 0.7),
        wall_kind=rng.choice(["paper", "plaster", "canvas"]),
        wall_color=color,
        floor_kind=floor_kind,
        floor_color=floor_color,
        gobo=0.6,
        background_light=rng.uniform(0.1, 0.6) if rng.random() < 0.3 else 0,
        gloss=rng.uniform(0.2, 1.0),
        blur=float(rng.uniform(0.005, 0.05)),
    )
    shot.linear = optics.expose(shot.linear, 75, rng.uniform(0.18, 0.42)) * optics.vignette(
        view.size, rng.uniform(0, 0.7)
    )
    return shot


def gelled_wall(rng):
    """A dark wall between two coloured lamps, one on each side: neon portrait light."""
    view = sample_view(rng, pitch=(-0.10, 0.08), unseen=0.7)
    light = sample_light(rng, azimuth=(50, 120), elevation=(0, 35), softness=(0.1, 0.6))
    hue = rng.random()
    other = hue + rng.choice([0.33, 0.45, 0.5, 0.6])
    light.key, light.ambient = (hue_color(rng, (0.75, 0.98), (1, 1), [h % 1]) for h in (hue, other))
    light.key = light.key / (light.key @ optics.LUMINANCE + 0.15)
    light.ambient = (
        light.ambient / (light.ambient @ optics.LUMINANCE + 0.15) * np.float32(rng.uniform(0.25, 0.6))
    )
    point, normal, _on_floor, _ = set_surfaces(view, rng.uniform(0.7, 1.4), 0.0)
    to_light = light.world(view)
    lamp = np.float32([0, 0.5, -0.2]) + rng.uniform(1.0, 1.8) * to_light * np.float32([1, 1, 0.5])
    rival = lamp * np.float32([-1, 1, 1])
    keys = [softbox(rng, point, normal, p, 0.35) for p in (lamp, rival)]
    albedo = material(
        rng,
        rng.choice(["plaster", "concrete", "paper"]),
        hue_color(rng, (0, 0.1), (0.25, 0.5)),
        point[..., 0],
        point[..., 1] - point[..., 2],
        float(to_light[0]),
        0.3,
    )
    scale = np.percentile(keys[0], 75)
    image = albedo * (
        light.key * (keys[0] / scale)[..., None] + light.ambient * (keys[1] / scale)[..., None] + 0.01
    )
    tube = 0.0
    if rng.random() < 0.4:
        x0, w = (
            np.sign(to_light[0]) * rng.uniform(0.25, 0.45) * view.size[1] / view.size[0],
            rng.uniform(0.006, 0.012),
        )
        line = np.exp(-(((view.x - x0 - rng.normal(0, 0.1) * (view.y - 0.5)) / w) ** 4)) * (
            np.abs(view.y - 0.4) < rng.uniform(0.25, 0.6)
        )
        tube = 6 * light.key * line[..., None]
    blur = float(rng.uniform(0.004, 0.03))
    image = optics.lens_blur(
        (image / np.percentile(image @ optics.LUMINANCE, 80) * 0.3 + tube).astype(np.float32),
        blur * view.size[0],
    )
    return Shot(optics.bloom(image, 0.12), view, light, "neon", blur)
