"""Light and camera as the worker writes them, as a person sees and changes them."""

from __future__ import annotations

import math
from typing import Any, Dict, Mapping, Tuple

from shared.horizon import Camera
from shared.light_ball import direction_in_words

__all__ = [
    "camera_of",
    "direction_of",
    "horizon_in_words",
    "light_in_words",
    "under_camera",
    "with_direction",
    "with_softness",
]

Vector = Tuple[float, float, float]

#: Readings for people beside the values; they would contradict what a person changed.
_READINGS = (
    "azimuth_deg",
    "elevation_deg",
    "softness_deg",
    "confidence",
    "pitch_deg",
    "roll_deg",
    "horizon_px",
)
#: Whoever says where the light is, knows it.
_CERTAIN_KAPPA = 500.0


def direction_of(lighting: Mapping[str, Any]) -> Vector:
    """Return the direction towards the light, in camera axes."""
    x, y, z = lighting["direction"]
    return float(x), float(y), float(z)


def with_direction(lighting: Mapping[str, Any], direction: Vector) -> Dict[str, Any]:
    """Return the same light from elsewhere."""
    return {**_bare(lighting), "direction": list(direction), "kappa": _CERTAIN_KAPPA}


def with_softness(lighting: Mapping[str, Any], softness_rad: float) -> Dict[str, Any]:
    """Return the same light, harder or softer."""
    return {**_bare(lighting), "softness_rad": softness_rad}


def camera_of(perspective: Mapping[str, Any]) -> Camera:
    """Return the camera as the horizon line takes it."""
    height, width = perspective["size"]
    x, y = perspective["principal_point_px"]
    return Camera(
        width, height, perspective["focal_px"], (x, y), perspective["pitch_rad"], perspective["roll_rad"]
    )


def under_camera(perspective: Mapping[str, Any], camera: Camera) -> Dict[str, Any]:
    """Return the perspective with the angles of a camera that was turned."""
    return {
        **_bare(perspective),
        "pitch_rad": camera.pitch_rad,
        "roll_rad": camera.roll_rad,
        "confidence": 1.0,
    }


def light_in_words(lighting: Mapping[str, Any]) -> str:
    """Say where the light is and how sure that is."""
    words = direction_in_words(direction_of(lighting))
    sure = lighting.get("confidence")
    return f"{words}: set by you" if sure is None else f"{words}: {_sureness(float(sure))}"


def horizon_in_words(perspective: Mapping[str, Any]) -> str:
    """Say where the horizon is."""
    camera = camera_of(perspective)
    share = 100 * camera.horizon_row(camera.width_px / 2) / camera.height_px
    roll = math.degrees(camera.roll_rad)
    place = (
        f"Horizon at {share:.0f} % of the height" if 0 <= share <= 100 else "Horizon outside of the picture"
    )
    return place + (f", turned by {roll:.0f}°" if abs(roll) >= 0.5 else "")


def _bare(values: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _READINGS}


def _sureness(confidence: float) -> str:
    if confidence < 0.35:
        return "a guess"
    return "fairly sure" if confidence < 0.7 else "sure"
