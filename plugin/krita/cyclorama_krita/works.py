"""What each action does: reads the document, asks the worker, puts the result into the document.

Every function here is the generator of a job (see ``job_queue``). A document changes only after the last answer, in
one step; it is looked up anew after each, for it may have been closed meanwhile.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from krita import Document, Node

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError

from .canvas import Canvas, name_of, read_canvas, read_selection
from .document_state import Candidate, DocumentState, FoundObject, SplitLayers
from .insertion import CoverWatch, insert
from .job_queue import Answer, Request, Work
from .layers import background_group, main_group, shadow_layer, split_layers
from .nodes import id_of
from .open_documents import document_of
from .reading_back import read_layers
from .recipe import LayerNote, Recipe, store_recipe
from .sampling import Sampling, sampling_of

__all__ = [
    "background_work",
    "find_work",
    "layers_of",
    "light_work",
    "remember_light",
    "shadows_work",
    "split_work",
    "unchanged",
    "use_candidate",
]


def find_work(document: Document, state: DocumentState, options: Mapping[str, Any]) -> Work:
    """Look for objects, and list them."""
    canvas = read_canvas(document)
    selection = read_selection(document)
    arrays = [canvas.as_array()] if selection is None else [canvas.as_array(), selection]
    answer = yield Request("objects", options, arrays)
    state.searched = selection
    state.found = [
        FoundObject(number, entry["name"], tuple(entry["box"]), answer.arrays[f"segment{number}"])
        for number, entry in enumerate(answer.result["segments"])
    ]
    if not state.found:
        raise InputError("No object stands out in this picture.", "Try a picture with a clearer subject.")


def light_work(document: Document, state: DocumentState, options: Mapping[str, Any]) -> Work:
    """Measure light and camera."""
    canvas = read_canvas(document)
    answer = yield Request("light", options, [canvas.as_array()])
    state.lighting, state.perspective = answer.result["lighting"], answer.result["perspective"]
    remember_light(document_of(state.key), state)


def split_work(
    document: Document, state: DocumentState, watch: CoverWatch, options: Mapping[str, Any], masks: bool
) -> Work:
    """Split the picture into a group of layers."""
    canvas = read_canvas(document)
    answer = yield _split_request(document, state, canvas, options, (0.0, 1.0))
    document = unchanged(state.key, canvas)
    group, recipe = _made_of(document, canvas, answer, masks, [])
    _place(document, watch, group)
    store_recipe(document, recipe)
    state.found = []
    state.lighting, state.perspective = recipe.lighting, recipe.perspective


def background_work(
    document: Document,
    state: DocumentState,
    watch: CoverWatch,
    options: Mapping[str, Any],
    split_options: Mapping[str, Any],
    masks: bool,
) -> Work:
    """Make backgrounds for the objects, which are cut out first if they are not yet; insert the best one."""
    layers = state.layers(document)
    canvas = read_canvas(document)
    split: Optional[Answer] = None
    if layers is None:
        split = yield _split_request(document, state, canvas, split_options, (0.0, 0.4))
        found = split.result["document"]
        arrays = [
            array for name, array in split.arrays.items() if name == "plate" or name.startswith("layer")
        ]
    else:
        found, arrays = read_layers(document, layers)
    light = _light_of(state, found)
    request = {**options, **light, "document": found, "order": canvas.sampling.order}
    answer = yield Request("replace", request, arrays, (0.4 if split else 0.0, 1.0))
    document = unchanged(state.key, canvas)
    state.lighting, state.perspective = light["lighting"], light["perspective"]
    state.candidates = [
        Candidate(entry["scene"], entry["seed"], entry["fit"], answer.arrays[f"candidate{number}"])
        for number, entry in enumerate(answer.result["candidates"])
    ]
    state.shadows = _shadows_in(answer)
    if split is None:
        use_candidate(document, state, watch, 0)
        return
    group, recipe = _made_of(document, canvas, split, masks, [_background_of(document, state, 0)])
    _place(document, watch, group)
    store_recipe(document, recipe.with_(replace=dict(options), **light))
    state.found, state.used = [], 0


def shadows_work(document: Document, state: DocumentState, watch: CoverWatch) -> Work:
    """Cast the objects' shadows anew under the light as it stands now."""
    layers = layers_of(document, state)
    found, arrays = read_layers(document, layers)
    mattes = [array for array in arrays if array.name.endswith(".matte")]
    sampling = sampling_of(document)
    light = _light_of(state, found)
    options = {**light, "document": found, "order": sampling.order, "encoding": sampling.encoding}
    answer = yield Request("shadows", options, mattes)
    document = document_of(state.key)
    layers = layers_of(document, state)
    shadows = _shadow_nodes(document, sampling_of(document), _shadows_in(answer))
    if not shadows:
        raise InputError(
            "These objects cast no shadow that the picture would show: none of them stands on the ground in view."
        )
    name = "Shadows"
    group = background_group(document, sampling_of(document), name, None, shadows)
    older = [node for node in layers.group.childNodes() if node.name() == name and node.visible()]
    insert(document, watch, group, layers.group, _below_objects(layers), older)
    remember_light(document, state)


