"""What a new background would look like, before it is painted: drawn within a moment, for a light that is dragged."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.inpaint import conditions_for
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.light_map import pixel_rays, render_light_map
from cyclorama.backdrop.opening import can_open, sketch_place
from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.image import Image, to_samples
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.options import ReplaceOptions

__all__ = ["preview_background"]


def preview_background(
    lighting: LightingEstimate,
    perspective: Perspective,
    options: ReplaceOptions,
    size: tuple[int, int],
    contact_row: float | None = None,
) -> Image:
    """Draw the sketch from which the diffusion would start, or where nobody paints the scene, its light on a bare set.

    Parameters
    ----------
    lighting : LightingEstimate
        The light asked for.
    perspective : Perspective
        The camera of the canvas.
    options : ReplaceOptions
        Scene, prompt and seed are used.
    size : (int, int)
        (height, width) of the preview.
    contact_row : float, optional
        Row / height where the subject stands on the ground; None when that is out of view.

    Returns
    -------
    Image, uint8, sRGB

    Raises
    ------
    InputError
        If the scene is unknown.
    """
    conditions, _ = conditions_for(lighting, perspective, options)
    if can_open(conditions.scene):
        picture = sketch_place(conditions, size, seed=options.seed, contact_row=contact_row)
    else:
        picture = _bare_set(conditions, size)
    return Image(to_samples(picture, "uint8"))


def _bare_set(conditions: Conditions, size: tuple[int, int]) -> FloatArray:
    """Draw the light map that conditions the diffusion model, as a person would see it."""
    camera, lighting = conditions.perspective.scaled(size), conditions.lighting
    height = size[0]
    x, y = camera.principal_point_px
    rays = pixel_rays(size, camera.focal_px / height, (x / height, y / height))
    light = np.expm1(
        render_light_map(
            rays,
            camera.up,
            lighting.direction,
            focal=camera.focal_px / height,
            center_y=y / height,
            contact_row=None,
            softness=lighting.softness_rad,
            key=lighting.key_color,
            ambient=lighting.ambient_color,
            outdoors=SCENES[conditions.scene].outdoors,
        )
    )
    # As a camera exposes: the picture's mean comes out as bright as the scene's usual colour.
    exposed = light / max(float(luminance(light).mean()), 1e-4)
    linear = exposed * np.array(SCENES[conditions.scene].palette, np.float32)
    # Highlights roll off rather than clip, so that the side of the light stays visible.
    soft = np.where(linear < 0.5, linear, 1 - 0.25 / np.maximum(linear, 0.5))
    return np.asarray(linear_to_srgb(soft.astype(np.float32)), np.float32)
