"""Where the diffusion starts: a sketch that obeys the asked light and camera exactly.

Started from noise, a small network finds the broad shapes late and vaguely: the horizon drifts, and out of doors the
light's side is a matter of luck. Started from a sketch [1], it keeps them, and paints what a formula cannot know:
how the place should look around this subject. ``docs/decisions`` tells what was measured.

References
----------
.. [1] Meng et al., "SDEdit: Guided Image Synthesis and Editing with Stochastic Differential Equations", ICLR 2022.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.codec import PATCH_PX, PatchCodec
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.setting import Setting, normalized_colors
from cyclorama.backdrop.sketch import PAINTERS, Light, View, develop, paint
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import srgb_to_linear
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.resampling import resize

__all__ = ["Opening", "can_open", "open_with_sketch", "repaint", "sketch_place"]

#: Rows of a sketch for each row of latent cells, and how many times as many a large canvas gets.
_CELL_PX, _FINE = 32, 2
_LARGE_CANVAS_PX = 900
#: A light that tells nothing of its side, for conditions that withhold it.
_FRONT = np.array([0.0, 0.45, 0.89], np.float32)
_LEVEL = np.array([0.0, 1.0, 0.0], np.float32)
#: Shapes larger than this / picture height are the network's, finer ones the sketch's.
_BROAD = 0.035


@dataclass(frozen=True)
class Opening:
    """A sketch, ready to start from.

    Attributes
    ----------
    picture : float32 (H, W, 3), sRGB: the sketch of the whole frame.
    latent : float32 (C, h, w): the same, encoded.
    palette : float32 (3,), its mean, linear RGB.
    """

    picture: FloatArray
    latent: FloatArray
    palette: FloatArray


def can_open(scene: str) -> bool:
    """Whether there is a painter for a scene: the others, learned from photographs, start from noise."""
    return scene in PAINTERS


def open_with_sketch(
    codec: PatchCodec,
    setting: Setting,
    conditions: Conditions,
    *,
    seed: int,
    withheld: tuple[str, ...] = (),
) -> Opening:
    """Draw the asked scene for a frame.

    Parameters
    ----------
    codec : PatchCodec
    setting : Setting
    conditions : Conditions
        Scene, blur and palette are used.
    seed : what light and camera leave open.
    withheld : groups of conditions that the sketch must not know, either.
    """
    geometry = setting.geometry
    rows, cols = setting.frame.cells
    scale = _CELL_PX * (_FINE if setting.frame.height_px > _LARGE_CANVAS_PX else 1)
    view = View(
        (rows * scale, cols * scale),
        float(geometry["focal"]),
        _LEVEL if "camera" in withheld else np.asarray(geometry["up"], np.float32),
        setting.center,
        geometry["contact_row"],
    )
    light = Light(
        _FRONT if "light" in withheld else np.asarray(geometry["direction"], np.float32),
        float(geometry["softness"]),
        np.asarray(geometry["key"], np.float32),
        np.asarray(geometry["ambient"], np.float32),
    )
    sketch = paint(conditions.scene, seed, view, light, conditions.blur)
    picture = develop(sketch, None if "palette" in withheld else conditions.palette)
    small = resize(picture, (rows * PATCH_PX, cols * PATCH_PX), "area")
    return Opening(picture, codec.encode(small), np.asarray(srgb_to_linear(small).mean((0, 1)), np.float32))


def sketch_place(
    conditions: Conditions, size: tuple[int, int], *, seed: int, contact_row: float | None = None
) -> FloatArray:
    """Draw the asked scene alone, small and at once: what the diffusion would start from on this canvas.

    Parameters
    ----------
    conditions : Conditions
    size : (int, int)
        (height, width) of the drawing, of the canvas's shape.
    seed : what light and camera leave open.
    contact_row : float, optional
        Row / height where the subject stands on the ground; None when that is out of view.

    Returns
    -------
    float32 (H, W, 3), sRGB, [0, 1]

    Raises
    ------
    KeyError
        If nobody paints the scene; see :func:`can_open`.
    """
    camera, light = conditions.perspective.scaled(size), conditions.lighting
    height = size[0]
    x, y = camera.principal_point_px
    view = View(size, camera.focal_px / height, camera.up, (x / height, y / height), contact_row)
    colors = normalized_colors(light.key_color, light.ambient_color)
    lamp = Light(light.direction, light.softness_rad, colors["key"], colors["ambient"])
    return develop(paint(conditions.scene, seed, view, lamp, conditions.blur), conditions.palette)


def repaint(opening: Opening, sketched: FloatArray, painted: FloatArray) -> FloatArray:
    """Carry over what the network changed in the broad shapes, and keep the sketch's detail and the slope of its light.

    Parameters
    ----------
    opening : Opening
    sketched, painted : float32 (h, w, 3), sRGB
        The sketch and the network's picture, both through the decoder, so that its own softness cancels.

    Returns
    -------
    float32 (H, W, 3), sRGB, of the sketch's size
    """
    height, width = opening.picture.shape[:2]
    change = _without_slope(gaussian_blur(painted - sketched, _BROAD * painted.shape[0]))
    return np.asarray(np.clip(opening.picture + resize(change, (height, width)), 0, 1), np.float32)


def _without_slope(change: FloatArray) -> FloatArray:
    """Take the plane that fits a change (h, w, 3) best away, all but its mean: the light's side is the sketch's."""
    height, width = change.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    across = (change * x).mean((0, 1)) / (x * x).mean()
    down = (change * y).mean((0, 1)) / (y * y).mean()
    return np.asarray(change - across * x - down * y, np.float32)
