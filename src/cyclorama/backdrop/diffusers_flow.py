"""Flow-matching transformers: Z-Image, FLUX.2 klein, Qwen-Image and Qwen-Image-Edit.

None of them sees a mask: after every step the pipeline puts the kept latents back, with the noise of that step.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from cyclorama.backdrop.crop import Crop, crop_around
from cyclorama.backdrop.diffusers_base import DiffusersInpainter
from cyclorama.backdrop.diffusers_door import Tensor, torch
from cyclorama.backdrop.diffusers_sd import picture_tensor
from cyclorama.core.arrays import FloatArray
from cyclorama.core.matte import Matte

__all__ = ["Flux2KleinInpaint", "QwenImageEditInpaint", "QwenImageInpaint", "ZImageInpaint"]

#: What the pipeline of Qwen-Image-Edit resizes everything to.
_EDIT_AREA_PX = 1024 * 1024


class ZImageInpaint(DiffusersInpainter):
    """Z-Image and Z-Image-Turbo."""

    pipeline: ClassVar[str] = "ZImageInpaintPipeline"
    native_px: ClassVar[int] = 1024
    multiple: ClassVar[int] = 32
    text_guidance: ClassVar[float] = 0.0

    def _arguments(self, unwanted: str, strength: float) -> dict[str, Any]:
        return {
            "negative_prompt": unwanted or None,
            "guidance_scale": self._text_guidance,
            "strength": strength,
        }

    def _encode(self, picture: FloatArray) -> Tensor:
        vae = self._pipe.vae
        latents = vae.encode(picture_tensor(picture, vae)).latent_dist.mode()
        return (latents - vae.config.shift_factor) * vae.config.scaling_factor


class _TokenInpainter(DiffusersInpainter):
    """Samples are tokens of 2 x 2 latent cells, row by row."""

    native_px: ClassVar[int] = 1024
    multiple: ClassVar[int] = 32
    _tiny_fits: ClassVar[bool] = False

    def _laid_out(self, latents: Tensor) -> Tensor:
        return latents.flatten(2).transpose(1, 2)

    @property
    def _cell_px(self) -> int:
        return 2 * int(self._pipe.vae_scale_factor)


class Flux2KleinInpaint(_TokenInpainter):
    """FLUX.2 klein; it takes the picture around the hole as its reference, too."""

    pipeline: ClassVar[str] = "Flux2KleinInpaintPipeline"
    text_guidance: ClassVar[float] = 4.0

    def _arguments(self, unwanted: str, strength: float) -> dict[str, Any]:
        # The distilled models take no guidance, and the pipeline no negative prompt.
        guidance = 1.0 if self._pipe.config.is_distilled else self._text_guidance
        return {"guidance_scale": guidance, "strength": strength}

    def _encode(self, picture: FloatArray) -> Tensor:
        vae = self._pipe.vae
        latents = vae.encode(picture_tensor(picture, vae)).latent_dist.mode()
        patches = torch.nn.functional.pixel_unshuffle(latents, 2)
        mean = vae.bn.running_mean.view(1, -1, 1, 1).to(patches)
        spread = torch.sqrt(vae.bn.running_var.view(1, -1, 1, 1) + vae.config.batch_norm_eps).to(patches)
        return (patches - mean) / spread


class QwenImageInpaint(_TokenInpainter):
    """Qwen-Image."""

    pipeline: ClassVar[str] = "QwenImageInpaintPipeline"
    text_guidance: ClassVar[float] = 4.0

    def _arguments(self, unwanted: str, strength: float) -> dict[str, Any]:
        scale = self._text_guidance
        # An empty negative prompt is what the model's own examples pass.
        negative = {"negative_prompt": unwanted or " "} if scale > 1 else {}
        return {"true_cfg_scale": scale, "strength": strength, **negative}

    def _encode(self, picture: FloatArray) -> Tensor:
        vae = self._pipe.vae
        latents = vae.encode(picture_tensor(picture, vae)[:, :, None]).latent_dist.mode()
        mean = torch.tensor(vae.config.latents_mean).view(1, -1, 1, 1, 1).to(latents)
        spread = torch.tensor(vae.config.latents_std).view(1, -1, 1, 1, 1).to(latents)
        return torch.nn.functional.pixel_unshuffle(((latents - mean) / spread)[:, :, 0], 2)


class QwenImageEditInpaint(QwenImageInpaint):
    """Qwen-Image-Edit; it reads the picture around the hole with its language model, too."""

    pipeline: ClassVar[str] = "QwenImageEditInpaintPipeline"

    def _crop(self, hole: Matte) -> Crop:
        # The pipeline resizes what it gets to a square megapixel's worth; given just that, it leaves it alone.
        crop = crop_around(hole, round(math.sqrt(_EDIT_AREA_PX)), self.multiple)
        height, width = crop.size
        for _ in range(8):
            height, width = _edit_size(width / height)
        return Crop(crop.box, (height, width))

    def _given(self, image: FloatArray) -> Any:
        return self._pipe.image_processor.numpy_to_pil(image)[0]


def _edit_size(ratio: float) -> tuple[int, int]:
    """Return (height, width) of the pipeline's area in a ratio of width to height, in multiples of 32."""
    width = math.sqrt(_EDIT_AREA_PX * ratio)
    return round(width / ratio / 32) * 32, round(width / 32) * 32
