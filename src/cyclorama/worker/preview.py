"""What a new background would look like before it is painted: the asked light on a bare set, in the scene's colour."""

from __future__ import annotations

import numpy as np

from cyclorama.backdrop.inpaint import choose_scene
from cyclorama.backdrop.light_map import pixel_rays, render_light_map
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.image import Image, to_samples
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import InputError

__all__ = ["preview_background"]


def preview_background(
    lighting: LightingEstimate, perspective: Perspective, scene: str, size: tuple[int, int]
) -> Image:
    """Draw the light map that conditions the diffusion model, as a person would see it.

    Parameters
    ----------
    lighting : LightingEstimate
        The light asked for.
    perspective : Perspective
        The camera of the canvas.
    scene : str
        A scene's name, or "auto".
    size : (int, int)
        (height, width) of the preview.

    Returns
    -------
    Image, uint8, sRGB

    Raises
    ------
    InputError
        If the scene is unknown.
    """
    if scene == "auto":
        scene, _ = choose_scene(lighting, perspective)
    if scene not in SCENES:
        raise InputError(f"There is no scene {scene!r}.", f"Known scenes: auto, {', '.join(SCENE_NAMES)}.")
    camera = perspective.scaled(size)
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
            outdoors=SCENES[scene].outdoors,
        )
    )
    # As a camera exposes: the picture's mean comes out as bright as the scene's usual colour.
    exposed = light / max(float(luminance(light).mean()), 1e-4)
    linear = exposed * np.array(SCENES[scene].palette, np.float32)
    # Highlights roll off rather than clip, so that the side of the light stays visible.
    soft = np.where(linear < 0.5, linear, 1 - 0.25 / np.maximum(linear, 0.5))
    return Image(to_samples(linear_to_srgb(soft.astype(np.float32)), "uint8"))
