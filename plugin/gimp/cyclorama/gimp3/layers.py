"""Layers into the image: built whole first, then put in within one undo step.

Everything slow happens before the undo step begins, on layers that belong to no stack yet. Whoever stops the plug-in
until then leaves the image as it was.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from gi.repository import Gimp
from shared.notes import layer_note
from shared.stack import LayerData

from cyclorama.protocol.arrays import ArrayData
from gimp3.notes import DOCUMENT, LAYER, role_of, write_note
from gimp3.pixels import is_opaque, write_color, write_coverage

__all__ = ["build_layer", "insert_split", "one_undo_step", "replace_layers", "replace_objects"]

_MODES = {"normal": Gimp.LayerMode.NORMAL, "multiply": Gimp.LayerMode.MULTIPLY}


@contextmanager
def one_undo_step(image: Any) -> Iterator[None]:
    """Make one undo step of what is done inside."""
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()
        Gimp.displays_flush()


def build_layer(image: Any, data: LayerData) -> Any:
    """Make a layer of the image's precision and profile with its pixels, in no stack yet."""
    left, top, right, bottom = data.box
    layer = Gimp.Layer.new(
        image,
        data.name,
        right - left,
        bottom - top,
        _kind(image, data.color.order == "RGBA"),
        100.0 * data.opacity,
        _MODES[data.mode],
    )
    # Colours were un-mixed in the encoded values; GIMP's own choice would be linear light.
    layer.set_composite_space(Gimp.LayerColorSpace.RGB_NON_LINEAR)
    if data.mode != "normal":
        layer.set_blend_space(Gimp.LayerColorSpace.RGB_NON_LINEAR)
    write_color(layer, data.color)
    if data.matte is not None:
        mask = layer.create_mask(Gimp.AddMaskType.WHITE)
        layer.add_mask(mask)
        write_coverage(layer.get_mask(), data.matte)
    write_note(layer, LAYER, layer_note(data.role, data.name))
    return layer


def insert_split(
    image: Any,
    source: Any,
    name: str,
    layers: Sequence[Tuple[Any, LayerData]],
    note: Dict[str, Any],
    coverage: Optional[ArrayData],
) -> Any:
    """Put built layers above the layer that they were split from, as one group, and hide that layer.

    Parameters
    ----------
    image : Gimp.Image
    source : Gimp.Layer
        Kept, hidden.
    name : str
        Of the group.
    layers : sequence of (Gimp.Layer, LayerData)
        From the top.
    note : mapping
        Light, perspective and recipe, saved on the group.
    coverage : ArrayData or None
        The source's own transparency, which becomes the group's mask.

    Returns
    -------
    Gimp.GroupLayer
    """
    group = Gimp.GroupLayer.new(image, name)
    with one_undo_step(image):
        try:
            image.insert_layer(group, source.get_parent(), image.get_item_position(source))
            _imitate(group, source)
            for place, (layer, data) in enumerate(layers):
                _insert(image, layer, data, group, place, source)
            if coverage is not None and not is_opaque(coverage):
                group.add_mask(group.create_mask(Gimp.AddMaskType.WHITE))
                write_coverage(group.get_mask(), coverage)
            write_note(group, DOCUMENT, {**note, "source": source.get_tattoo()})
            source.set_visible(False)
            image.set_selected_layers([group])
        except BaseException:
            image.remove_layer(group)
            source.set_visible(True)
            raise
    return group


def replace_layers(
    image: Any,
    group: Any,
    roles: Sequence[str],
    layers: Sequence[Tuple[Any, LayerData]],
    note: Dict[str, Any],
) -> None:
    """Put built layers below or above a group's objects, in place of those that had these roles.

    Parameters
    ----------
    image : Gimp.Image
    group : Gimp.GroupLayer
    roles : sequence of str
        Layers with these are taken out.
    layers : sequence of (Gimp.Layer, LayerData)
        From the top.
    note : mapping
        Saved on the group in place of the old one.
    """
    plate = next(layer for layer in group.get_children() if role_of(layer) == "plate")
    with one_undo_step(image):
        for layer in group.get_children():
            if role_of(layer) in roles:
                image.remove_layer(layer)
        above = [entry for entry in layers if entry[1].above_objects]
        below = [entry for entry in layers if not entry[1].above_objects]
        for place, (layer, data) in enumerate(above):
            _insert(image, layer, data, group, place, plate)
        # Shadows alone stay above the background that is there.
        for place, (layer, data) in enumerate(below, _below_objects(group.get_children())):
            _insert(image, layer, data, group, place, plate)
        if any(data.role == "background" for _, data in layers):
            plate.set_visible(False)
        write_note(group, DOCUMENT, note)
        image.set_selected_layers([group])


def replace_objects(image: Any, group: Any, layers: Sequence[Tuple[Any, LayerData]], done: Any) -> None:
    """Put built objects and plate in place of a group's own, and hide the layer that said how.

    Parameters
    ----------
    image : Gimp.Image
    group : Gimp.GroupLayer
    layers : sequence of (Gimp.Layer, LayerData)
        Objects from the top, and the plate. Objects that are hidden stay; they were not part of the document.
    done : Gimp.Layer
        Is hidden.
    """
    old = [layer for layer in group.get_children() if role_of(layer) == "plate" or _shown_object(layer)]
    plate = next(layer for layer in old if role_of(layer) == "plate")
    shown = plate.get_visible()
    first = next(place for place, layer in enumerate(group.get_children()) if _shown_object(layer))
    with one_undo_step(image):
        for number, (layer, data) in enumerate(layers):
            place = len(group.get_children()) if data.role == "plate" else first + number
            _insert(image, layer, data, group, place, plate)
            if data.role == "plate":
                layer.set_visible(shown)
        for layer in old:
            image.remove_layer(layer)
        for layer, data in layers:
            # While the old ones were there, GIMP had numbered the names.
            layer.set_name(data.name)
        done.set_visible(False)
        image.set_selected_layers([group])


def _shown_object(layer: Any) -> bool:
    return bool(role_of(layer) == "object" and layer.get_visible())


def _below_objects(children: List[Any]) -> int:
    places = [place for place, layer in enumerate(children) if role_of(layer) == "object"]
    return places[-1] + 1 if places else 0


def _insert(image: Any, layer: Any, data: LayerData, group: Any, place: int, origin: Any) -> None:
    _, left, top = origin.get_offsets()
    image.insert_layer(layer, group, place)
    layer.set_offsets(left + data.box[0], top + data.box[1])
    layer.set_visible(data.visible)


def _imitate(group: Any, source: Any) -> None:
    """Let the group blend with what lies below as its source did."""
    group.set_mode(source.get_mode())
    group.set_blend_space(source.get_blend_space())
    group.set_composite_space(source.get_composite_space())
    group.set_composite_mode(source.get_composite_mode())
    group.set_opacity(source.get_opacity())


def _kind(image: Any, alpha: bool) -> Any:
    kinds = Gimp.ImageType
    if image.get_base_type() == Gimp.ImageBaseType.GRAY:
        return kinds.GRAYA_IMAGE if alpha else kinds.GRAY_IMAGE
    return kinds.RGBA_IMAGE if alpha else kinds.RGB_IMAGE
