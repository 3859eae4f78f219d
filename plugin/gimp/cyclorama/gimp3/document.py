"""The document that a command goes on with: a group in the image, or a layer that is split for it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

from shared.light import VALUES, Light

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import DocumentError
from gimp3.call import Call
from gimp3.interaction import Attention
from gimp3.notes import LIGHT, group_of, read_note
from gimp3.reading import read_document
from gimp3.split import SplitResult, split_request
from gimp3.worker import Worker

__all__ = ["OpenDocument", "from_group", "from_split", "open_document", "wished_light"]


@dataclass(frozen=True)
class OpenDocument:
    """Objects and plate, with the light on them.

    Parameters
    ----------
    layer : Gimp.Layer
        That the command was asked for.
    group : Gimp.GroupLayer or None
        Where the document lies; None if it is not in the image yet.
    document : mapping
    arrays : mapping of str to ArrayData
        As the job ``split`` gives them.
    light : Light
    """

    layer: Any
    group: Optional[Any]
    document: Mapping[str, Any]
    arrays: Mapping[str, ArrayData]
    light: Light

    @property
    def split(self) -> SplitResult:
        """The document as the job ``split`` gave it."""
        return SplitResult(self.document, self.arrays)

    def pictures(self) -> List[ArrayData]:
        """Return plate, colours and mattes for the next job."""
        return [array for name, array in self.arrays.items() if name == "plate" or name.startswith("layer")]


def open_document(call: Call, layer: Any, worker: Worker, attention: Attention) -> OpenDocument:
    """Return the document of a layer: the group that it belongs to, or else a fresh split.

    Raises
    ------
    CycloramaError
        If the group cannot be read, or the split fails.
    """
    group = group_of(call.image, layer)
    if group is not None:
        return from_group(call, layer, group)
    options, arrays = split_request(call, layer)
    return from_split(layer, SplitResult.of(attention.finish(worker, "split", options, arrays)))


def from_group(call: Call, layer: Any, group: Any) -> OpenDocument:
    """Read a group of the image."""
    document, arrays = read_document(call.image, group)
    light = Light.noted(document)
    if light is None:
        raise DocumentError(f"The group {group.get_name()!r} has lost its light.", "Split the picture again.")
    return OpenDocument(layer, group, document, {array.name: array for array in arrays}, light)


def from_split(layer: Any, found: SplitResult) -> OpenDocument:
    """Take a fresh split; a light that a person noted on the layer counts more than the one that was read."""
    light = Light.noted(read_note(layer, LIGHT) or {}) or Light.noted(found.document)
    if light is None:
        raise DocumentError("The split gave no light.")
    return OpenDocument(layer, None, found.document, found.arrays, light)


def wished_light(call: Call, found: Light) -> Light:
    """Return the light that was read, or the one that the arguments give.

    Raises
    ------
    InputError
        If an argument is out of range.
    """
    if call.value("read-light"):
        return found
    values: Dict[str, float] = {name: call.value(name) for name in VALUES}
    return found.with_values(values)
