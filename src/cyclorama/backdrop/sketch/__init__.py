"""Sketches: places drawn from formulas, with exactly the asked light and camera, for the diffusion to start from.

A sketch is to the built-in background model what a pencil drawing is to a painter: the horizon, the side of the
light, its colour and the depth of field are right from the first stroke. The same painters draw the pictures that
the model is trained on (``models/training/backdrop``).

All pictures in here are float32 (H, W, 3), scene-linear with sRGB primaries, unless a name says otherwise. Painters
take a random generator for everything that light and camera leave open: the same generator draws the same place.
"""

from cyclorama.backdrop.sketch.painters import PAINTERS, develop, paint
from cyclorama.backdrop.sketch.view import Light, Sketch, View

__all__ = ["PAINTERS", "Light", "Sketch", "View", "develop", "paint"]
