"""What the tests of segmentation adapters share: bundles of tiny networks, and coloured discs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.segmentation.grids import read_grid

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def bundle(folder: Path, *names: str, **parameters: Any) -> ModelBundle:
    return ModelBundle("tiny", folder, {name: "0" * 64 for name in names}, "cpu", parameters)


def spread(found: Segment, size: tuple[int, int]) -> np.ndarray:
    """Return a segment's probability over the whole photograph."""
    return read_grid(found.probability, found.box, Box.of_size(size), size)


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return intersection over union."""
    return float((one & other).sum() / max((one | other).sum(), 1))


def discs(size: tuple[int, int], *placed: Any) -> tuple[Image, list[np.ndarray]]:
    """A grey picture with coloured discs: (row, column, radius, colour)."""
    y, x = np.mgrid[: size[0], : size[1]]
    pixels = np.full((*size, 3), 0.5, np.float32)
    inside = []
    for row, column, radius, color in placed:
        disc = (y - row) ** 2 + (x - column) ** 2 < radius**2
        pixels[disc] = color
        inside.append(disc)
    return Image((pixels * 255).round().astype(np.uint8)), inside
