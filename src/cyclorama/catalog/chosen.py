"""From a person's choice of models to model objects for the pipeline."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Any

from cyclorama.catalog.load import load_model
from cyclorama.catalog.registry import find_model
from cyclorama.protocol.options import BUILTIN, ModelOptions
from cyclorama.runtime.devices import require_device

__all__ = ["ALL_PARTS", "SPLIT_PARTS", "ChosenModels", "choose_models", "task_of", "warm_models"]

#: Options, the task that each wants, and the built-in network behind its default, where there is one.
_CHOICES = {
    "segmenter": ("segmentation", "segmenter"),
    "matter": ("matting", None),
    "plate": ("plate", None),
    "inpainter": ("backdrop", "backdrop"),
}

#: What can be chosen, and what of it a split needs.
ALL_PARTS = tuple(_CHOICES)
SPLIT_PARTS = ("segmenter", "matter", "plate")


@dataclass(frozen=True)
class ChosenModels:
    """Arguments of the pipeline; None stands for what is built in.

    Parameters
    ----------
    segmenter : Segmenter or None
    matter : Matter or None
    filler : Filler or None
    inpainter : Inpainter or None
    """

    segmenter: Any = None
    matter: Any = None
    filler: Any = None
    inpainter: Any = None


def task_of(part: str) -> str:
    """Return the catalogue's task that a part of the work wants a model for."""
    return _CHOICES[part][0]


def choose_models(options: ModelOptions, parts: tuple[str, ...] = ALL_PARTS) -> ChosenModels:
    """Load what a person chose.

    Parameters
    ----------
    options : ModelOptions
        Names and device.
    parts : tuple of str
        Which of the choices are wanted: a split needs no inpainter.

    Returns
    -------
    ChosenModels

    Raises
    ------
    ModelMissing, ModelUnpinned, ModelCorrupt, ModelIncompatible
        If a model is not here, not trusted, changed, or of another task.
    DeviceError
        If the device is not there; the sentence names those that are.
    """
    names = {part: getattr(options, part) for part in parts}
    # A device is asked for the models that were chosen: theirs may be torch's, while ONNX Runtime has the CPU only.
    # Where none was chosen it is for the built-in ones.
    nothing_chosen = all(name == BUILTIN for name in names.values())
    if nothing_chosen:
        require_device(options.device)
    made: dict[str, Any] = {}
    for part, name in names.items():
        task, network = _CHOICES[part]
        if name != BUILTIN:
            made[part] = load_model(name, task, device=options.device)
        elif nothing_chosen and network is not None and options.device not in ("auto", "cpu"):
            made[part] = load_model(network, task, device=options.device)
    return ChosenModels(made.get("segmenter"), made.get("matter"), made.get("plate"), made.get("inpainter"))


def warm_models(options: ModelOptions, parts: tuple[str, ...] = ALL_PARTS) -> ChosenModels:
    """Return what :func:`choose_models` does, kept from call to call while neither choice nor files change."""
    others = {part: BUILTIN for part in ALL_PARTS if part not in parts}
    wanted = replace(options, **others)
    names = [getattr(wanted, part) for part in parts]
    return _kept(wanted, parts, tuple(find_model(name).files for name in names if name != BUILTIN))


@functools.lru_cache(maxsize=2)  # one for splitting, one for backgrounds: large models do not pile up
def _kept(options: ModelOptions, parts: tuple[str, ...], files: Any) -> ChosenModels:
    return choose_models(options, parts)
