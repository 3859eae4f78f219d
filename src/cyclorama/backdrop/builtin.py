"""The built-in background: a latent diffusion model of our own, run by ONNX Runtime."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cyclorama.backdrop.codec import PatchCodec
from cyclorama.backdrop.conditioning import FEATURE_GROUPS, build_features, build_maps
from cyclorama.backdrop.frame import frame_for
from cyclorama.backdrop.grain import add_grain, noise_level
from cyclorama.backdrop.guidance import SlopeTable, steer_slope
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.noise import shaped_noise, spectrum_for, white_noise_of
from cyclorama.backdrop.opening import Opening, can_open, open_with_sketch, repaint
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.backdrop.scheduler import guide, sample_dpm, timesteps
from cyclorama.backdrop.setting import Setting, setting_of
from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize_image
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.runtime.tensors import load_tensors

__all__ = ["BuiltinInpainter"]

_STAGE = "backdrop"
_GROUPS = tuple(FEATURE_GROUPS)
_LIGHT_GROUPS = ("light", "colors")
_SCENE_GUIDANCE = 2.0
_STRENGTH = 0.25
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
    strength : float, (0, 1]
        How far the network may leave the sketch that it starts from; 1 starts from noise.
    device : str
        Where the networks run.

    Raises
    ------
    ModelMissing, ModelCorrupt
        If a file is absent or no network.
    """

    def __init__(
        self, folder: Path, *, threads: int | None = None, strength: float = _STRENGTH, device: str = "cpu"
    ) -> None:
        if not 0 < strength <= 1:
            raise InputError(f"The strength is {strength}; above 0 and up to 1 was wanted.")
        self._strength = strength
        self._denoiser = OnnxSession(folder / "denoiser.onnx", device=device, threads=threads)
        self._decoder = OnnxSession(folder / "decoder.onnx", device=device, threads=threads)
        self._codec = PatchCodec.load(folder / "codec.safetensors")
        arrays = load_tensors(folder / "codec.safetensors")
        self._palettes = arrays["palettes"]
        self._slopes = SlopeTable(arrays["slope"], arrays["explained"])

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> BuiltinInpainter:
        """Load the files of the catalogue's entry, on the device that was asked for."""
        return cls(bundle.folder, threads=bundle.threads, device=bundle.device)

    @property
    def provenance(self) -> dict[str, Any]:
        """Name and hashes of the files."""
        return {
            "id": "backdrop",
            "denoiser_sha256": self._denoiser.sha256(),
            "decoder_sha256": self._decoder.sha256(),
            "strength": self._strength,
            "device": self._denoiser.device,
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
            Groups of ``FEATURE_GROUPS`` that neither network nor sketch is told, ``"sketch"`` to start from noise,
            and ``"slope"`` to do without :func:`~cyclorama.backdrop.guidance.steer_slope`: for ablations.
        """
        if conditions.scene not in SCENES:
            known = ", ".join(SCENE_NAMES)
            raise InputError(f"There is no scene {conditions.scene!r}.", f"Known scenes: {known}.")
        if foreground.size != hole.size:
            raise InputError(
                f"The hole is {hole.size} and the canvas {foreground.size}; one size was wanted."
            )
        report(Progress(_STAGE, 0.0, "Preparing"))
        setting = setting_of(self._codec, frame_for(foreground.size), foreground, hole, conditions)
        opening = self._opening(setting, conditions, seed, withheld)
        if conditions.palette is None and "palette" not in withheld:
            palette = self._usual_palette(conditions, seed) if opening is None else opening.palette
            conditions = dataclasses.replace(conditions, palette=palette)
        report(Progress(_STAGE, 0.05, "Sketched" if opening else "Prepared"))
        latent = self._denoise(setting, conditions, opening, seed, steps, guidance, withheld, report)
        picture = self._picture(latent, opening, conditions)
        report(Progress(_STAGE, 0.88, "Enlarging"))
        rows, cols = setting.frame.window(picture.shape[:2])
        shown = Image(np.ascontiguousarray(picture[rows, cols]))

        def tick(start: float, stop: float, message: str) -> Callable[[float], None]:
            return lambda done: report(Progress(_STAGE, start + (stop - start) * done, message))

        enlarged = resize_image(shown, foreground.size, "bicubic", tick=tick(0.88, 0.95, "Enlarging"))
        grain = noise_level(foreground, hole)
        out = add_grain(enlarged, grain, seed, tick=tick(0.95, 1.0, "Adding grain"))
        report(Progress(_STAGE, 1.0, "Background painted"))
        return out

    def _opening(
        self, setting: Setting, conditions: Conditions, seed: int, withheld: tuple[str, ...]
    ) -> Opening | None:
        """Return the sketch to start from, or None to start from noise."""
        if self._strength >= 1 or "sketch" in withheld or not can_open(conditions.scene):
            return None
        return open_with_sketch(self._codec, setting, conditions, seed=seed, withheld=withheld)

    def _denoise(
        self,
        setting: Setting,
        conditions: Conditions,
        opening: Opening | None,
        seed: int,
        steps: int,
        guidance: float,
        withheld: tuple[str, ...],
        report: Report,
    ) -> FloatArray:
        """Return the clean latent (1, C, h, w)."""
        maps, features, given = self._inputs(setting, conditions, withheld)
        white = white_noise_of(seed, self._codec.channels, setting.frame.cells)
        noise = shaped_noise(white, spectrum_for(self._codec.spectrum, setting.frame.cells))[None]
        # A sketch has the light's slope from the start.
        unsteered = opening is not None or {"light", "slope"} & set(withheld)
        target, weight = self._usual_slope(conditions, 0.0 if unsteered else guidance)

        def predict(latent: FloatArray, t: int) -> FloatArray:
            v = self._predict(latent, t, maps, features, given, guidance)
            return steer_slope(latent, v, t, target=target, weight=weight)

        start = None if opening is None else opening.latent[None]
        latent = noise
        walked = len(timesteps(steps, 1.0 if start is None else self._strength))
        for k, cleaner in enumerate(sample_dpm(predict, noise, steps, start=start, strength=self._strength)):
            latent = cleaner
            report(Progress(_STAGE, 0.05 + 0.8 * (k + 1) / walked, f"Denoising {k + 1} of {walked}"))
        return latent

    def _picture(self, latent: FloatArray, opening: Opening | None, conditions: Conditions) -> FloatArray:
        """Return the painted frame (H, W, 3), sRGB."""
        painted = self._decode(latent)
        if opening is not None:
            return repaint(opening, self._decode(opening.latent[None]), painted)
        # Behind a defocused lens nothing is finer than the defocus: what is, the network got wrong.
        radius = max(_SOFTNESS * conditions.blur, _LEAST_SOFTNESS) * painted.shape[0]
        return gaussian_blur(painted, radius)

    def _decode(self, latent: FloatArray) -> FloatArray:
        decoded = self._decoder.run({"latent": np.ascontiguousarray(latent, np.float32)})["image"][0]
        return np.asarray(np.clip(np.moveaxis(decoded, 0, -1), 0, 1), np.float32)

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
        self, setting: Setting, conditions: Conditions, withheld: tuple[str, ...]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return maps (3, C, h, w), features and given (3, groups): told all, all but the light, and nothing."""
        told = [name not in withheld for name in _GROUPS]
        placed = [known and name not in _LIGHT_GROUPS for known, name in zip(told, _GROUPS, strict=True)]
        given = np.array([told, placed, [False] * len(_GROUPS)], np.float32)
        outdoors = SCENES[conditions.scene].outdoors
        views = [
            build_maps(
                setting.frame.cells,
                setting.alpha,
                center=setting.center,
                outdoors=outdoors and known[_GROUPS.index("scene")],
                light_given=known[_GROUPS.index("light")],
                camera_given=known[_GROUPS.index("camera")],
                **setting.geometry,
            )
            for known in given.astype(bool).tolist()
        ]
        features = build_features(
            center_y=setting.center[1],
            kappa=float(np.clip(conditions.lighting.kappa, 4, 200)),
            blur=conditions.blur,
            scene=SCENE_NAMES.index(conditions.scene),
            palette=np.zeros(3) if conditions.palette is None else conditions.palette,
            **setting.geometry,
        )
        return np.stack([np.concatenate([setting.subject, part]) for part in views]), features, given


def _red_over_blue(rgb: FloatArray) -> FloatArray:
    """Return the tint of linear colours (..., 3): the natural logarithm of red over blue."""
    return np.asarray(np.log((rgb[..., 0] + 1e-3) / (rgb[..., 2] + 1e-3)), np.float32)
