"""Things that stand on the ground, one unit high, made of Blender's primitives."""

from __future__ import annotations

import math
from collections.abc import Callable

import bpy
import numpy as np

__all__ = ["KINDS", "build"]

Rng = np.random.Generator


def ball(center, radii, turn=(0, 0, 0)) -> None:
    bpy.ops.mesh.primitive_uv_sphere_add(segments=32, ring_count=16, location=center, rotation=turn)
    bpy.context.object.scale = radii
    bpy.ops.object.shade_smooth()


def block(center, size, turn: float = 0.0) -> None:
    bpy.ops.mesh.primitive_cube_add(size=1, location=center, rotation=(0, 0, turn))
    bpy.context.object.scale = size


def rod(start, end, radius: float) -> None:
    start, end = np.asarray(start, float), np.asarray(end, float)
    axis = end - start
    length = float(np.linalg.norm(axis))
    turn = (0, math.acos(axis[2] / length), math.atan2(axis[1], axis[0]))
    bpy.ops.mesh.primitive_cylinder_add(
        radius=radius, depth=length, location=tuple((start + end) / 2), rotation=turn
    )
    bpy.ops.object.shade_smooth()
    for point in (start, end):
        ball(tuple(point), (radius, radius, radius))


def turned(profile: list[tuple[float, float]]) -> None:
    """A lathe of (radius, height) points."""
    steps = 40
    ring = np.linspace(0, 2 * math.pi, steps, endpoint=False)
    vertices = [(r * math.cos(a), r * math.sin(a), h) for r, h in profile for a in ring]
    faces = []
    for i in range(len(profile) - 1):
        for j in range(steps):
            k = (j + 1) % steps
            faces.append((i * steps + j, i * steps + k, (i + 1) * steps + k, (i + 1) * steps + j))
    mesh = bpy.data.meshes.new("turned")
    mesh.from_pydata(vertices, [], faces)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("turned", mesh))


def bottle(rng: Rng) -> None:
    r, neck, shoulder = rng.uniform(0.12, 0.22), rng.uniform(0.03, 0.07), rng.uniform(0.5, 0.72)
    turned([(0, 0), (r, 0), (r, shoulder), (neck, shoulder + 0.13), (neck, 1), (0, 1)])


def vase(rng: Rng) -> None:
    heights = np.linspace(0, 1, 9)
    radii = np.interp(heights, np.linspace(0, 1, 5), rng.uniform(0.1, 0.34, 5))
    turned([(0, 0), *zip(radii.tolist(), heights.tolist(), strict=True), (0, 1)])


def mug(rng: Rng) -> None:
    r = rng.uniform(0.35, 0.5)
    turned([(0, 0), (r, 0), (r, 1), (r - 0.04, 1), (r - 0.04, 0.05), (0, 0.05)])
    side = rng.uniform(0, 2 * math.pi)
    center = ((r + 0.1) * math.cos(side), (r + 0.1) * math.sin(side), 0.5)
    bpy.ops.mesh.primitive_torus_add(
        location=center, rotation=(math.pi / 2, 0, side), major_radius=0.26, minor_radius=0.05
    )


def box(rng: Rng) -> None:
    block((0, 0, 0.5), (rng.uniform(0.4, 1.1), rng.uniform(0.3, 0.9), 1), rng.uniform(0, math.pi))


def stack(rng: Rng) -> None:
    block((0, 0, 0.2), (0.9, 0.65, 0.4), rng.uniform(0, 0.6))
    block((0.05, 0, 0.525), (0.65, 0.5, 0.25), rng.uniform(0, 1.2))
    ball((0, 0, 0.825), (0.175, 0.175, 0.175))


