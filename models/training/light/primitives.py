"""Primitives in rows, as the tracer takes them."""

from __future__ import annotations

import numpy as np
from tracing import BOX, CAPSULE, COLUMNS, CYLINDER, ELLIPSOID, LATHE, TORUS

__all__ = ["CLOTH", "EYES", "HAIR", "LEGS", "LIPS", "SKIN", "Rng", "Rows", "any_turn", "limb", "row", "turn"]

Rng = np.random.Generator
Rows = list[np.ndarray]
#: Parts of people that have materials of their own; other solids number their parts as they like.
SKIN, HAIR, CLOTH, EYES, LIPS, LEGS = range(6)
STILL = np.eye(3)


def turn(axis: int, angle: float) -> np.ndarray:
    """Rotation matrix about x (0), y (1) or z (2)."""
    c, s = np.cos(angle), np.sin(angle)
    out = np.eye(3)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    out[i, i], out[i, j], out[j, i], out[j, j] = c, -s, s, c
    return out


def any_turn(rng: Rng) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.sign(np.linalg.det(q))


def row(
    kind, center, size, rotation=STILL, edge=0.0, blend=0.03, part=0, carve=False, radii=()
) -> np.ndarray:
    """One primitive; ``rotation`` takes its own axes to the solid's."""
    out = np.zeros(COLUMNS)
    out[0], out[1:4], out[4:13] = kind, center, np.asarray(rotation).T.ravel()
    out[13 : 13 + len(size)], out[16], out[17], out[18], out[19] = size, edge, max(blend, 1e-3), part, carve
    if kind == LATHE:
        out[21:] = radii
    a, b, c = out[13:16]
    reach = {
        ELLIPSOID: max(a, b, c),
        BOX: np.hypot(np.hypot(a, b), c),
        CAPSULE: a + b,
        TORUS: a + b,
        CYLINDER: np.hypot(a, b),
        LATHE: np.hypot(a * max(out[21:]), b),
    }
    out[20] = reach[kind] + 1e-3
    return out


def limb(start, end, radius, blend, part) -> np.ndarray:
    """A capsule between two points."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    axis = end - start
    length = np.linalg.norm(axis) + 1e-9
    v = axis / length
    u = np.cross(v, [0.3, 0.1, 0.9])
    u /= np.linalg.norm(u)
    return row(
        CAPSULE, (start + end) / 2, (radius, length / 2), np.stack([u, v, np.cross(u, v)], 1), 0, blend, part
    )
