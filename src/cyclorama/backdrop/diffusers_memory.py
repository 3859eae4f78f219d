"""What a diffusion model needs, known before it is loaded, and how it is made to fit the device.

Weights are counted from the headers of the files. What a run needs on top is a model of two peaks, a denoising step
and the decoding of the picture, with factors above what ``tests/bench/bench_diffusers.py`` counts (that of
transformers is a guess).
"""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyclorama.backdrop.diffusers_door import torch
from cyclorama.protocol.errors import DeviceError, InputError, ModelCorrupt, ModelMissing

__all__ = [
    "OFFLOADS",
    "MemoryPlan",
    "component_elements",
    "plan_memory",
    "resolve_device",
    "resolve_precision",
]

OFFLOADS = ("none", "model", "sequential")
_ELEMENT_BYTES = {"float32": 4.0, "bfloat16": 2.0, "float16": 2.0, "float8": 1.0, "int8": 1.0}
#: What the libraries and a context on the device take themselves.
_FIXED_BYTES = {"cpu": 300 << 20, "cuda": 600 << 20, "mps": 300 << 20}
#: Live copies of the widest feature map at full resolution while a picture is decoded.
_DECODER_COPIES = 6.0
#: The same for the latent grid of a UNet, and of tokens of a transformer, with both halves of text guidance.
_UNET_COPIES, _TRANSFORMER_COPIES = 64.0, 24.0
_GIB = float(1 << 30)


@dataclass(frozen=True)
class MemoryPlan:
    """How a model is placed on a device.

    Attributes
    ----------
    device : str
    precision : str
    offload : one of ``OFFLOADS``.
    tiling : whether the decoder works in tiles.
    needed_bytes : int
        Estimated peak on the device.
    free_bytes : int
        What was free.
    """

    device: str
    precision: str
    offload: str
    tiling: bool
    needed_bytes: int
    free_bytes: int

    def as_mapping(self) -> dict[str, Any]:
        """Return what provenance keeps."""
        return {
            "device": self.device,
            "precision": self.precision,
            "offload": self.offload,
            "tiling": self.tiling,
            "needed_gib": round(self.needed_bytes / _GIB, 2),
        }


def component_elements(folder: Path, variant: str | None = None) -> dict[str, int]:
    """Count the numbers in the weights of every component, from the headers of its files.

    Parameters
    ----------
    folder : Path
        A model as ``save_pretrained`` writes it: one subfolder for each component.
    variant : str, optional
        Part of the files' names, for example ``"fp16"``.

    Returns
    -------
    dict
        Component to number of elements.

    Raises
    ------
    ModelMissing
        If the folder has no ``model_index.json`` or no ``.safetensors`` file.
    ModelCorrupt
        If a header cannot be read.
    """
    # Only what the index names is loaded; previews and LoRAs lie in folders of their own.
    parts = (folder / name for name, kind in model_index(folder).items() if isinstance(kind, list))
    found = {
        part.name: sum(_elements(path) for path in _weight_files(part, variant))
        for part in parts
        if any(part.glob("*.safetensors"))
    }
    if not found:
        raise ModelMissing(
            f"{folder} holds no .safetensors file; other kinds of weights are not loaded.",
            "Convert the model with diffusers' save_pretrained(safe_serialization=True).",
        )
    return found


def model_index(folder: Path) -> dict[str, Any]:
    """Return what ``model_index.json`` says of a model's components.

    Raises
    ------
    ModelMissing, ModelCorrupt
        If it is not there, or no JSON.
    """
    path = folder / "model_index.json"
    if not path.is_file():
        raise ModelMissing(
            f"{folder} holds no model_index.json; the folder of a diffusers model was wanted.",
            "Pull the model again, or name the folder that holds unet/ or transformer/.",
        )
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"{path} cannot be read ({error}).", "Pull the model again.") from error


def plan_memory(
    elements: Mapping[str, int],
    configs: Mapping[str, Mapping[str, Any]],
    size: tuple[int, int],
    *,
    device: str,
    precision: str,
    weights: str,
    offload: str = "auto",
    tiling: bool | None = None,
    free_bytes: int | None = None,
) -> MemoryPlan:
    """Choose the fastest placement that fits.

    Parameters
    ----------
    elements : mapping
        See :func:`component_elements`.
    configs : mapping
        Component to its ``config.json``.
    size : (height, width) of the picture that the model paints.
    device, precision : str
        Resolved names.
    weights : str
        ``"float8"`` or ``"int8"`` for the denoiser's weights, or ``"same"`` as the precision.
    offload : str
        One of ``OFFLOADS``, or ``"auto"``.
    tiling : bool, optional
        None tiles when it is needed.
    free_bytes : int, optional
        Free memory; asked of the device if None.

    Raises
    ------
    DeviceError
        If no placement fits; the message has the numbers.
    """
    free = free_memory(device) if free_bytes is None else free_bytes
    ways = list(OFFLOADS) if offload == "auto" else [offload]
    if device == "cpu":
        # There is nowhere else to go.
        ways = ["none"]
    best: MemoryPlan | None = None
    for way in ways:
        for tiles in (False, True) if tiling is None else (tiling,):
            needed = _needed(elements, configs, size, device, precision, weights, way, tiles)
            plan = MemoryPlan(device, precision, way, tiles, needed, free)
            if needed <= free:
                return plan
            best = plan if best is None or needed < best.needed_bytes else best
    assert best is not None
    raise DeviceError(
        f"The model needs about {best.needed_bytes / _GIB:.1f} GiB on {device} with offload {best.offload!r} and "
        f"{precision}; {free / _GIB:.1f} GiB are free.",
        "Close other programs, choose float16 or float8 weights, or take a smaller model.",
    )


