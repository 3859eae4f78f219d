"""Sphere tracing of solids made of primitives: once per solid, so that any light can be put on it afterwards.

Compiled with numba. Axes: x right, y up, z to the camera; the camera looks along -z from (0, 0, distance).

References
----------
.. [1] J. C. Hart, "Sphere tracing: a geometric method for the antialiased ray tracing of implicit surfaces", The
   Visual Computer 12, 1996.
.. [2] I. Quilez, "Smooth minimum" (quadratic), iquilezles.org.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

__all__ = ["BOX", "CAPSULE", "COLUMNS", "CYLINDER", "ELLIPSOID", "KNOTS", "LATHE", "TORUS", "trace_solid"]

ELLIPSOID, BOX, CAPSULE, TORUS, CYLINDER, LATHE = range(6)
#: One row per primitive: kind, centre 3, rotation 9 (world to own axes), size 3, rounding, blend width, part,
#: carve (0 or 1), bounding radius, radii of a lathe.
KNOTS = 7
COLUMNS = 21 + KNOTS
_REACH = 1.7


@njit(fastmath=True, cache=True)
def _primitive(p, x, y, z):
    dx, dy, dz = x - p[1], y - p[2], z - p[3]
    u = p[4] * dx + p[5] * dy + p[6] * dz
    v = p[7] * dx + p[8] * dy + p[9] * dz
    w = p[10] * dx + p[11] * dy + p[12] * dz
    a, b, c, edge = p[13], p[14], p[15], p[16]
    kind = int(p[0])
    if kind == 0:
        k0 = math.sqrt((u / a) ** 2 + (v / b) ** 2 + (w / c) ** 2)
        k1 = math.sqrt((u / (a * a)) ** 2 + (v / (b * b)) ** 2 + (w / (c * c)) ** 2)
        return k0 * (k0 - 1) / (k1 + 1e-6)
    if kind == 1:
        qx, qy, qz = abs(u) - a + edge, abs(v) - b + edge, abs(w) - c + edge
        ox, oy, oz = max(qx, 0.0), max(qy, 0.0), max(qz, 0.0)
        return math.sqrt(ox * ox + oy * oy + oz * oz) + min(max(qx, max(qy, qz)), 0.0) - edge
    if kind == 2:
        v -= min(max(v, -b), b)
        return math.sqrt(u * u + v * v + w * w) - a
    if kind == 3:
        ring = math.sqrt(u * u + w * w) - a
        return math.sqrt(ring * ring + v * v) - b
    radius = a
    shrink = 1.0
    if kind == 5:
        at = min(max((v / b + 1) * 0.5 * (KNOTS - 1), 0.0), KNOTS - 1.001)
        i = int(at)
        t = at - i
        t = t * t * (3 - 2 * t)
        radius = a * (p[21 + i] * (1 - t) + p[22 + i] * t)
        shrink = 0.7
    qx, qy = math.sqrt(u * u + w * w) - radius + edge, abs(v) - b + edge
    ox, oy = max(qx, 0.0), max(qy, 0.0)
    return shrink * (min(max(qx, qy), 0.0) + math.sqrt(ox * ox + oy * oy) - edge)


@njit(fastmath=True, cache=True)
def _distance(solid, relief, x, y, z):
    """Distance to the surface, and the part that is nearest."""
    d, part = 1e3, 0
    for i in range(solid.shape[0]):
        p = solid[i]
        k = p[17]
        dx, dy, dz = x - p[1], y - p[2], z - p[3]
        gap = math.sqrt(dx * dx + dy * dy + dz * dz) - p[20]
        if p[19] > 0.5:
            if gap < k - d:
                own = _primitive(p, x, y, z)
                h = max(k - abs(-own - d), 0.0) / k
                d = max(d, -own) + h * h * k * 0.25
            continue
        if gap > d + k:
            continue
        own = _primitive(p, x, y, z)
        if own < d:
            part = int(p[18])
        h = max(k - abs(d - own), 0.0) / k
        d = min(d, own) - h * h * k * 0.25
    if d < 0.2:
        for i in range(relief.shape[0]):
            r = relief[i]
            if r[0] != 0 and (r[1] < 0 or int(r[1]) == part):
                d += _relief(r, x, y, z)
    return d, part


@njit(fastmath=True, cache=True)
def _relief(r, x, y, z):
    """Height of bumps (r[2] = 0) or of folds and strands that run along an axis (r[2] = 1)."""
    f = r[3]
    if r[2] < 0.5:
        s = (
            math.sin(f * x + r[4])
            * math.sin(f * y + 0.7 * f * z + r[5])
            * math.sin(f * z - 0.3 * f * x + r[6])
        )
        g = 2.03 * f
        s += 0.5 * math.sin(g * x + r[7]) * math.sin(g * y - 0.4 * g * x + r[8]) * math.sin(g * z + r[9])
        return r[0] * s
    across = r[10] * x + r[11] * y + r[12] * z
    along = 0.35 * f * (r[13] * x + r[14] * y + r[15] * z)
    bend = 1.2 * math.sin(along + r[4]) + 0.6 * math.sin(1.9 * along + r[5])
    s = math.sin(f * across + bend + r[6])
    # Sharp valleys between round ridges, as cloth and hair have them.
    return r[0] * (abs(s) * 1.4 - 0.7 + 0.4 * math.sin(0.53 * f * across - bend + r[7]))


@njit(fastmath=True, cache=True)
def _lit(solid, relief, x, y, z, lx, ly, lz):
    way = 0.02
    for _ in range(26):
        d, _p = _distance(solid, relief, x + lx * way, y + ly * way, z + lz * way)
        if d < 0.003:
            return False
        way += max(d * 0.85, 0.02)
        if way > 1.8:
            break
    return True


@njit(fastmath=True, cache=True)
def trace_solid(solid, relief, side, distance, half_width, directions):
    """Look at a solid, and from each visible point towards each light direction.

    Parameters
    ----------
    solid : float32 (n, COLUMNS)
        Primitives, joined in order.
    relief : float32 (m, 16)
        Bumps and folds: height, part (-1 all), kind, frequency, phases 6, axis across 3, axis along 3.
    side : int
        Pixels across.
    distance : float
        From the camera to the origin; the picture shows [-half_width, half_width] there.
    half_width : float
        See ``distance``.
    directions : float32 (<= 64, 3)
        Towards the lights.

    Returns
    -------
    seen bool (side, side), normals (side, side, 3), points (side, side, 3), parts int32, clear uint64 (bit k: nothing
    lies between the point and light k)
    """
    seen = np.zeros((side, side), np.bool_)
    normals = np.zeros((side, side, 3), np.float32)
    points = np.zeros((side, side, 3), np.float32)
    parts = np.zeros((side, side), np.int32)
    clear = np.zeros((side, side), np.uint64)
    for row in range(side):
        for column in range(side):
            px = (2 * (column + 0.5) / side - 1) * half_width
            py = (1 - 2 * (row + 0.5) / side) * half_width
            length = math.sqrt(px * px + py * py + distance * distance)
            dx, dy, dz = px / length, py / length, -distance / length
            b = dz * distance
            inside = b * b - distance * distance + _REACH * _REACH
            if inside < 0:
                continue
            way, end, hit, part = -b - math.sqrt(inside), -b + math.sqrt(inside), False, 0
            x = y = z = 0.0
            for _ in range(90):
                x, y, z = dx * way, dy * way, distance + dz * way
                d, part = _distance(solid, relief, x, y, z)
                if d < 0.0015:
                    hit = True
                    break
                way += d * 0.85
                if way > end:
                    break
            if not hit:
                continue
            e = 0.003
            d0, _p = _distance(solid, relief, x + e, y - e, z - e)
            d1, _p = _distance(solid, relief, x - e, y - e, z + e)
            d2, _p = _distance(solid, relief, x - e, y + e, z - e)
            d3, _p = _distance(solid, relief, x + e, y + e, z + e)
            nx, ny, nz = d0 - d1 - d2 + d3, -d0 - d1 + d2 + d3, -d0 + d1 - d2 + d3
            n = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
            nx, ny, nz = nx / n, ny / n, nz / n
            seen[row, column] = True
            parts[row, column] = part
            normals[row, column, 0], normals[row, column, 1], normals[row, column, 2] = nx, ny, nz
            points[row, column, 0], points[row, column, 1], points[row, column, 2] = x, y, z
            bits = np.uint64(0)
            ox, oy, oz = x + nx * 0.012, y + ny * 0.012, z + nz * 0.012
            for k in range(directions.shape[0]):
                lx, ly, lz = directions[k, 0], directions[k, 1], directions[k, 2]
                if nx * lx + ny * ly + nz * lz > 0 and _lit(solid, relief, ox, oy, oz, lx, ly, lz):
                    bits |= np.uint64(1) << np.uint64(k)
            clear[row, column] = bits
    return seen, normals, points, parts, clear
