"""One object as a segmenter sees it."""

from __future__ import annotations

from dataclasses import dataclass

from cyclorama.core.arrays import FloatArray, frozen, require_finite, require_shape
from cyclorama.core.geometry import Box
from cyclorama.protocol.errors import InputError

__all__ = ["Segment"]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One object's probability map, possibly coarser than the photograph.

    Parameters
    ----------
    probability : float32 (h, w), [0, 1]
        Probability that a pixel belongs to the object, sampled on a regular grid over ``box`` (pixel areas, not
        corners). The grid may be coarser than the photograph: a 100-megapixel photograph does not need a
        100-megapixel probability.
    score : float, [0, 1]
        Confidence that this is an object.
    label : str or None
        What it is, when the model knows.
    box : Box
        The part of the photograph that the grid covers; zero probability outside.

    Raises
    ------
    InputError
        If the array, the score or the box cannot be used.
    """

    probability: FloatArray
    score: float
    label: str | None
    box: Box

    def __post_init__(self) -> None:
        probability = frozen(self.probability, "float32")
        valid = probability.ndim == 2 and min(probability.shape) > 0
        require_shape("A segment's probability", probability, "(height, width)", valid)
        require_finite("A segment's probability", probability)
        if probability.min() < 0 or probability.max() > 1 or not 0 <= self.score <= 1:
            raise InputError("A segment's probability or score lies outside [0, 1].")
        if self.box.area == 0:
            raise InputError("A segment has an empty box; at least one pixel was wanted.")
        object.__setattr__(self, "probability", probability)
