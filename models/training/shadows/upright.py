"""Solids that stand on the ground, to learn from: other code than that of the things that are measured."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "light"))
from people import figure
from primitives import Rng, Rows, limb, row, turn
from solids import animal, blob, bottle, boxes, draped
from tracing import BOX, CYLINDER, ELLIPSOID, KNOTS, LATHE, TORUS

__all__ = ["KINDS", "random_upright"]


def bar(start, end, radius) -> np.ndarray:
    return limb(start, end, radius, 0.005, 0)


def furniture(rng: Rng) -> Rows:
    """Chairs, stools, tables, benches: a top on legs, perhaps a back."""
    u = rng.uniform
    wide, deep, seat, thin = u(0.16, 0.5), u(0.16, 0.32), u(0.3, 0.6), u(0.012, 0.035)
    back = u(0.25, 0.6) if rng.random() < 0.6 else 0.0
    thick = u(0.012, 0.05)
    round_top = rng.random() < 0.2 and not back
    out = [
        row(CYLINDER, (0, seat, 0), (wide, thick), edge=0.005)
        if round_top
        else row(BOX, (0, seat, 0), (wide, thick, deep), edge=0.005)
    ]
    inset, splay = u(0.6, 0.97) * (0.7 if round_top else 1), u(0, 0.06)
    deep = wide if round_top else deep
    for x in (-1, 1):
        for z in (-1, 1):
            foot = (x * (wide * inset + splay), thin, z * (deep * inset + splay))
            out.append(bar(foot, (x * wide * inset, seat, z * deep * inset), thin))
    if back:
        lean = u(0, 0.1)
        for x in (-1, 1):
            top = (x * wide * inset, seat + back, -deep * inset - lean)
            out.append(bar((x * wide * inset, seat, -deep * inset), top, thin))
        low = u(0.1, 0.75) * back
        panel = (wide * 0.95, (back - low) / 2, thin * u(0.6, 1))
        middle = (0, seat + (back + low) / 2, -deep * inset - lean * (back + low) / (2 * back))
        out.append(row(BOX, middle, panel, edge=0.005))
    if rng.random() < 0.3:
        rung = seat * u(0.3, 0.6)
        out += [
            bar((x * wide * inset, rung, -deep * inset), (x * wide * inset, rung, deep * inset), thin * 0.8)
            for x in (-1, 1)
        ]
    return out


def footwear(rng: Rng) -> Rows:
    """A shoe or boot, or two."""
    u = rng.uniform
    out: Rows = []
    apart = u(0.2, 0.45)
    for side in (-1, 1) if rng.random() < 0.4 else (0,):
        x, z, long, wide, tall = (
            side * apart,
            u(-0.15, 0.15) * side,
            u(0.5, 0.75),
            u(0.16, 0.24),
            u(0.25, 0.7),
        )
        sole = u(0.03, 0.1)
        out += [
            row(BOX, (x, sole, z), (wide, sole, long), edge=0.03),
            row(
                ELLIPSOID,
                (x, sole * 1.5, z + long * 0.45),
                (wide * 0.95, u(0.12, 0.22), long * 0.5),
                blend=0.06,
            ),
            row(
                ELLIPSOID, (x, tall * 0.5, z - long * 0.5), (wide * 0.9, tall * 0.55, long * 0.42), blend=0.1
            ),
        ]
        if tall > 0.5:
            out.append(
                row(
                    CYLINDER,
                    (x, tall * 0.8, z - long * 0.55),
                    (wide * 0.85, tall * 0.4),
                    edge=0.05,
                    blend=0.05,
                )
            )
    return out


def pile(rng: Rng) -> Rows:
    """Things on things: boxes, drums, a ball or a cone on top."""
    u, out, y, reach = rng.uniform, [], 0.0, 0.55
    for _ in range(int(rng.integers(1, 4))):
        size = np.array([reach * u(0.6, 1), u(0.08, 0.3), reach * u(0.45, 1)])
        shape = BOX if rng.random() < 0.75 else CYLINDER
        out.append(row(shape, (u(-0.05, 0.05), y + size[1], u(-0.05, 0.05)), size, turn(1, u(0, 6.28)), 0.01))
        y, reach = y + 2 * size[1], min(size[0], size[2])
    if rng.random() < 0.6:
        r = reach * u(0.4, 0.9)
        out.append(row(ELLIPSOID, (0, y + r, 0), (r, r * u(0.8, 1.1), r)))
    return out


def vessel(rng: Rng) -> Rows:
    """Mugs, jugs, pots, cones, bowls: round things, some with a handle."""
    u = rng.uniform
    half, wide = u(0.2, 0.6), u(0.15, 0.5)
    radii = np.linspace(u(0.4, 1.2), u(0.1, 1.2), KNOTS) * (1 + rng.normal(0, 0.08, KNOTS))
    out = [row(LATHE, (0, half, 0), (wide, half, 0), edge=0.01, radii=np.maximum(radii, 0.06))]
    if rng.random() < 0.5:
        at = wide * float(radii[KNOTS // 2])
        ring = turn(0, np.pi / 2)
        out.append(row(TORUS, (at + 0.05, half, 0), (half * u(0.35, 0.6), u(0.025, 0.06), 0), ring))
    return out


def ball(rng: Rng) -> Rows:
    size = np.full(3, 0.5) if rng.random() < 0.6 else rng.uniform(0.25, 0.6, 3)
    return [row(ELLIPSOID, (0, size[1], 0), size)]


def growth(rng: Rng) -> Rows:
    """A plant in a pot, a bunch of flowers in a vase, a small tree."""
    u = rng.uniform
    tall, wide = u(0.15, 0.4), u(0.1, 0.25)
    out = [
        row(LATHE, (0, tall / 2, 0), (wide, tall / 2, 0), edge=0.01, radii=np.linspace(u(0.6, 1), 1, KNOTS))
    ]
    if rng.random() < 0.25:
        out.append(bar((0, tall, 0), (0, 0.8, 0), u(0.02, 0.05)))
        out += [
            row(ELLIPSOID, (u(-0.2, 0.2), u(0.75, 1.1), u(-0.2, 0.2)), u(0.12, 0.28, 3)) for _ in range(5)
        ]
        return out
    for _ in range(int(rng.integers(4, 12))):
        turned, lean, top = u(0, 6.28), u(0.02, 0.4), u(0.5, 1.0)
        tip = np.array([lean * np.cos(turned), tall + (1 - tall) * top, lean * np.sin(turned)])
        out.append(bar((0, tall * 0.9, 0), tip, u(0.008, 0.018)))
        leaf = (u(0.06, 0.16), u(0.015, 0.06), u(0.03, 0.09))
        out.append(row(ELLIPSOID, tip, leaf, turn(1, -turned) @ turn(2, u(-0.7, 0.7))))
    return out


def walker(rng: Rng) -> Rows:
    """A person with straight joints: standing, striding, arms down or out."""
    u, out = rng.uniform, []
    hip, shoulder, wide = u(0.44, 0.5), u(0.76, 0.83), u(0.09, 0.15)
    out.append(row(ELLIPSOID, (0, 0.91, 0.01), (u(0.05, 0.07), u(0.07, 0.09), u(0.06, 0.08))))
    out.append(bar((0, 0.86, 0), (0, 0.78, 0), 0.035))
    out.append(
        row(ELLIPSOID, (0, (hip + shoulder) / 2 + 0.03, 0), (wide, u(0.17, 0.23), u(0.07, 0.11)), blend=0.05)
    )
    out.append(row(ELLIPSOID, (0, hip + 0.02, 0), (wide * u(0.8, 1), 0.09, u(0.07, 0.1)), blend=0.05))
    leg, arm = u(0.035, 0.06), u(0.024, 0.04)
    stride = u(0, 0.2)
    for s in (-1, 1):
        foot = np.array([s * u(0.05, 0.1), 0.05, s * stride])
        knee = (foot + np.array([s * 0.06, hip, 0])) / 2 + np.array([0, 0, u(0, 0.05)])
        out += [limb((s * 0.06, hip, 0), knee, leg, 0.03, 0), limb(knee, foot, leg * 0.75, 0.02, 0)]
        out.append(row(ELLIPSOID, foot + np.array([0, -0.025, 0.035]), (0.033, 0.026, 0.075)))
        spread, swing = u(0.02, 0.3), u(-0.15, 0.15)
        elbow = np.array([s * (wide + 0.03 + spread * 0.6), shoulder - 0.17, swing * 0.5])
        hand = np.array([s * (wide + 0.03 + spread), shoulder - u(0.2, 0.36), swing + u(-0.05, 0.12)])
        out += [
            limb((s * (wide + 0.01), shoulder - 0.02, 0), elbow, arm, 0.02, 0),
            limb(elbow, hand, arm * 0.8, 0.02, 0),
        ]
    return out


def beast(rng: Rng) -> Rows:
    """An animal on four straight legs, its head up or down."""
    u = rng.uniform
    long, height, wide = u(0.28, 0.5), u(0.35, 0.62), u(0.1, 0.2)
    out = [row(ELLIPSOID, (0, height, 0), (long, u(0.12, 0.22), wide))]
    head = np.array([long + u(0, 0.2), height + u(-0.15, 0.4), 0])
    out.append(limb((long * 0.7, height, 0), head, u(0.05, 0.11), 0.05, 0))
    out.append(
        row(ELLIPSOID, head, (u(0.1, 0.2), u(0.07, 0.14), u(0.07, 0.12)), turn(2, u(-0.6, 0.2)), blend=0.03)
    )
    tail = np.array([-long - u(0, 0.25), height + u(-0.3, 0.3), 0])
    out.append(bar((-long * 0.9, height, 0), tail, u(0.015, 0.04)))
    for x in (-1, 1):
        for z in (-1, 1):
            hip = np.array([x * long * u(0.6, 0.8), height, z * wide * 0.6])
            out.append(limb(hip, (hip[0] + u(-0.07, 0.07), 0.04, hip[2]), u(0.025, 0.055), 0.02, 0))
    return out


KINDS: dict[str, tuple[float, Callable[[Rng], Rows]]] = {
    "furniture": (0.16, furniture), "footwear": (0.09, footwear), "pile": (0.11, pile), "vessel": (0.13, vessel),
    "ball": (0.03, ball), "growth": (0.09, growth), "walker": (0.12, walker), "figure": (0.06, figure),
    "beast": (0.1, beast), "animal": (0.03, animal), "bottle": (0.03, bottle), "boxes": (0.03, boxes),
    "draped": (0.01, draped), "blob": (0.01, blob),
}  # fmt: skip


def random_upright(rng: Rng) -> tuple[str, np.ndarray]:
    """Draw a solid, turned about its upright axis: kind and primitives (n, COLUMNS), y up, not yet on the ground."""
    kind = str(rng.choice(list(KINDS), p=[share for share, _ in KINDS.values()]))
    rows = np.array(KINDS[kind][1](rng))
    yaw = rng.normal(0, 0.9) if kind in ("figure", "walker") else rng.uniform(0, 6.28)
    axes = turn(1, yaw)
    rows[:, 1:4] = rows[:, 1:4] @ axes.T
    rows[:, 4:13] = (rows[:, 4:13].reshape(-1, 3, 3) @ axes.T).reshape(-1, 9)
    return kind, rows
