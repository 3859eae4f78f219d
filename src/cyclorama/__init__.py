"""Cyclorama: a photo into layers, its light, and a new background that fits the subject.

The whole data flow is on one page, :mod:`cyclorama.pipeline`. Names are imported on use, so that
``import cyclorama`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyclorama.core.compositing import composite as composite
    from cyclorama.core.document import LayeredDocument as LayeredDocument
    from cyclorama.core.geometry import Box as Box
    from cyclorama.core.image import Image as Image
    from cyclorama.core.layer import ObjectLayer as ObjectLayer
    from cyclorama.core.lighting import LightingEstimate as LightingEstimate
    from cyclorama.core.matte import Matte as Matte
    from cyclorama.core.perspective import Perspective as Perspective
    from cyclorama.core.segment import Segment as Segment
    from cyclorama.documents.read import read_image as read_image
    from cyclorama.documents.write import write_document as write_document
    from cyclorama.editing import Scribbles as Scribbles
    from cyclorama.editing import add_object as add_object
    from cyclorama.editing import merge_layers as merge_layers
    from cyclorama.editing import refine_layer as refine_layer
    from cyclorama.editing import remove_layer as remove_layer
    from cyclorama.editing import split_layer as split_layer
    from cyclorama.editing import touch_up as touch_up
    from cyclorama.pipeline import Click as Click
    from cyclorama.pipeline import divide as divide
    from cyclorama.pipeline import embed as embed
    from cyclorama.pipeline import estimate_lighting as estimate_lighting
    from cyclorama.pipeline import estimate_perspective as estimate_perspective
    from cyclorama.pipeline import find_objects as find_objects
    from cyclorama.pipeline import replace_background as replace_background
    from cyclorama.pipeline import select as select
    from cyclorama.pipeline import split as split
    from cyclorama.protocol.errors import Cancelled as Cancelled
    from cyclorama.protocol.errors import CycloramaError as CycloramaError
    from cyclorama.protocol.options import RefineOptions as RefineOptions
    from cyclorama.protocol.options import ReplaceOptions as ReplaceOptions
    from cyclorama.protocol.options import SplitOptions as SplitOptions
    from cyclorama.protocol.progress import Progress as Progress

__version__ = "0.1.0"

_HOMES = {
    "Box": "cyclorama.core.geometry",
    "Cancelled": "cyclorama.protocol.errors",
    "Click": "cyclorama.pipeline",
    "CycloramaError": "cyclorama.protocol.errors",
    "Image": "cyclorama.core.image",
    "LayeredDocument": "cyclorama.core.document",
    "LightingEstimate": "cyclorama.core.lighting",
    "Matte": "cyclorama.core.matte",
    "ObjectLayer": "cyclorama.core.layer",
    "Perspective": "cyclorama.core.perspective",
    "Progress": "cyclorama.protocol.progress",
    "RefineOptions": "cyclorama.protocol.options",
    "ReplaceOptions": "cyclorama.protocol.options",
    "Scribbles": "cyclorama.editing",
    "Segment": "cyclorama.core.segment",
    "SplitOptions": "cyclorama.protocol.options",
    "add_object": "cyclorama.editing",
    "composite": "cyclorama.core.compositing",
    "divide": "cyclorama.pipeline",
    "embed": "cyclorama.pipeline",
    "estimate_lighting": "cyclorama.pipeline",
    "estimate_perspective": "cyclorama.pipeline",
    "find_objects": "cyclorama.pipeline",
    "merge_layers": "cyclorama.editing",
    "read_image": "cyclorama.documents.read",
    "refine_layer": "cyclorama.editing",
    "remove_layer": "cyclorama.editing",
    "replace_background": "cyclorama.pipeline",
    "select": "cyclorama.pipeline",
    "split": "cyclorama.pipeline",
    "split_layer": "cyclorama.editing",
    "touch_up": "cyclorama.editing",
    "write_document": "cyclorama.documents.write",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cyclorama' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
