"""How well a painted background obeys what was asked, measured on its pixels; the painting network is not consulted."""

from __future__ import annotations

import math

import numpy as np

from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.backdrop.light_map import pixel_rays, render_light_map
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance, srgb_to_linear
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize, resize_image

__all__ = ["light_agreement", "measure_fit"]

_GRID_ROWS = 24
#: What counts as one unit of misfit, and the weight of each: light, horizon, colour.
_DIRECTION_DEG, _HORIZON, _TINT_MIRED = 30.0, 0.05, 50.0
_WEIGHTS = (0.5, 0.3, 0.2)
#: Confidence of a light from which on its direction is worth a comparison.
_KNOWN = 0.5


def measure_fit(background: Image, conditions: Conditions, judge: BackdropJudge) -> dict[str, float]:
    """Measure a background against the light, the colour and the horizon asked for.

    Parameters
    ----------
    background : Image, (H, W)
    conditions : Conditions
    judge : BackdropJudge
        A network that knows neither the painter nor what was asked.

    Returns
    -------
    dict
        ``direction_off_deg``: angle between the light asked for and the light seen (not there when the light on the
        subject is hardly known: then it is no yardstick); ``horizon_off``: distance of the horizons / picture height;
        ``tint_off_mired``: distance of the light's colours; ``light``: correlation of the brightness with the asked
        light map within rows, [-1, 1]; ``side``: brightness of the light's side over the other, stops per width;
        ``score`` in [0, 1], higher is better: a light that was read with little confidence counts little.
    """
    seen, light, camera = judge(background), conditions.lighting, conditions.perspective
    cosine = float(np.clip(seen.direction @ light.direction, -1, 1))
    direction_off_deg = math.degrees(math.acos(cosine))
    horizon_off = abs(seen.horizon - camera.horizon_px / camera.size[0])
    tint_off_mired = seen.tint_off_mired(_tint(light.key_color + light.ambient_color))
    small = _grid(background)
    misfit = (
        _WEIGHTS[0] * light.confidence * direction_off_deg / _DIRECTION_DEG,
        _WEIGHTS[1] * min(horizon_off / (_HORIZON + seen.horizon_spread), 4.0),
        _WEIGHTS[2] * min(tint_off_mired / _TINT_MIRED, 4.0),
    )
    known = {"direction_off_deg": direction_off_deg} if light.confidence >= _KNOWN else {}
    fit = {
        **known,
        "horizon_off": horizon_off,
        "tint_off_mired": tint_off_mired,
        "light": light_agreement(small, conditions)[0],
        "side": _side(small, conditions),
        "score": 1 / (1 + sum(misfit)),
    }
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
