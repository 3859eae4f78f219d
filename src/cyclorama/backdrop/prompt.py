"""Free text to wishes: every word that counts is in a table here, and the rest is reported as not understood."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import srgb_to_linear

__all__ = ["BLUR_WORDS", "COLOR_WORDS", "SCENE_WORDS", "TONE_WORDS", "Wishes", "parse_prompt"]

#: Other words for scenes.
SCENE_WORDS: dict[str, str] = {
    "paper": "studio", "seamless": "studio", "cyclorama": "studio", "backdrop": "studio", "sweep": "studio",
    "plaster": "wall", "window": "wall", "facade": "wall",
    "industrial": "concrete", "cement": "concrete", "loft": "concrete",
    "mottled": "canvas", "painted": "canvas", "portrait": "canvas",
    "wood": "table", "wooden": "table", "desk": "table", "tabletop": "table", "kitchen": "table",
    "stone": "marble", "plinth": "marble", "podium": "marble", "pedestal": "marble",
    "cyberpunk": "neon", "gel": "neon",
    "forest": "garden", "park": "garden", "leaves": "garden", "trees": "garden", "foliage": "garden",
    "woods": "garden", "jungle": "garden",
    "fall": "autumn", "october": "autumn",
    "field": "meadow", "grass": "meadow", "lawn": "meadow", "countryside": "meadow",
    "mountains": "hills", "mountain": "hills", "valley": "hills", "alps": "hills",
    "ocean": "sea", "beach": "sea", "coast": "sea", "seaside": "sea", "water": "sea", "sunset": "sea",
    "dunes": "desert", "sand": "desert", "sahara": "desert",
    "winter": "snow", "ice": "snow",
    "street": "city", "downtown": "city", "urban": "city", "lights": "city", "night": "city",
    "concert": "stage", "spotlight": "stage", "theater": "stage", "theatre": "stage",
    "cafe": "interior", "living": "interior", "bar": "interior", "restaurant": "interior",
    "library": "interior", "home": "interior", "bookshelf": "interior",
    "landscape": "outdoors", "outside": "outdoors", "nature": "outdoors",
    "hall": "room", "office": "room", "indoors": "room", "inside": "room", "gallery": "room",
}  # fmt: skip

#: Mean colours, sRGB.
COLOR_WORDS: dict[str, tuple[float, float, float]] = {
    "white": (0.86, 0.86, 0.85), "black": (0.09, 0.09, 0.09), "gray": (0.5, 0.5, 0.5), "grey": (0.5, 0.5, 0.5),
    "red": (0.62, 0.16, 0.14), "orange": (0.78, 0.45, 0.2), "yellow": (0.8, 0.7, 0.28), "green": (0.25, 0.45, 0.24),
    "teal": (0.2, 0.46, 0.46), "cyan": (0.4, 0.68, 0.72), "blue": (0.22, 0.36, 0.62), "navy": (0.1, 0.14, 0.28),
    "purple": (0.42, 0.26, 0.55), "violet": (0.45, 0.32, 0.6), "magenta": (0.65, 0.22, 0.52),
    "pink": (0.84, 0.58, 0.64), "brown": (0.38, 0.26, 0.18), "beige": (0.76, 0.69, 0.58), "cream": (0.86, 0.81, 0.7),
    "gold": (0.66, 0.5, 0.24), "olive": (0.38, 0.38, 0.2), "lavender": (0.68, 0.62, 0.8),
}  # fmt: skip

#: Factor on the brightness, and on the key light's blue-to-red ratio.
TONE_WORDS: dict[str, tuple[float, float]] = {
    "dark": (0.4, 1.0), "moody": (0.4, 1.0), "bright": (1.7, 1.0), "light": (1.5, 1.0), "airy": (1.7, 1.0),
    "warm": (1.0, 0.6), "golden": (1.0, 0.5), "cozy": (0.9, 0.6), "evening": (0.7, 0.6), "dusk": (0.6, 0.7),
    "dawn": (0.9, 0.75), "morning": (1.1, 0.85), "noon": (1.3, 1.1), "cool": (1.0, 1.45), "cold": (1.0, 1.6),
}  # fmt: skip

#: Radius of the defocus / picture height.
BLUR_WORDS: dict[str, float] = {
    "sharp": 0.004, "crisp": 0.004, "detailed": 0.008, "soft": 0.03, "blurred": 0.04, "blurry": 0.045,
    "bokeh": 0.045, "defocused": 0.045, "dreamy": 0.05, "shallow": 0.045,
}  # fmt: skip

_FILLERS = frozenset(
    "a an the in on at of with and or to for by near behind before under over very some my background scene "
    "photo picture hour time day room's style color colour colored coloured tones out focus".split()
)


@dataclass(frozen=True)
class Wishes:
    """What a prompt asks for.

    Attributes
    ----------
    scene : name of a scene, or None.
    palette : (3,) linear RGB, wished mean of the picture, or None.
    brightness : factor on the brightness.
    warmth : factor on the key light's blue-to-red ratio; below 1 is warmer.
    blur : radius of the defocus / picture height, or None.
    not_understood : words that have no meaning here.
    """

    scene: str | None = None
    palette: FloatArray | None = None
    brightness: float = 1.0
    warmth: float = 1.0
    blur: float | None = None
    not_understood: tuple[str, ...] = ()


def parse_prompt(text: str) -> Wishes:
    """Read a prompt word by word.

    The first word that names a scene decides it; several colours are averaged; the last blur word counts.

    Examples
    --------
    >>> parse_prompt("dark blue studio, dreamy").scene
    'studio'
    """
    scene: str | None = None
    named: str | None = None
    colors, unknown = [], []
    brightness, warmth, blur = 1.0, 1.0, None
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        known = word in _FILLERS
        if word in SCENES:
            named, known = named or word, True
        if word in SCENE_WORDS:
            scene, known = scene or SCENE_WORDS[word], True
        if word in COLOR_WORDS:
            colors.append(COLOR_WORDS[word])
            known = True
        if word in TONE_WORDS:
            brightness, warmth, known = brightness * TONE_WORDS[word][0], warmth * TONE_WORDS[word][1], True
        if word in BLUR_WORDS:
            blur, known = BLUR_WORDS[word], True
        if not known:
            unknown.append(word)
    palette = None
    if colors:
        palette = np.clip(srgb_to_linear(np.array(colors)).mean(0) * np.float32(brightness), 0.003, 0.9)
    return Wishes(named or scene, palette, brightness, warmth, blur, tuple(unknown))
