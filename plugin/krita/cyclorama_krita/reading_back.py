"""The layers of a split, as the person left them, for a message to the worker."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from krita import Document, Node

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError

from .document_state import SplitLayers
from .nodes import mask_of
from .pixels import plane
from .sampling import Sampling, sampling_of

__all__ = ["box_now", "colors_of", "matte_of", "read_layers"]


def read_layers(document: Document, layers: SplitLayers) -> Tuple[Dict[str, Any], List[ArrayData]]:
    """Return a split as the worker's document: names, places, colours and mattes as they are now.

    Raises
    ------
    InputError
        If no object is left.
    """
    sampling = sampling_of(document)
    width, height = document.width(), document.height()
    arrays = [colors_of("plate", layers.plate, (0, 0, width, height), sampling)]
    entries: List[Dict[str, Any]] = []
    for node, made in layers.objects:
        box = box_now(node, made, width, height)
        # A layer that is switched off casts no shadow, and is not in the way of the new background.
        if box is None or not node.visible():
            continue
        number = len(entries)
        colors = colors_of(f"layer{number}.color", node, box, sampling)
        arrays += [colors, matte_of(f"layer{number}.matte", node, box, colors, sampling)]
        entries.append(
            {"name": node.name(), "role": "object", "box": list(box), "opacity": 1.0, "mode": "normal"}
        )
    if not entries:
        raise InputError("No object layer is shown.", "Switch one on, or split the picture again.")
    found = {
        "size": [height, width],
        "blend_space": layers.recipe.blend_space,
        # Halves are computed as whole floats.
        "sample_format": "float32" if sampling.dtype == "float16" else sampling.dtype,
        "layers": entries,
        "lighting": layers.recipe.lighting,
        "perspective": layers.recipe.perspective,
        "provenance": layers.recipe.provenance,
    }
    return found, arrays


def box_now(node: Node, made: List[int], width: int, height: int) -> Optional[Tuple[int, int, int, int]]:
    """Return where a layer lies after it was moved, cut to the canvas; None if nothing is left."""
    moved = node.position()
    left, top = max(made[0] + moved.x(), 0), max(made[1] + moved.y(), 0)
    right, bottom = min(made[2] + moved.x(), width), min(made[3] + moved.y(), height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def colors_of(name: str, node: Node, box: Tuple[int, int, int, int], sampling: Sampling) -> ArrayData:
    """Return a layer's colours in a box."""
    left, top, right, bottom = box
    data = bytes(node.pixelData(left, top, right - left, bottom - top))
    return ArrayData(
        name, sampling.dtype, (bottom - top, right - left, 4), sampling.order, sampling.encoding, data
    )


def matte_of(
    name: str, node: Node, box: Tuple[int, int, int, int], colors: ArrayData, sampling: Sampling
) -> ArrayData:
    """Return a layer's coverage: its mask's, or its own alpha if it has no mask."""
    left, top, right, bottom = box
    shape = (bottom - top, right - left)
    mask = mask_of(node)
    if mask is not None and mask.visible():
        data = bytes(mask.pixelData(left, top, right - left, bottom - top))
        return ArrayData(name, "uint8", shape, "Y", "linear", data)
    return ArrayData(name, sampling.dtype, shape, "Y", "linear", plane(colors.data, sampling.dtype, 3))