def person(rng: Rng) -> None:
    turn = rng.uniform(-0.9, 0.9)

    def at(x, y, z):
        return (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn), z)

    ball(at(0, 0, 0.92), (0.06, 0.07, 0.08))
    ball(at(0, 0, 0.66), (0.125, 0.085, 0.2), (0, 0, turn))
    ball(at(0, 0, 0.5), (0.11, 0.08, 0.09), (0, 0, turn))
    for s in (-1, 1):
        stride = s * rng.uniform(0, 0.16)
        knee = at(s * 0.065, stride * 0.5 - 0.02, 0.26)
        foot = at(s * 0.07, stride, 0.035)
        rod(at(s * 0.06, 0, 0.48), knee, 0.05)
        rod(knee, foot, 0.035)
        ball(at(s * 0.07, stride - 0.035, 0.022), (0.032, 0.07, 0.022), (0, 0, turn))
        spread = rng.uniform(0.02, 0.2)
        elbow = at(s * (0.14 + spread * 0.7), 0, 0.63)
        rod(at(s * 0.12, 0, 0.8), elbow, 0.034)
        rod(elbow, at(s * (0.14 + spread), rng.uniform(-0.14, 0.02), 0.49), 0.027)


def animal(rng: Rng) -> None:
    turn = rng.uniform(0, 2 * math.pi)
    c, s = math.cos(turn), math.sin(turn)

    def at(x, y, z):
        return (x * c - y * s, x * s + y * c, z)

    ball(at(0, 0, 0.55), (0.42, 0.17, 0.19), (0, 0, turn))
    ball(at(0.46, 0, 0.84), (0.17, 0.11, 0.13), (0, 0, turn))
    rod(at(0.3, 0, 0.6), at(0.44, 0, 0.8), 0.09)
    rod(at(-0.4, 0, 0.6), at(-0.6, 0, 0.8), 0.03)
    for x in (-0.3, 0.3):
        for y in (-0.1, 0.1):
            rod(at(x, y, 0.5), at(x + rng.uniform(-0.05, 0.05), y, 0.05), 0.05)


def chair(rng: Rng) -> None:
    turn = rng.uniform(0, 2 * math.pi)
    c, s = math.cos(turn), math.sin(turn)
    for x in (-0.2, 0.2):
        for y in (-0.2, 0.2):
            rod(
                (x * c - y * s, x * s + y * c, 0.02),
                (x * c - y * s, x * s + y * c, 0.5 if y < 0 else 0.97),
                0.022,
            )
    block((0, 0, 0.5), (0.46, 0.46, 0.05), turn)
    block((-0.2 * s, 0.2 * c, 0.8), (0.44, 0.03, 0.3), turn)


def plant(rng: Rng) -> None:
    turned([(0, 0), (0.15, 0), (0.2, 0.3), (0, 0.3)])
    for _ in range(9):
        a, lean, top = rng.uniform(0, 2 * math.pi), rng.uniform(0.05, 0.3), rng.uniform(0.6, 0.92)
        tip = (lean * math.cos(a), lean * math.sin(a), top)
        rod((0, 0, 0.28), tip, 0.012)
        ball(tip, (0.12, 0.06, 0.02), (rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), a))


def sphere(rng: Rng) -> None:
    del rng
    ball((0, 0, 0.5), (0.5, 0.5, 0.5))


def shoe(rng: Rng) -> None:
    turn = rng.uniform(0, 2 * math.pi)
    c, s = math.cos(turn), math.sin(turn)
    block((0, 0, 0.07), (1.9, 0.6, 0.14), turn)
    ball((0.45 * c, 0.45 * s, 0.25), (0.5, 0.29, 0.25), (0, 0, turn))
    ball((-0.45 * c, -0.45 * s, 0.5), (0.45, 0.27, 0.5), (0, 0, turn))


def cone(rng: Rng) -> None:
    r = rng.uniform(0.25, 0.5)
    turned([(0, 0), (r, 0), (r, 0.08), (r * 0.75, 0.09), (0.05, 1), (0, 1)])


KINDS: dict[str, Callable[[Rng], None]] = {
    build.__name__: build
    for build in (bottle, person, box, vase, animal, mug, chair, stack, plant, sphere, shoe, cone, person)
}


def build(kind: str, rng: Rng) -> list[bpy.types.Object]:
    """Put a thing into the scene; return its parts."""
    before = set(bpy.context.scene.objects)
    KINDS[kind](rng)
    parts = [item for item in bpy.context.scene.objects if item not in before]
    material = bpy.data.materials.new("thing")
    material.use_nodes = True
    color = (*rng.uniform(0.1, 0.7, 3), 1)
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = color
    for part in parts:
        part.data.materials.append(material)
    return parts
