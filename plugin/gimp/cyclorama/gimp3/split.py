"""Split into Object Layers: the selected layer becomes a group of one layer per object and a plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from shared.notes import document_note
from shared.stack import LayerData, object_layers, plate_layer

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.messages import Result
from cyclorama.protocol.options import SplitOptions, to_mapping
from gimp3.arguments import options_from
from gimp3.call import Call
from gimp3.interaction import Attention, attend
from gimp3.layers import build_layer, insert_split
from gimp3.models import model_options
from gimp3.pixels import coverage_of, dtype_of
from gimp3.source import picture_arrays, selected_layer
from gimp3.worker import Worker

__all__ = [
    "BLEND_SPACE",
    "SPLIT_PARTS",
    "SplitResult",
    "insert_document",
    "pixel_form",
    "run_split",
    "split_options",
    "split_request",
    "wants_masks",
]

#: Layers are blended by the image's encoded values, which keeps every bit of any profile.
BLEND_SPACE = "srgb"
#: Whose models can be chosen for a split.
SPLIT_PARTS = ("segmenter", "matter", "plate")


@dataclass(frozen=True)
class SplitResult:
    """What the job ``split`` gave.

    Parameters
    ----------
    document : mapping
    arrays : mapping of str to ArrayData
    """

    document: Mapping[str, Any]
    arrays: Mapping[str, ArrayData]

    @classmethod
    def of(cls, result: Result) -> SplitResult:
        """Take a result apart."""
        return cls(result.result["document"], {array.name: array for array in result.arrays})


def run_split(call: Call) -> List[Any]:
    """Do the command and return the group."""
    layer = selected_layer(call.image, call.drawables)

    def work(worker: Worker, attention: Attention) -> List[Any]:
        options, arrays = split_request(call, layer)
        found = SplitResult.of(attention.finish(worker, "split", options, arrays))
        objects = object_layers(found.document, found.arrays, masks=wants_masks(call))
        return [insert_document(call, layer, found, [*objects, plate_layer(found.arrays)])]

    return attend(
        call,
        "Split into Object Layers",
        "_Split",
        "Every object gets a layer of its own; what lies behind them is filled in. The layer stays, hidden."
        " A selection limits the search to what it holds.",
        ["max-objects", "threshold", "edge-width", "edges"],
        work,
        SPLIT_PARTS,
    )


def split_request(call: Call, layer: Any) -> Tuple[Dict[str, Any], List[ArrayData]]:
    """Return options and pictures of the job ``split`` for a layer."""
    return split_options(call), picture_arrays(call.image, layer)


def split_options(call: Call) -> Dict[str, Any]:
    """Return the options of the job ``split``."""
    own = {**to_mapping(options_from(SplitOptions, call.config)), "blend_space": BLEND_SPACE}
    return {**own, **model_options(call.config, *SPLIT_PARTS), **pixel_form(call)}


def wants_masks(call: Call) -> bool:
    """Whether layers shall have masks, rather than alpha."""
    return bool(call.value("edges") == "mask")


def pixel_form(call: Call) -> Dict[str, str]:
    """Return how the worker shall send colours: with their coverage as alpha, or without."""
    return {"order": "RGB"} if wants_masks(call) else {"order": "RGBA", "alpha": "matte"}


def insert_document(
    call: Call,
    layer: Any,
    found: SplitResult,
    stack: List[LayerData],
    note: Optional[Mapping[str, Any]] = None,
    recipe: Optional[Mapping[str, Any]] = None,
) -> Any:
    """Put the layers of a split, from the top, into the image and return their group."""
    image = call.image
    built = [(build_layer(image, data), data) for data in stack]
    coverage = coverage_of(layer, "coverage", dtype_of(image))
    models = model_options(call.config, *SPLIT_PARTS)
    split = {**to_mapping(options_from(SplitOptions, call.config)), **models}
    told = document_note(found.document, {"split": split, **(recipe or {})})
    return insert_split(
        image, layer, f"Split of {layer.get_name()}", built, {**told, **(note or {})}, coverage
    )
