"""Select ▸ Objects: objects found in the picture become the selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

from gi.repository import Gegl, Gimp

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError, NoObjectFound
from cyclorama.protocol.messages import Result
from cyclorama.protocol.options import SplitOptions, to_mapping
from gimp3.arguments import options_from
from gimp3.call import Call
from gimp3.interaction import Attention, unattended
from gimp3.layers import one_undo_step
from gimp3.models import model_options
from gimp3.pixels import dtype_of, picture_of
from gimp3.source import selected_layer
from gimp3.worker import Worker

__all__ = ["OPERATIONS", "FoundObject", "found_objects", "objects_request", "run_objects", "select_objects"]

#: How the objects meet what is selected already.
OPERATIONS = {
    "replace": "Replace the selection",
    "add": "Add to the selection",
    "subtract": "Subtract from the selection",
    "intersect": "Intersect with the selection",
}


@dataclass(frozen=True)
class FoundObject:
    """One object of the job ``objects``.

    Parameters
    ----------
    name : str
    score : float, [0, 1]
        How sure it is.
    box : (int, int, int, int)
        (left, top, right, bottom) on the layer.
    mask : ArrayData
        8 bit, of the box's size.
    """

    name: str
    score: float
    box: Tuple[int, int, int, int]
    mask: ArrayData


def run_objects(call: Call) -> List[Any]:
    """Do the command."""
    layer = selected_layer(call.image, call.drawables)
    if call.interactive:
        from gimp3.objects_dialog import ObjectsDialog

        ObjectsDialog(call, layer).run()
        return []

    def work(worker: Worker, attention: Attention) -> None:
        options, arrays = objects_request(call, layer)
        found = found_objects(attention.finish(worker, "objects", options, arrays))
        which = int(call.value("which"))
        if which > len(found):
            raise InputError(
                f"Object {which} was asked for; {len(found)} were found.", "0 selects all, 1 the surest."
            )
        select_objects(call, layer, found if which == 0 else [found[which - 1]])

    unattended("Objects", work)
    return []


def objects_request(call: Call, layer: Any) -> Tuple[Dict[str, Any], List[ArrayData]]:
    """Return options and pictures of the job ``objects`` for a layer."""
    own = to_mapping(options_from(SplitOptions, call.config))
    options = {**own, **model_options(call.config, "segmenter")}
    return options, [picture_of(layer, "image", dtype_of(call.image))]


def found_objects(result: Result) -> List[FoundObject]:
    """Return what the job ``objects`` found, the surest first.

    Raises
    ------
    NoObjectFound
        If that is nothing.
    """
    arrays = {array.name: array for array in result.arrays}
    found = []
    for number, entry in enumerate(result.result["segments"]):
        left, top, right, bottom = (int(side) for side in entry["box"])
        mask = arrays[f"segment{number}"]
        found.append(FoundObject(entry["name"], float(entry["score"]), (left, top, right, bottom), mask))
    if not found:
        raise NoObjectFound("No object stands out in this picture.", "Lower the threshold and try again.")
    return sorted(found, key=lambda own: -own.score)


def select_objects(call: Call, layer: Any, objects: Sequence[FoundObject]) -> None:
    """Let objects become the selection, in the way that was asked for, as one undo step."""
    image = call.image
    operation = {
        "replace": Gimp.ChannelOps.REPLACE,
        "add": Gimp.ChannelOps.ADD,
        "subtract": Gimp.ChannelOps.SUBTRACT,
        "intersect": Gimp.ChannelOps.INTERSECT,
    }[call.value("operation")]
    channels = [_channel(image, layer, own) for own in objects]
    with one_undo_step(image):
        for channel in channels:
            image.insert_channel(channel, None, 0)
        for other in channels[1:]:
            channels[0].combine_masks(other, Gimp.ChannelOps.ADD, 0, 0)
        image.select_item(operation, channels[0])
        for channel in channels:
            image.remove_channel(channel)
        # Inserting channels made them the selected item.
        image.set_selected_layers([layer])


def _channel(image: Any, layer: Any, own: FoundObject) -> Any:
    """Return a channel of the canvas's size that holds an object, not in the image yet."""
    width, height = image.get_width(), image.get_height()
    channel = Gimp.Channel.new(image, own.name, width, height, 50.0, Gegl.Color.new("black"))
    _, left, top = layer.get_offsets()
    buffer = channel.get_buffer()
    box = Gegl.Rectangle.new(
        left + own.box[0], top + own.box[1], own.box[2] - own.box[0], own.box[3] - own.box[1]
    )
    # Channels hold linear coverage as the selection does; their own numbers may be encoded.
    buffer.set(box, "Y u8", bytes(own.mask.data))
    buffer.flush()
    channel.update(0, 0, width, height)
    return channel
