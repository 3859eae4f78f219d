"""The subject, the light and the camera in the frame that the built-in network paints; lengths in frame heights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cyclorama.backdrop.codec import PatchCodec
from cyclorama.backdrop.frame import Frame
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize, resize_image

__all__ = ["Setting", "normalized_colors", "setting_of"]

_SUBJECT_LONG_SIDE_PX = 640
#: What stands for "nothing" around the subject, sRGB, and the latents' range.
_NOTHING, _LATENT_RANGE = 0.5, 6.0


@dataclass(frozen=True)
class Setting:
    """What network and sketch are told of the place.

    Attributes
    ----------
    frame : Frame
    subject : float32 (C, h, w), the cut-out subject, encoded.
    alpha : float32 (h, w), its coverage of every cell.
    center : principal point (x, y).
    geometry : ``up``, ``focal``, ``contact_row``, ``direction``, ``softness``, ``key``, ``ambient``:
        arguments of :func:`~cyclorama.backdrop.conditioning.build_maps` and of the sketches.
    """

    frame: Frame
    subject: FloatArray
    alpha: FloatArray
    center: tuple[float, float]
    geometry: dict[str, Any]


def setting_of(
    codec: PatchCodec, frame: Frame, foreground: Image, hole: Matte, conditions: Conditions
) -> Setting:
    """Place the subject, the light and the camera in a frame.

    Parameters
    ----------
    foreground : Image, (H, W)
    hole : Matte, (H, W)
        1 where there is no subject.
    """
    # Reduced before it is read as float: a large photograph stays 8 bit.
    small = resize_image(foreground.as_srgb(), _reduced(foreground.size), "area").pixels
    alpha = resize(1 - hole.alpha, small.shape[:2], "area")
    subject = np.clip(small, 0, 1) * alpha[..., None] + _NOTHING * (1 - alpha[..., None])
    latent = np.clip(codec.encode(frame.place(subject, _NOTHING)), -_LATENT_RANGE, _LATENT_RANGE)
    camera, light = conditions.perspective, conditions.lighting
    top, left = frame.offset_px
    x, y = camera.principal_point_px
    return Setting(
        frame,
        latent,
        resize(frame.place(alpha, 0.0), frame.cells, "area"),
        ((x + left) / frame.height_px, (y + top) / frame.height_px),
        {
            "up": camera.up,
            "focal": camera.focal_px / frame.height_px,
            "contact_row": _contact_row(frame, alpha),
            "direction": light.direction,
            "softness": light.softness_rad,
            **normalized_colors(light.key_color, light.ambient_color),
        },
    )


def normalized_colors(key: FloatArray, ambient: FloatArray) -> dict[str, FloatArray]:
    """Return ``key`` and ``ambient`` as network and sketch know them: with a key light of luminance 1."""
    level = max(float(luminance(key)), 1e-3)
    return {"key": key / np.float32(level), "ambient": np.clip(ambient / np.float32(level), 0.01, 1.5)}


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, _SUBJECT_LONG_SIDE_PX / max(size))
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def _contact_row(frame: Frame, alpha: FloatArray) -> float | None:
    """Row / frame height where the subject ends, None if the canvas cuts it or there is none."""
    rows = np.flatnonzero(alpha.max(1) > 0.5)
    if len(rows) == 0 or rows[-1] >= alpha.shape[0] - 2:
        return None
    bottom = (rows[-1] + 1) / alpha.shape[0] * frame.canvas[0]
    return float((bottom + frame.offset_px[0]) / frame.height_px)