def resolve_device(name: str) -> str:
    """Return the device to use: ``auto`` takes CUDA (or ROCm), then MPS, then the CPU.

    Raises
    ------
    DeviceError
        If the device asked for is not there.
    """
    there = {
        "cuda": bool(torch.cuda.is_available()),
        "mps": bool(torch.backends.mps.is_available()),
        "cpu": True,
    }
    if name == "auto":
        return next(kind for kind, found in there.items() if found)
    if name == "rocm":
        name = "cuda"  # what torch calls it, too
    if not there.get(name.split(":")[0], False):
        found = ", ".join(kind for kind, present in there.items() if present)
        raise DeviceError(f"There is no device {name!r} for torch here.", f"Found: {found}.")
    return name


def resolve_precision(name: str, device: str, half: str) -> str:
    """Return the number format: ``auto`` is the family's half precision on a GPU and float32 on a CPU."""
    if name == "auto":
        return "float32" if device == "cpu" else half
    if name not in ("float32", "bfloat16", "float16"):
        raise InputError(f"A precision of {name!r} was asked for; float32, bfloat16 or float16 was wanted.")
    if name == "float16" and half != "float16":
        raise InputError("This family overflows in float16.", "Choose bfloat16 or float32.")
    return name


def free_memory(device: str) -> int:
    """Return the bytes that are free on a device."""
    kind = device.split(":")[0]
    if kind == "cuda":
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    if kind == "mps":
        return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def _needed(
    elements: Mapping[str, int],
    configs: Mapping[str, Mapping[str, Any]],
    size: tuple[int, int],
    device: str,
    precision: str,
    weights: str,
    offload: str,
    tiling: bool,
) -> int:
    number = _ELEMENT_BYTES[precision]
    held = {
        name: count * (_ELEMENT_BYTES[weights] if weights != "same" and _denoises(name) else number)
        for name, count in elements.items()
    }
    step = _step_bytes(configs, size, number)
    decode = _decode_bytes(configs, size, number, tiling)
    if offload == "none":
        peak = sum(held.values()) + max(step, decode)
    else:
        largest = {name: held[name] * (1.0 if offload == "model" else 0.05) for name in held}
        peak = max(
            extra + bytes_ for name, bytes_ in largest.items() for extra in (_run_bytes(name, step, decode),)
        )
    return math.ceil(peak + _FIXED_BYTES.get(device.split(":")[0], 600 << 20))


def _denoises(name: str) -> bool:
    return name in ("unet", "transformer")


def _run_bytes(name: str, step: float, decode: float) -> float:
    if _denoises(name):
        return step
    return decode if name == "vae" else 0.0


def _decode_bytes(
    configs: Mapping[str, Mapping[str, Any]], size: tuple[int, int], number: float, tiling: bool
) -> float:
    config = configs.get("vae", {})
    widths = config.get("block_out_channels") or [config.get("base_dim", 128)]
    area = size[0] * size[1]
    if tiling:
        tile = int(config.get("sample_size") or 256)
        area = min(area, min(tile, 512) ** 2)
    # At full resolution the decoder still works on the second width for one block.
    return _DECODER_COPIES * area * float(widths[min(1, len(widths) - 1)]) * number


def _step_bytes(configs: Mapping[str, Mapping[str, Any]], size: tuple[int, int], number: float) -> float:
    cells = size[0] * size[1] / 64
    if "unet" in configs:
        return _UNET_COPIES * cells * float(configs["unet"].get("block_out_channels", [320])[0]) * number
    config = configs.get("transformer", {})
    heads = config.get("num_attention_heads", config.get("n_heads", 24))
    width = config.get("dim", heads * config.get("attention_head_dim", 128))
    return _TRANSFORMER_COPIES * (cells / 4 + 512) * float(width) * number


def _weight_files(part: Path, variant: str | None) -> list[Path]:
    files = sorted(part.glob("*.safetensors"))
    chosen = [path for path in files if variant is not None and f".{variant}" in path.name]
    # As diffusers does: a component without that variant is loaded from the plain files.
    return chosen or [path for path in files if path.name.count(".") == 1]


def _elements(path: Path) -> int:
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > path.stat().st_size:
                raise ValueError("the header is longer than the file")
            header = json.loads(file.read(length))
            if not isinstance(header, dict):
                raise ValueError("the header is no table")
        return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise ModelCorrupt(f"{path} is no safetensors file ({error}).", "Pull the model again.") from error
