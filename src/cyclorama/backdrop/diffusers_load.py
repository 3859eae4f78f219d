"""From a folder of weights to a pipeline on a device, as a memory plan says."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cyclorama.backdrop.diffusers_door import diffusers, torch
from cyclorama.backdrop.diffusers_guidance import supports
from cyclorama.backdrop.diffusers_memory import MemoryPlan, model_index
from cyclorama.backdrop.diffusers_options import SCHEDULERS, DiffusersOptions
from cyclorama.protocol.errors import DeviceError, ModelCorrupt, ModelIncompatible, ModelMissing

__all__ = ["choose_scheduler", "component_configs", "load_pipeline"]


def component_configs(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return the ``config.json`` of every component that has one."""
    try:
        return {
            path.parent.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*/config.json")
        }
    except (OSError, ValueError) as error:
        raise ModelCorrupt(
            f"The configuration of {folder} cannot be read ({error}).", "Pull the model again."
        ) from error


def load_pipeline(
    kind: str, folder: Path, plan: MemoryPlan, options: DiffusersOptions, without: tuple[str, ...] = ()
) -> Any:
    """Load a pipeline and place it.

    Parameters
    ----------
    kind : str
        Class of diffusers.
    folder : Path
    plan : MemoryPlan
    options : DiffusersOptions
    without : tuple of str
        Optional components that are not loaded.

    Raises
    ------
    ModelIncompatible
        If the installed diffusers has no such class, or the folder does not fit it.
    DeviceError
        If a package that the options need is not there.
    """
    pipeline = getattr(diffusers, kind, None)
    if pipeline is None:
        raise ModelIncompatible(
            f"diffusers {diffusers.__version__} has no {kind}.", "Update it: pip install -U diffusers."
        )
    number = getattr(torch, plan.precision)
    try:
        pipe = pipeline.from_pretrained(
            folder,
            dtype=number,
            use_safetensors=True,
            local_files_only=True,
            variant=_variant(folder, options.variant),
            low_cpu_mem_usage=_installed("accelerate"),
            **_quantized(folder, options),
            **dict.fromkeys(without),
        )
    except ImportError as error:
        reason = str(error).strip().splitlines()[0]
        raise DeviceError(
            f"{kind} needs a package that is not installed: {reason}", "Qwen-Image-Edit needs torchvision."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        if _absent(folder):
            raise ModelMissing(
                f"{folder} lacks the component {_absent(folder)!r}.", "Pull the model again."
            ) from error
        raise ModelIncompatible(f"{folder} is no model for {kind}: {error}") from error
    pipe.set_progress_bar_config(disable=True)
    if options.lora is not None:
        # A path of a catalogue entry is inside its folder; an absolute one stays what it is.
        _merge_lora(pipe, folder / options.lora, options.lora_scale)
    if options.weights == "float8":
        net = pipe.unet if hasattr(pipe, "unet") else pipe.transformer
        net.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=number)
    _place(pipe, plan)
    return pipe


def choose_scheduler(own: Any, options: DiffusersOptions) -> Any:
    """Return the scheduler asked for, or the model's own; one that cannot be steered gives way to DPM-Solver++."""
    extra = {} if options.spacing is None else {"timestep_spacing": options.spacing}
    name = options.scheduler
    if name == "own":
        if supports(own):
            return type(own).from_config(own.config, **extra)
        name = "dpm++"
    return getattr(diffusers, SCHEDULERS[name]).from_config(own.config, **extra)


def _place(pipe: Any, plan: MemoryPlan) -> None:
    if plan.tiling and hasattr(pipe.vae, "enable_tiling"):
        pipe.vae.enable_tiling()
    if plan.offload == "none":
        pipe.to(plan.device)
        return
    if not _installed("accelerate"):
        raise DeviceError(
            f"Offload {plan.offload!r} needs the package accelerate.", "Install it: pip install accelerate."
        )
    if plan.offload == "model":
        pipe.enable_model_cpu_offload(device=plan.device)
    else:
        pipe.enable_sequential_cpu_offload(device=plan.device)


def _quantized(folder: Path, options: DiffusersOptions) -> dict[str, Any]:
    if options.weights != "int8":
        return {}
    if not _installed("torchao"):
        raise DeviceError("Weights in int8 need the package torchao.", "Install it: pip install torchao.")
    from torchao.quantization import Int8WeightOnlyConfig

    part = "unet" if (folder / "unet").is_dir() else "transformer"
    kind = diffusers.TorchAoConfig(Int8WeightOnlyConfig())
    return {"quantization_config": diffusers.PipelineQuantizationConfig(quant_mapping={part: kind})}


def _merge_lora(pipe: Any, path: Path, scale: float) -> None:
    if not _installed("peft"):
        raise DeviceError("A LoRA needs the package peft.", "Install it: pip install peft.")
    if not path.is_file():
        raise ModelMissing(f"The LoRA {path} is not there.", "Pull it, or take it out of the options.")
    try:
        pipe.load_lora_weights(path.parent, weight_name=path.name, local_files_only=True)
        pipe.fuse_lora(lora_scale=scale)
    except (ValueError, KeyError, RuntimeError) as error:
        raise ModelIncompatible(f"The LoRA {path.name} does not fit this model: {error}") from error
    pipe.unload_lora_weights()


def _variant(folder: Path, wanted: str | None) -> str | None:
    """Return the variant if the folder has it: a person's own copy may hold the plain files only."""
    there = wanted is not None and any(folder.glob(f"*/*.{wanted}*.safetensors"))
    return wanted if there else None


def _absent(folder: Path) -> str:
    parts = [
        name for name, kind in model_index(folder).items() if isinstance(kind, list) and kind[0] is not None
    ]
    return next((name for name in parts if not (folder / name).is_dir() and name != "safety_checker"), "")


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
