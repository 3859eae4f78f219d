"""The picture of the asked light that the built-in network is given: where it would fall in a bare set.

Axes: camera x right, y up, z towards the viewer. World: x right, y against gravity, z towards the viewer,
level. Lengths are in picture heights at the subject, so the subject stands at distance ``focal`` from the
camera, where ``focal`` is the focal length divided by the picture height.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_WALL_DISTANCE = 1.6
_LAMP_DISTANCE = 2.2
_UNSEEN_GROUND_ROW = 1.25


def gravity_frame(up: npt.ArrayLike) -> FloatArray:
    """Rotation from camera axes to world axes.

    Parameters
    ----------
    up : (3,), unit vector against gravity in camera axes.

    Returns
    -------
    float32 (3, 3), rows are the world's x, y and z axes in camera axes.
    """
    vertical = np.asarray(up, np.float64)
    vertical = vertical / max(float(np.linalg.norm(vertical)), 1e-9)
    viewer = np.array([0.0, 0.0, 1.0])
    toward = viewer - (viewer @ vertical) * vertical
    length = float(np.linalg.norm(toward))
    toward = toward / length if length > 1e-6 else np.array([0.0, -1.0, 0.0])
    return np.stack([np.cross(vertical, toward), vertical, toward]).astype(np.float32)


def pixel_rays(size: tuple[int, int], focal: float, center: tuple[float, float]) -> FloatArray:
    """Unit viewing rays in camera axes through the pixel centres.

    Parameters
    ----------
    size : (height, width) of the grid.
    focal : focal length / picture height.
    center : principal point (x, y) / picture height.

    Returns
    -------
    float32 (height, width, 3).
    """
    height, width = size
    x = (np.arange(width, dtype=np.float32) + 0.5) / height - center[0]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height - center[1]
    rays = np.empty((height, width, 3), np.float32)
    rays[..., 0] = x[None] / focal
    rays[..., 1] = -y[:, None] / focal
    rays[..., 2] = -1.0
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    return rays


def perspective_field(rays: FloatArray, up: npt.ArrayLike) -> FloatArray:
    """Latitude and projected up-vector of every pixel.

    Parameters
    ----------
    rays : (H, W, 3), unit, camera axes.
    up : (3,), unit, camera axes.

    Returns
    -------
    float32 (H, W, 3): sine of the angle above the horizon, then x and y (up) of the image direction in
    which gravity is opposed.

    References
    ----------
    Jin et al., "Perspective Fields for Single Image Camera Calibration", CVPR 2023.
    """
    vertical = np.asarray(up, np.float32)
    latitude = rays @ vertical
    projected = vertical[:2] * -rays[..., 2:] + vertical[2] * rays[..., :2]
    projected /= np.linalg.norm(projected, axis=-1, keepdims=True) + 1e-6
    return np.concatenate([latitude[..., None], projected], -1).astype(np.float32)


def camera_height(focal: float, center_y: float, pitch: float, contact_row: float) -> float:
    """Height of the camera over the ground on which the subject stands, in picture heights.

    Parameters
    ----------
    contact_row : row / picture height where the subject touches the ground.
    """
    below = np.arctan((contact_row - center_y) / focal) - pitch
    return float(max(focal * np.tan(np.clip(below, 0.02, 1.3)), 0.03))


def render_light_map(
    rays: FloatArray,
    up: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    focal: float,
    center_y: float,
    contact_row: float | None,
    softness: float,
    key: npt.ArrayLike,
    ambient: npt.ArrayLike,
    outdoors: bool,
) -> FloatArray:
    """Light on a bare set (wall and floor) or under an empty sky, as seen by the camera.

    Parameters
    ----------
    rays : (H, W, 3), unit, camera axes.
    up, direction : (3,), unit, camera axes: against gravity, towards the light.
    focal, center_y : focal length and principal row / picture height.
    contact_row : row / picture height of the subject's contact with the ground, None when out of view.
    softness : angular radius of the light, rad.
    key, ambient : (3,), linear RGB.
    outdoors : sky and ground instead of wall and floor.

    Returns
    -------
    float32 (H, W, 3), log1p of the light, about [0, 1.5].
    """
    frame = gravity_frame(up)
    world = rays @ frame.T
    light = frame @ np.asarray(direction, np.float32)
    key_rgb, ambient_rgb = np.asarray(key, np.float32), np.asarray(ambient, np.float32)
    row = _UNSEEN_GROUND_ROW if contact_row is None else contact_row
    height = camera_height(focal, center_y, float(-np.arcsin(np.clip(frame[1, 2], -1, 1))), row)
    distance = height / np.maximum(-world[..., 1], 1e-4)
    ground_z = focal + distance * world[..., 2]
    if outdoors:
        linear = _open_air(world, light, key_rgb, ambient_rgb, softness)
        return np.log1p(linear).astype(np.float32)
    on_floor = (world[..., 1] < -1e-4) & (ground_z > -_WALL_DISTANCE)
    reach = (focal + _WALL_DISTANCE) / np.maximum(-world[..., 2], 1e-3)
    reach = np.where(on_floor, distance, np.minimum(reach, 50.0))
    point = world * reach[..., None] + np.array([0.0, height, focal], np.float32)
    lamp = np.array([0.0, 0.5, 0.0], np.float32) + _LAMP_DISTANCE * light
    to_lamp = lamp - point
    squared = (to_lamp * to_lamp).sum(-1) + 0.3 + softness**2
    facing = np.where(on_floor, to_lamp[..., 1], to_lamp[..., 2]) / np.sqrt(squared)
    facing = np.maximum(facing + 0.25 * softness, 0.03)
    level = (_LAMP_DISTANCE**2 * facing / squared)[..., None]
    return np.asarray(np.log1p(np.minimum(key_rgb * level, 8.0) + ambient_rgb), np.float32)


def _open_air(
    world: FloatArray, light: FloatArray, key: FloatArray, ambient: FloatArray, softness: float
) -> FloatArray:
    cosine = world @ light
    narrow = np.exp((cosine - 1.0) / (0.02 + 0.2 * softness**2))
    broad = np.exp((cosine - 1.0) / 0.45)
    sky = (
        ambient * (0.5 + 0.6 * np.maximum(world[..., 1:2], 0.0))
        + key * (0.6 * narrow + 0.5 * broad)[..., None]
    )
    ground = 0.5 * (key * max(float(light[1]), 0.05) + ambient) * (0.6 + 0.6 * broad[..., None])
    return np.asarray(np.where(world[..., 1:2] > 0, sky, ground), np.float32)