def use_candidate(document: Document, state: DocumentState, watch: CoverWatch, number: int) -> None:
    """Put one of the backgrounds that were made into the document: above those used before, below the objects.

    Raises
    ------
    InputError
        If the layers of the split are no longer there.
    """
    layers = layers_of(document, state)
    group = _background_of(document, state, number)
    insert(document, watch, group, layers.group, _below_objects(layers), [])
    state.used = number
    remember_light(document, state)


def remember_light(document: Document, state: DocumentState) -> None:
    """Store light and camera in the document, so that they are there after it was saved and opened again."""
    layers = state.layers(document)
    if layers is not None and state.lighting and state.perspective:
        store_recipe(document, layers.recipe.with_(lighting=state.lighting, perspective=state.perspective))


def _split_request(
    document: Document,
    state: DocumentState,
    canvas: Canvas,
    options: Mapping[str, Any],
    share: Tuple[float, float],
) -> Request:
    arrays = [canvas.as_array()]
    # What was checked in a list is cut out as it was found, whatever was selected since.
    selection = state.searched if state.found else read_selection(document)
    if selection is not None:
        arrays.append(selection)
    asked: Dict[str, Any] = {
        **options,
        "blend_space": canvas.sampling.encoding,
        "order": canvas.sampling.order,
    }
    if state.found:
        wanted = [{"index": own.number, "name": own.name} for own in state.found if own.wanted]
        if not wanted:
            raise InputError("No object of the list is checked.", "Check those that are to become layers.")
        asked["objects"] = wanted
    return Request("split", asked, arrays, share)


def _made_of(
    document: Document, canvas: Canvas, answer: Answer, masks: bool, between: List[Node]
) -> Tuple[Node, Recipe]:
    """Return the group of a split, off the document, with layers between plate and objects; and its recipe."""
    found = answer.result["document"]
    plate, objects = split_layers(document, canvas, found, answer.arrays, masks)
    name = f"Split of {name_of(document)}"
    group, children = main_group(document, canvas, name, [plate, *between, *objects])
    plate, objects = children[0], children[1 + len(between) :]
    notes = [LayerNote(id_of(node), list(entry["box"])) for node, entry in zip(objects, found["layers"])]
    recipe = Recipe(
        id_of(group),
        id_of(plate),
        notes,
        found["blend_space"],
        found["lighting"],
        found["perspective"],
        found["provenance"],
    )
    return group, recipe


def _place(document: Document, watch: CoverWatch, group: Node) -> None:
    """Insert the group of a split on top, and hide the picture that it was made of."""
    # The selection is a mask at the top level: switched off, it would be no selection any more.
    originals = [
        node for node in document.topLevelNodes() if node.visible() and not node.type().endswith("mask")
    ]
    insert(document, watch, group, document.rootNode(), None, originals)


def unchanged(key: str, canvas: Canvas) -> Document:
    """Return the document of a job, if its result still fits."""
    document = document_of(key)
    same = (document.width(), document.height(), sampling_of(document)) == (
        canvas.width,
        canvas.height,
        canvas.sampling,
    )
    if not same:
        raise InputError(
            "The picture's size or colour space changed in the meantime; nothing was inserted.",
            "Start again.",
        )
    return document


def layers_of(document: Document, state: DocumentState) -> SplitLayers:
    """Return the layers of the document's split.

    Raises
    ------
    InputError
        If it has none.
    """
    layers = state.layers(document)
    if layers is None:
        raise InputError("This picture has no layers of Cyclorama.", "Use Split into Object Layers first.")
    return layers


def _light_of(state: DocumentState, found: Mapping[str, Any]) -> Dict[str, Any]:
    return {
        "lighting": state.lighting or found["lighting"],
        "perspective": state.perspective or found["perspective"],
    }


def _below_objects(layers: SplitLayers) -> Node:
    """Return the layer that lies right below the lowest object."""
    objects = {id_of(node) for node, _ in layers.objects}
    below = layers.plate
    for child in layers.group.childNodes():
        if id_of(child) in objects:
            break
        below = child
    return below


def _background_of(document: Document, state: DocumentState, number: int) -> Node:
    candidate = state.candidates[number]
    sampling = sampling_of(document)
    name = f"Background: {candidate.scene} ({candidate.seed})"
    shadows = _shadow_nodes(document, sampling, state.shadows)
    return background_group(document, sampling, name, candidate.picture, shadows)


def _shadows_in(answer: Answer) -> List[Tuple[Mapping[str, Any], ArrayData, Optional[ArrayData]]]:
    return [
        (entry, answer.arrays[f"shadow{number}.color"], answer.arrays.get(f"shadow{number}.matte"))
        for number, entry in enumerate(answer.result["shadows"])
    ]


def _shadow_nodes(
    document: Document,
    sampling: Sampling,
    shadows: List[Tuple[Mapping[str, Any], ArrayData, Optional[ArrayData]]],
) -> List[Node]:
    return [shadow_layer(document, sampling, entry, color, matte) for entry, color, matte in shadows]
