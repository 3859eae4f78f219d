"""A job's result as the layers that an editor shows, from the top: plain values, nothing of GIMP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from cyclorama.protocol.arrays import ArrayData

__all__ = [
    "SHADOWS",
    "LayerData",
    "background_layer",
    "contact_row",
    "object_layers",
    "plate_layer",
    "shadow_layers",
]

#: Roles of the layers that tie the objects to the background; the last one lies above the objects, the others below.
SHADOWS = ("shadow", "contact", "reflection", "wrap")


@dataclass(frozen=True)
class LayerData:
    """One layer to be.

    Parameters
    ----------
    name : str
        For a person.
    role : str
        "object", "plate", "background", or one of ``SHADOWS``.
    box : (int, int, int, int)
        (left, top, right, bottom) on the document.
    color : ArrayData
        Of the box's size; order RGB, or RGBA with straight alpha.
    matte : ArrayData or None
        Coverage, to become a layer mask.
    mode : {"normal", "multiply"}
        How it blends.
    opacity : float, [0, 1]
        Strength.
    visible : bool
        Whether it shows at first.
    """

    name: str
    role: str
    box: Tuple[int, int, int, int]
    color: ArrayData
    matte: Optional[ArrayData] = None
    mode: str = "normal"
    opacity: float = 1.0
    visible: bool = True

    @property
    def above_objects(self) -> bool:
        """Whether it lies above all objects."""
        return self.role == "wrap"

    def hidden(self) -> LayerData:
        """Return the same layer, not shown at first."""
        return replace(self, visible=False)


def object_layers(
    document: Mapping[str, Any], arrays: Mapping[str, ArrayData], masks: bool
) -> List[LayerData]:
    """Return the objects of the job ``split``, from the top; without masks their colours hold alpha."""
    return _layers(document["layers"], "layer", arrays, masks)


def shadow_layers(result: Mapping[str, Any], arrays: Mapping[str, ArrayData], masks: bool) -> List[LayerData]:
    """Return the shadows and reflections of the jobs ``replace`` and ``shadows``, from the top."""
    return _layers(result["shadows"], "shadow", arrays, masks)


def contact_row(document: Mapping[str, Any]) -> Optional[float]:
    """Return where the objects stand on the ground, row / height; None if the picture cuts them off."""
    height = document["size"][0]
    bottom = max((entry["box"][3] for entry in document["layers"]), default=height)
    return None if bottom >= height - 2 else float(bottom / height)


def plate_layer(arrays: Mapping[str, ArrayData]) -> LayerData:
    """Return what lies behind the objects."""
    return LayerData("Background (clean)", "plate", _whole(arrays["plate"]), arrays["plate"])


def background_layer(result: Mapping[str, Any], arrays: Mapping[str, ArrayData], number: int) -> LayerData:
    """Return one generated background of the job ``replace``."""
    candidate, color = result["candidates"][number], arrays[f"candidate{number}"]
    name = f"New background: {candidate['scene']}, seed {candidate['seed']}"
    return LayerData(name, "background", _whole(color), color)


def _layers(
    entries: Sequence[Dict[str, Any]], prefix: str, arrays: Mapping[str, ArrayData], masks: bool
) -> List[LayerData]:
    found = []
    for number, entry in enumerate(entries):
        left, top, right, bottom = (int(side) for side in entry["box"])
        found.append(
            LayerData(
                str(entry["name"]),
                str(entry["role"]),
                (left, top, right, bottom),
                arrays[f"{prefix}{number}.color"],
                arrays.get(f"{prefix}{number}.matte") if masks else None,
                str(entry["mode"]),
                float(entry["opacity"]),
            )
        )
    return found[::-1]


def _whole(color: ArrayData) -> Tuple[int, int, int, int]:
    height, width = color.size
    return 0, 0, width, height
