"""Words for the light and the camera, for models that read text: every word and its limits are in this file."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.light_map import gravity_frame
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective

__all__ = ["LightWords", "color_mired", "describe_light", "prompt_text"]

#: Below this the direction is a guess, and words about it would only mislead.
_LEAST_CONFIDENCE = 0.6
#: Defocus / picture height from which a background is called out of focus.
_BLURRED = 0.025
_LINEAR_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


@dataclass(frozen=True)
class LightWords:
    """What a text model is told about the light.

    Attributes
    ----------
    wanted : phrases to append to the prompt.
    unwanted : phrases for the negative prompt.
    """

    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


def describe_light(lighting: LightingEstimate, perspective: Perspective) -> LightWords:
    """Put light and camera into words.

    Parameters
    ----------
    lighting : LightingEstimate
    perspective : Perspective

    Returns
    -------
    LightWords
        Without words on the direction when the estimate is not sure of it.
    """
    share = _key_share(lighting)
    wanted: list[str] = []
    unwanted: list[str] = []
    warm = color_mired(lighting.key_color) > 200
    if share >= 0.25 and lighting.confidence >= _LEAST_CONFIDENCE:
        azimuth, elevation = _sky_angles(lighting, perspective)
        wanted += [_azimuth_words(azimuth), *_elevation_words(elevation, warm)]
        unwanted += [*_wrong_side(azimuth), "two suns", "conflicting shadows"]
    wanted += [*_softness_words(share), *_color_words(lighting), *_camera_words(perspective)]
    return LightWords(tuple(wanted), tuple(unwanted))


def prompt_text(conditions: Conditions, words: LightWords) -> str:
    """Return the prompt: the user's own words, or the scene's description, then blur, light and camera."""
    scene = conditions.prompt.strip() or SCENES[conditions.scene].description
    blur = ["out of focus background, bokeh"] if conditions.blur > _BLURRED else []
    return ", ".join([scene, *blur, *words.wanted])


def color_mired(rgb: FloatArray) -> float:
    """Return the correlated colour temperature of a linear colour (3,) in mired (1e6 / kelvin), within [40, 600].

    References
    ----------
    C. S. McCamy, "Correlated color temperature as an explicit function of chromaticity coordinates", 1992.
    """
    x, y, z = _LINEAR_TO_XYZ @ np.maximum(np.asarray(rgb, np.float64), 1e-4)
    n = (x / (x + y + z) - 0.3320) / (0.1858 - y / (x + y + z))
    kelvin = 449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33
    return float(np.clip(1e6 / max(kelvin, 1.0), 40, 600))


def _key_share(lighting: LightingEstimate) -> float:
    key, ambient = float(luminance(lighting.key_color)), float(luminance(lighting.ambient_color))
    # A light as wide as the sky casts no shadow, however bright it is.
    return key / max(key + ambient, 1e-6) * math.cos(min(lighting.softness_rad, math.pi / 2))


def _sky_angles(lighting: LightingEstimate, perspective: Perspective) -> tuple[float, float]:
    """Azimuth (0 behind the camera, positive to the right) and elevation over the ground, degrees."""
    x, y, z = (float(value) for value in gravity_frame(perspective.up) @ lighting.direction)
    return math.degrees(math.atan2(x, z)), math.degrees(math.asin(max(-1.0, min(1.0, y))))


def _azimuth_words(azimuth: float) -> str:
    side = "right" if azimuth > 0 else "left"
    if abs(azimuth) < 30:
        return "front lighting, light from behind the camera"
    if abs(azimuth) < 70:
        return f"three-quarter light from the {side}"
    if abs(azimuth) < 115:
        return f"side light from the {side}"
    return f"backlit, contre-jour, light from behind on the {side}"


def _wrong_side(azimuth: float) -> list[str]:
    if abs(azimuth) < 30:
        return []
    side, other = ("left", "right") if azimuth > 0 else ("right", "left")
    return [f"light from the {side}", f"shadows on the {other}"]


def _elevation_words(elevation: float, warm: bool) -> list[str]:
    if elevation < 8:
        return ["low sun near the horizon, long shadows", *(["golden hour"] if warm else [])]
    if elevation < 35:
        return ["low light"]
    return ["light from above"] if elevation < 60 else ["overhead light"]


def _softness_words(share: float) -> list[str]:
    if share < 0.25:
        return ["overcast, soft diffuse light"]
    if share < 0.5:
        return ["soft light, large softbox"]
    return ["hard light, crisp shadows"] if share > 0.7 else []


def _color_words(lighting: LightingEstimate) -> list[str]:
    key, ambient = color_mired(lighting.key_color), color_mired(lighting.ambient_color)
    words = []
    if key > 286:
        words.append("warm tungsten light")
    elif key > 200:
        words.append("warm golden light")
    elif key < 130:
        words.append("cool blue light")
    if key - ambient > 60:
        words.append("warm key light, cool ambient shadows")
    elif ambient - key > 60:
        words.append("cool key light, warm ambient shadows")
    return words


def _camera_words(perspective: Perspective) -> list[str]:
    pitch = math.degrees(perspective.pitch_rad)
    if pitch < -20:
        return ["high-angle shot looking down"]
    if pitch < -8:
        return ["seen slightly from above"]
    if pitch > 8:
        return ["low-angle shot"]
    row = perspective.horizon_px / perspective.size[0]
    return [f"eye-level shot, horizon at {round(100 * (1 - row))} % of the height"] if 0 < row < 1 else []
