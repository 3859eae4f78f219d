"""From a person's choice of models to model objects for the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cyclorama.catalog.load import load_model
from cyclorama.protocol.options import BUILTIN, ModelOptions
from cyclorama.runtime.devices import require_device

__all__ = ["ChosenModels", "choose_models"]

#: Options, the task that each wants, and the built-in network behind its default, where there is one.
_CHOICES = {
    "segmenter": ("segmentation", "segmenter"),
    "matter": ("matting", None),
    "plate": ("plate", None),
    "inpainter": ("backdrop", "backdrop"),
}


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


def choose_models(options: ModelOptions, *, backdrop: bool = True) -> ChosenModels:
    """Load what a person chose.

    Parameters
    ----------
    options : ModelOptions
        Names and device.
    backdrop : bool
        Whether the inpainter is wanted too; a split does not need it.

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
    names = {option: getattr(options, option) for option in _CHOICES if backdrop or option != "inpainter"}
    # A device is asked for the models that were chosen: theirs may be torch's, while ONNX Runtime has the CPU only.
    # Where none was chosen it is for the built-in ones.
    nothing_chosen = all(name == BUILTIN for name in names.values())
    if nothing_chosen:
        require_device(options.device)
    made: dict[str, Any] = {}
    for option, name in names.items():
        task, network = _CHOICES[option]
        if name != BUILTIN:
            made[option] = load_model(name, task, device=options.device)
        elif nothing_chosen and network is not None and options.device not in ("auto", "cpu"):
            made[option] = load_model(network, task, device=options.device)
    return ChosenModels(made.get("segmenter"), made.get("matter"), made.get("plate"), made.get("inpainter"))
