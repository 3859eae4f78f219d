"""How much of a light the ground loses behind a subject.

The key light's shadow is that of the volume that the subject fills (:mod:`cyclorama.shadows.march`). For the sky's many
directions a curtain is enough: it is cut into level slices, and light carries each slice's outline to the ground,
shifted against the light by its height. A wide light blurs the union by the height of what casts it.

References
----------
.. [1] R. Fernando, "Percentage-closer soft shadows", SIGGRAPH 2005 sketches (blur by the blocker's distance).
"""

from __future__ import annotations

import math

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.resampling import resize
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.shadows.ground import Ground
from cyclorama.shadows.march import march
from cyclorama.shadows.standing import Standing
from cyclorama.shadows.volume import Volume

__all__ = ["block_light", "sharp_shadow", "soften"]

_REPORT_EVERY = 16
# A uniform disc of radius r blurs about like a Gaussian of half its radius.
_SIGMA_SHARE = 0.5
_LEVELS_PX = (0.6, 1.2, 2.4, 4.8, 9.6, 19.2, 38.4)


def block_light(
    volume: Volume,
    alpha: FloatArray,
    ground: Ground,
    light: FloatArray,
    softness_rad: float,
    *,
    report: Report = silent,
) -> FloatArray:
    """Return the share of a light that each ground cell loses.

    Parameters
    ----------
    volume : Volume
        What the subject fills.
    alpha : float32 (h, w)
        Its coverage on the working grid.
    ground : Ground
        The ground on the same working grid.
    light : float32 (3,), unit
        Towards the light, world axes, above the horizon.
    softness_rad : float
        Angular radius of the light.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    float32 (h, w), [0, 1]
        0 above the horizon and in full light.
    """
    sharp, height = march(volume, alpha, ground, light, report=report)
    if not sharp.any():
        return sharp
    spread = math.tan(min(softness_rad, 1.2)) / float(light[1])
    return soften(sharp, height, spread, volume.frame.foreshortening, ground)


def sharp_shadow(
    standing: Standing, ground: Ground, light: FloatArray, slices: int, report: Report = silent
) -> tuple[FloatArray, FloatArray]:
    """Return the shadow of a point light, [0, 1], and the mean height of what casts it, both float32 (h, w).

    Parameters
    ----------
    standing : Standing
        The subject, as a curtain.
    ground : Ground
        The ground on the same working grid.
    light : float32 (3,), unit
        Towards the light, world axes, above the horizon.
    slices : int
        Level slices at most.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.
    """
    shift_x, shift_z = float(light[0] / light[1]), float(light[2] / light[1])
    rows = np.unique(np.linspace(0, len(standing.heights) - 1, slices).round().astype(np.int64))
    shadow = np.zeros(ground.x.shape, np.float32)
    hits = np.full(ground.x.shape, 1e-6, np.float32)
    heights = np.zeros(ground.x.shape, np.float32)
    for count, row in enumerate(rows):
        if count % _REPORT_EVERY == 0:
            report(Progress("shadows", count / len(rows)))
        alpha, depth = standing.alpha[row], standing.depth[row]
        used = np.flatnonzero(alpha > 0.01)
        if used.size == 0:
            continue
        rise = float(standing.heights[row])
        first, last = int(used[0]), int(used[-1])
        window = _window(
            standing, ground, slice(first, last + 1), float(depth[used].max()), rise, shift_x, shift_z
        )
        if window is None:
            continue
        # Where each cell's ray to the light passes this slice.
        z = np.minimum(ground.z[window] + np.float32(rise * shift_z), -1e-3)
        x = ground.x[window] + np.float32(rise * shift_x)
        position = (-x / z - np.float32(standing.first_slope)) / np.float32(standing.slope_step)
        outside = (position < first - 1) | (position > last + 1)
        position = np.clip(position, 0, alpha.size - 1.001)
        index = position.astype(np.int64)
        part = position - index
        cover = alpha[index] * (1 - part) + alpha[index + 1] * part
        half = depth[index] * (1 - part) + depth[index + 1] * part
        off = np.abs(z - standing.z[index] * (1 - part) - standing.z[index + 1] * part)
        # Edges in depth are softened over one cell, and a slice is never thinner than that.
        cell = np.maximum(
            z * np.float32(standing.cell / standing.z.max() / max(standing.foreshortening, 0.05)), 1e-6
        )
        cover = cover * np.clip((half + 0.75 * cell - off) / cell, 0, 1)
        cover[outside] = 0
        np.maximum(shadow[window], cover, out=shadow[window])
        hits[window] += cover
        heights[window] += cover * np.float32(rise)
    return shadow, heights / hits


