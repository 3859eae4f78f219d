"""What a glossy ground mirrors of the subjects that stand on it.

References
----------
.. [1] C. Schlick, "An inexpensive BRDF model for physically-based rendering", Computer Graphics Forum 13(3), 1994.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer, ShadowLayer
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective, camera_rays
from cyclorama.core.resampling import resize
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.shadows.ground import Ground, coarse_alpha, coarse_color, ground_of
from cyclorama.shadows.standing import Standing, stand

__all__ = ["mirror_layers"]

_WORK_PX = 900
#: Reflectance at normal incidence: of a matt floor, and what polish adds.
_MATT, _POLISH = 0.03, 0.22
_FADE = 2.5
_BLUR = 0.22
_FAINTEST = 1 / 250


def mirror_layers(
    layers: Sequence[ObjectLayer],
    size: tuple[int, int],
    perspective: Perspective,
    gloss: float,
    *,
    report: Report = silent,
) -> tuple[ShadowLayer, ...]:
    """Make the reflections of subjects on level, glossy ground.

    Parameters
    ----------
    layers : sequence of ObjectLayer
        Subjects, bottom to top.
    size : (int, int)
        (height, width) of the canvas.
    perspective : Perspective
        The camera of the canvas.
    gloss : float, [0, 1]
        0 none; 1 a polished floor. Less polish blurs and fades with the distance from the foot.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    tuple of ShadowLayer
        Normal layers, bottom to top, cropped; none for a subject without a foot in view.
    """
    if gloss <= 0:
        return ()
    ground = ground_of(perspective, size, _WORK_PX)
    covers = [coarse_alpha(layer, size, ground.camera.size) for layer in layers]
    out: list[ShadowLayer] = []
    for index, layer in enumerate(layers):
        report(Progress("shadows", index / len(layers), f"reflection of {layer.name}"))
        standing = stand(covers[index], covers[index + 1 :], ground)
        if standing is None:
            continue
        color = coarse_color(layer, size, ground.camera.size)
        mirrored = _mirrored(np.dstack([color * covers[index][..., None], covers[index]]), standing, ground)
        blurred = _blurred(*mirrored, gloss, standing)
        out += _layer(layer, blurred, gloss, ground, size)
    return tuple(out)


def _mirrored(picture: FloatArray, standing: Standing, ground: Ground) -> tuple[FloatArray, FloatArray]:
    """Return the mirrored subject, premultiplied (h, w, 4), and the height above ground of what is seen."""
    rays = camera_rays(ground.camera, ground.camera.size) @ ground.rotation.T
    ahead = np.minimum(rays[..., 2], -1e-3)
    column = (rays[..., 0] / -ahead - standing.first_slope) / np.float32(standing.slope_step)
    z = np.interp(column, np.arange(standing.z.size), standing.z).astype(np.float32)
    reach = z / ahead
    height = -(1 + reach * rays[..., 1])
    inside = np.isfinite(ground.z) & (height > 0) & (height < 1.02 * standing.height)
    inside &= (column >= 0) & (column <= standing.z.size - 1)
    point = np.stack([reach * rays[..., 0], height - 1, z], axis=-1)
    at = ground.project(point.astype(np.float32)) - np.float32(0.5)
    return _sample(picture, at) * inside[..., None], np.where(inside, height, 0).astype(np.float32)


def _sample(picture: FloatArray, at: FloatArray) -> FloatArray:
    limits = np.array([picture.shape[1] - 1.001, picture.shape[0] - 1.001], np.float32)
    at = np.clip(at, 0, limits)
    low = at.astype(np.int64)
    part = at - low
    x, y, fx, fy = low[..., 0], low[..., 1], part[..., :1], part[..., 1:]
    above = picture[y, x] * (1 - fx) + picture[y, x + 1] * fx
    below = picture[y + 1, x] * (1 - fx) + picture[y + 1, x + 1] * fx
    out: FloatArray = above * (1 - fy) + below * fy
    return out


def _blurred(mirrored: FloatArray, height: FloatArray, gloss: float, standing: Standing) -> FloatArray:
    """Blur by the height of what is mirrored: a rough floor spreads what is far from it."""
    rough = (1 - gloss) * _BLUR * standing.height / standing.cell
    levels = [0.6, 0.35 * rough, rough]
    if rough < 1.5:
        return gaussian_blur(mirrored, 0.6)
    share = np.clip(height / standing.height, 0, 1)[..., None] * 2
    soft = [gaussian_blur(mirrored, (sigma, sigma)) for sigma in levels]
    near, far = np.clip(share, 0, 1), np.clip(share - 1, 0, 1)
    fade = np.exp(-_FADE * (1 - gloss) * share / 2)
    out: FloatArray = fade * (soft[0] * (1 - near) + soft[1] * (near - far) + soft[2] * far)
    return out


def _layer(
    layer: ObjectLayer, mirrored: FloatArray, gloss: float, ground: Ground, canvas: tuple[int, int]
) -> list[ShadowLayer]:
    rays = camera_rays(ground.camera, ground.camera.size) @ ground.rotation.T
    incidence = np.clip(-rays[..., 1], 0, 1)
    base = _MATT + _POLISH * gloss
    fresnel = base + (1 - base) * gloss * np.power(1 - incidence, 5)
    alpha: FloatArray = np.clip(mirrored[..., 3] * fresnel, 0, 1).astype(np.float32)
    seen = Box.of_mask(alpha > _FAINTEST)
    if seen.area == 0:
        return []
    sy, sx = canvas[0] / alpha.shape[0], canvas[1] / alpha.shape[1]
    seen = seen.expand(1, (alpha.shape[0], alpha.shape[1]))
    box = Box(round(seen.left * sx), round(seen.top * sy), round(seen.right * sx), round(seen.bottom * sy))
    straight = mirrored[..., :3] / np.maximum(mirrored[..., 3:], np.float32(1e-3))
    color = resize(straight[seen.slices], box.size)
    matte = resize(alpha[seen.slices], box.size)
    image = Image(np.clip(color, 0, 1).astype(np.float32), layer.color.encoding)
    return [ShadowLayer(f"reflection of {layer.name}", "reflection", image, Matte(np.clip(matte, 0, 1)), box)]
