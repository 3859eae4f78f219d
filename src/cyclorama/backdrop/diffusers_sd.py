"""Stable Diffusion 1.5 and XL: UNets of nine channels that see the kept pixels, and of four that are held to them."""

from __future__ import annotations

from typing import Any, ClassVar

from cyclorama.backdrop.diffusers_base import DiffusersInpainter
from cyclorama.backdrop.diffusers_door import Tensor, torch
from cyclorama.core.arrays import FloatArray

__all__ = ["StableDiffusionInpaint", "StableDiffusionXLInpaint", "picture_tensor"]


def picture_tensor(picture: FloatArray, like: Any) -> Tensor:
    """Return a picture (h, w, 3), [0, 1], as a tensor (1, 3, h, w), [-1, 1], in a network's format and place."""
    tensor = torch.from_numpy(picture).permute(2, 0, 1)[None] * 2 - 1
    return tensor.to(getattr(like, "_hf_hook_device", like.device), like.dtype)


class StableDiffusionInpaint(DiffusersInpainter):
    """Stable Diffusion 1.x and 2.x, with a nine- or a four-channel UNet."""

    pipeline: ClassVar[str] = "StableDiffusionInpaintPipeline"
    native_px: ClassVar[int] = 512
    multiple: ClassVar[int] = 64
    half: ClassVar[str] = "float16"
    without: ClassVar[tuple[str, ...]] = ("safety_checker", "feature_extractor", "image_encoder")
    text_guidance: ClassVar[float] = 7.5

    def _arguments(self, unwanted: str, strength: float) -> dict[str, Any]:
        return {
            "negative_prompt": unwanted or None,
            "guidance_scale": self._text_guidance,
            "strength": strength,
        }

    def _encode(self, picture: FloatArray) -> Tensor:
        vae = self._pipe.vae
        tensor = picture_tensor(picture, vae)
        return vae.encode(tensor).latent_dist.mode() * vae.config.scaling_factor


class StableDiffusionXLInpaint(StableDiffusionInpaint):
    """Stable Diffusion XL, with a nine- or a four-channel UNet."""

    pipeline: ClassVar[str] = "StableDiffusionXLInpaintPipeline"
    native_px: ClassVar[int] = 1024
    without: ClassVar[tuple[str, ...]] = ("image_encoder", "feature_extractor")
    text_guidance: ClassVar[float] = 7.0

    def _arguments(self, unwanted: str, strength: float) -> dict[str, Any]:
        # Full noise is out of the nine-channel model's training: its card asks for a strength below 1.
        return {**super()._arguments(unwanted, strength), "strength": min(strength, 0.9999)}
