"""Light and camera as plain JSON values and back: one form for files, messages and the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import InputError

__all__ = ["as_plain", "lighting_from", "lighting_mapping", "perspective_from", "perspective_mapping"]

_LIGHTING = ("direction", "kappa", "softness_rad", "key_color", "ambient_color", "ambient_sh")
_PERSPECTIVE = ("size", "focal_px", "principal_point_px", "pitch_rad", "roll_rad", "confidence")


def lighting_mapping(lighting: LightingEstimate) -> dict[str, Any]:
    """Return a light as JSON values: its fields, exactly, and readings for people.

    Readings (``azimuth_deg``, ``elevation_deg``, ``softness_deg``, ``confidence``) are not read back.
    """
    return {
        **{name: as_plain(getattr(lighting, name)) for name in _LIGHTING},
        "azimuth_deg": round(math.degrees(lighting.azimuth_rad), 1),
        "elevation_deg": round(math.degrees(lighting.elevation_rad), 1),
        "softness_deg": round(math.degrees(lighting.softness_rad), 1),
        "confidence": round(lighting.confidence, 3),
    }


def lighting_from(found: Mapping[str, Any]) -> LightingEstimate:
    """Return the light that :func:`lighting_mapping` wrote down, or that a person or a dialog edited.

    Raises
    ------
    InputError
        If a field is missing or cannot be used.
    """
    try:
        return LightingEstimate(
            np.array(found["direction"], np.float32),
            float(found["kappa"]),
            float(found["softness_rad"]),
            np.array(found["key_color"], np.float32),
            np.array(found["ambient_color"], np.float32),
            np.array(found["ambient_sh"], np.float32),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"A light cannot be read: {error!r}; {', '.join(_LIGHTING)} were wanted.") from error


def perspective_mapping(perspective: Perspective) -> dict[str, Any]:
    """Return a camera as JSON values: its fields, exactly, and readings for people.

    Readings (``pitch_deg``, ``roll_deg``, ``horizon_px``) are not read back.
    """
    return {
        **{name: as_plain(getattr(perspective, name)) for name in _PERSPECTIVE},
        "pitch_deg": round(math.degrees(perspective.pitch_rad), 2),
        "roll_deg": round(math.degrees(perspective.roll_rad), 2),
        "horizon_px": round(perspective.horizon_px, 1),
    }


def perspective_from(found: Mapping[str, Any]) -> Perspective:
    """Return the camera that :func:`perspective_mapping` wrote down, or that a person or a dialog edited.

    Raises
    ------
    InputError
        If a field is missing or cannot be used.
    """
    try:
        height, width = (int(side) for side in found["size"])
        x, y = (float(place) for place in found["principal_point_px"])
        return Perspective(
            (height, width),
            float(found["focal_px"]),
            (x, y),
            float(found["pitch_rad"]),
            float(found["roll_rad"]),
            float(found["confidence"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"A camera cannot be read: {error!r}; {', '.join(_PERSPECTIVE)} were wanted."
        ) from error


def as_plain(value: Any) -> Any:
    """Turn mappings, tuples and NumPy values into what JSON knows; anything else into its text."""
    if isinstance(value, Mapping):
        return {str(key): as_plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(entry) for entry in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
