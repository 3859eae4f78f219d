"""The layered document: what a photograph becomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding, Image, SampleFormat
from cyclorama.core.layer import BackgroundCandidate, ObjectLayer, ShadowLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import InputError

__all__ = ["LayeredDocument"]


@dataclass(frozen=True, slots=True, eq=False)
class LayeredDocument:
    """A photograph as layers, bottom to top: plate or background, shadows, objects.

    Parameters
    ----------
    plate : Image, (H, W)
        The photograph without its objects, opaque, encoded as the blend space.
    layers : tuple of ObjectLayer
        Objects, bottom to top.
    blend_space : {"srgb", "linear"}
        The space in which Normal and Multiply blend; colours were un-mixed in it and are encoded in it.
    lighting : LightingEstimate or None
        Light on the objects.
    perspective : Perspective or None
        The camera.
    candidates : tuple of BackgroundCandidate
        Generated backgrounds, best first; empty before a background was asked for.
    chosen : int or None
        Which candidate is shown; None shows the plate.
    shadows : tuple of ShadowLayer
        Between background and objects, bottom to top; light wraps lie above the objects. Shown with a candidate only.
    sample_format : {"uint8", "uint16", "float32"}
        Precision of the photograph's file, kept when writing.
    icc_profile : bytes or None
        Colour profile of the photograph's file.
    provenance : mapping
        Models with hashes, options, seeds: enough to make it again.

    Raises
    ------
    InputError
        If a layer lies outside the canvas, has another encoding, or the choice does not exist.
    """

    plate: Image
    layers: tuple[ObjectLayer, ...] = ()
    blend_space: Encoding = "srgb"
    lighting: LightingEstimate | None = None
    perspective: Perspective | None = None
    candidates: tuple[BackgroundCandidate, ...] = ()
    chosen: int | None = None
    shadows: tuple[ShadowLayer, ...] = ()
    sample_format: SampleFormat = "uint8"
    icc_profile: bytes | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        canvas = Box.of_size(self.size)
        stack: tuple[ObjectLayer | ShadowLayer, ...] = (*self.layers, *self.shadows)
        for layer in stack:
            if layer.box.intersect(canvas) != layer.box:
                raise InputError(f"Layer {layer.name!r} at {layer.box} leaves the canvas of {self.size}.")
        encodings = {self.plate.encoding, *(layer.color.encoding for layer in stack)}
        encodings |= {candidate.color.encoding for candidate in self.candidates}
        if encodings != {self.blend_space}:
            raise InputError(
                f"Colours are encoded as {sorted(encodings)}; {self.blend_space!r}, the blend space, was wanted."
            )
        for candidate in self.candidates:
            if candidate.color.size != self.size:
                raise InputError(f"A background has size {candidate.color.size}; {self.size} was wanted.")
        if self.chosen is not None and not 0 <= self.chosen < len(self.candidates):
            raise InputError(f"Background {self.chosen} was chosen of {len(self.candidates)}.")
        object.__setattr__(self, "provenance", MappingProxyType(dict(self.provenance)))

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the canvas in pixels."""
        return self.plate.size

    @property
    def background(self) -> Image:
        """What is shown behind the layers: the chosen candidate, else the plate."""
        return self.plate if self.chosen is None else self.candidates[self.chosen].color

    def replace(self, **changes: Any) -> LayeredDocument:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **changes)
