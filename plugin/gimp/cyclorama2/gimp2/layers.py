"""Layers into an image of GIMP 2.10, as one undo step."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator

from pythonfu.image import Image
from pythonfu.layers import GroupLayer, Layer
from shared.notes import LAYER, encoded, layer_note
from shared.stack import LayerData

from gimp2.pixels import write_color

#: Saved with the image, and undone with it.
FLAGS = 1 | 2
#: The old modes blend the encoded values, in which the colours were un-mixed; the new ones blend linear light.
MODES = {"normal": 0, "multiply": 3}
KINDS = {(0, False): 0, (0, True): 1, (1, False): 2, (1, True): 3}


@contextmanager
def one_undo_step(image: Image) -> Iterator[None]:
    """Make one undo step of what is done inside."""
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()


def build_layer(image: Image, data: LayerData) -> Layer:
    """Make a layer with its pixels, in no stack yet."""
    left, top, right, bottom = data.box
    kind = KINDS[int(image.base_type), data.color.order == "RGBA"]
    layer = Layer(image, data.name, right - left, bottom - top, kind, 100.0 * data.opacity, MODES[data.mode])
    write_color(layer, data.color)
    write_note(layer, LAYER, layer_note(data.role, data.name))
    return layer


def new_group(image: Image, source: Layer) -> GroupLayer:
    """Make a group above the layer that it comes from, with its mode and opacity."""
    group = GroupLayer(image, f"Split of {source.name}", source.opacity, source.mode)
    image.insert_layer(group, source.parent, image.layers.index(source) if source.parent is None else 0)
    return group


def insert(image: Image, layer: Layer, data: LayerData, group: GroupLayer, place: int, origin: Any) -> None:
    """Put a built layer into a group, where it lies on the document."""
    left, top = origin
    image.insert_layer(layer, group, place)
    layer.set_offsets(left + data.box[0], top + data.box[1])
    layer.visible = data.visible


def write_note(layer: Any, name: str, note: Dict[str, Any]) -> None:
    """Attach plain values to a layer as JSON."""
    layer.attach_new_parasite(name, FLAGS, encoded(note))
