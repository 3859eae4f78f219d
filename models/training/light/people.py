"""People: busts with hair, whole figures, and people and statues that sit."""

from __future__ import annotations

import numpy as np
from primitives import CLOTH, EYES, HAIR, LEGS, LIPS, SKIN, Rng, Rows, limb, row, turn
from tracing import BOX, CYLINDER, ELLIPSOID, KNOTS, LATHE, TORUS

__all__ = ["bust", "figure", "seated"]


def bust(rng: Rng) -> Rows:
    """Head and shoulders."""
    u = rng.uniform
    w, h, d = u(0.29, 0.37), u(0.41, 0.5), u(0.35, 0.43)
    y = 0.25
    out = [
        row(ELLIPSOID, (0, y + 0.03, -0.02), (w, h, d), part=SKIN),
        row(ELLIPSOID, (0, y - 0.2, 0.08), (w * u(0.72, 0.86), h * 0.56, d * 0.75), blend=0.12),
        row(ELLIPSOID, (0, y - u(0.36, 0.42), d * u(0.6, 0.72)), (0.1, 0.08, 0.1), blend=0.1),
        limb((0, y + 0.07, d * 0.9), (0, y - 0.07, d + u(0.04, 0.1)), u(0.03, 0.05), 0.07, SKIN),
        row(ELLIPSOID, (0, y - 0.11, d + u(0.0, 0.05)), (u(0.05, 0.085), 0.045, 0.06), blend=0.05),
        row(ELLIPSOID, (0, y + 0.11, d * 0.82), (w * 0.75, u(0.045, 0.085), u(0.07, 0.12)), blend=0.08),
        row(ELLIPSOID, (0, y - 0.24, d * 0.92), (u(0.085, 0.12), u(0.03, 0.05), 0.06), blend=0.03, part=LIPS),
        limb((0, -0.02, -0.06), (0, -0.55, -0.08), u(0.14, 0.19), 0.1, SKIN),
    ]
    for s in (-1, 1):
        out += [
            row(ELLIPSOID, (s * w * 0.58, y - 0.09, d * 0.6), (0.11, 0.09, 0.12), blend=0.1),
            row(ELLIPSOID, (s * 0.135, y + 0.03, d * 1.02), (0.085, 0.045, 0.07), blend=0.05, carve=True),
            row(ELLIPSOID, (s * 0.135, y + 0.03, d * 0.84), (0.052, 0.05, 0.06), blend=0.01, part=EYES),
            row(ELLIPSOID, (s * (w + 0.01), y - 0.01, -0.03), (0.04, u(0.08, 0.12), 0.07), blend=0.03),
        ]
    out += _hair(rng, w, h, d, y)
    if rng.random() < 0.85:
        wide = u(0.6, 0.85)
        out.append(row(ELLIPSOID, (0, -0.88, -0.06), (wide, 0.34, 0.3), blend=0.1, part=CLOTH))
        for s in (-1, 1):
            out.append(limb((s * wide * 0.75, -0.75, -0.05), (s * wide * 0.95, -1.4, 0), 0.2, 0.12, CLOTH))
        if rng.random() < 0.4:
            out.append(row(TORUS, (0, -0.52, -0.06), (0.2, u(0.05, 0.09), 0), turn(0, 0.3), 0, 0.05, CLOTH))
    return out


def _hair(rng: Rng, w: float, h: float, d: float, y: float) -> Rows:
    u, style = rng.uniform, rng.random()
    if style < 0.12:
        return []
    thick = u(0.015, 0.09)
    out = [row(ELLIPSOID, (0, y + u(0.09, 0.16), -u(0.05, 0.1)), (w + thick, h * u(0.9, 1.02), d + u(-0.03, 0.03)),
               blend=0.03, part=HAIR)]  # fmt: skip
    if style < 0.5:
        long = u(0.35, 0.8)
        out.append(
            row(
                ELLIPSOID,
                (0, y - long * 0.4, -0.2),
                (w + u(0.03, 0.16), long, u(0.2, 0.32)),
                blend=0.1,
                part=HAIR,
            )
        )
    if 0.5 < style < 0.62:
        out.append(row(ELLIPSOID, (0, y + h * 0.75, -0.25), (0.18, 0.16, 0.18), blend=0.04, part=HAIR))
    if style > 0.88:
        fringe = (0, y + h * u(0.5, 0.62), d * u(0.7, 0.85))
        out.append(
            row(ELLIPSOID, fringe, (w * u(0.6, 0.9), 0.1, 0.12), turn(2, u(-0.4, 0.4)), blend=0.03, part=HAIR)
        )
    if 0.3 < style < 0.42:
        beard = (0, y - 0.34, d * 0.6)
        out.append(row(ELLIPSOID, beard, (w * 0.72, u(0.1, 0.2), 0.16), blend=0.04, part=HAIR))
    return out


