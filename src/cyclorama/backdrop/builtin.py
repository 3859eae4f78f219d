"""The built-in background: a latent diffusion model of our own, run by ONNX Runtime."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from cyclorama.backdrop.codec import PatchCodec
from cyclorama.backdrop.conditioning import FEATURE_GROUPS, build_features, build_maps
from cyclorama.backdrop.frame import Frame, frame_for
from cyclorama.backdrop.grain import add_grain, noise_level
from cyclorama.backdrop.guidance import SlopeTable, steer_slope
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.noise import shaped_noise, spectrum_for, white_noise_of
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.backdrop.scheduler import guide, sample_dpm
from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize, resize_image
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.runtime.tensors import load_tensors

__all__ = ["BuiltinInpainter"]

_STAGE = "backdrop"
_GROUPS = tuple(FEATURE_GROUPS)
_LIGHT_GROUPS = ("light", "colors")
_SCENE_GUIDANCE = 2.0
#: The part of the asked defocus below which detail is an error, and the least there is / picture height.
_SOFTNESS, _LEAST_SOFTNESS = 0.35, 0.011


class BuiltinInpainter:
    """Denoiser, decoder and codec from a folder of built-in models.

    Parameters
    ----------
    folder : Path
        Holds ``denoiser.onnx``, ``decoder.onnx`` and ``codec.safetensors``.
    threads : int or None
        Threads of one operator; None uses all cores.

    Raises
    ------
    ModelMissing, ModelCorrupt
        If a file is absent or no network.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self._denoiser = OnnxSession(folder / "denoiser.onnx", threads=threads)
        self._decoder = OnnxSession(folder / "decoder.onnx", threads=threads)
        self._codec = PatchCodec.load(folder / "codec.safetensors")
        arrays = load_tensors(folder / "codec.safetensors")
        self._palettes = arrays["palettes"]
        self._slopes = SlopeTable(arrays["slope"], arrays["explained"])

    @property
    def provenance(self) -> dict[str, Any]:
        """Name and hashes of the files."""
        return {
            "id": "backdrop",
            "denoiser_sha256": self._denoiser.sha256(),
            "decoder_sha256": self._decoder.sha256(),
        }

    def __call__(
        self,
        foreground: Image,
        hole: Matte,
        conditions: Conditions,
        *,
        seed: int,
        steps: int = 16,
        guidance: float = 2.0,
        report: Report = silent,
        withheld: tuple[str, ...] = (),
    ) -> Image:
        """Paint a background; see :class:`cyclorama.backdrop.inpainter.Inpainter`.

        Parameters
        ----------
        withheld : tuple of str
            Groups of ``FEATURE_GROUPS`` that the network is not told, and ``"slope"`` to do without
            :func:`~cyclorama.backdrop.guidance.steer_slope`: for ablations.
        """
        if conditions.scene not in SCENES:
            known = ", ".join(SCENE_NAMES)
            raise InputError(f"There is no scene {conditions.scene!r}.", f"Known scenes: {known}.")
        if foreground.size != hole.size:
            raise InputError(
                f"The hole is {hole.size} and the canvas {foreground.size}; one size was wanted."
            )
        if conditions.palette is None and "palette" not in withheld:
            conditions = dataclasses.replace(conditions, palette=self._usual_palette(conditions, seed))
        frame = frame_for(foreground.size)
        report(Progress(_STAGE, 0.0, "Preparing"))
        maps, features, given = self._inputs(frame, foreground, hole, conditions, withheld)
        white = white_noise_of(seed, self._codec.channels, frame.cells)
        noise = shaped_noise(white, spectrum_for(self._codec.spectrum, frame.cells))[None]

        target, weight = self._usual_slope(
            conditions, 0.0 if {"light", "slope"} & set(withheld) else guidance
        )

        def predict(latent: FloatArray, t: int) -> FloatArray:
            v = self._predict(latent, t, maps, features, given, guidance)
            return steer_slope(latent, v, t, target=target, weight=weight)

        latent = noise
        for k, cleaner in enumerate(sample_dpm(predict, noise, steps)):
            latent = cleaner
            report(Progress(_STAGE, 0.05 + 0.8 * (k + 1) / steps, f"Denoising {k + 1} of {steps}"))
        decoded = self._decoder.run({"latent": latent})["image"][0]
        report(Progress(_STAGE, 0.92, "Enlarging"))
        picture = np.clip(np.moveaxis(decoded, 0, -1), 0, 1)
        # Behind a defocused lens nothing is finer than the defocus: what is, the network got wrong.
        picture = gaussian_blur(picture, max(_SOFTNESS * conditions.blur, _LEAST_SOFTNESS) * picture.shape[0])
        rows, cols = frame.window(picture.shape[:2])
        enlarged = resize_image(Image(np.ascontiguousarray(picture[rows, cols])), foreground.size, "bicubic")
        report(Progress(_STAGE, 0.97, "Adding grain"))
        out = add_grain(enlarged, noise_level(foreground, hole), seed)
        report(Progress(_STAGE, 1.0, "Background painted"))
        return out

    def _usual_slope(self, conditions: Conditions, guidance: float) -> tuple[FloatArray, float]:
        """Return the slope that is usual for the asked light, and how firmly to draw towards it."""
        scene, light = SCENE_NAMES.index(conditions.scene), conditions.lighting
        sideways = float(light.direction[0]) * light.confidence
        return self._slopes.slope[scene] * np.float32(sideways), float(
            self._slopes.explained[scene] * min(guidance / 2, 1)
        )

    def _usual_palette(self, conditions: Conditions, seed: int) -> FloatArray:
        """Draw the mean colour first, from those of the scene's training pictures that are tinted as the light is."""
        known: FloatArray = self._palettes[SCENE_NAMES.index(conditions.scene)]
        light = conditions.lighting.key_color + conditions.lighting.ambient_color
        gap = np.abs(_red_over_blue(known) - _red_over_blue(light))
        fitting = known[np.argsort(gap, kind="stable")[: max(1, len(known) // 3)]]
        return np.asarray(fitting[int(np.random.default_rng([seed, 2]).integers(len(fitting)))], np.float32)

    def _predict(
        self,
        latent: FloatArray,
        t: int,
        maps: FloatArray,
        features: FloatArray,
        given: FloatArray,
        light: float,
    ) -> FloatArray:
        count = len(maps)
        v = self._denoiser.run(
            {
                "noisy": np.repeat(latent, count, 0),
                "time": np.full(count, t, np.int64),
                "maps": maps,
                "features": np.repeat(features[None], count, 0),
                "given": given,
            }
        )["v"]
        return guide(v[2:], v[1:2], v[:1], scene=_SCENE_GUIDANCE, light=light)

    def _inputs(
        self, frame: Frame, foreground: Image, hole: Matte, conditions: Conditions, withheld: tuple[str, ...]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return maps (3, C, h, w), features and given (3, groups): told all, all but the light, and nothing."""
        coverage = 1 - hole.alpha
        # Reduced before it is read as float: a large photograph stays 8 bit.
        small = resize_image(foreground.as_srgb(), _reduced(foreground.size), "area").pixels
        alpha = resize(coverage, small.shape[:2], "area")
        subject = np.clip(small, 0, 1) * alpha[..., None] + 0.5 * (1 - alpha[..., None])
        latent = np.clip(self._codec.encode(frame.place(subject, 0.5)), -6, 6)
        cells = resize(frame.place(alpha, 0.0), frame.cells, "area")
        common = self._geometry(frame, conditions, _contact_row(frame, alpha))
        offset = frame.offset_px
        x, y = conditions.perspective.principal_point_px
        center = (x + offset[1]) / frame.height_px, (y + offset[0]) / frame.height_px
        told = [name not in withheld for name in _GROUPS]
        placed = [known and name not in _LIGHT_GROUPS for known, name in zip(told, _GROUPS, strict=True)]
        given = np.array([told, placed, [False] * len(_GROUPS)], np.float32)
        outdoors = SCENES[conditions.scene].outdoors
        views = [
            build_maps(
                frame.cells,
                cells,
                center=center,
                outdoors=outdoors and known[_GROUPS.index("scene")],
                light_given=known[_GROUPS.index("light")],
                camera_given=known[_GROUPS.index("camera")],
                **common,
            )
            for known in given.astype(bool).tolist()
        ]
        features = build_features(
            center_y=center[1],
            kappa=float(np.clip(conditions.lighting.kappa, 4, 200)),
            blur=conditions.blur,
            scene=SCENE_NAMES.index(conditions.scene),
            palette=np.zeros(3) if conditions.palette is None else conditions.palette,
            **common,
        )
        maps = np.stack([np.concatenate([latent, part]) for part in views])
        return maps, features, given

    def _geometry(self, frame: Frame, conditions: Conditions, contact_row: float | None) -> dict[str, Any]:
        light = conditions.lighting
        return {
            "up": conditions.perspective.up,
            "focal": conditions.perspective.focal_px / frame.height_px,
            "contact_row": contact_row,
            "direction": light.direction,
            "softness": light.softness_rad,
            **_normalized_colors(light.key_color, light.ambient_color),
        }


def _normalized_colors(key: FloatArray, ambient: FloatArray) -> dict[str, FloatArray]:
    """The network learned a key light of luminance 1."""
    level = max(float(key @ np.array([0.2126, 0.7152, 0.0722], np.float32)), 1e-3)
    return {"key": key / level, "ambient": np.clip(ambient / level, 0.01, 1.5)}


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, 640 / max(size))
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def _contact_row(frame: Frame, alpha: FloatArray) -> float | None:
    """Row / frame height where the subject ends, None if the canvas cuts it or there is none."""
    rows = np.flatnonzero(alpha.max(1) > 0.5)
    if len(rows) == 0 or rows[-1] >= alpha.shape[0] - 2:
        return None
    bottom = (rows[-1] + 1) / alpha.shape[0] * frame.canvas[0]
    return float((bottom + frame.offset_px[0]) / frame.height_px)


def _red_over_blue(rgb: FloatArray) -> FloatArray:
    """Return the tint of linear colours (..., 3): the natural logarithm of red over blue."""
    return np.asarray(np.log((rgb[..., 0] + 1e-3) / (rgb[..., 2] + 1e-3)), np.float32)
