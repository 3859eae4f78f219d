"""What solids are painted with, and what they look like under a light: diffuse, glossy, velvet, skin.

References
----------
.. [1] B. Walter et al., "Microfacet models for refraction through rough surfaces", EGSR 2007 (GGX).
"""

from __future__ import annotations

import colorsys
import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from primitives import CLOTH, EYES, HAIR, LIPS, SKIN

__all__ = ["Paint", "random_paint", "shade"]

_SKINS = np.array(
    [
        [0.78, 0.52, 0.40],
        [0.62, 0.38, 0.27],
        [0.45, 0.25, 0.16],
        [0.30, 0.15, 0.09],
        [0.17, 0.09, 0.06],
        [0.85, 0.60, 0.50],
    ]
)
#: Kinds of solids with skin, hair and clothes.
PEOPLE = ("bust", "figure", "seated")
_LATTICE = np.random.default_rng(7).random((32, 32, 32)).astype(np.float32)


@dataclass(frozen=True)
class Paint:
    """Per pixel (n,): diffuse colour (n, 3), roughness, reflectance at normal incidence, velvet, wrap."""

    color: np.ndarray
    roughness: np.ndarray
    gloss: np.ndarray
    velvet: np.ndarray
    wrap: np.ndarray


@njit(fastmath=True, cache=True)
def _value_noise(points, octaves, out):
    for n in range(points.shape[0]):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        total, weight, sum_ = 0.0, 1.0, 0.0
        for _ in range(octaves):
            fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
            tx, ty, tz = x - fx, y - fy, z - fz
            i, j, k = int(fx) & 31, int(fy) & 31, int(fz) & 31
            i1, j1, k1 = (i + 1) & 31, (j + 1) & 31, (k + 1) & 31
            tx, ty, tz = tx * tx * (3 - 2 * tx), ty * ty * (3 - 2 * ty), tz * tz * (3 - 2 * tz)
            a = (_LATTICE[i, j, k] * (1 - tx) + _LATTICE[i1, j, k] * tx) * (1 - ty) + (
                _LATTICE[i, j1, k] * (1 - tx) + _LATTICE[i1, j1, k] * tx
            ) * ty
            b = (_LATTICE[i, j, k1] * (1 - tx) + _LATTICE[i1, j, k1] * tx) * (1 - ty) + (
                _LATTICE[i, j1, k1] * (1 - tx) + _LATTICE[i1, j1, k1] * tx
            ) * ty
            total += weight * (a * (1 - tz) + b * tz)
            sum_ += weight
            weight *= 0.5
            x, y, z = 2.03 * x + 11.3, 2.03 * y + 5.1, 2.03 * z + 7.7
        out[n] = total / sum_


def _noise(rng, points, frequency, octaves=3) -> np.ndarray:
    out = np.empty(len(points), np.float32)
    scaled = points * np.asarray(frequency, np.float32) + rng.uniform(0, 30, 3).astype(np.float32)
    _value_noise(scaled.astype(np.float32), octaves, out)
    return out - 0.5


def _random_color(rng) -> np.ndarray:
    if rng.random() < 0.3:
        return np.ones(3) * math.exp(rng.uniform(math.log(0.05), math.log(0.92)))
    hue = np.array(colorsys.hsv_to_rgb(rng.random(), 0.95 * rng.random() ** 1.5, 1))
    return hue * math.exp(rng.uniform(math.log(0.07), math.log(0.9)))


def _part_colors(rng, kind: str, parts: int) -> tuple[np.ndarray, ...]:
    color, rough, gloss = np.zeros((parts, 3)), np.zeros(parts), np.zeros(parts)
    one = rng.random() < 0.5
    for part in range(parts):
        if part == 0 or not one or kind in PEOPLE:
            choice = _random_color(rng), rng.uniform(0.15, 0.95), float(rng.choice([0, 0, 0.03, 0.04, 0.06]))
        color[part], rough[part], gloss[part] = choice
    if kind in PEOPLE:
        color[SKIN] = _SKINS[rng.integers(len(_SKINS))] * math.exp(rng.normal(0, 0.12))
        rough[SKIN], gloss[SKIN] = rng.uniform(0.35, 0.65), rng.uniform(0.01, 0.045)
        hair = np.array(colorsys.hsv_to_rgb(rng.uniform(0.03, 0.13), rng.uniform(0.1, 0.7), 1))
        color[HAIR] = hair * math.exp(rng.uniform(math.log(0.012), math.log(0.55)))
        rough[HAIR], gloss[HAIR] = rng.uniform(0.3, 0.6), 0.04
        color[EYES], rough[EYES], gloss[EYES] = np.array([0.25, 0.22, 0.2]), 0.12, 0.05
        color[LIPS] = color[SKIN] * [0.85, rng.uniform(0.45, 0.8), rng.uniform(0.5, 0.8)]
        rough[LIPS], gloss[LIPS] = 0.4, 0.03
        if rng.random() < (0.4 if kind == "seated" else 0.12):
            color[:] = rng.uniform(0.2, 0.85) * np.array([1, rng.uniform(0.85, 1), rng.uniform(0.6, 1)])
            rough[:], gloss[:] = rng.uniform(0.2, 0.9), rng.choice([0, 0.04])
    return color, rough, gloss


