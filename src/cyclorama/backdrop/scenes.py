"""The scenes that the built-in network knows."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    name: str
    description: str
    outdoors: bool
    blur: float


# The order is the network's: append, never reorder.
SCENES: tuple[Scene, ...] = (
    Scene("studio", "Seamless studio paper, curved from floor to wall", False, 0.0),
    Scene("wall", "Plastered wall, sometimes with the light of a window", False, 0.015),
    Scene("concrete", "Concrete wall", False, 0.015),
    Scene("canvas", "Painted canvas of a portrait studio, mottled", False, 0.015),
    Scene("table", "Wooden or plain table top before a soft wall", False, 0.03),
    Scene("marble", "Stone plinth before a soft wall", False, 0.03),
    Scene("neon", "Dark wall between two coloured lamps", False, 0.015),
    Scene("garden", "Green leaves far out of focus", True, 0.035),
    Scene("autumn", "Autumn leaves far out of focus", True, 0.035),
    Scene("meadow", "Grass and trees under the sky", True, 0.02),
    Scene("hills", "Ridges in haze", True, 0.015),
    Scene("sea", "Sea and sky, from noon to sunset", True, 0.02),
    Scene("desert", "Dunes of sand", True, 0.015),
    Scene("snow", "Dunes of snow", True, 0.015),
    Scene("city", "City at night, lamps out of focus", False, 0.03),
    Scene("stage", "Beams of light through haze", False, 0.02),
    Scene("interior", "Room with a window, out of focus", False, 0.04),
    Scene("outdoors", "Landscapes and streets, as photographed, out of focus", True, 0.035),
    Scene("room", "Halls and rooms, as photographed, out of focus", False, 0.035),
)
SCENE_NAMES: tuple[str, ...] = tuple(scene.name for scene in SCENES)
