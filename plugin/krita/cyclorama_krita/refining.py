"""Refine Matte: strokes on a layer of their own say what belongs to an object; its edge is solved again there."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from krita import Document, Node
from shared.scribbles import marks_of

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError

from .canvas import Canvas, read_canvas
from .document_state import DocumentState, SplitLayers
from .insertion import CoverWatch, insert
from .job_queue import Answer, Request, Work
from .layers import main_group, split_layers
from .nodes import id_of, walk
from .pixels import eight_bit, interleaved, plane
from .reading_back import read_layers
from .recipe import LayerNote, Recipe, store_recipe
from .sampling import Sampling
from .works import layers_of, unchanged

__all__ = ["refine_work"]

_SCRIBBLES = "Scribbles"


def refine_work(document: Document, state: DocumentState, watch: CoverWatch, masks: bool) -> Work:
    """Touch the active object layer up.

    The refined layers enter the document in a copy of their group, so that one step of undo brings all of them back.
    """
    layers = layers_of(document, state)
    canvas = read_canvas(document)
    target = _active_object(document, layers)
    strokes = _strokes_layer(document)
    found, arrays = read_layers(document, layers)
    shown = [node for node, _ in layers.objects if node.visible()]
    options = {"document": found, "layer": target.name(), "order": canvas.sampling.order}
    answer = yield Request("refine", options, [*arrays, _marks(strokes, canvas)])
    document = unchanged(state.key, canvas)
    layers, strokes = layers_of(document, state), _strokes_layer(document)
    group, recipe = _refined(document, canvas, layers, [id_of(node) for node in shown], answer, masks)
    insert(document, watch, group, layers.group.parentNode(), layers.group, [layers.group, strokes])
    store_recipe(document, recipe)


def _active_object(document: Document, layers: SplitLayers) -> Node:
    active = document.activeNode()
    if active is not None and active.type().endswith("mask"):
        active = active.parentNode()
    for node, _ in layers.objects:
        if active is not None and id_of(node) == id_of(active):
            return node
    raise InputError(
        "The active layer is not an object that was split.", "Click the layer of one object first."
    )


def _strokes_layer(document: Document) -> Node:
    for node in walk(document.rootNode()):
        if node.name().startswith(_SCRIBBLES) and node.type() == "paintlayer" and node.visible():
            return node
    raise InputError(
        f"There is no layer with scribbles; one named {_SCRIBBLES!r} was wanted.",
        "Make a new paint layer on top, name it Scribbles, and paint green where the object is, red where it is not, "
        "blue over edges that should be looked at again. Then click the object's layer and come here.",
    )


def _marks(strokes: Node, canvas: Canvas) -> ArrayData:
    """Return the strokes as marks over the whole canvas; only where something is painted is it read."""
    bounds = strokes.bounds()
    left, top = max(bounds.left(), 0), max(bounds.top(), 0)
    right, bottom = min(bounds.right() + 1, canvas.width), min(bounds.bottom() + 1, canvas.height)
    marks = bytearray(canvas.width * canvas.height)
    if left < right and top < bottom:
        painted = _painted(strokes, (left, top, right, bottom), canvas.sampling)
        across = right - left
        for row in range(bottom - top):
            start = (top + row) * canvas.width + left
            marks[start : start + across] = painted[row * across : (row + 1) * across]
    if not any(marks):
        raise InputError(
            f"Nothing is painted on the layer {strokes.name()!r} in green, red or blue.",
            "Green keeps, red drops, blue is looked at again.",
        )
    return ArrayData("scribbles", "uint8", (canvas.height, canvas.width), "Y", "linear", bytes(marks))


def _painted(strokes: Node, box: Tuple[int, int, int, int], sampling: Sampling) -> bytes:
    left, top, right, bottom = box
    pixels = bytes(strokes.pixelData(left, top, right - left, bottom - top))
    pixels = eight_bit(pixels, sampling.dtype)
    alpha = plane(pixels, "uint8", 3)
    return marks_of(interleaved(pixels, sampling.order, "uint8", "RGBA", alpha))


def _refined(
    document: Document, canvas: Canvas, layers: SplitLayers, shown: List[str], answer: Answer, masks: bool
) -> Tuple[Node, Recipe]:
    """Return a group with the refined layers, and copies of all others; and its recipe."""
    found: Mapping[str, Any] = answer.result["document"]
    plate, objects = split_layers(document, canvas, found, answer.arrays, masks)
    # A layer whose matte came out empty is gone from the answer: those that are left keep their names.
    refined = {entry["name"]: (node, entry["box"]) for node, entry in zip(objects, found["layers"])}
    boxes = {id_of(node): box for node, box in layers.objects}
    children: List[Node] = []
    noted: List[Tuple[int, Any]] = []
    plate_place = 0
    for node in layers.group.childNodes():
        identity = id_of(node)
        if identity == layers.recipe.plate:
            plate_place = len(children)
            children.append(plate)
        elif identity in boxes:
            new = refined.get(node.name()) if identity in shown else None
            child, box = new or (node.duplicate(), boxes[identity])
            noted.append((len(children), list(box)))
            children.append(child)
        elif not node.type().endswith("mask"):
            children.append(node.duplicate())
    group, children = main_group(document, canvas, layers.group.name(), children)
    notes = [LayerNote(id_of(children[place]), box) for place, box in noted]
    recipe = layers.recipe.with_(
        group=id_of(group),
        plate=id_of(children[plate_place]),
        objects=notes,
        provenance={**layers.recipe.provenance, **found["provenance"]},
    )
    return group, recipe
