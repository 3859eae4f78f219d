"""How a pretrained diffusion model is run, and how it is told the light."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cyclorama.protocol.errors import InputError

__all__ = ["BEHIND", "SCHEDULERS", "DiffusersOptions", "LightLevers"]

#: What stands in the background picture behind the subject.
BEHIND = ("extend", "paint", "keep")

#: Names of samplers to classes of diffusers.
SCHEDULERS = {
    "ddim": "DDIMScheduler",
    "dpm++": "DPMSolverMultistepScheduler",
    "unipc": "UniPCMultistepScheduler",
    "euler": "EulerDiscreteScheduler",
    "euler-ancestral": "EulerAncestralDiscreteScheduler",
    "lcm": "LCMScheduler",
    "flow-euler": "FlowMatchEulerDiscreteScheduler",
}


@dataclass(frozen=True)
class LightLevers:
    """Three ways to tell a model the light that was never taught it; each may be left out.

    Parameters
    ----------
    words : bool
        Phrases from the estimate, appended to the prompt and to the negative prompt.
    start : float or None, (0, 1]
        Noise put over the light picture from which the model starts; None starts from noise alone. Below 0.8 the
        light picture stays a flat picture, at 1 nothing is left of it.
    low_frequency : float, [0, 1]
        Share of the way that broad shapes are drawn to the light's side at a light guidance of 2; 0 is off.
    """

    words: bool = True
    start: float | None = 0.9
    low_frequency: float = 1.0

    def __post_init__(self) -> None:
        if self.start is not None and not 0 < self.start <= 1:
            raise InputError(f"A start of {self.start} was given; above 0 to 1, or none, was wanted.")
        if not 0 <= self.low_frequency <= 1:
            raise InputError(f"A low_frequency of {self.low_frequency} was given; 0 to 1 was wanted.")


@dataclass(frozen=True)
class DiffusersOptions:
    """Where and how a model runs.

    Parameters
    ----------
    device : str
        ``auto``, ``cpu``, ``cuda`` (also ROCm), ``cuda:1``, ``mps``.
    precision : str
        ``auto``, ``float32``, ``bfloat16``, ``float16``.
    weights : str
        ``same`` as the precision, or ``float8`` or ``int8`` for the denoiser's weights (int8 needs torchao).
    offload : str
        ``auto``, ``none``, ``model`` (one network at a time on the device), ``sequential`` (one layer at a time).
    tiling : bool or None
        Decode in tiles; None when memory asks for it.
    free_bytes : int or None
        Memory that may be used; None asks the device.
    variant : str or None
        Part of the weights' file names, such as ``fp16``; without such files the plain ones are taken.
    scheduler : str
        ``own``, or a name of ``SCHEDULERS``.
    spacing : str or None
        Time steps: ``leading``, ``trailing`` or ``linspace``; None leaves the model's.
    lora : str or Path or None
        A ``.safetensors`` file of low-rank changes, merged into the weights; relative to the model's folder.
    lora_scale : float
    steps : int or None
        Steps for which a fast model was distilled; None takes the caller's.
    text_guidance : float or None
        How strongly to follow the text; None is the family's usual.
    native_px : int or None
        Side of the square the model was trained on; None is the family's.
    behind : str
        What is behind the subject: ``extend`` continues the background smoothly, ``paint`` runs the model once more,
        ``keep`` leaves the canvas's own pixels.
    preview_decoder : str or Path or None
        Folder of an AutoencoderTiny; ``preview/`` in the model's folder is found by itself.
    """

    device: str = "auto"
    precision: str = "auto"
    weights: str = "same"
    offload: str = "auto"
    tiling: bool | None = None
    free_bytes: int | None = None
    variant: str | None = None
    scheduler: str = "own"
    spacing: str | None = None
    lora: str | Path | None = None
    lora_scale: float = 1.0
    steps: int | None = None
    text_guidance: float | None = None
    native_px: int | None = None
    behind: str = "extend"
    preview_decoder: str | Path | None = None

    def __post_init__(self) -> None:
        for name, known in (
            ("weights", ("same", "float8", "int8")),
            ("offload", ("auto", "none", "model", "sequential")),
            ("scheduler", ("own", *SCHEDULERS)),
            ("spacing", (None, "leading", "trailing", "linspace")),
            ("behind", BEHIND),
        ):
            if getattr(self, name) not in known:
                choices = ", ".join(str(choice) for choice in known)
                raise InputError(f"Option {name!r} is {getattr(self, name)!r}; one of {choices} was wanted.")
        if self.lora is not None and Path(self.lora).suffix != ".safetensors":
            raise InputError(f"The LoRA {self.lora} is no .safetensors file; only those are loaded.")
