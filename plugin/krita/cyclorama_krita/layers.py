"""Layers made of a job's result, off the document: they enter it together, as one step of undo."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence, Tuple

from krita import Document, Node

from cyclorama.protocol.arrays import ArrayData

from .canvas import Canvas
from .masks import new_mask
from .nodes import set_children
from .pixels import eight_bit, interleaved, is_opaque, plane
from .sampling import Sampling

__all__ = ["background_group", "main_group", "object_layer", "paint_layer", "shadow_layer", "split_layers"]

Box = Tuple[int, int, int, int]


def paint_layer(
    document: Document,
    sampling: Sampling,
    name: str,
    corner: Tuple[int, int],
    color: ArrayData,
    matte: Optional[ArrayData] = None,
) -> Node:
    """Make a paint layer of colours; opaque inside its box, or with ``matte`` as its alpha.

    Parameters
    ----------
    document : Document
        Whose colour space the layer takes.
    sampling : Sampling
        Of that document.
    name : str
    corner : (int, int)
        Left and top of the layer on the canvas.
    color, matte : ArrayData
        In the document's sample format.
    """
    layer = document.createNode(name, "paintlayer")
    alpha = None if matte is None else matte.data
    pixels = interleaved(color.data, color.order, sampling.dtype, sampling.order, alpha)
    height, width = color.size
    layer.setPixelData(pixels, corner[0], corner[1], width, height)
    return layer


def object_layer(
    document: Document,
    sampling: Sampling,
    entry: Mapping[str, Any],
    color: ArrayData,
    matte: ArrayData,
    masks: bool,
) -> Node:
    """Make the layer of one object: its colours and, in a mask or baked in, its coverage."""
    left, top = entry["box"][:2]
    name = str(entry["name"])
    if not masks:
        return paint_layer(document, sampling, name, (left, top), color, matte)
    layer = paint_layer(document, sampling, name, (left, top), color)
    mask = new_mask(document, f"{name}: coverage")
    set_children(layer, [mask])
    height, width = matte.size
    mask.setPixelData(eight_bit(matte.data, matte.dtype), left, top, width, height)
    return layer


def split_layers(
    document: Document, canvas: Canvas, found: Mapping[str, Any], arrays: Mapping[str, ArrayData], masks: bool
) -> Tuple[Node, List[Node]]:
    """Make the layers of a split: the plate, and the objects from bottom to top."""
    plate = paint_layer(document, canvas.sampling, "Plate", (0, 0), arrays["plate"])
    objects = []
    for number, entry in enumerate(found["layers"]):
        color, matte = arrays[f"layer{number}.color"], arrays[f"layer{number}.matte"]
        objects.append(object_layer(document, canvas.sampling, entry, color, matte, masks))
    return plate, objects


def main_group(
    document: Document, canvas: Canvas, name: str, children: Sequence[Node]
) -> Tuple[Node, List[Node]]:
    """Make the group of a split; that of a photo with alpha gets the photo's shape as its mask.

    Parameters
    ----------
    document : Document
    canvas : Canvas
        The photo.
    name : str
    children : sequence of Node
        Bottom to top. Objects come straight into the group: one of their own would round their colours once more.

    Returns
    -------
    (Node, list of Node)
        The group, and the children as they are in it: maybe copies.
    """
    group = document.createGroupLayer(name)
    dtype = canvas.sampling.dtype
    if is_opaque(canvas.pixels, dtype):
        set_children(group, children)
    else:
        # Krita takes a group without a parent for the root of a picture, which can have no masks; its copy keeps them.
        holder = document.createGroupLayer("holder")
        set_children(holder, [group])
        mask = new_mask(document, "Alpha of the photo")
        set_children(group, [*children, mask])
        alpha = eight_bit(plane(canvas.pixels, dtype, 3), dtype)
        mask.setPixelData(alpha, 0, 0, canvas.width, canvas.height)
        group = group.duplicate()
    return group, group.childNodes()[: len(children)]


def shadow_layer(
    document: Document,
    sampling: Sampling,
    entry: Mapping[str, Any],
    color: ArrayData,
    matte: Optional[ArrayData],
) -> Node:
    """Make the layer of one shadow (Multiply) or reflection (Normal)."""
    left, top = entry["box"][:2]
    layer = paint_layer(document, sampling, str(entry["name"]).capitalize(), (left, top), color, matte)
    layer.setBlendingMode(str(entry["mode"]))
    layer.setOpacity(int(255 * float(entry["opacity"]) + 0.5))
    return layer


def background_group(
    document: Document,
    sampling: Sampling,
    name: str,
    picture: Optional[ArrayData],
    shadows: Sequence[Node],
) -> Node:
    """Make the group of a new background: the picture, and the shadows that fall on it.

    Without a picture it holds the shadows alone and lets what is below shine through.
    """
    group = document.createGroupLayer(name)
    children = list(shadows)
    if picture is not None:
        children.insert(0, paint_layer(document, sampling, "Picture", (0, 0), picture))
    else:
        # A Multiply layer in a plain group would multiply with nothing.
        group.setPassThroughMode(True)
    set_children(group, children)
    return group
