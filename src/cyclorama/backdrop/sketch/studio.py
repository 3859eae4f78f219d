"""Places made of a wall and a floor: seamless paper, walls, table and plinth, coloured lamps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyclorama.backdrop.sketch.film import expose, vignette
from cyclorama.backdrop.sketch.lens import bloom, lens_blur
from cyclorama.backdrop.sketch.materials import WOOD, cover
from cyclorama.backdrop.sketch.noise import hue_color
from cyclorama.backdrop.sketch.sets import Set, build, light_set, softbox
from cyclorama.backdrop.sketch.view import LUMINANCE, Light, Rng, Sketch, View, vector
from cyclorama.core.arrays import FloatArray

__all__ = ["gelled_wall", "plain_wall", "studio_sweep", "table_top"]

_PAPER_HUES = (0.04, 0.08, 0.1, 0.12, 0.3, 0.42, 0.56, 0.6, 0.64, 0.96)
_WALL_HUES = (0.06, 0.09, 0.11, 0.55, 0.6, 0.35, 0.02)


def studio_sweep(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """Seamless paper that curves from floor to wall, lit by a softbox."""
    # Rolls as they are sold: most are white, grey or black; the colours are muted.
    if rng.random() < 0.6:
        color = hue_color(rng, (0.0, 0.08), (0.05, 0.85))
    else:
        color = hue_color(rng, (0.12, 0.5), (0.1, 0.6), _PAPER_HUES)
    chosen = Set(
        wall=rng.uniform(0.9, 2.2),
        sweep=rng.uniform(0.4, 0.9),
        wall_kind="paper",
        wall_color=color,
        background_light=rng.uniform(0.2, 1.0) if rng.random() < 0.4 else 0.0,
    )
    linear = light_set(rng, view, light, blur, chosen)
    linear = expose(linear, 60, 0.07 + 0.62 * float(color @ LUMINANCE))
    return Sketch(linear * vignette(view.size, rng.uniform(0, 0.5)))


def plain_wall(rng: Rng, view: View, light: Light, blur: float, kind: str) -> Sketch:
    """A wall of plaster, concrete or painted canvas, softly lit or with a window's pattern."""
    gray = kind == "concrete"
    color = (
        hue_color(rng, (0.0, 0.08), (0.15, 0.5))
        if gray
        else hue_color(rng, (0.05, 0.5), (0.08, 0.6), _WALL_HUES)
    )
    canvas = kind == "canvas"
    chosen = Set(
        wall=rng.uniform(0.7, 1.8),
        sweep=0.5 if canvas else 0.0,
        wall_kind=kind,
        wall_color=color,
        gobo=0.0 if canvas else 0.55,
        background_light=rng.uniform(0.1, 0.8) if rng.random() < 0.35 else 0.0,
    )
    if view.contact_row is not None and not canvas:
        chosen = replace(chosen, floor_kind="wood", floor_color=_any_wood(rng))
    linear = expose(light_set(rng, view, light, blur, chosen), 75, rng.uniform(0.12, 0.42))
    return Sketch(linear * vignette(view.size, rng.uniform(0.1, 1.0)))


def table_top(rng: Rng, view: View, light: Light, blur: float, stone: bool) -> Sketch:
    """A table or stone plinth before a soft wall: the product photograph."""
    kind = "marble" if stone else str(rng.choice(["wood", "plaster", "concrete"], p=[0.6, 0.25, 0.15]))
    chosen = Set(
        wall=rng.uniform(1.0, 2.0),
        ledge=rng.uniform(0.3, 0.7),
        floor_kind=kind,
        floor_color=_any_wood(rng) if kind == "wood" else hue_color(rng, (0.05, 0.5), (0.3, 0.7)),
        wall_kind=str(rng.choice(["paper", "plaster", "canvas"])),
        wall_color=hue_color(rng, (0.05, 0.6), (0.12, 0.65)),
        gobo=0.6,
        background_light=rng.uniform(0.1, 0.6) if rng.random() < 0.3 else 0.0,
        gloss=rng.uniform(0.2, 1.0),
    )
    linear = expose(light_set(rng, view, light, blur, chosen), 75, rng.uniform(0.18, 0.42))
    return Sketch(linear * vignette(view.size, rng.uniform(0, 0.7)))


def gelled_wall(rng: Rng, view: View, light: Light, blur: float) -> Sketch:
    """A dark wall between two lamps, one on each side, in the colours of key and ambient light."""
    hits = build(view, rng.uniform(0.7, 1.4))
    to_light = light.world(view)
    lamp = vector(0, 0.5, -0.2) + rng.uniform(1.0, 1.8) * to_light * vector(1, 1, 0.5)
    lamps = [softbox(rng, hits, at.astype(np.float32), 0.35) for at in (lamp, lamp * vector(-1, 1, 1))]
    x, y, z = (hits.point[..., k] for k in range(3))
    kind = str(rng.choice(["plaster", "concrete", "paper"]))
    albedo = cover(rng, kind, hue_color(rng, (0, 0.1), (0.25, 0.5)), x, y - z, float(to_light[0]), 0.3)
    strong, weak = (level / max(float(np.percentile(lamps[0], 75)), 1e-4) for level in lamps)
    image = albedo * (light.key * strong[..., None] + _rival(rng, light) * weak[..., None] + 0.01)
    image = image / max(float(np.percentile(image @ LUMINANCE, 80)), 1e-5) * 0.3
    if rng.random() < 0.4:
        image = image + _tube(rng, view, light, float(np.sign(to_light[0])))
    return Sketch(bloom(lens_blur(image.astype(np.float32), blur * view.height_px), 0.12))


def _rival(rng: Rng, light: Light) -> FloatArray:
    """Colour of the weaker lamp: the ambient light's; a gel where that is white, since neon is not."""
    ambient = light.ambient
    if float(ambient.max() - ambient.min()) > 0.35 * float(ambient.max()):
        return ambient
    gel = hue_color(rng, (0.75, 0.98), (1, 1))
    return np.asarray(gel / (gel @ LUMINANCE + 0.15) * np.maximum(ambient @ LUMINANCE, 0.25), np.float32)


def _tube(rng: Rng, view: View, light: Light, side: float) -> FloatArray:
    """A fluorescent tube on the light's side."""
    at, width = side * rng.uniform(0.25, 0.45) * 2 * view.half_width, rng.uniform(0.006, 0.012)
    across = view.x - at - rng.normal(0, 0.1) * (view.y - 0.5)
    line = np.exp(-((across / width) ** 4)) * (np.abs(view.y - 0.4) < rng.uniform(0.25, 0.6))
    return np.asarray(6 * light.key * line[..., None], np.float32)


def _any_wood(rng: Rng) -> FloatArray:
    return np.asarray(WOOD[rng.integers(len(WOOD))], np.float32)
