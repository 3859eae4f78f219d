"""How well a painted background obeys what was asked, measured on its pixels; the network is not consulted."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.light_map import pixel_rays, render_light_map
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance, srgb_to_linear
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize, resize_image

__all__ = ["light_agreement", "measure_fit"]

_GRID_ROWS = 24


def measure_fit(background: Image, conditions: Conditions) -> dict[str, float]:
    """Measure a background against the light, the colour and the horizon asked for.

    Parameters
    ----------
    background : Image, (H, W)
    conditions : Conditions

    Returns
    -------
    dict
        ``light``: correlation with the asked light map within rows, [-1, 1]; ``light_mirrored``: the same with
        the light from the other side; ``side``: brightness of the light's side over the other, stops per picture width;
        ``tint_gap``: distance of the mean tint from that of key and ambient light, natural log of R/B;
        ``horizon_gap``: outdoors, distance of the strongest horizontal edge from the horizon / picture height;
        ``score`` in [0, 1], higher is better.
    """
    small = _grid(background)
    agreement, mirrored = light_agreement(small, conditions)
    fit = {"light": agreement, "light_mirrored": mirrored, "side": _side(small, conditions)}
    light = conditions.lighting
    fit["tint_gap"] = abs(_tint(small.mean((0, 1))) - _tint(light.key_color + light.ambient_color))
    score = (
        0.5 + 0.3 * agreement + 0.2 * np.tanh(3 * (agreement - mirrored)) - 0.1 * min(fit["tint_gap"], 1.0)
    )
    if SCENES[conditions.scene].outdoors:
        gap = _horizon_gap(small, conditions)
        if gap is not None:
            fit["horizon_gap"] = gap
            score -= 0.5 * min(gap, 0.3)
    fit["score"] = float(np.clip(score, 0, 1))
    return {name: round(float(value), 4) for name, value in fit.items()}


def light_agreement(linear: FloatArray, conditions: Conditions) -> tuple[float, float]:
    """Correlate log luminance, row by row, with the asked light and with that light mirrored left to right.

    Parameters
    ----------
    linear : float32 (h, w, 3), linear RGB
        A small picture of the background.
    conditions : Conditions

    Returns
    -------
    (float, float), each in [-1, 1]
    """
    bright = np.log(luminance(linear) + 0.01)
    camera, light = conditions.perspective, conditions.lighting
    height = camera.size[0]
    center = camera.principal_point_px[0] / height, camera.principal_point_px[1] / height
    rays = pixel_rays(bright.shape, camera.focal_px / height, center)
    found = []
    for sense in (1, -1):
        asked = render_light_map(
            rays,
            camera.up,
            light.direction * np.array([sense, 1, 1], np.float32),
            focal=camera.focal_px / height,
            center_y=center[1],
            contact_row=None,
            softness=light.softness_rad,
            key=light.key_color,
            ambient=light.ambient_color,
            outdoors=SCENES[conditions.scene].outdoors,
        )
        found.append(_correlation(bright, np.log(luminance(asked) + 0.01)))
    return found[0], found[1]


def _grid(background: Image) -> FloatArray:
    height, width = background.size
    columns = int(np.clip(round(_GRID_ROWS * width / height), 4, 96))
    rows = int(np.clip(round(columns * height / width), 4, _GRID_ROWS))
    small = resize_image(
        background.as_srgb(), (min(8 * rows, height), min(8 * columns, width)), "area"
    ).pixels
    return resize(gaussian_blur(srgb_to_linear(small), 2.0), (rows, columns), "area")


def _side(linear: FloatArray, conditions: Conditions) -> float:
    stops = np.log2(luminance(linear) + 0.01).mean(0)
    x = np.linspace(-0.5, 0.5, len(stops))
    slope = float((stops * x).sum() / max(float((x * x).sum()), 1e-6))
    return slope * float(np.sign(conditions.lighting.direction[0]))


def _tint(rgb: FloatArray) -> float:
    return float(np.log((rgb[0] + 1e-3) / (rgb[2] + 1e-3)))


def _correlation(a: FloatArray, b: FloatArray) -> float:
    # Within rows: what differs between rows (sky and ground, table and wall) is the place, not the light.
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-6))


def _horizon_gap(linear: FloatArray, conditions: Conditions) -> float | None:
    """Distance from the asked horizon to the strongest edge between rows; None if it is out of the picture."""
    asked = conditions.perspective.horizon_px / conditions.perspective.size[0]
    rows = np.log(linear + 0.02).mean(1)
    if not 0.1 < asked < 0.9 or len(rows) < 8:
        return None
    step = np.abs(np.diff(rows, axis=0)).sum(-1)
    return abs((int(step.argmax()) + 1) / len(rows) - asked)
