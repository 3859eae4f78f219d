"""The layers of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.protocol.errors import InputError

__all__ = ["BackgroundCandidate", "ObjectLayer", "ShadowKind", "ShadowLayer"]

ShadowKind = Literal["cast", "contact", "reflection", "wrap"]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectLayer:
    """One object, cut out.

    Parameters
    ----------
    name : str
        For a person, for example ``"object 1"``.
    color : Image, (h, w)
        Straight (un-premultiplied) colour, un-mixed from the background and extended past the edge.
    matte : Matte, (h, w)
        Coverage.
    box : Box
        Where it lies on the canvas; of the size of colour and matte.

    Raises
    ------
    InputError
        If the three sizes differ.
    """

    name: str
    color: Image
    matte: Matte
    box: Box

    def __post_init__(self) -> None:
        if not self.color.size == self.matte.size == self.box.size:
            raise InputError(
                f"Layer {self.name!r} has colour {self.color.size}, matte {self.matte.size} and box "
                f"{self.box.size}; one size was wanted."
            )


@dataclass(frozen=True, slots=True, eq=False)
class ShadowLayer:
    """What ties an object to its background: light taken from it, mirrored by it, or spilled by it.

    Parameters
    ----------
    name : str
        For a person, for example ``"shadow of object 1"``.
    kind : {"cast", "contact", "reflection", "wrap"}
        What made it. Shadows multiply. A reflection and a light wrap are blended normally with their mattes; the wrap
        lies above all objects, the others below.
    color : Image, (h, w), encoding of the document's blend space
        Factor for what lies below, white where there is no shadow; for the others, the straight colour.
    matte : Matte, (h, w)
        Coverage; all 1 for a shadow.
    box : Box
        Where it lies on the canvas.
    opacity : float, [0, 1]
        Strength, for a person to change.

    Raises
    ------
    InputError
        If the sizes differ or the opacity lies outside [0, 1].
    """

    name: str
    kind: ShadowKind
    color: Image
    matte: Matte
    box: Box
    opacity: float = 1.0

    def __post_init__(self) -> None:
        if not self.color.size == self.matte.size == self.box.size:
            raise InputError(
                f"Layer {self.name!r} has colour {self.color.size}, matte {self.matte.size} and box "
                f"{self.box.size}; one size was wanted."
            )
        if not 0 <= self.opacity <= 1:
            raise InputError(f"Layer {self.name!r} has opacity {self.opacity}; [0, 1] was wanted.")

    @property
    def multiplies(self) -> bool:
        """Whether the layer multiplies what lies below, rather than covering it."""
        return self.kind in ("cast", "contact")

    @property
    def above_objects(self) -> bool:
        """Whether the layer lies above all objects."""
        return self.kind == "wrap"


@dataclass(frozen=True, slots=True, eq=False)
class BackgroundCandidate:
    """One generated background.

    Parameters
    ----------
    color : Image, (H, W)
        The whole canvas, opaque.
    seed : int
        What the noise was made from.
    scene : str
        What was asked for.
    fit : mapping of str to float
        Measured fit to the asked light and perspective; ``"score"`` in [0, 1] ranks candidates, higher is better.
    """

    color: Image
    seed: int
    scene: str
    fit: Mapping[str, float] = field(default_factory=dict)
