"""Light and camera of a document as the worker writes them, and what a person makes of them. Nothing of GIMP."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional

from shared.horizon import Camera
from shared.light_ball import Vector, direction_in_words

from cyclorama.protocol.errors import InputError

__all__ = ["VALUES", "Light"]

#: Readings of a light in degrees: argument of the procedures, lowest, highest, default.
VALUES = {
    "azimuth": (-180.0, 180.0, 0.0),
    "elevation": (-90.0, 90.0, 30.0),
    "softness": (0.0, 90.0, 15.0),
    "pitch": (-80.0, 80.0, 0.0),
    "roll": (-80.0, 80.0, 0.0),
}
# A person who says where the light is knows it.
_CERTAIN_KAPPA = 500.0


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
        x, y, z = self.lighting["direction"]
        return float(x), float(y), float(z)

    @property
    def camera(self) -> Camera:
        """The camera as the horizon line takes it."""
        own = self.perspective
        height, width = own["size"]
        x, y = own["principal_point_px"]
        return Camera(width, height, own["focal_px"], (x, y), own["pitch_rad"], own["roll_rad"])

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
        return self._lit(direction=list(direction), kappa=_CERTAIN_KAPPA)

    def with_camera(self, camera: Camera) -> Light:
        """Return the same light under a camera that was turned; of that camera only the angles are taken."""
        return Light(self.lighting, _turned(self.perspective, camera.pitch_rad, camera.roll_rad))

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
            found = found._lit(softness_rad=math.radians(wanted["softness"]))
        if {"pitch", "roll"} & set(values):
            angles = math.radians(wanted["pitch"]), math.radians(wanted["roll"])
            found = Light(found.lighting, _turned(found.perspective, *angles))
        return found

    def in_words(self) -> str:
        """Say where the light is and how sure that is."""
        sure = self.lighting.get("confidence")
        known = "set by you" if sure is None else f"{_sureness(float(sure))} ({float(sure):.2f})"
        return f"Light {direction_in_words(self.direction)}: {known}"

    def horizon_in_words(self) -> str:
        """Say where the horizon is and how sure that is."""
        camera, sure = self.camera, self.perspective.get("confidence")
        share = 100 * camera.horizon_row(camera.width_px / 2) / camera.height_px
        known = "" if sure is None else f": {_sureness(float(sure))} ({float(sure):.2f})"
        where = f"at {share:.0f} % from the top" if 0 <= share <= 100 else "outside of the picture"
        return f"Horizon {where}{known}"

    def _lit(self, **changes: Any) -> Light:
        # Readings for people would contradict what was changed.
        readings = ("azimuth_deg", "elevation_deg", "softness_deg", "confidence")
        kept = {name: value for name, value in self.lighting.items() if name not in readings}
        return Light({**kept, **changes}, self.perspective)


def _turned(perspective: Mapping[str, Any], pitch_rad: float, roll_rad: float) -> Dict[str, Any]:
    readings = ("pitch_deg", "roll_deg", "horizon_px")
    kept = {name: value for name, value in perspective.items() if name not in readings}
    return {**kept, "pitch_rad": pitch_rad, "roll_rad": roll_rad, "confidence": 1.0}


def _sureness(confidence: float) -> str:
    if confidence < 0.35:
        return "a guess"
    return "fairly sure" if confidence < 0.7 else "sure"
