"""Light and camera of a document as the worker writes them, as a person sees and changes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional

from cyclorama.protocol.errors import InputError
from shared.horizon import Camera
from shared.light_ball import Vector, direction_in_words

__all__ = [
    "VALUES",
    "Light",
    "camera_of",
    "direction_of",
    "horizon_in_words",
    "light_in_words",
    "under_camera",
    "with_direction",
    "with_softness",
]

#: Readings of a light in degrees: name, lowest, highest, default.
VALUES = {
    "azimuth": (-180.0, 180.0, 0.0),
    "elevation": (-90.0, 90.0, 30.0),
    "softness": (0.0, 90.0, 15.0),
    "pitch": (-80.0, 80.0, 0.0),
    "roll": (-80.0, 80.0, 0.0),
}
# Whoever says where the light is, knows it.
_CERTAIN_KAPPA = 500.0
# Readings for people beside the values; they would contradict what a person changed.
_READINGS = (
    "azimuth_deg",
    "elevation_deg",
    "softness_deg",
    "confidence",
    "pitch_deg",
    "roll_deg",
    "horizon_px",
)


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
    """Return the perspective with the angles of a camera that was turned; nothing else of it is taken."""
    return _turned(perspective, camera.pitch_rad, camera.roll_rad)


def light_in_words(lighting: Mapping[str, Any]) -> str:
    """Say where the light is and how sure that is."""
    return f"{direction_in_words(direction_of(lighting))}: {_sureness(lighting.get('confidence'))}"


def horizon_in_words(perspective: Mapping[str, Any]) -> str:
    """Say where the horizon is and how sure that is."""
    camera = camera_of(perspective)
    share = 100 * camera.horizon_row(camera.width_px / 2) / camera.height_px
    inside = 0 <= share <= 100
    place = f"Horizon at {share:.0f} % from the top" if inside else "Horizon outside of the picture"
    roll = math.degrees(camera.roll_rad)
    side = "clockwise" if roll > 0 else "anticlockwise"
    turned = f", turned {abs(roll):.0f}° {side}" if abs(roll) >= 0.5 else ""
    # The camera's confidence is part of the message; that a person turned it shows by the readings that are gone.
    measured = perspective.get("confidence") if "horizon_px" in perspective else None
    return f"{place}{turned}: {_sureness(measured)}"


@dataclass(frozen=True)
class Light:
    """A light and a camera.

    Parameters
    ----------
    lighting, perspective : mapping
        As the jobs ``split`` and ``light`` give them.
    """

    lighting: Mapping[str, Any]
    perspective: Mapping[str, Any]

    @classmethod
    def noted(cls, note: Mapping[str, Any]) -> Optional[Light]:
        """Return the light of a document or of a note, or None if it has none."""
        lighting, perspective = note.get("lighting"), note.get("perspective")
        return cls(lighting, perspective) if lighting and perspective else None

    @property
    def direction(self) -> Vector:
        """Towards the light, in camera axes."""
        return direction_of(self.lighting)

    @property
    def camera(self) -> Camera:
        """The camera as the horizon line takes it."""
        return camera_of(self.perspective)

    @property
    def values(self) -> Dict[str, float]:
        """Azimuth, elevation, softness, pitch and roll in degrees."""
        x, y, z = self.direction
        return {
            "azimuth": math.degrees(math.atan2(x, z)),
            "elevation": math.degrees(math.asin(max(-1.0, min(1.0, y)))),
            "softness": math.degrees(self.lighting["softness_rad"]),
            "pitch": math.degrees(self.perspective["pitch_rad"]),
            "roll": math.degrees(self.perspective["roll_rad"]),
        }

    def with_direction(self, direction: Vector) -> Light:
        """Return the same light from elsewhere."""
        return Light(with_direction(self.lighting, direction), self.perspective)

    def with_camera(self, camera: Camera) -> Light:
        """Return the same light under a camera that was turned; of that camera only the angles are taken."""
        return Light(self.lighting, under_camera(self.perspective, camera))

    def with_values(self, values: Mapping[str, float]) -> Light:
        """Return the light with readings in degrees; those that are missing stay.

        Raises
        ------
        InputError
            If one is out of range.
        """
        for name, value in values.items():
            low, high, _ = VALUES[name]
            if not low <= value <= high:
                raise InputError(f"{name.capitalize()} is {value:g}°; {low:g} to {high:g} was wanted.")
        wanted = {**self.values, **values}
        azimuth, elevation = math.radians(wanted["azimuth"]), math.radians(wanted["elevation"])
        found = self
        if {"azimuth", "elevation"} & set(values):
            side = math.cos(elevation)
            found = self.with_direction(
                (math.sin(azimuth) * side, math.sin(elevation), math.cos(azimuth) * side)
            )
        if "softness" in values:
            softer = with_softness(found.lighting, math.radians(wanted["softness"]))
            found = Light(softer, found.perspective)
        if {"pitch", "roll"} & set(values):
            angles = math.radians(wanted["pitch"]), math.radians(wanted["roll"])
            found = Light(found.lighting, _turned(found.perspective, *angles))
        return found


def _turned(perspective: Mapping[str, Any], pitch_rad: float, roll_rad: float) -> Dict[str, Any]:
    return {**_bare(perspective), "pitch_rad": pitch_rad, "roll_rad": roll_rad, "confidence": 1.0}


def _bare(values: Mapping[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _READINGS}


def _sureness(confidence: Optional[float]) -> str:
    """Say how sure a reading is; what a person set has no confidence."""
    if confidence is None:
        return "set by you"
    if confidence < 0.35:
        return "a guess"
    return "fairly sure" if confidence < 0.7 else "sure"
