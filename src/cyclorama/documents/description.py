"""What a layered file cannot show as pixels, as JSON: light, camera, names, provenance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.document import LayeredDocument
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective

__all__ = ["FORMAT", "describe", "light_of", "perspective_of"]

#: Raised when older programs could no longer read the description.
FORMAT = 1


def describe(document: LayeredDocument) -> dict[str, Any]:
    """Return a document without its pixels, of plain JSON types."""
    return {
        "format": FORMAT,
        "size": list(document.size),
        "blend_space": document.blend_space,
        "sample_format": document.sample_format,
        "has_icc_profile": document.icc_profile is not None,
        "chosen": document.chosen,
        "objects": [{"name": layer.name} for layer in document.layers],
        "shadows": [
            {"name": layer.name, "kind": layer.kind, "opacity": layer.opacity} for layer in document.shadows
        ],
        "backgrounds": [
            {"seed": candidate.seed, "scene": candidate.scene, "fit": _plain(candidate.fit)}
            for candidate in document.candidates
        ],
        "lighting": _light(document.lighting),
        "perspective": _perspective(document.perspective),
        "provenance": _plain(document.provenance),
    }


def light_of(found: Mapping[str, Any] | None) -> LightingEstimate | None:
    """Return the light that :func:`describe` wrote down."""
    if found is None:
        return None
    return LightingEstimate(
        np.array(found["direction"], np.float32),
        found["kappa"],
        found["softness_rad"],
        np.array(found["key_color"], np.float32),
        np.array(found["ambient_color"], np.float32),
        np.array(found["ambient_sh"], np.float32),
    )


def perspective_of(found: Mapping[str, Any] | None) -> Perspective | None:
    """Return the camera that :func:`describe` wrote down."""
    if found is None:
        return None
    height, width = found["size"]
    x, y = found["principal_point_px"]
    return Perspective(
        (height, width), found["focal_px"], (x, y), found["pitch_rad"], found["roll_rad"], found["confidence"]
    )


def _light(light: LightingEstimate | None) -> dict[str, Any] | None:
    if light is None:
        return None
    names = ("direction", "kappa", "softness_rad", "key_color", "ambient_color", "ambient_sh")
    return {name: _plain(getattr(light, name)) for name in names}


def _perspective(perspective: Perspective | None) -> dict[str, Any] | None:
    if perspective is None:
        return None
    names = ("size", "focal_px", "principal_point_px", "pitch_rad", "roll_rad", "confidence")
    return {name: _plain(getattr(perspective, name)) for name in names}


def _plain(value: Any) -> Any:
    """Turn mappings, tuples and NumPy values into what JSON knows; anything else into its text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
