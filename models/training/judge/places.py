"""Places for the path tracer, each some metres around a subject that stands at the origin; Blender's axes (z up).

The subject itself is not there: it would hide what the judge must read.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable

import bpy
import numpy as np

__all__ = ["OUTDOORS", "PLACES"]

Rng = np.random.Generator
Color = tuple[float, float, float]


def color(rng: Rng, most_saturated: float = 0.5, dark: float = 0.08, bright: float = 0.7) -> Color:
    """A reflectance at random, most of them muted."""
    value = math.exp(rng.uniform(math.log(dark), math.log(bright)))
    return colorsys.hsv_to_rgb(rng.random(), most_saturated * rng.random() ** 1.5, value)


def material(rng: Rng, base: Color, rough: float = 0.7, grain: float = 0.0, size: float = 3.0):
    """A surface; ``grain`` mottles it with noise of ``size`` waves a metre."""
    made = bpy.data.materials.new("surface")
    made.use_nodes = True
    nodes, links = made.node_tree.nodes, made.node_tree.links
    shader = nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*base, 1)
    shader.inputs["Roughness"].default_value = rough
    if grain > 0:
        noise, ramp = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeValToRGB")
        place = nodes.new("ShaderNodeTexCoord")
        links.new(place.outputs["Object"], noise.inputs["Vector"])
        noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = size, 6
        low, high = ramp.color_ramp.elements
        low.position, high.position = 0.3, 0.7
        low.color = (*(channel * (1 - grain) for channel in base), 1)
        high.color = (*(min(channel * (1 + grain), 0.95) for channel in base), 1)
        links.new(noise.outputs[0], ramp.inputs[0])
        links.new(ramp.outputs[0], shader.inputs["Base Color"])
    return made


def glowing(base: Color, strength: float):
    """A surface that shines by itself."""
    made = material(np.random.default_rng(0), (0, 0, 0))
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Emission Color"].default_value = (*base, 1)
    shader.inputs["Emission Strength"].default_value = strength
    return made


def mesh(points, faces, surface, smooth: bool = False):
    data = bpy.data.meshes.new("mesh")
    data.from_pydata([tuple(map(float, p)) for p in points], [], faces)
    data.materials.append(surface)
    if smooth:
        data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    thing = bpy.data.objects.new("thing", data)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def box(center, size, surface, turn: float = 0.0):
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]) * size
    c, s = math.cos(turn), math.sin(turn)
    corners = corners @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + np.asarray(center, float)
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return mesh(corners, faces, surface)


def ball(center, radius, surface):
    bpy.ops.mesh.primitive_uv_sphere_add(
        segments=20, ring_count=12, location=center, scale=np.broadcast_to(radius, 3)
    )
    made = bpy.context.object
    made.data.materials.append(surface)
    bpy.ops.object.shade_smooth()
    return made


def ground(rng: Rng, surface):
    return mesh([(-600, -600, 0), (600, -600, 0), (600, 600, 0), (-600, 600, 0)], [(0, 1, 2, 3)], surface)


def sweep(rng: Rng) -> None:
    """Paper that curves from floor to wall."""
    away, bend = rng.uniform(0.8, 2.2), rng.uniform(0.3, 0.9)
    angles = np.linspace(0, math.pi / 2, 16)
    line = [
        (-6.0, 0.0),
        *((away + bend * math.sin(a), bend * (1 - math.cos(a))) for a in angles),
        (away + bend, 7.0),
    ]
    points = [(x, y, z) for y, z in line for x in (-9, 9)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(line) - 1)]
    mesh(points, faces, material(rng, color(rng, 0.5, 0.05, 0.8), 0.8), smooth=True)


def table(rng: Rng) -> None:
    """A table top before a wall, perhaps with things on it, out of the way."""
    wood = material(rng, color(rng, 0.7, 0.08, 0.5), rng.uniform(0.2, 0.7), 0.4, rng.uniform(2, 12))
    edge, away = rng.uniform(0.3, 0.8), rng.uniform(1.0, 2.6)
    box((0, edge - 3, -0.05), (8, 6, 0.1), wood)
    wall = material(rng, color(rng), 0.9, rng.uniform(0, 0.25), rng.uniform(1, 6))
    box((0, away + 0.1, 0), (12, 0.2, 9), wall)
    for _ in range(rng.integers(0, 4)):
        side = rng.choice([-1, 1]) * rng.uniform(0.3, 0.8)
        tall = rng.uniform(0.1, 0.4)
        box((side, rng.uniform(-0.1, edge), tall / 2), (rng.uniform(0.05, 0.25), rng.uniform(0.05, 0.25), tall),
            material(rng, color(rng), rng.uniform(0.1, 0.9)), rng.uniform(0, 3))  # fmt: skip


def room(rng: Rng) -> None:
    """Floor, walls, furniture like boxes, frames on the wall."""
    deep, wide = rng.uniform(2, 5), rng.uniform(2.2, 5)
    wall = material(rng, color(rng, 0.4, 0.2, 0.8), 0.9)
    ground(rng, material(rng, color(rng, 0.6, 0.08, 0.5), rng.uniform(0.2, 0.8), 0.4, rng.uniform(1, 6)))
    box((0, deep + 0.1, 1.6), (14, 0.2, 3.2), wall)
    shut = rng.choice([-1, 0, 1])
    if shut:
        box((shut * wide, 0, 1.6), (0.2, 14, 3.2), wall)
    for _ in range(rng.integers(1, 5)):
        size = rng.uniform(0.3, 1.4, 3) * [1, 0.7, 0.8]
        at = (rng.uniform(-wide, wide) * 0.9, deep - size[1] / 2 - rng.uniform(0, 1), size[2] / 2)
        box(at, size, material(rng, color(rng, 0.8), rng.uniform(0.2, 0.9), 0.2), rng.normal(0, 0.2))
    for _ in range(rng.integers(0, 4)):
        size = (rng.uniform(0.3, 1.0), 0.04, rng.uniform(0.3, 1.0))
        box(
            (rng.uniform(-wide, wide), deep - 0.02, rng.uniform(1.2, 2.2)),
            size,
            material(rng, color(rng, 0.9)),
        )


def yard(rng: Rng) -> None:
    """A wall out of doors, with pillars and steps that throw shadows."""
    ground(rng, material(rng, color(rng, 0.3, 0.15, 0.5), 0.9, 0.3, rng.uniform(2, 12)))
    stone = material(rng, color(rng, 0.35, 0.2, 0.7), 0.9, rng.uniform(0.05, 0.4), rng.uniform(1, 8))
    away = rng.uniform(1.5, 6)
    box((0, away + 0.3, 0), (60, 0.6, rng.uniform(3, 12)), stone)
    for _ in range(rng.integers(1, 6)):
        size = (rng.uniform(0.2, 1), rng.uniform(0.2, 0.9), rng.uniform(0.5, 5))
        at = (rng.choice([-1, 1]) * rng.uniform(0.9, 5), away - rng.uniform(0.2, 1.5), size[2] / 2)
        box(at, size, stone if rng.random() < 0.5 else material(rng, color(rng, 0.7)))


def _tree(rng: Rng, at, tall: float, leaves, bark) -> None:
    box((at[0], at[1], tall * 0.25), (tall * 0.06, tall * 0.06, tall * 0.5), bark)
    for _ in range(int(rng.integers(3, 8))):
        offset = rng.normal(0, [0.16, 0.16, 0.12], 3) * tall + [0, 0, tall * 0.65]
        size = tall * rng.uniform(0.12, 0.24) * rng.uniform(0.7, 1.2, 3)
        ball((at[0] + offset[0], at[1] + offset[1], offset[2]), size, leaves)


def field(rng: Rng) -> None:
    """Grass, snow, sand or leaves on the ground, trees, hills far away."""
    kinds = [(0.09, 0.14, 0.03), (0.75, 0.76, 0.8), (0.5, 0.38, 0.24), (0.3, 0.14, 0.05), (0.2, 0.2, 0.08)]
    base = kinds[rng.integers(len(kinds))]
    base = tuple(float(np.clip(c * math.exp(rng.normal(0, 0.2)), 0.01, 0.85)) for c in base)
    ground(rng, material(rng, base, 0.9, 0.5, rng.uniform(0.5, 8)))
    leaves = material(rng, tuple(float(c) for c in rng.uniform(0.02, 0.3, 3) * [0.8, 1, 0.4]), 0.8, 0.6, 4)
    bark = material(rng, (0.12, 0.08, 0.05), 0.9)
    for _ in range(rng.integers(0, 9)):
        far = math.exp(rng.uniform(math.log(4), math.log(40)))
        _tree(rng, (far * rng.uniform(-0.7, 0.7), far), rng.uniform(2, 9), leaves, bark)
    for _ in range(rng.integers(0, 4)):
        far = rng.uniform(120, 400)
        ball((far * rng.uniform(-0.8, 0.8), far, 0), (far * 0.4, far * 0.2, far * rng.uniform(0.03, 0.2)),
             material(rng, color(rng, 0.4, 0.05, 0.4), 0.9, 0.3, 0.1))  # fmt: skip


def sea(rng: Rng) -> None:
    """Water to the horizon behind a strip of sand."""
    water = material(rng, (0.01, 0.04, 0.06), rng.uniform(0.05, 0.3))
    nodes, links = water.node_tree.nodes, water.node_tree.links
    noise, bump = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeBump")
    place = nodes.new("ShaderNodeTexCoord")
    links.new(place.outputs["Object"], noise.inputs["Vector"])
    noise.inputs["Scale"].default_value = rng.uniform(0.4, 2)
    bump.inputs["Strength"].default_value = rng.uniform(0.3, 1.0)
    links.new(noise.outputs[0], bump.inputs["Height"])
    links.new(bump.outputs[0], nodes["Principled BSDF"].inputs["Normal"])
    ground(rng, water)
    sand = material(rng, (0.45, 0.36, 0.24), 0.9, 0.3, 6)
    mesh([(-60, -60, 0.05), (60, -60, 0.05), (60, rng.uniform(1, 8), 0.01), (-60, rng.uniform(1, 8), 0.01)],
         [(0, 1, 2, 3)], sand)  # fmt: skip


def street(rng: Rng) -> None:
    """Houses on both sides."""
    ground(rng, material(rng, color(rng, 0.15, 0.1, 0.35), 0.8, 0.2, 3))
    for side in (-1, 1):
        y, away = -4.0, rng.uniform(2.5, 7)
        while y < 60:
            long, deep, tall = rng.uniform(4, 12), rng.uniform(3, 8), rng.uniform(4, 16)
            front = material(rng, color(rng, 0.6, 0.1, 0.7), 0.8, 0.15, 2)
            box((side * (away + deep / 2), y + long / 2, tall / 2), (deep, long * 0.98, tall), front)
            y += long


def night(rng: Rng) -> None:
    """Lamps and windows in the dark."""
    ground(rng, material(rng, color(rng, 0.2, 0.03, 0.12), rng.uniform(0.15, 0.6), 0.3, 3))
    for _ in range(rng.integers(2, 7)):
        size = rng.uniform(3, 12, 3)
        at = (rng.uniform(-14, 14), rng.uniform(8, 40), size[2] / 2)
        box(at, size, material(rng, color(rng, 0.4, 0.03, 0.2)))
    for _ in range(rng.integers(10, 50)):
        far = rng.uniform(5, 40)
        warm = colorsys.hsv_to_rgb(
            float(rng.choice([0.08, 0.1, 0.12, 0.6, 0.0, 0.35])), rng.uniform(0.2, 0.9), 1
        )
        at = (far * rng.uniform(-0.6, 0.6), far, rng.uniform(0.2, 5))
        ball(at, far * rng.uniform(0.002, 0.008), glowing(warm, rng.uniform(20, 120)))


def stage(rng: Rng) -> None:
    """A dark floor before a curtain."""
    ground(rng, material(rng, color(rng, 0.3, 0.03, 0.2), rng.uniform(0.1, 0.6)))
    away, waves = rng.uniform(1.5, 4), rng.uniform(1.5, 5)
    x = np.linspace(-9, 9, 240)
    y = away + 0.15 * np.sin(waves * x * 2) + 0.05 * np.sin(waves * x * 5.3)
    points = [(a, b, z) for a, b in zip(x, y, strict=True) for z in (0, 8)]
    faces = [(2 * i, 2 * i + 2, 2 * i + 3, 2 * i + 1) for i in range(len(x) - 1)]
    mesh(points, faces, material(rng, color(rng, 0.8, 0.05, 0.4), 0.9), smooth=True)


#: Places under a lamp, and those under sun and sky.
PLACES: dict[str, Callable[[Rng], None]] = {
    "sweep": sweep, "table": table, "room": room, "night": night, "stage": stage,
    "yard": yard, "field": field, "sea": sea, "street": street,
}  # fmt: skip
OUTDOORS = frozenset({"yard", "field", "sea", "street"})
