"""Which painter draws which scene, and how a drawing becomes a photograph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from cyclorama.backdrop.sketch.country import dunes, hills, meadow, sea
from cyclorama.backdrop.sketch.film import film
from cyclorama.backdrop.sketch.interior import interior
from cyclorama.backdrop.sketch.night import city_night, stage
from cyclorama.backdrop.sketch.studio import gelled_wall, plain_wall, studio_sweep, table_top
from cyclorama.backdrop.sketch.view import Light, Rng, Sketch, View
from cyclorama.backdrop.sketch.woods import woods
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import srgb_to_linear

__all__ = ["PAINTERS", "Painter", "develop", "paint"]

#: Takes the generator, camera, light, and the radius of the defocus / picture height.
Painter = Callable[[Rng, View, Light, float], Sketch]

#: The painter of every scene that can be drawn from formulas.
PAINTERS: Mapping[str, Painter] = MappingProxyType(
    {
        "studio": studio_sweep,
        "wall": partial(plain_wall, kind="plaster"),
        "concrete": partial(plain_wall, kind="concrete"),
        "canvas": partial(plain_wall, kind="canvas"),
        "table": partial(table_top, stone=False),
        "marble": partial(table_top, stone=True),
        "neon": gelled_wall,
        "garden": partial(woods, autumn=False),
        "autumn": partial(woods, autumn=True),
        "meadow": meadow,
        "hills": hills,
        "sea": sea,
        "desert": partial(dunes, snow=False),
        "snow": partial(dunes, snow=True),
        "city": city_night,
        "stage": stage,
        "interior": interior,
    }
)


def paint(scene: str, seed: int, view: View, light: Light, blur: float) -> Sketch:
    """Draw a scene.

    Parameters
    ----------
    scene : one of ``PAINTERS``.
    seed : everything that light and camera leave open.
    view, light : Camera and light to obey.
    blur : radius of the defocus / picture height.
    """
    return PAINTERS[scene](np.random.default_rng([seed, 3]), view, light, blur)


def develop(sketch: Sketch, mean: FloatArray | None = None) -> FloatArray:
    """Turn scene-linear light into a photograph.

    Parameters
    ----------
    sketch : Sketch
    mean : (3,), linear RGB, optional
        Wished mean of the developed picture: every channel is exposed for it.

    Returns
    -------
    float32 (H, W, 3), sRGB, [0, 1]
    """
    linear = sketch.linear
    if mean is not None:
        # The film is not linear: a second look comes close enough.
        for _ in range(3):
            found = srgb_to_linear(film(linear[::4, ::4], sketch.contrast)).mean((0, 1))
            linear = linear * np.clip(mean / np.maximum(found, 1e-3), 0.1, 8.0).astype(np.float32)
    return film(linear, sketch.contrast)
