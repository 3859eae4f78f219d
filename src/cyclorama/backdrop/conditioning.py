"""What the built-in network is told about light, camera and wishes; training uses this very code.

``features`` is one row of numbers in groups; each group can be withheld, which the network knows as its
learned null token. ``maps`` are pictures at latent resolution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from cyclorama.backdrop.light_map import (
    FloatArray,
    gravity_frame,
    perspective_field,
    pixel_rays,
    render_light_map,
)
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.color import linear_to_srgb, luminance

_FREQUENCIES = (1.0, 2.0, 4.0)

#: Width of every group of features, in order; the groups of one condition are withheld together.
FEATURE_GROUPS: dict[str, int] = {
    "light": 6 + 6 * 2 * len(_FREQUENCIES) + 3,
    "colors": 6,
    "camera": 8,
    "blur": 2,
    "scene": len(SCENES),
    "palette": 3,
}

#: Alpha, light map (3), perspective field (3).
MAP_CHANNELS = 7


def build_features(
    *,
    up: npt.ArrayLike,
    focal: float,
    center_y: float,
    contact_row: float | None,
    direction: npt.ArrayLike,
    kappa: float,
    softness: float,
    key: npt.ArrayLike,
    ambient: npt.ArrayLike,
    blur: float,
    scene: int,
    palette: npt.ArrayLike,
) -> FloatArray:
    """One row of numbers for the network, groups in the order of ``FEATURE_GROUPS``.

    Parameters
    ----------
    up, direction : (3,), unit, camera axes: against gravity, towards the light.
    focal, center_y, contact_row : in picture heights.
    kappa : concentration of the belief in ``direction``.
    softness : angular radius of the light, rad.
    key, ambient, palette : (3,), linear RGB; palette is the wished mean of the picture.
    blur : radius of the defocus / picture height.
    scene : index into ``SCENES``.

    Returns
    -------
    float32 (sum of FEATURE_GROUPS,)
    """
    to_light = np.asarray(direction, np.float32)
    frame = gravity_frame(up)
    both = np.concatenate([to_light, frame @ to_light])
    waves = [f(np.pi * k * both) for k in _FREQUENCIES for f in (np.sin, np.cos)]
    key_rgb = np.maximum(np.asarray(key, np.float32), 1e-3)
    ambient_rgb = np.maximum(np.asarray(ambient, np.float32), 1e-3)
    ratio = float(np.log(luminance(key_rgb) / luminance(ambient_rgb)))
    pitch = float(-np.arcsin(np.clip(frame[1, 2], -1, 1)))
    roll = float(np.arctan2(frame[1, 0], frame[1, 1]))
    horizon = np.clip(center_y + focal * np.tan(np.clip(pitch, -1.2, 1.2)), -2, 3)
    row = 1.25 if contact_row is None else contact_row
    one_hot = np.zeros(len(SCENES), np.float32)
    one_hot[scene] = 1.0
    return np.concatenate(
        [
            both,
            *waves,
            [np.log(kappa) / 4.0, softness, ratio / 2.0],
            _tint(key_rgb),
            _tint(ambient_rgb),
            _tint(key_rgb / ambient_rgb),
            [4 * pitch, 10 * roll, np.log(focal), 2 * (horizon - 0.5)],
            [contact_row is None, 2 * (row - 1.0), np.sin(6 * horizon), np.cos(6 * horizon)],
            [np.log(blur + 0.004) + 4.5, 20 * blur],
            one_hot,
            2 * linear_to_srgb(np.clip(np.asarray(palette, np.float32), 0, 1)) - 1,
        ]
    ).astype(np.float32)


def build_maps(
    latent_size: tuple[int, int],
    alpha: FloatArray,
    *,
    up: npt.ArrayLike,
    focal: float,
    center: tuple[float, float],
    contact_row: float | None,
    direction: npt.ArrayLike,
    softness: float,
    key: npt.ArrayLike,
    ambient: npt.ArrayLike,
    outdoors: bool,
    light_given: bool = True,
    camera_given: bool = True,
) -> FloatArray:
    """Alpha, light map and perspective field at latent resolution; withheld parts are zero.

    Returns
    -------
    float32 (MAP_CHANNELS, h, w)
    """
    maps = np.zeros((MAP_CHANNELS, *latent_size), np.float32)
    rays = pixel_rays(latent_size, focal, center)
    maps[0] = alpha
    if light_given:
        light = render_light_map(
            rays,
            up,
            direction,
            focal=focal,
            center_y=center[1],
            contact_row=contact_row,
            softness=softness,
            key=key,
            ambient=ambient,
            outdoors=outdoors,
        )
        maps[1:4] = np.moveaxis(light, -1, 0)
    if camera_given:
        maps[4:7] = np.moveaxis(perspective_field(rays, up), -1, 0)
    return maps


def _tint(rgb: npt.NDArray[Any]) -> FloatArray:
    return np.asarray(np.log(rgb[[0, 2]] / rgb[1]), np.float32)