def random_paint(rng, kind: str, points: np.ndarray, parts: np.ndarray) -> Paint:
    """Draw materials for the pixels of a solid, given their points in its own axes and their parts."""
    color, rough, gloss = (
        table[parts] for table in _part_colors(rng, kind, int(max(parts.max(initial=0) + 1, 8)))
    )
    person = kind in PEOPLE
    plain = (parts == SKIN) if person else np.zeros(len(parts), bool)
    style = rng.random()
    amount = rng.uniform(0.1, 0.9)
    if style < 0.35:
        mottle = _noise(rng, points, rng.uniform(1.5, 12)) * amount * 2.2 * np.where(plain, 0.25, 1)
        color = color * np.exp(mottle[:, None] * (1 + rng.normal(0, 0.2, 3)))
    elif style < 0.5:
        spots = (_noise(rng, points, rng.uniform(2, 7), 2) > rng.uniform(-0.1, 0.12)) & ~plain
        color = np.where(spots[:, None], _random_color(rng), color)
    elif style < 0.62:
        wave = points @ (rng.normal(size=3) * rng.uniform(4, 30)) + 2 * _noise(rng, points, 2.0, 1)
        stripes = (np.sin(wave) > rng.uniform(-0.5, 0.6)) & ((parts == CLOTH) | (not person))
        color = np.where(stripes[:, None], _random_color(rng), color)
    elif style > 0.93 and not person:
        color = color * np.exp(2.5 * _noise(rng, points, rng.uniform(12, 40), 2))[:, None]
    if person:
        strands = np.exp(1.5 * _noise(rng, points, (30, 6, 30), 2))
        color = np.where((parts == HAIR)[:, None], color * strands[:, None], color)
        color = np.where(plain[:, None], color * np.exp(0.4 * _noise(rng, points, 5.0))[:, None], color)
    rough = np.clip(rough * np.exp(0.5 * _noise(rng, points, 6.0, 2)), 0.08, 1)
    gloss = gloss * (rng.random() < 0.8)
    if rng.random() < 0.06 and not person:
        gloss, color = np.full(len(parts), rng.uniform(0.25, 0.6)), color * 0.35
    soft = (parts == CLOTH) if person else np.full(len(parts), rng.random() < 0.12)
    velvet = soft * rng.uniform(0, 0.5) * (rng.random() < 0.5)
    wrap = np.where(plain, rng.uniform(0, 0.25), 0) + (
        0 if person else rng.uniform(0, 0.2) * (rng.random() < 0.15)
    )
    arrays = (np.clip(color, 0.006, 0.95), rough, gloss, velvet, wrap)
    return Paint(*(np.ascontiguousarray(a, np.float32) for a in arrays))


@njit(fastmath=True, cache=True)
def _shade(normals, view, clear, directions, radiance, color, rough, gloss, velvet, wrap, bounce, out):
    count = directions.shape[0]
    for n in range(normals.shape[0]):
        nx, ny, nz = normals[n, 0], normals[n, 1], normals[n, 2]
        vx, vy, vz = view[n, 0], view[n, 1], view[n, 2]
        nv = max(nx * vx + ny * vy + nz * vz, 1e-3)
        a = rough[n] * rough[n]
        a2, k = a * a, a * 0.5
        gv = nv / (nv * (1 - k) + k)
        f0, w = gloss[n], wrap[n]
        d0 = d1 = d2 = s0 = s1 = s2 = 0.0
        hidden = 0.0
        for q in range(count):
            lx, ly, lz = directions[q, 0], directions[q, 1], directions[q, 2]
            nl = nx * lx + ny * ly + nz * lz
            lit = (clear[n] >> np.uint64(q)) & np.uint64(1)
            if nl > 0 and not lit:
                hidden += nl
                continue
            soft = (nl + w) / ((1 + w) * (1 + w))
            if soft > 0:
                d0 += soft * radiance[q, 0]
                d1 += soft * radiance[q, 1]
                d2 += soft * radiance[q, 2]
            if f0 > 0 and nl > 0:
                hx, hy, hz = lx + vx, ly + vy, lz + vz
                h = math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-6
                nh, vh = (nx * hx + ny * hy + nz * hz) / h, (vx * hx + vy * hy + vz * hz) / h
                den = nh * nh * (a2 - 1) + 1
                fresnel = f0 + (1 - f0) * (1 - vh) ** 5
                g = gv * nl / (nl * (1 - k) + k)
                s = a2 / (math.pi * den * den + 1e-6) * fresnel * g / (4 * nv)
                s0 += s * radiance[q, 0]
                s1 += s * radiance[q, 1]
                s2 += s * radiance[q, 2]
        # What a point sees of the solid itself glows in the solid's color, a little.
        share = hidden * 4.0 / count
        fuzz = 1 + velvet[n] * (1 - nv) ** 2 * 3
        c0, c1, c2 = color[n, 0], color[n, 1], color[n, 2]
        out[n, 0] = c0 * fuzz * (d0 / math.pi + share * bounce[0] * c0) + s0
        out[n, 1] = c1 * fuzz * (d1 / math.pi + share * bounce[1] * c1) + s1
        out[n, 2] = c2 * fuzz * (d2 / math.pi + share * bounce[2] * c2) + s2


def shade(normals, view, clear, directions, radiance, paint: Paint) -> np.ndarray:
    """Linear colours (n, 3) of pixels under a light; ``radiance`` is (COUNT, 3), already times its solid angle."""
    out = np.empty((len(normals), 3), np.float32)
    bounce = (radiance.sum(0) / (4 * math.pi)).astype(np.float32)
    fields = (paint.color, paint.roughness, paint.gloss, paint.velvet, paint.wrap)
    _shade(normals, view, clear, directions, radiance, *fields, bounce, out)
    return out
