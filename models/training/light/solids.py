"""Random solids that look enough like what people photograph: busts, figures, animals, bottles, boxes, cloth, blobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from people import bust, figure, seated
from primitives import CLOTH, HAIR, LEGS, SKIN, Rng, Rows, any_turn, limb, row, turn
from tracing import BOX, CAPSULE, CYLINDER, ELLIPSOID, KNOTS, LATHE, TORUS

__all__ = ["KINDS", "Solid", "random_solid"]


@dataclass(frozen=True)
class Solid:
    """Primitives and relief as :func:`tracing.trace_solid` takes them, and how they stand before the camera."""

    kind: str
    primitives: np.ndarray
    relief: np.ndarray
    own_axes: np.ndarray
    pitch: float


def blob(rng: Rng) -> Rows:
    blend = float(rng.choice([0.015, 0.08, 0.2, 0.35]))
    out = []
    for i in range(int(rng.integers(1, 7))):
        kind = int(rng.choice([ELLIPSOID, ELLIPSOID, ELLIPSOID, BOX, CAPSULE, TORUS, CYLINDER]))
        size = rng.uniform(0.14, 0.5, 3) * (1.35 if i == 0 else 1)
        if kind == TORUS:
            size = np.array([rng.uniform(0.28, 0.45), rng.uniform(0.07, 0.18), 0.1])
        center = np.zeros(3) if i == 0 else rng.normal(size=3) * [0.34, 0.38, 0.3]
        out.append(row(kind, center, size, any_turn(rng), rng.uniform(0.02, 0.1), blend, i))
    return out


def bottle(rng: Rng) -> Rows:
    """Bottles, vases, cups: a lathe with a cap or a handle."""
    half, wide = rng.uniform(0.4, 0.85), rng.uniform(0.25, 0.45)
    radii = np.clip(0.75 + np.cumsum(rng.normal(0, 0.22, KNOTS)), 0.3, 1.3)
    if rng.random() < 0.4:
        neck = int(rng.integers(4, 6))
        radii[:neck] = radii[:neck].mean() + rng.normal(0, 0.05, neck)
        radii[neck:] = radii[0] * rng.uniform(0.25, 0.5)
    out = [row(LATHE, (0, 0, 0), (wide, half, 0), edge=0.02, radii=radii)]
    if rng.random() < 0.5:
        cap = wide * radii[-1] * rng.uniform(0.8, 1.2)
        out.append(
            row(CYLINDER, (0, half + 0.07, 0), (max(cap, 0.05), rng.uniform(0.05, 0.16)), edge=0.02, part=1)
        )
    if rng.random() < 0.35:
        upright = turn(1, rng.uniform(0, 6.28)) @ turn(0, np.pi / 2)
        center = turn(1, rng.uniform(-1.2, 1.2)) @ [wide * 1.05, rng.uniform(-0.1, 0.2), 0]
        out.append(row(TORUS, center, (half * 0.4, 0.05, 0), upright, blend=0.04))
    if rng.random() < 0.4:
        band = wide * 1.02 * float(np.interp(2.2, np.arange(KNOTS), radii))
        out.append(
            row(CYLINDER, (0, -0.12, 0), (band, half * rng.uniform(0.1, 0.35)), edge=0.01, blend=0.01, part=2)
        )
    return out


def boxes(rng: Rng) -> Rows:
    """Stacked boxes, books, cylinders."""
    out, y = [], -0.6
    for i in range(int(rng.integers(1, 5))):
        size = rng.uniform(0.12, 0.5, 3) * ([1, 0.35, 1] if rng.random() < 0.3 else [1, 1, 1])
        center = (rng.normal() * 0.08, y + size[1], rng.normal() * 0.08)
        kind = int(rng.choice([BOX, BOX, BOX, CYLINDER]))
        out.append(row(kind, center, size, turn(1, rng.uniform(0, 6.28)), rng.uniform(0.005, 0.08), 0.01, i))
        y += 2 * size[1]
    return out


def draped(rng: Rng) -> Rows:
    """Cloth over something: a torso, a cone, a cushion; its folds are relief."""
    choice = int(rng.integers(3))
    if choice == 0:
        radii = np.linspace(rng.uniform(0.9, 1.3), rng.uniform(0.2, 0.6), KNOTS) + rng.normal(0, 0.06, KNOTS)
        return [row(LATHE, (0, 0, 0), (0.5, 0.75, 0), edge=0.05, radii=np.maximum(radii, 0.15), part=CLOTH)]
    if choice == 1:
        size = (rng.uniform(0.45, 0.7), rng.uniform(0.3, 0.6), rng.uniform(0.12, 0.25))
        return [row(BOX, (0, 0, 0), size, any_turn(rng), 0.1, 0.05, CLOTH)]
    out = [row(ELLIPSOID, (0, 0.05, 0), (0.36, 0.6, 0.24), blend=0.1, part=CLOTH)]
    for side in (-1, 1):
        hand = (side * rng.uniform(0.35, 0.75), rng.uniform(-0.45, 0.25), rng.uniform(0, 0.3))
        out.append(limb((side * 0.28, 0.42, 0), hand, rng.uniform(0.1, 0.14), 0.12, CLOTH))
    return out


def animal(rng: Rng) -> Rows:
    """Four legs, a head, ears, perhaps a tail; or one that sits."""
    u = rng.uniform
    long, sitting = u(0.3, 0.5), rng.random() < 0.4
    lean = turn(2, u(0.6, 1.2) if sitting else u(-0.1, 0.1))
    out = [row(ELLIPSOID, (0, 0, 0), (long, u(0.2, 0.3), u(0.18, 0.28)), lean, blend=0.1)]
    head = lean @ [long * 1.05, u(0.1, 0.3), 0]
    size = u(0.15, 0.26)
    out += [
        row(ELLIPSOID, head, (size, size * u(0.8, 1), size * 0.9), blend=0.1),
        row(
            ELLIPSOID,
            head + np.array([size * 0.8, -0.03, 0]),
            (u(0.06, 0.14), 0.07, 0.08),
            blend=0.06,
            part=1,
        ),
        limb((lean @ [long * 0.7, 0.05, 0]), head, 0.12, 0.12, 0),
    ]
    for s in (-1, 1):
        ear = head + np.array([u(-0.08, 0.03), size * 0.9, s * size * 0.6])
        out.append(row(ELLIPSOID, ear, (0.05, u(0.07, 0.2), 0.04), turn(2, u(-0.5, 0.5)), blend=0.04))
        for f in (-1, 1):
            hip = lean @ np.array([f * long * 0.65, -0.1, s * 0.13])
            out.append(limb(hip, (hip[0] + u(-0.06, 0.06), -0.5, hip[2]), u(0.05, 0.08), 0.06, 0))
    if rng.random() < 0.7:
        root = lean @ np.array([-long, 0.05, 0])
        out.append(limb(root, root + np.array([-0.25, u(-0.1, 0.3), 0]), 0.045, 0.06, 2))
    return out


KINDS: dict[str, tuple[float, Callable[[Rng], Rows]]] = {
    "bust": (0.22, bust),
    "blob": (0.15, blob),
    "figure": (0.12, figure),
    "bottle": (0.11, bottle),
    "animal": (0.1, animal),
    "boxes": (0.08, boxes),
    "draped": (0.08, draped),
    "seated": (0.14, seated),
}


def _relief(rng: Rng, kind: str) -> np.ndarray:
    """Bumps all over, folds in cloth, strands in hair."""

    def entry(height, part, style, frequency, across=(1, 0, 0), along=(0, 1, 0)):
        return np.concatenate([[height, part, style, frequency], rng.uniform(0, 6.28, 6), across, along])

    out = []
    wavy = rng.normal([1, 0, 0], 0.3)
    if kind in ("bust", "figure", "draped", "seated"):
        deep = {"bust": 0.012, "figure": 0.01, "draped": 0.035, "seated": 0.02}[kind]
        fold = entry(
            deep * rng.uniform(0.2, 1.3),
            CLOTH,
            1,
            rng.uniform(8, 24),
            wavy,
            rng.normal([0, 1, 0], 0.4),
        )
        out.append(fold)
        if rng.random() < 0.75:
            out.append(entry(rng.uniform(0.002, 0.014), HAIR, 1, rng.uniform(20, 60), wavy))
        if kind == "bust" and rng.random() < 0.5:
            out.append(entry(rng.uniform(0.001, 0.005), SKIN, 0, rng.uniform(8, 22)))
        if kind in ("figure", "seated"):
            out.append(entry(rng.uniform(0, 0.01), LEGS, 1, rng.uniform(10, 26), wavy))
    elif rng.random() < 0.6:
        coarse = rng.random() < 0.5
        height, frequency = ((0.004, 0.045), (3, 9)) if coarse else ((0.001, 0.009), (10, 32))
        style = int(rng.random() < 0.25)
        across = rng.normal(size=3)
        out.append(
            entry(rng.uniform(*height), -1, style, rng.uniform(*frequency), across / np.linalg.norm(across))
        )
    return np.array(out or [np.zeros(16)], np.float32)


def random_solid(rng: Rng, kind: str | None = None) -> Solid:
    """Draw a solid, turned to and framed by the camera as people photograph such things."""
    names = list(KINDS)
    kind = kind or str(rng.choice(names, p=[share for share, _ in KINDS.values()]))
    rows = np.array(KINDS[kind][1](rng))
    pitch = float(rng.normal(-0.14, 0.18))
    yaw = {"bust": rng.normal(0, 0.55), "figure": rng.normal(0, 0.9), "seated": rng.normal(0, 0.7)}.get(
        kind, rng.uniform(0, 6.28)
    )
    pose = turn(1, yaw)
    if kind == "bust":
        pose = pose @ turn(0, rng.normal(0, 0.15)) @ turn(2, rng.normal(0, 0.12))
    if kind in ("blob", "draped") and rng.random() < 0.5:
        pose = any_turn(rng)
    axes = turn(2, rng.normal(0, 0.05)) @ turn(0, -pitch) @ pose
    rows[:, 1:4] = rows[:, 1:4] @ axes.T
    rows[:, 4:13] = (rows[:, 4:13].reshape(-1, 3, 3) @ axes.T).reshape(-1, 9)
    center, scale = _frame(rng, rows, kind, axes)
    rows[:, 1:4] = (rows[:, 1:4] - center) * scale
    for column in (13, 14, 15, 16, 17, 20):
        rows[:, column] *= scale
    relief = _relief(rng, kind)
    return Solid(kind, rows.astype(np.float32), relief, axes.T.astype(np.float32), pitch)


def _frame(rng: Rng, rows: np.ndarray, kind: str, axes: np.ndarray) -> tuple[np.ndarray, float]:
    """Where to look and how near: all of it, or, for a bust, head and shoulders cut by the picture's edge."""
    solid = rows[rows[:, 19] < 0.5]
    if kind == "bust":
        return axes @ [0, rng.uniform(-0.45, 0.1), 0], float(rng.uniform(1.0, 1.75))
    low, high = (solid[:, 1:4] - solid[:, 20:21]).min(0), (solid[:, 1:4] + solid[:, 20:21]).max(0)
    return (low + high) / 2, float(rng.uniform(0.85, 1.05) / max((high - low)[:2].max() / 2, 0.2))
