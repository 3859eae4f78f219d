"""Light and Perspective: read where the light comes from, let a person correct it, and note it for what follows."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from shared.light import VALUES, Light

from cyclorama.protocol.messages import Result
from cyclorama.protocol.options import SplitOptions, to_mapping
from gimp3.arguments import options_from
from gimp3.call import Call
from gimp3.document import wished_light
from gimp3.interaction import Attention, unattended
from gimp3.layers import one_undo_step
from gimp3.models import model_options
from gimp3.notes import DOCUMENT, LIGHT, group_of, read_note, write_note
from gimp3.pixels import dtype_of, picture_of
from gimp3.source import selected_layer
from gimp3.worker import Worker

__all__ = ["light_of", "light_request", "note_light", "run_light"]


def run_light(call: Call) -> List[float]:
    """Do the command; return azimuth, elevation, softness, pitch and roll in degrees, and the light's confidence."""
    layer = selected_layer(call.image, call.drawables)
    if call.interactive:
        from gimp3.light_dialog import LightDialog

        def apply(_worker: Worker, _attention: Attention, light: Light) -> List[float]:
            return _finish(call, layer, light)

        return LightDialog(call, "Light and Perspective", "_Keep", layer, _known(call, layer)).run(apply)

    def work(worker: Worker, attention: Attention) -> List[float]:
        noted = _noted(call, layer)
        if noted is None:
            options, arrays = light_request(call, layer)
            noted = light_of(attention.finish(worker, "light", options, arrays))
        return _finish(call, layer, wished_light(call, noted))

    return unattended("Light and Perspective", work)


def light_request(call: Call, layer: Any) -> Any:
    """Return options and pictures of the job ``light`` for a layer."""
    own = to_mapping(options_from(SplitOptions, call.config))
    options: Dict[str, Any] = {**own, **model_options(call.config, "segmenter")}
    return options, [picture_of(layer, "image", dtype_of(call.image))]


def light_of(result: Result) -> Light:
    """Return what the job ``light`` read."""
    return Light(result.result["lighting"], result.result["perspective"])


def note_light(image: Any, layer: Any, light: Light) -> None:
    """Note a light for later commands: on the group that a layer belongs to, or on the layer."""
    told = {"lighting": light.lighting, "perspective": light.perspective}
    group = group_of(image, layer)
    with one_undo_step(image):
        if group is None:
            write_note(layer, LIGHT, told)
        else:
            write_note(group, DOCUMENT, {**(read_note(group, DOCUMENT) or {}), **told})


def _noted(call: Call, layer: Any) -> Optional[Light]:
    group = group_of(call.image, layer)
    return None if group is None else Light.noted(read_note(group, DOCUMENT) or {})


def _known(call: Call, layer: Any) -> Optional[Light]:
    """Return the light of a layer's group, or the one that a person kept for the layer itself."""
    return _noted(call, layer) or Light.noted(read_note(layer, LIGHT) or {})


def _finish(call: Call, layer: Any, light: Light) -> List[float]:
    note_light(call.image, layer, light)
    values = light.values
    return [*(values[name] for name in VALUES), float(light.lighting.get("confidence", 1.0))]
