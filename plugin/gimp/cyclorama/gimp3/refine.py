"""Refine Matte: strokes on a layer of their own say what belongs to an object; its edge is solved again there."""

from __future__ import annotations

from typing import Any, List

from shared.stack import object_layers, plate_layer

from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import RefineOptions, to_mapping
from gimp3.arguments import options_from
from gimp3.call import Call
from gimp3.document import OpenDocument, from_group
from gimp3.interaction import Attention, attend
from gimp3.layers import build_layer, replace_objects
from gimp3.notes import group_of, role_of
from gimp3.reading import origin_of
from gimp3.scribbles import scribbles_of
from gimp3.source import selected_layer
from gimp3.split import SplitResult, pixel_form, wants_masks
from gimp3.worker import Worker

__all__ = ["run_refine"]

SCRIBBLES = "Scribbles"

_ABOUT = (
    "1. Make a new transparent layer and name it Scribbles.\n"
    "2. With a hard brush, paint green where the object is, red where it is not, and blue over edges that should be"
    " looked at again. A few strokes are enough.\n"
    "3. Select the object's layer and come here. Only what the strokes touch is changed; the scribbles are hidden."
)


def run_refine(call: Call) -> List[Any]:
    """Do the command and return the group."""
    layer = selected_layer(call.image, call.drawables)
    group = group_of(call.image, layer)
    if group is None or role_of(layer) != "object":
        raise InputError(
            f"The layer {layer.get_name()!r} is not an object that was split.",
            "Use Split into Object Layers first, and select the layer of one object.",
        )

    def work(worker: Worker, attention: Attention) -> List[Any]:
        strokes = _strokes_layer(call)
        opened = from_group(call, layer, group)
        height, width = opened.document["size"]
        strokes_array = scribbles_of(strokes, origin_of(group), (height, width))
        options = {
            **to_mapping(options_from(RefineOptions, call.config)),
            "document": dict(opened.document),
            "layer": layer.get_name(),
            **pixel_form(call),
        }
        result = attention.finish(worker, "refine", options, [*opened.pictures(), strokes_array])
        _show(call, opened, SplitResult.of(result), strokes)
        return [group]

    return attend(call, "Refine Matte", "_Refine", _ABOUT, ["scribbles", "reach", "edges"], work)


def _strokes_layer(call: Call) -> Any:
    """Return the layer with strokes: the one given, or the one that is named Scribbles."""
    given = call.value("scribbles")
    if given is not None and given.is_valid():
        return given
    for layer in call.image.get_layers():
        if layer.get_name().startswith(SCRIBBLES):
            return layer
    raise InputError(
        f"There is no layer with scribbles; one named {SCRIBBLES!r} was wanted.",
        "Make a new transparent layer, name it Scribbles, and paint on it in green, red and blue.",
    )


def _show(call: Call, opened: OpenDocument, found: SplitResult, strokes: Any) -> None:
    stack = [*object_layers(found.document, found.arrays, wants_masks(call)), plate_layer(found.arrays)]
    built = [(build_layer(call.image, data), data) for data in stack]
    replace_objects(call.image, opened.group, built, strokes)
