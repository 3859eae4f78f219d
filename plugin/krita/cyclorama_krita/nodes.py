"""Looking through a document's layers."""

from __future__ import annotations

from typing import Dict, Iterator, Optional, Sequence

from krita import Document, Node

__all__ = ["id_of", "mask_of", "node_of", "nodes_by_id", "set_children", "walk"]


def id_of(node: Node) -> str:
    """Return the identity of a layer; it survives saving as .kra."""
    return str(node.uniqueId().toString())


def walk(node: Node) -> Iterator[Node]:
    """Yield everything below a node, parents first."""
    for child in node.childNodes():
        yield child
        yield from walk(child)


def nodes_by_id(document: Document) -> Dict[str, Node]:
    """Return all layers of a document by their identity."""
    return {id_of(node): node for node in walk(document.rootNode())}


def node_of(document: Document, identity: str) -> Optional[Node]:
    """Return the layer of an identity, or None if it is not in the document (removed, or undone)."""
    return next((node for node in walk(document.rootNode()) if id_of(node) == identity), None)


def mask_of(node: Node) -> Optional[Node]:
    """Return the first transparency mask of a layer."""
    return next((child for child in node.childNodes() if child.type() == "transparencymask"), None)


def set_children(node: Node, children: Sequence[Node]) -> None:
    """Give a layer that has none its children, bottom to top.

    ``Node.addChildNode`` would leave a step of undo for each, even off the document.
    """
    node.setChildNodes(list(children))
