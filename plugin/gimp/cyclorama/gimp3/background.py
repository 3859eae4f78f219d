"""New Background: the objects of a picture before a background that is made for their light."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

from shared.light import Light
from shared.stack import SHADOWS, background_layer, object_layers, plate_layer, shadow_layers

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.messages import Result
from cyclorama.protocol.options import ReplaceOptions, to_mapping
from gimp3.arguments import options_from
from gimp3.call import Call
from gimp3.document import OpenDocument, open_document, wished_light
from gimp3.interaction import Attention, unattended
from gimp3.layers import build_layer, replace_layers
from gimp3.models import model_options
from gimp3.notes import DOCUMENT, read_note
from gimp3.source import selected_layer
from gimp3.split import insert_document, pixel_form, wants_masks
from gimp3.worker import Worker

__all__ = ["insert_background", "replace_request", "run_background"]


def run_background(call: Call) -> List[Any]:
    """Do the command and return the group."""
    layer = selected_layer(call.image, call.drawables)
    if call.interactive:
        from gimp3.background_dialog import BackgroundDialog

        return [BackgroundDialog(call, layer).run()]

    def work(worker: Worker, attention: Attention) -> List[Any]:
        options_from(ReplaceOptions, call.config)
        opened = open_document(call, layer, worker, attention)
        light = wished_light(call, opened.light)
        options = replace_request(call, opened, light)
        result = attention.finish(worker, "replace", options, opened.pictures())
        return [insert_background(call, opened, light, result, 0)]

    return unattended("New Background", work)


def replace_request(call: Call, opened: OpenDocument, light: Light) -> Dict[str, Any]:
    """Return the options of the job ``replace``."""
    return {
        **to_mapping(options_from(ReplaceOptions, call.config)),
        **model_options(call.config, "inpainter"),
        "document": dict(opened.document),
        "lighting": dict(light.lighting),
        "perspective": dict(light.perspective),
        **pixel_form(call),
    }


def insert_background(call: Call, opened: OpenDocument, light: Light, result: Result, chosen: int) -> Any:
    """Put one of the backgrounds and the shadows into the image, and return the group."""
    arrays: Mapping[str, ArrayData] = {array.name: array for array in result.arrays}
    masks = wants_masks(call)
    stack = [*shadow_layers(result.result, arrays, masks), background_layer(result.result, arrays, chosen)]
    told = {
        "lighting": light.lighting,
        "perspective": light.perspective,
        "provenance": result.result.get("provenance") or {},
    }
    replaced = {
        **to_mapping(options_from(ReplaceOptions, call.config)),
        **model_options(call.config, "inpainter"),
        "candidate": result.result["candidates"][chosen],
    }
    if opened.group is None:
        objects = object_layers(opened.document, opened.arrays, masks)
        above = [data for data in stack if data.above_objects]
        below = [data for data in stack if not data.above_objects]
        whole = [*above, *objects, *below, plate_layer(opened.arrays).hidden()]
        return insert_document(call, opened.layer, opened.split, whole, told, {"replace": replaced})
    note = read_note(opened.group, DOCUMENT) or {}
    note = {**note, **told, "recipe": {**note.get("recipe", {}), "replace": replaced}}
    built = [(build_layer(call.image, data), data) for data in stack]
    replace_layers(call.image, opened.group, (*SHADOWS, "background"), built, note)
    return opened.group
