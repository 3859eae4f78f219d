"""What a document remembers of its split: stored in it as an annotation, so it is there again after save and load."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Dict, List

from krita import Document

__all__ = ["LayerNote", "Recipe", "load_recipes", "store_recipe"]

_TYPE = "cyclorama/recipe"
_DESCRIPTION = "Light, camera and recipe of the layers made by Cyclorama"
#: Raised when older plug-ins could no longer read it.
_FORMAT = 1
_MOST = 8


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
    """Write a recipe into a document, in front of those of other splits: undo may bring their layers back."""
    others = [own for own in load_recipes(document) if own.group != recipe.group]
    kept = [asdict(own) for own in (recipe, *others[: _MOST - 1])]
    text = json.dumps({"format": _FORMAT, "recipes": kept})
    document.setAnnotation(_TYPE, _DESCRIPTION, text.encode("utf-8"))


def load_recipes(document: Document) -> List[Recipe]:
    """Return a document's recipes, newest first; none of a format that this plug-in cannot read."""
    if _TYPE not in document.annotationTypes():
        return []
    try:
        found = json.loads(bytes(document.annotation(_TYPE)).decode("utf-8"))
        return [_recipe(entry) for entry in found["recipes"]] if found["format"] == _FORMAT else []
    except (ValueError, KeyError, TypeError):
        return []


def _recipe(entry: Dict[str, Any]) -> Recipe:
    return Recipe(**{**entry, "objects": [LayerNote(**note) for note in entry["objects"]]})
