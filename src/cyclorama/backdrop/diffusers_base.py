"""The one way from a canvas to a background through a pretrained inpainting pipeline; families fill in three gaps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from cyclorama.backdrop.crop import Crop, blank, crop_around, extend_inwards, match_known, paste, seam_gap
from cyclorama.backdrop.diffusers_door import Tensor, torch
from cyclorama.backdrop.diffusers_guidance import LowFrequencyGuidance, broad_basis, guided_scheduler
from cyclorama.backdrop.diffusers_load import choose_scheduler, component_configs, load_pipeline
from cyclorama.backdrop.diffusers_memory import (
    MemoryPlan,
    component_elements,
    plan_memory,
    resolve_device,
    resolve_precision,
)
from cyclorama.backdrop.diffusers_options import DiffusersOptions, LightLevers
from cyclorama.backdrop.diffusers_preview import LinearPreview, TinyPreview, tiny_decoder
from cyclorama.backdrop.diffusers_steps import on_step, schedule
from cyclorama.backdrop.grain import noise_level
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.light_picture import camera_of, from_other_side, paint_light_picture
from cyclorama.backdrop.light_words import LightWords, describe_light, prompt_text
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent, span
from cyclorama.runtime.model_bundle import ModelBundle

__all__ = ["DiffusersInpainter"]

_STAGE = "backdrop"


class DiffusersInpainter:
    """An :class:`~cyclorama.backdrop.inpainter.Inpainter` on a pipeline of diffusers.

    Parameters
    ----------
    folder : Path
        A model as ``save_pretrained`` writes it, weights in ``.safetensors``.
    options : DiffusersOptions, optional
    levers : LightLevers, optional
        How the model is told the light.

    Raises
    ------
    ModelMissing, ModelCorrupt, ModelIncompatible
        If the folder is incomplete, broken, or of another family.
    DeviceError
        If the device is absent or too small: before anything is loaded.
    """

    #: Every word of a prompt counts, not only those of :mod:`cyclorama.backdrop.prompt`.
    reads_text: ClassVar[bool] = True
    #: Class of diffusers.
    pipeline: ClassVar[str]
    #: Side of the square the family was trained on; sides are multiples of ``multiple``.
    native_px: ClassVar[int]
    multiple: ClassVar[int]
    #: Number format on a GPU.
    half: ClassVar[str] = "bfloat16"
    #: Components that are not loaded, and the usual text guidance.
    without: ClassVar[tuple[str, ...]] = ()
    text_guidance: ClassVar[float]
    #: Whether a small decoder takes the latents as the samples hold them.
    _tiny_fits: ClassVar[bool] = True

    def __init__(
        self, folder: Path, options: DiffusersOptions | None = None, levers: LightLevers | None = None
    ) -> None:
        self._folder = Path(folder)
        self._options = options or DiffusersOptions()
        self._levers = levers or LightLevers()
        self._side = self._options.native_px or self.native_px
        self._plan = self.plan(self._folder, self._options)
        self._pipe = load_pipeline(self.pipeline, self._folder, self._plan, self._options, self.without)
        self._scheduler = choose_scheduler(self._pipe.scheduler, self._options)
        self._preview: Callable[[Tensor], FloatArray] | None = None
        self._seam: float | None = None
        self._files: dict[str, Any] = {}

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> DiffusersInpainter:
        """Load the folder of a catalogue entry; its parameters are fields of :class:`DiffusersOptions`."""
        made = cls(bundle.folder, DiffusersOptions(**{"device": bundle.device, **bundle.parameters}))
        weights = [name for name in bundle.sha256 if name.endswith(".safetensors")]
        made._files = {"id": bundle.id, "sha256": bundle.sha256[weights[0]], "files": dict(bundle.sha256)}
        return made

    @classmethod
    def plan(cls, folder: Path, options: DiffusersOptions | None = None) -> MemoryPlan:
        """Return how the model would be placed, without loading it.

        Raises
        ------
        DeviceError
            If it fits nowhere, with the numbers.
        """
        options = options or DiffusersOptions()
        device = resolve_device(options.device)
        side = options.native_px or cls.native_px
        elements = component_elements(Path(folder), options.variant)
        return plan_memory(
            {name: count for name, count in elements.items() if name not in cls.without},
            component_configs(Path(folder)),
            (side, side),
            device=device,
            precision=resolve_precision(options.precision, device, cls.half),
            weights=options.weights,
            offload=options.offload,
            tiling=options.tiling,
            free_bytes=options.free_bytes,
        )

    @property
    def provenance(self) -> dict[str, Any]:
        """Family, placement, sampler and levers, in plain values."""
        options = dataclasses.asdict(self._options)
        kept = ("weights", "spacing", "lora_scale", "steps", "behind")
        lora = None if self._options.lora is None else Path(self._options.lora).name
        return {
            "id": self._folder.name,
            **self._files,
            "family": type(self).__name__,
            "scheduler": type(self._scheduler).__name__,
            "text_guidance": self._text_guidance,
            "lora": lora,
            "levers": dataclasses.asdict(self._levers),
            "memory": self._plan.as_mapping(),
            "seam": self._seam,
            **{name: options[name] for name in kept},
        }

    def __call__(
        self,
        foreground: Image,
        hole: Matte,
        conditions: Conditions,
        *,
        seed: int,
        steps: int,
        guidance: float,
        report: Report = silent,
    ) -> Image:
        """Paint a background; see :class:`cyclorama.backdrop.inpainter.Inpainter`.

        A ``guidance`` of 1 or less is the plain model: no lever is pulled. Above, broad shapes are drawn to the light's
        side by ``(guidance - 1) * levers.low_frequency``, at most 1.
        """
        self._check(foreground, hole, conditions)
        report(Progress(_STAGE, 0.0, "Preparing"))
        crop = self._crop(hole)
        known, repaint = crop.picture(foreground), crop.repaint(hole)
        camera = camera_of(conditions.perspective, crop.box, crop.size)
        local = dataclasses.replace(conditions, perspective=camera)
        twice = self._options.behind == "paint" and not repaint.all()
        share = 0.5 if twice else 1.0
        first = span(report, 0, 0.9 * share)
        painted = self.paint(known, repaint, local, seed=seed, steps=steps, guidance=guidance, report=first)
        self._seam = seam_gap(painted, known, repaint)
        painted = match_known(painted, known, repaint)
        if twice:
            painted = self._behind(painted, repaint, local, seed, steps, guidance, span(report, 0.45, 0.9))
        elif self._options.behind == "extend":
            painted = extend_inwards(painted, repaint)
        report(Progress(_STAGE, 0.92, "Enlarging"))
        everywhere = self._options.behind != "keep"
        grain = noise_level(foreground, hole) if crop.box.height > crop.size[0] else 0.0
        out = paste(crop, painted, foreground, hole, everywhere=everywhere, grain=grain, seed=seed)
        report(Progress(_STAGE, 1.0, "Background painted"))
        return out

    def paint(
        self,
        known: FloatArray,
        repaint: BoolArray,
        conditions: Conditions,
        *,
        seed: int,
        steps: int,
        guidance: float,
        report: Report = silent,
    ) -> FloatArray:
        """Run the model on a picture of a size that it can paint.

        Parameters
        ----------
        known : float32 (h, w, 3), sRGB
        repaint : bool (h, w)
        conditions : Conditions
            With the camera of this very picture.
        seed, steps, guidance, report
            See :meth:`__call__`.

        Returns
        -------
        float32 (h, w, 3), sRGB, [0, 1]
            As the model leaves it: also what it should not have changed is decoded anew.
        """
        levers, obey = self._levers, guidance > 1
        words = (
            describe_light(conditions.lighting, conditions.perspective)
            if obey and levers.words
            else LightWords()
        )
        light = (
            paint_light_picture(conditions, 1 - repaint.astype(np.float32), known.shape[:2]) if obey else None
        )
        starts = light is not None and levers.start is not None
        image = blank(known, repaint, light if starts else None)
        weight = min((guidance - 1) * levers.low_frequency, 1.0) if obey else 0.0
        steered = self._guidance(known, repaint, conditions, weight)
        count, strength = schedule(self._options.steps or steps, levers.start if starts else None)
        cells = known.shape[0] // self._cell_px, known.shape[1] // self._cell_px
        self._pipe.scheduler = guided_scheduler(self._scheduler, steered)
        try:
            with torch.no_grad():
                made = self._pipe(
                    prompt=prompt_text(conditions, words),
                    image=self._given(image),
                    mask_image=repaint.astype(np.float32),
                    height=known.shape[0],
                    width=known.shape[1],
                    num_inference_steps=count,
                    generator=torch.Generator("cpu").manual_seed(seed),
                    output_type="np",
                    callback_on_step_end=on_step(report, _STAGE, steered, cells, self._draw),
                    **self._arguments(", ".join(words.unwanted), strength),
                )
        finally:
            # Also after a cancel: networks leave the device, and hooks the pipeline.
            self._pipe.maybe_free_model_hooks()
        return np.clip(np.asarray(made.images[0], np.float32), 0, 1)

    # What a family fills in.

    def _arguments(self, unwanted: str, strength: float) -> dict[str, Any]:
        """Return the family's own arguments of a call."""
        raise NotImplementedError

    def _encode(self, picture: FloatArray) -> Tensor:
        """Return a picture (h, w, 3) as clean latents (1, C, rows, cols) on the scale of the samples."""
        raise NotImplementedError

    def _laid_out(self, latents: Tensor) -> Tensor:
        """Return latents (1, C, rows, cols) as the pipeline lays out its samples."""
        return latents

    def _crop(self, hole: Matte) -> Crop:
        return crop_around(hole, self._side, self.multiple)

    def _given(self, image: FloatArray) -> Any:
        return image

    @property
    def _text_guidance(self) -> float:
        given = self._options.text_guidance
        return self.text_guidance if given is None else given

    # The rest is common.

    def _check(self, foreground: Image, hole: Matte, conditions: Conditions) -> None:
        if conditions.scene not in SCENES:
            raise InputError(
                f"There is no scene {conditions.scene!r}.", f"Known scenes: {', '.join(SCENE_NAMES)}."
            )
        if foreground.size != hole.size:
            raise InputError(
                f"The hole is {hole.size} and the canvas {foreground.size}; one size was wanted."
            )

    def _guidance(
        self, known: FloatArray, repaint: BoolArray, conditions: Conditions, weight: float
    ) -> LowFrequencyGuidance:
        if weight == 0:
            return LowFrequencyGuidance(torch.zeros(1), np.zeros((1, 0), np.float32), 0.0)
        sides, covered = (conditions, from_other_side(conditions)), 1 - repaint.astype(np.float32)
        pictures = [paint_light_picture(side, covered, known.shape[:2]) for side in sides]
        # The subject stands in the pictures that are encoded: its cells' neighbours see it in the result, too.
        with torch.no_grad():
            asked, other = (self._encode(blank(known, repaint, light)) for light in pictures)
        free = resize(repaint.astype(np.float32), tuple(asked.shape[-2:]), "area") >= 0.5
        target, opposite = self._laid_out(asked), self._laid_out(other)
        return LowFrequencyGuidance(target, broad_basis(free), weight, opposite=opposite)

    def _draw(self, latent: Tensor) -> FloatArray:
        if self._preview is None:
            path = tiny_decoder(self._folder, self._options.preview_decoder)
            if path is not None and self._tiny_fits:
                self._preview = TinyPreview(path, self._plan.device)
            else:
                self._preview = LinearPreview(self._encode, self._cell_px)
        return self._preview(latent)

    @property
    def _cell_px(self) -> int:
        """Pixels of a latent cell's side."""
        return int(self._pipe.vae_scale_factor)

    def _behind(
        self,
        painted: FloatArray,
        repaint: BoolArray,
        conditions: Conditions,
        seed: int,
        steps: int,
        guidance: float,
        report: Report,
    ) -> FloatArray:
        """Paint what the subject hides, with the new background around it."""
        again = self.paint(
            painted, ~repaint, conditions, seed=seed, steps=steps, guidance=guidance, report=report
        )
        return np.where(repaint[..., None], painted, match_known(again, painted, ~repaint))
