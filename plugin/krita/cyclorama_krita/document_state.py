"""What the plug-in knows of each open document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Tuple

from krita import Document, Node

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import CycloramaError

from .nodes import nodes_by_id
from .recipe import Recipe, load_recipes

__all__ = ["Candidate", "DocumentState", "FoundObject"]


@dataclass
class FoundObject:
    """An object that was found, and is not a layer yet.

    Parameters
    ----------
    number : int
        Its place in the worker's list.
    name : str
        As the person calls it.
    box : (int, int, int, int)
        Left, top, right, bottom on the canvas.
    mask : ArrayData
        8 bit, of the size of the box.
    wanted : bool
        Whether it is to become a layer.
    """

    number: int
    name: str
    box: Tuple[int, int, int, int]
    mask: ArrayData
    wanted: bool = True


@dataclass(frozen=True)
class Candidate:
    """A background that was made."""

    scene: str
    seed: int
    fit: Mapping[str, Any]
    picture: ArrayData


@dataclass
class DocumentState:
    """A document's objects, light and backgrounds.

    Parameters
    ----------
    key : str
        Identity of the document.
    found : list of FoundObject
        Objects of the picture that are not layers yet.
    searched : ArrayData or None
        The selection in which they were looked for.
    lighting, perspective : dict or None
        As measured, or as the person set them.
    candidates : list of Candidate
        Best first.
    shadows : list
        Entry, colours and matte (or None) of each shadow that goes with the candidates.
    used : int or None
        Which candidate was put into the document.
    error : CycloramaError or None
        What went wrong last.
    """

    key: str
    found: List[FoundObject] = field(default_factory=list)
    searched: Optional[ArrayData] = None
    lighting: Optional[Dict[str, Any]] = None
    perspective: Optional[Dict[str, Any]] = None
    candidates: List[Candidate] = field(default_factory=list)
    shadows: List[Tuple[Mapping[str, Any], ArrayData, Optional[ArrayData]]] = field(default_factory=list)
    used: Optional[int] = None
    error: Optional[CycloramaError] = None

    def read(self, document: Document) -> None:
        """Take light and camera from what is stored in a document that was just opened."""
        layers = self.layers(document)
        if layers is not None:
            self.lighting, self.perspective = dict(layers.recipe.lighting), dict(layers.recipe.perspective)

    def layers(self, document: Document) -> Optional[SplitLayers]:
        """Return the layers of the document's last split, or None if it has none (or they were removed or undone)."""
        nodes = nodes_by_id(document)
        for recipe in load_recipes(document):
            if recipe.group in nodes and recipe.plate in nodes:
                objects = [(nodes[note.id], note.box) for note in recipe.objects if note.id in nodes]
                return SplitLayers(recipe, nodes[recipe.group], nodes[recipe.plate], objects)
        return None


@dataclass(frozen=True)
class SplitLayers:
    """The layers of a split that stand in a document now.

    Parameters
    ----------
    recipe : Recipe
    group, plate : Node
    objects : list of (Node, box)
        Bottom to top, with the box in which each was made.
    """

    recipe: Recipe
    group: Node
    plate: Node
    objects: List[Tuple[Node, List[int]]]
