"""A Cyclorama group back as a document that the worker can go on with, as the person left it.

Objects may have been moved, renamed, hidden, repainted, or copied: what counts is what the layers hold now.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import DocumentError
from gimp3.notes import DOCUMENT, read_note, role_of
from gimp3.pixels import Box, box_of, coverage_of, dtype_of, picture_of

__all__ = ["layer_of_role", "origin_of", "read_document"]


def read_document(image: Any, group: Any) -> Tuple[Dict[str, Any], List[ArrayData]]:
    """Read a group.

    Returns
    -------
    (mapping, list of ArrayData)
        The document as the job ``split`` gave it: what is said, and ``plate``, ``layer0.color``, ``layer0.matte``...

    Raises
    ------
    DocumentError
        If the plate or every object is gone.
    """
    note = read_note(group, DOCUMENT) or {}
    plate, dtype = layer_of_role(group, "plate"), dtype_of(image)
    width, height = box_of(plate)[2:]
    layers: List[Dict[str, Any]] = []
    arrays = [picture_of(plate, "plate", dtype)]
    for layer in reversed(group.get_children()):
        box = _on_plate(layer, plate)
        if role_of(layer) != "object" or not layer.get_visible() or box is None:
            continue
        number = len(layers)
        left, top = _from_plate(layer, plate)
        own = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
        arrays.append(picture_of(layer, f"layer{number}.color", dtype, own))
        arrays.append(coverage_of(layer, f"layer{number}.matte", dtype, own))
        layers.append(
            {"name": layer.get_name(), "role": "object", "box": list(box), "opacity": 1.0, "mode": "normal"}
        )
    if not layers:
        raise DocumentError(
            f"The group {group.get_name()!r} shows no object.", "Show one, or split the picture again."
        )
    document = {
        "size": [height, width],
        "blend_space": "srgb",
        "sample_format": dtype,
        "layers": layers,
        "lighting": note.get("lighting"),
        "perspective": note.get("perspective"),
        "provenance": note.get("provenance") or {},
    }
    return document, arrays


def layer_of_role(group: Any, role: str) -> Any:
    """Return the lowest layer of a group that plays a role.

    Raises
    ------
    DocumentError
        If there is none.
    """
    for layer in reversed(group.get_children()):
        if role_of(layer) == role:
            return layer
    raise DocumentError(
        f"The group {group.get_name()!r} has lost its {role}.",
        "Undo its removal, or split the picture again.",
    )


def origin_of(group: Any) -> Tuple[int, int]:
    """Return (left, top) of a group's document on the canvas."""
    _, left, top = layer_of_role(group, "plate").get_offsets()
    return left, top


def _from_plate(layer: Any, plate: Any) -> Tuple[int, int]:
    _, left, top = layer.get_offsets()
    _, plate_left, plate_top = plate.get_offsets()
    return left - plate_left, top - plate_top


def _on_plate(layer: Any, plate: Any) -> Optional[Box]:
    """Return where a layer lies on the plate, in the plate's pixels; None if nowhere."""
    left, top = _from_plate(layer, plate)
    _, _, width, height = box_of(layer)
    _, _, plate_width, plate_height = box_of(plate)
    box = (max(left, 0), max(top, 0), min(left + width, plate_width), min(top + height, plate_height))
    return box if box[0] < box[2] and box[1] < box[3] else None
