"""What a document remembers of its split: stored in it as an annotation, so it is there again after save and load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Dict, List, Optional

from krita import Document

__all__ = ["LayerNote", "Recipe", "load_recipe", "store_recipe"]

_TYPE = "cyclorama/recipe"
_DESCRIPTION = "Light, camera and recipe of the layers made by Cyclorama"
#: Raised when older plug-ins could no longer read it.
_FORMAT = 1


@dataclass(frozen=True)
class LayerNote:
    """Which layer holds an object.

    Parameters
    ----------
    id : str
        Identity of the layer.
    box : list of int
        Left, top, right, bottom on the canvas when it was made.
    """

    id: str
    box: List[int]


@dataclass(frozen=True)
class Recipe:
    """A split, as far as its layers do not show it.

    Parameters
    ----------
    group, plate : str
        Identities of the group and of the plate in it.
    objects : list of LayerNote
        Bottom to top.
    blend_space : {"srgb", "linear"}
    lighting, perspective : dict
        As the worker gave them, or as the person set them since.
    provenance : dict
        Models with hashes, options, seeds.
    replace : dict
        Options of the last background.
    """

    group: str
    plate: str
    objects: List[LayerNote]
    blend_space: str
    lighting: Dict[str, Any]
    perspective: Dict[str, Any]
    provenance: Dict[str, Any] = field(default_factory=dict)
    replace: Dict[str, Any] = field(default_factory=dict)

    def with_(self, **changes: Any) -> Recipe:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


def store_recipe(document: Document, recipe: Recipe) -> None:
    """Write a recipe into a document."""
    text = json.dumps({"format": _FORMAT, **asdict(recipe)})
    document.setAnnotation(_TYPE, _DESCRIPTION, text.encode("utf-8"))


def load_recipe(document: Document) -> Optional[Recipe]:
    """Return a document's recipe, or None if it has none that this plug-in can read."""
    if _TYPE not in document.annotationTypes():
        return None
    try:
        found = json.loads(bytes(document.annotation(_TYPE)).decode("utf-8"))
        if found.pop("format") != _FORMAT:
            return None
        found["objects"] = [LayerNote(**entry) for entry in found["objects"]]
        return Recipe(**found)
    except (ValueError, KeyError, TypeError):
        return None