def _window(
    standing: Standing,
    ground: Ground,
    used: slice,
    depth: float,
    rise: float,
    shift_x: float,
    shift_z: float,
) -> tuple[slice, slice] | None:
    """Return the part of the grid that a slice's shadow can touch."""
    reach = depth + 2 * standing.cell
    z = np.array([standing.z[used].min() - reach, standing.z[used].max() + reach]) - rise * shift_z
    x = np.array([standing.x[used].min(), standing.x[used].max()]) - rise * shift_x
    # The curtain's columns run along rays: its thickness also moves it sideways.
    x += np.array([-1, 1]) * (2 * standing.cell + reach * abs(standing.x[used] / standing.z[used]).max())
    z = np.minimum(z, -0.02)
    corner_x, corner_z = (grid.ravel() for grid in np.meshgrid(x, z))
    corners = np.stack([corner_x, np.full(4, -1.0), corner_z], axis=1).astype(np.float32)
    at = ground.project(corners)
    height, width = ground.x.shape
    left, top = (int(v) for v in np.clip(np.floor(at.min(axis=0)) - 3, 0, [width, height]))
    right, bottom = (int(v) for v in np.clip(np.ceil(at.max(axis=0)) + 3, 0, [width, height]))
    if right <= left or bottom <= top:
        return None
    return slice(top, bottom), slice(left, right)


def soften(
    shadow: FloatArray, height: FloatArray, spread: float, foreshortening: float, ground: Ground
) -> FloatArray:
    """Blur a sharp shadow by the width of its penumbra: wide far from the foot, narrow at it [1]_.

    Parameters
    ----------
    shadow : float32 (h, w), [0, 1]
        The sharp shadow.
    height : float32 (h, w), camera heights
        Height of what casts it, where there is any.
    spread : float
        Radius of the penumbra for each unit of height.
    foreshortening : float
        How much shorter a length along the ground looks in depth than across.
    ground : Ground
        The ground on the same working grid.

    Returns
    -------
    float32 (h, w), [0, 1]
        0 above the horizon.
    """
    out = np.zeros_like(shadow)
    crop = Box.of_mask(shadow > 0).expand(2 * round(_LEVELS_PX[-1]), shadow.shape)
    if crop.area == 0:
        return out
    shadow, height, z = shadow[crop.slices], height[crop.slices], ground.z[crop.slices]
    seen = np.isfinite(z)
    pixels = ground.camera.focal_px / np.maximum(-np.where(seen, z, -1e6), 1e-3)
    sigma = np.float32(_SIGMA_SHARE * spread) * _spread_heights(shadow, height, foreshortening) * pixels
    wanted = np.clip(np.log2(np.maximum(sigma, 1e-3) / _LEVELS_PX[0]), 0, len(_LEVELS_PX) - 1)
    soft = np.zeros_like(shadow)
    for index in range(math.floor(wanted.min()), math.ceil(wanted.max()) + 1):
        weight = np.clip(1 - np.abs(wanted - index), 0, 1).astype(np.float32)
        if weight.any():
            soft += weight * _blur(shadow, _LEVELS_PX[index], foreshortening)
    out[crop.slices] = np.clip(soft, 0, 1) * seen
    return out


def _spread_heights(shadow: FloatArray, height: FloatArray, foreshortening: float) -> FloatArray:
    """Carry heights past the sharp edge, so that the penumbra outside it is as wide as the one inside."""
    known = (shadow > 0.02).astype(np.float32)
    pair = np.stack([known, known * height], axis=2)
    total = np.full(pair.shape, 1e-7, np.float32)
    for sigma, weight in ((3.0, 1.0), (12.0, 0.03), (40.0, 0.001)):
        total += np.float32(weight) * _blur(pair, sigma, foreshortening)
    out: FloatArray = total[..., 1] / total[..., 0]
    return out


def _blur(array: FloatArray, sigma_px: float, foreshortening: float) -> FloatArray:
    """Blur like a round spot on the ground: less in height than across; wide blurs on a coarser grid."""
    ratio = max(foreshortening, 0.15)
    step = 1 if sigma_px < 4 else 4 if sigma_px > 9 else 2
    down = step if sigma_px * ratio / step > 0.8 else 1
    size = array.shape[:2]
    coarse = (max(1, round(size[0] / down)), max(1, round(size[1] / step)))
    small = resize(array, coarse, "area")
    small = gaussian_blur(small, (sigma_px * ratio * coarse[0] / size[0], sigma_px * coarse[1] / size[1]))
    return resize(small, size, "bilinear")
