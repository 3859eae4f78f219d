"""What a command works on: the selected layer, its pixels, the selection; all that cannot be used is said."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence

from gi.repository import Gimp
from shared import refusals

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from gimp3.pixels import Box, box_of, dtype_of, mask_of, picture_of

__all__ = ["picture_arrays", "selected_layer", "selection_of"]


def selected_layer(image: Any, drawables: Sequence[Any]) -> Any:
    """Return the one layer that a command was asked for.

    Raises
    ------
    InputError
        If it is not exactly one layer, or the image cannot take layers now.
    """
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise refusals.palette()
    if image.get_floating_sel() is not None:
        raise refusals.floating_selection()
    if len(drawables) != 1:
        raise InputError(
            f"{len(drawables)} layers are selected; one was wanted.", "Select the layer with the photograph."
        )
    drawable = drawables[0]
    if isinstance(drawable, Gimp.LayerMask):
        drawable = Gimp.Layer.from_mask(drawable)
    if not isinstance(drawable, Gimp.Layer):
        raise refusals.no_layer(drawable.get_name())
    if _has_filters(drawable):
        raise InputError(
            f"The layer {drawable.get_name()!r} has live filters, whose effect is not in its pixels.",
            "Merge them (click fx in the Layers dock, then Merge Filters), or hide and work on a copy.",
        )
    return drawable


def picture_arrays(image: Any, layer: Any) -> List[ArrayData]:
    """Return a layer's colours as ``image`` and, where there is one, the ``selection`` on it."""
    arrays = [picture_of(layer, "image", dtype_of(image))]
    selection = selection_of(image, layer)
    return arrays if selection is None else [*arrays, selection]


def selection_of(image: Any, layer: Any) -> Optional[ArrayData]:
    """Return the selection over a layer, of the layer's size; None if nothing is selected.

    Raises
    ------
    InputError
        If it lies outside of the layer.
    """
    if Gimp.Selection.is_empty(image):
        return None
    _, left, top = layer.get_offsets()
    width, height = box_of(layer)[2:]
    box: Box = (left, top, left + width, top + height)
    selection = mask_of(image.get_selection(), "selection", box)
    if not any(bytes(selection.data)):
        raise refusals.selection_elsewhere(layer.get_name())
    return selection


def _has_filters(layer: Any) -> bool:
    return any(each.get_visible() for each in layer.get_filters())
