"""What is noted on layers as JSON, so that light and recipe are saved with the image."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping

__all__ = ["DOCUMENT", "LAYER", "LIGHT", "decoded", "document_note", "encoded", "layer_note"]

#: Names of the notes: on the group of a split, on each of its layers, and on a layer that was not split yet.
DOCUMENT, LAYER, LIGHT = "cyclorama-document", "cyclorama-layer", "cyclorama-light"
# What of the worker's document is worth keeping beside the pixels.
_KEPT = ("size", "blend_space", "lighting", "perspective", "provenance")


def encoded(note: Mapping[str, Any]) -> bytes:
    """Return plain values as they are saved."""
    return json.dumps(note, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def decoded(data: bytes) -> Dict[str, Any]:
    """Return the values of a saved note.

    Raises
    ------
    ValueError
        If they cannot be understood.
    """
    found = json.loads(data.rstrip(b"\0").decode("utf-8"))
    if not isinstance(found, dict):
        raise ValueError("not a mapping")
    return found


def document_note(document: Mapping[str, Any], recipe: Mapping[str, Any]) -> Dict[str, Any]:
    """Return what is noted on the group of a document of the job ``split``."""
    return {**{name: document.get(name) for name in _KEPT}, "recipe": dict(recipe)}


def layer_note(role: str, name: str) -> Dict[str, Any]:
    """Return what is noted on a layer: what it is, and how it was called when it was made."""
    return {"role": role, "name": name}
