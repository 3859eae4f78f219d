"""The layers of a file, whatever the file's format: sheets and folders, bottom to top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.documents.ink import Rows, image_rows, layer_rows

__all__ = ["Folder", "Sheet", "sheets", "stack_of"]


@dataclass(frozen=True)
class Sheet:
    """One layer of a file.

    Parameters
    ----------
    name : str
        For a person.
    key : str
        Short unique name within the file, for example ``"object-1"``.
    box : Box
        Where it lies on the canvas.
    channels : {3, 4}
        Opaque RGB, or RGB and straight alpha.
    rows : callable
        Gives the samples of some rows, 8 or 16 bits each.
    visible : bool
        Whether it is shown.
    opacity : float, [0, 1]
        Strength.
    multiplies : bool
        Multiply rather than Normal.
    cut_out : bool
        Whether the alpha is better kept as a layer mask, where a file can have one.
    """

    name: str
    key: str
    box: Box
    channels: int
    rows: Rows
    visible: bool = True
    opacity: float = 1.0
    multiplies: bool = False
    cut_out: bool = False


@dataclass(frozen=True)
class Folder:
    """A group of sheets, bottom to top; one that multiplies is blended as a whole."""

    name: str
    sheets: tuple[Sheet, ...]
    visible: bool = True
    multiplies: bool = False


def stack_of(document: LayeredDocument, bits: int) -> tuple[Sheet | Folder, ...]:
    """Arrange a document for a file.

    Parameters
    ----------
    document : LayeredDocument
        What to arrange.
    bits : {8, 16}
        Per sample.

    Returns
    -------
    tuple of Sheet and Folder, bottom to top
        The plate; the generated backgrounds, of which the chosen one is shown; their shadows; the objects;
        light wraps. Folders give the same picture whether a program blends them as a whole or lets their sheets
        through: Normal is associative, and factors multiply in a folder that multiplies.
    """
    canvas = Box.of_size(document.size)
    replaced = document.chosen is not None
    plate = Sheet("Plate", "plate", canvas, 3, image_rows(document.plate, bits), visible=not replaced)
    stack: list[Sheet | Folder] = [plate]
    if document.candidates:
        stack.append(Folder("Backgrounds", tuple(_backgrounds(document, canvas, bits)), visible=replaced))
    below = _shadows(document, bits, above_objects=False)
    for multiplies, run in groupby(below, key=lambda sheet: sheet.multiplies):
        name = "Shadows" if multiplies else "Reflections"
        stack.append(Folder(name, tuple(run), visible=replaced, multiplies=multiplies))
    if document.layers:
        objects = tuple(
            Sheet(layer.name, f"object-{number}", layer.box, 4, layer_rows(layer, bits), cut_out=True)
            for number, layer in enumerate(document.layers, 1)
        )
        stack.append(Folder("Objects", objects))
    wraps = tuple(_shadows(document, bits, above_objects=True))
    if wraps:
        stack.append(Folder("Light wrap", wraps, visible=replaced))
    return tuple(stack)


def sheets(stack: tuple[Sheet | Folder, ...]) -> Iterator[Sheet]:
    """Yield all sheets, bottom to top."""
    for entry in stack:
        yield from entry.sheets if isinstance(entry, Folder) else (entry,)


def _backgrounds(document: LayeredDocument, canvas: Box, bits: int) -> Iterator[Sheet]:
    # The best lies on top; what is chosen is shown.
    for index in reversed(range(len(document.candidates))):
        candidate = document.candidates[index]
        name = f"Background {index + 1}: {candidate.scene}" if candidate.scene else f"Background {index + 1}"
        yield Sheet(
            name,
            f"background-{index + 1}",
            canvas,
            3,
            image_rows(candidate.color, bits),
            visible=index == document.chosen,
        )


def _shadows(document: LayeredDocument, bits: int, above_objects: bool) -> Iterator[Sheet]:
    for number, layer in enumerate(document.shadows, 1):
        if layer.above_objects != above_objects:
            continue
        yield Sheet(
            layer.name,
            f"shadow-{number}",
            layer.box,
            4,
            layer_rows(layer, bits),
            opacity=layer.opacity,
            multiplies=layer.multiplies,
        )