def figure(rng: Rng) -> Rows:
    """A person from head to foot, or to the knees."""
    u = rng.uniform
    out = [
        row(ELLIPSOID, (0, 0.73, 0.01), (0.105, 0.14, 0.12), blend=0.03),
        row(ELLIPSOID, (0, 0.77, -0.03), (0.12, u(0.11, 0.15), 0.125), blend=0.02, part=HAIR),
        limb((0, 0.62, 0), (0, 0.48, 0), 0.05, 0.04, SKIN),
        row(ELLIPSOID, (0, 0.3, 0), (u(0.19, 0.26), 0.3, u(0.12, 0.17)), blend=0.08, part=CLOTH),
        row(ELLIPSOID, (0, -0.02, 0), (u(0.17, 0.23), 0.17, 0.15), blend=0.1, part=LEGS),
    ]
    skirt = rng.random() < 0.3
    if skirt:
        radii = np.linspace(u(1.0, 1.5), 0.7, KNOTS)
        out.append(row(LATHE, (0, -0.3, 0), (0.22, 0.35, 0), edge=0.02, radii=radii, part=LEGS, blend=0.05))
    for s in (-1, 1):
        a = u(-0.1, 1.0)
        elbow = (s * (0.22 + 0.3 * np.sin(a)), 0.46 - 0.3 * np.cos(a), u(-0.08, 0.12))
        b = a + u(-0.9, 0.9)
        hand = (elbow[0] + s * 0.27 * np.sin(b), elbow[1] - 0.27 * np.cos(b), elbow[2] + u(0, 0.22))
        sleeve = CLOTH if rng.random() < 0.6 else SKIN
        out += [limb((s * 0.21, 0.46, 0), elbow, 0.062, 0.06, CLOTH), limb(elbow, hand, 0.047, 0.03, sleeve)]
        g = u(-0.05, 0.28)
        knee = (s * (0.1 + 0.38 * np.sin(g)), -0.5, u(-0.02, 0.14))
        foot = (knee[0] + s * u(-0.04, 0.08), -0.92, u(-0.15, 0.05))
        out += [limb((s * 0.1, -0.1, 0), knee, 0.085, 0.06, LEGS), limb(knee, foot, 0.062, 0.05, LEGS)]
        out.append(
            row(ELLIPSOID, (foot[0], -0.95, foot[2] + 0.06), (0.05, 0.045, 0.11), blend=0.03, part=EYES)
        )
    return out


def seated(rng: Rng) -> Rows:
    """Somebody, or a statue, that sits: cross-legged or on a block, the lap turned up, arms before the body."""
    u = rng.uniform
    wide, crossed = u(0.2, 0.32), rng.random() < 0.5
    head = (u(-0.03, 0.03), 0.66, u(0, 0.08))
    out = [
        row(ELLIPSOID, head, (u(0.11, 0.15), u(0.15, 0.19), 0.14), blend=0.03),
        row(ELLIPSOID, (head[0], 0.72, head[2] - 0.04), (0.14, u(0.12, 0.18), 0.14), blend=0.02, part=HAIR),
        row(ELLIPSOID, (head[0], 0.62, head[2] + 0.13), (0.03, 0.05, 0.03), blend=0.03),
        limb((0, 0.54, 0), (0, 0.4, 0), 0.065, 0.05, SKIN),
        row(ELLIPSOID, (0, 0.17, 0), (wide, 0.31, u(0.15, 0.24)), blend=0.08, part=CLOTH),
        row(ELLIPSOID, (0, -0.12, 0.03), (wide * 1.1, 0.2, 0.22), blend=0.1, part=LEGS),
    ]
    if rng.random() < 0.4:
        out.append(row(ELLIPSOID, (0, 0.0, u(0.08, 0.16)), (wide * 0.9, 0.2, 0.17), blend=0.1, part=CLOTH))
    for s in (-1, 1):
        out += _seated_arm(rng, s, wide) + (_crossed_leg(rng, s) if crossed else _bent_leg(rng, s))
    if rng.random() < 0.6:
        kind = int(rng.choice([BOX, CYLINDER]))
        size = (u(0.35, 0.6), u(0.06, 0.3), 0.4) if kind == BOX else (u(0.35, 0.55), u(0.06, 0.3))
        top = -0.32 if crossed else -0.25
        out.append(row(kind, (0, top - size[1], 0.05), size, edge=0.02, blend=0.02, part=EYES))
    return out


def _seated_arm(rng: Rng, s: int, wide: float) -> Rows:
    u = rng.uniform
    shoulder = (s * (wide + 0.02), 0.36, 0)
    elbow = (s * (wide + u(0.05, 0.2)), u(0.0, 0.16), u(-0.05, 0.15))
    raised = rng.random() < 0.2
    hand = (s * u(0.0, 0.3), u(0.1, 0.4) if raised else u(-0.12, 0.02), u(0.22, 0.42))
    sleeve = CLOTH if rng.random() < 0.6 else SKIN
    return [
        limb(shoulder, elbow, u(0.065, 0.09), 0.07, CLOTH),
        limb(elbow, hand, u(0.05, 0.07), 0.04, sleeve),
    ]


def _crossed_leg(rng: Rng, s: int) -> Rows:
    u = rng.uniform
    knee = (s * u(0.38, 0.5), u(-0.3, -0.2), u(0.2, 0.35))
    foot = (-s * u(0.0, 0.2), u(-0.3, -0.2), u(0.32, 0.42))
    return [
        limb((s * 0.12, -0.2, 0), knee, u(0.09, 0.13), 0.1, LEGS),
        limb(knee, foot, u(0.07, 0.1), 0.08, LEGS),
    ]


def _bent_leg(rng: Rng, s: int) -> Rows:
    u = rng.uniform
    knee = (s * u(0.1, 0.25), u(-0.22, -0.08), u(0.35, 0.5))
    foot = (s * u(0.08, 0.2), -0.75, u(0.25, 0.45))
    shoe = row(ELLIPSOID, (foot[0], -0.78, foot[2] + 0.07), (0.055, 0.05, 0.12), blend=0.03, part=EYES)
    return [
        limb((s * 0.12, -0.16, 0), knee, u(0.09, 0.12), 0.08, LEGS),
        limb(knee, foot, u(0.065, 0.09), 0.06, LEGS),
        shoe,
    ]
