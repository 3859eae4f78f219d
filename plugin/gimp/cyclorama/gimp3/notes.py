"""What Cyclorama writes beside the pixels: parasites on the group and on its layers, saved in the .xcf."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Optional

from gi.repository import Gimp
from shared.notes import DOCUMENT, LAYER, LIGHT, decoded, encoded

from cyclorama.protocol.errors import DocumentError

__all__ = ["DOCUMENT", "LAYER", "LIGHT", "document_groups", "group_of", "read_note", "role_of", "write_note"]

# Saved with the image, and undone with it.
_FLAGS = 1 | 2


def write_note(item: Any, name: str, note: Dict[str, Any]) -> None:
    """Attach plain values to a layer as JSON, in place of what was there under that name."""
    item.attach_parasite(Gimp.Parasite.new(name, _FLAGS, encoded(note)))


def read_note(item: Any, name: str) -> Optional[Dict[str, Any]]:
    """Return the values attached to a layer, or None.

    Raises
    ------
    DocumentError
        If they are there and cannot be understood.
    """
    parasite = item.get_parasite(name)
    if parasite is None:
        return None
    try:
        return decoded(bytes(parasite.get_data()))
    except ValueError as error:
        raise DocumentError(
            f"What is noted on the layer {item.get_name()!r} cannot be understood: {error}.",
            "Split the picture again.",
        ) from error


def role_of(layer: Any) -> str:
    """Return what a layer is in a Cyclorama group: object, plate, background, shadow...; empty if it is foreign."""
    note = read_note(layer, LAYER)
    return str(note.get("role", "")) if note else ""


def group_of(image: Any, layer: Any) -> Optional[Any]:
    """Return the Cyclorama group that a layer is, lies in, or was split into; None if there is none."""
    above = layer
    while above is not None:
        if above.get_parasite(DOCUMENT) is not None:
            return above
        above = above.get_parent()
    for group in document_groups(image):
        note = read_note(group, DOCUMENT) or {}
        if note.get("source") == layer.get_tattoo():
            return group
    return None


def document_groups(image: Any) -> Iterator[Any]:
    """Yield every Cyclorama group of an image, from the top."""
    waiting = list(image.get_layers())
    while waiting:
        layer = waiting.pop(0)
        if not layer.is_group():
            continue
        if layer.get_parasite(DOCUMENT) is not None:
            yield layer
        waiting[:0] = layer.get_children()
