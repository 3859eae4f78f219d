"""The scenes that the built-in network knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["SCENES", "SCENE_NAMES", "Scene"]


@dataclass(frozen=True)
class Scene:
    """A kind of place.

    Attributes
    ----------
    name : what the user and the network call it.
    description : one line for menus.
    outdoors : lit by sun and sky instead of lamps and windows.
    blur : default radius of the defocus / picture height.
    palette : usual mean colour, linear RGB.
    """

    name: str
    description: str
    outdoors: bool
    blur: float
    palette: tuple[float, float, float]


# The order is the network's: append, never reorder.
_ORDER: tuple[Scene, ...] = (
    Scene("studio", "Seamless studio paper, curved from floor to wall", False, 0.01, (0.25, 0.23, 0.2)),
    Scene("wall", "Plastered wall, sometimes with the light of a window", False, 0.015, (0.19, 0.165, 0.104)),
    Scene("concrete", "Concrete wall", False, 0.015, (0.2, 0.17, 0.14)),
    Scene("canvas", "Painted canvas of a portrait studio, mottled", False, 0.015, (0.21, 0.185, 0.14)),
    Scene("table", "Wooden or plain table top before a soft wall", False, 0.03, (0.23, 0.19, 0.155)),
    Scene("marble", "Stone plinth before a soft wall", False, 0.03, (0.21, 0.195, 0.16)),
    Scene("neon", "Dark wall between two coloured lamps", False, 0.015, (0.31, 0.24, 0.33)),
    Scene("garden", "Green leaves far out of focus", True, 0.035, (0.25, 0.31, 0.1)),
    Scene("autumn", "Autumn leaves far out of focus", True, 0.035, (0.41, 0.25, 0.08)),
    Scene("meadow", "Grass and trees under the sky", True, 0.02, (0.33, 0.35, 0.24)),
    Scene("hills", "Ridges in haze", True, 0.015, (0.3, 0.3, 0.29)),
    Scene("sea", "Sea and sky, from noon to sunset", True, 0.02, (0.24, 0.23, 0.21)),
    Scene("desert", "Dunes of sand", True, 0.015, (0.42, 0.35, 0.3)),
    Scene("snow", "Dunes of snow", True, 0.015, (0.4, 0.4, 0.39)),
    Scene("city", "City at night, lamps out of focus", False, 0.03, (0.16, 0.11, 0.1)),
    Scene("stage", "Beams of light through haze", False, 0.02, (0.13, 0.12, 0.11)),
    Scene("interior", "Room with a window, out of focus", False, 0.04, (0.27, 0.24, 0.21)),
    Scene(
        "outdoors", "Landscapes and streets, as photographed, out of focus", True, 0.035, (0.31, 0.3, 0.28)
    ),
    Scene("room", "Halls and rooms, as photographed, out of focus", False, 0.035, (0.33, 0.3, 0.28)),
)
#: Every scene by its name.
SCENES: Mapping[str, Scene] = MappingProxyType({scene.name: scene for scene in _ORDER})
SCENE_NAMES: tuple[str, ...] = tuple(SCENES)
