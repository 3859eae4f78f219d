"""Shadows from Light: the shadows of a group made again, for the light that is noted or asked for."""

from __future__ import annotations

from typing import Any, List

from shared.light import Light
from shared.stack import shadow_layers

from cyclorama.protocol.errors import InputError
from gimp3.call import Call
from gimp3.document import OpenDocument, from_group, wished_light
from gimp3.interaction import Attention, unattended
from gimp3.layers import build_layer, replace_layers
from gimp3.notes import DOCUMENT, group_of, read_note
from gimp3.source import selected_layer
from gimp3.split import pixel_form, wants_masks
from gimp3.worker import Worker

__all__ = ["make_shadows", "run_shadows"]


def run_shadows(call: Call) -> List[Any]:
    """Do the command and return the group."""
    layer = selected_layer(call.image, call.drawables)
    group = group_of(call.image, layer)
    if group is None:
        raise InputError(
            f"The layer {layer.get_name()!r} has not been split into objects.",
            "Use Split into Object Layers or New Background first.",
        )
    opened = from_group(call, layer, group)
    if call.interactive:
        from gimp3.light_dialog import LightDialog

        def apply(worker: Worker, attention: Attention, light: Light) -> List[Any]:
            return make_shadows(call, opened, light, worker, attention)

        return LightDialog(call, "Shadows from Light", "_Make Shadows", opened).run(apply)

    def work(worker: Worker, attention: Attention) -> List[Any]:
        return make_shadows(call, opened, wished_light(call, opened.light), worker, attention)

    return unattended("Shadows from Light", work)


def make_shadows(
    call: Call, opened: OpenDocument, light: Light, worker: Worker, attention: Attention
) -> List[Any]:
    """Compute shadows under a light and put them in place of those that are there."""
    options = {
        "document": dict(opened.document),
        "lighting": dict(light.lighting),
        "perspective": dict(light.perspective),
        **pixel_form(call),
    }
    mattes = [array for array in opened.pictures() if array.name.endswith(".matte")]
    result = attention.finish(worker, "shadows", options, mattes)
    arrays = {array.name: array for array in result.arrays}
    built = [
        (build_layer(call.image, data), data)
        for data in shadow_layers(result.result, arrays, wants_masks(call))
    ]
    note = read_note(opened.group, DOCUMENT) or {}
    note = {**note, "lighting": light.lighting, "perspective": light.perspective}
    # Reflections and light wraps follow the background, not the light: they stay.
    replace_layers(call.image, opened.group, ("shadow", "contact"), built, note)
    return [opened.group]
