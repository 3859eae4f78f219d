"""Work limited to what a person selected, or chose from a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from cyclorama import pipeline
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import SplitOptions
from cyclorama.protocol.progress import Report
from cyclorama.segmentation.segment import kind_of
from cyclorama.segmentation.segmenter import Segmenter

__all__ = ["ChosenSegmenter", "SelectedSegmenter"]

_MARGIN = 0.25
_LEAST_PROBABILITY = 0.5
_MARK = "choice-"


class SelectedSegmenter:
    """A segmenter that looks at the surroundings of a selection and keeps what lies inside it.

    Parameters
    ----------
    segmenter : Segmenter
        What finds objects.
    selection : Matte, (H, W)
        1 where the person selected; of the photograph's size.

    Raises
    ------
    InputError
        If nothing is selected.
    """

    def __init__(self, segmenter: Segmenter, selection: Matte) -> None:
        self._segmenter = segmenter
        self._selection = selection
        self._box = Box.of_mask(selection.samples > 0)
        if self._box.area == 0:
            raise InputError("The selection is empty.", "Select something, or remove the selection.")

    @property
    def provenance(self) -> dict[str, Any]:
        """That of the segmenter, and where it looked."""
        box = self._box
        return {**self._segmenter.provenance, "selection": [box.left, box.top, box.right, box.bottom]}

    def __call__(self, image: Image, *, report: Report) -> tuple[Segment, ...]:
        """Find objects; see :class:`cyclorama.segmentation.segmenter.Segmenter`.

        Raises
        ------
        InputError
            If the selection has another size than the photograph.
        """
        if image.size != self._selection.size:
            raise InputError(
                f"The selection has size {self._selection.size}, the picture {image.size}; one size was wanted."
            )
        # Seen closer, a small selection shows more; some of its surroundings tell object from background.
        margin = round(_MARGIN * max(self._box.size))
        window = self._box.expand(margin, image.size)
        found = self._segmenter(image.crop(window), report=report)
        limited = (self._limited(_moved(own, window)) for own in found)
        return tuple(own for own in limited if own.probability.max() > _LEAST_PROBABILITY)

    def _limited(self, own: Segment) -> Segment:
        rows, columns = own.probability.shape
        inside = resize(self._selection.region(own.box), (rows, columns), "area")
        return replace(own, probability=own.probability * np.clip(inside, 0, 1))


class ChosenSegmenter:
    """A segmenter that keeps the objects that a person chose from the list of the ``objects`` job, under their names.

    Parameters
    ----------
    segmenter : Segmenter
        What finds objects, as when the list was made.
    options : SplitOptions
        As when the list was made.
    chosen : list of {"index": int, "name": str}
        Places in that list.

    Raises
    ------
    InputError
        If nothing is chosen, or an entry cannot be read.
    """

    def __init__(self, segmenter: Segmenter, options: SplitOptions, chosen: Any) -> None:
        self._segmenter = segmenter
        self._options = options
        try:
            self._chosen = {int(entry["index"]): str(entry["name"]) for entry in chosen}
        except (TypeError, KeyError, ValueError) as error:
            raise InputError(
                f"The chosen objects are {chosen!r}; a list of index and name was wanted."
            ) from error
        if not self._chosen:
            raise InputError("No object is chosen.", "Choose those that are to become layers.")

    @property
    def provenance(self) -> dict[str, Any]:
        """That of the segmenter, and what was chosen."""
        return {**self._segmenter.provenance, "chosen": sorted(self._chosen)}

    def __call__(self, image: Image, *, report: Report) -> tuple[Segment, ...]:
        """Find objects; see :class:`cyclorama.segmentation.segmenter.Segmenter`.

        Raises
        ------
        InputError
            If the list is shorter than it was: the picture is another one.
        """
        found = pipeline.find_objects(image, self._options, segmenter=self._segmenter, report=report)
        if max(self._chosen) >= len(found) or min(self._chosen) < 0:
            raise InputError(
                f"Object {max(self._chosen) + 1} was chosen; this picture has {len(found)}.",
                "The picture changed: list its objects again.",
            )
        # The stage numbers all names; a person's own stay as they are, so they come in afterwards.
        return tuple(replace(found[index], label=f"{_MARK}{index}") for index in self._chosen)

    def named(self, document: LayeredDocument) -> LayeredDocument:
        """Return a document that was split with this segmenter, with the person's names."""
        layers = tuple(replace(layer, name=self._name(layer.name)) for layer in document.layers)
        provenance = dict(document.provenance)
        scores = provenance.get("scores", {})
        provenance["scores"] = {self._name(name): score for name, score in scores.items()}
        return document.replace(layers=layers, provenance=provenance)

    def _name(self, name: str) -> str:
        mark = kind_of(name)
        return self._chosen.get(int(mark[len(_MARK) :]), name) if mark.startswith(_MARK) else name


def _moved(own: Segment, window: Box) -> Segment:
    box = own.box
    moved = Box(
        box.left + window.left, box.top + window.top, box.right + window.left, box.bottom + window.top
    )
    return replace(own, box=moved)
