"""Putting finished layers into a document: one step of undo, with what they cover hidden.

Krita's scripts cannot bundle steps, and hiding a layer from a script is no step at all. So whoever undoes the insertion
would be left with the covered layers hidden: a watch shows them again when the inserted layer is gone, and hides them
when redo brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence

from krita import Document, Krita, Node

from .canvas import key_of
from .nodes import id_of, nodes_by_id

__all__ = ["CoverWatch", "insert"]


@dataclass
class _Cover:
    """A layer that was inserted, and the layers that were hidden for it."""

    inserted: str
    hidden: List[str]
    present: bool = True


class CoverWatch:
    """Keeps covered layers hidden exactly as long as what covers them is in the document."""

    def __init__(self) -> None:
        self._covers: Dict[str, List[_Cover]] = {}

    def add(self, document: Document, inserted: Node, hidden: Sequence[Node]) -> None:
        """Remember what was hidden for a layer."""
        cover = _Cover(id_of(inserted), [id_of(node) for node in hidden])
        self._covers.setdefault(key_of(document), []).append(cover)

    def check(self) -> None:
        """Follow undo and redo; called from a timer."""
        if not self._covers:
            return
        for document in Krita.instance().documents():
            covers = self._covers.get(key_of(document))
            if covers:
                self._check(document, covers)

    def _check(self, document: Document, covers: List[_Cover]) -> None:
        nodes = nodes_by_id(document)
        changed = False
        for cover in covers:
            present = cover.inserted in nodes
            if present != cover.present:
                cover.present = present
                for identity in cover.hidden:
                    if identity in nodes:
                        nodes[identity].setVisible(not present)
                changed = True
        if changed:
            document.refreshProjection()


def insert(
    document: Document,
    watch: CoverWatch,
    node: Node,
    parent: Node,
    above: Optional[Node],
    hide: Sequence[Node],
) -> None:
    """Put a layer, with all that it holds, into a document.

    Parameters
    ----------
    document : Document
    watch : CoverWatch
        Follows undo and redo.
    node : Node
        Made off the document.
    parent : Node
        The group that takes it.
    above : Node, optional
        The layer that it comes to lie on; the topmost if None.
    hide : sequence of Node
        What it replaces; kept, but not shown.
    """
    parent.addChildNode(node, above)
    for covered in hide:
        covered.setVisible(False)
    watch.add(document, node, hide)
    document.refreshProjection()
    document.waitForDone()
