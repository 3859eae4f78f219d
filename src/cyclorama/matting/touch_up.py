"""A person's scribbles on a matte: keep, drop, unsure; only what they touch is solved again."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray, require_shape
from cyclorama.core.filters import dilate, gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.regions import label_regions
from cyclorama.core.resampling import block_means
from cyclorama.matting.cleaning import stretch
from cyclorama.matting.detail import as_srgb, carry_up
from cyclorama.matting.reading import block_side, read_blocks
from cyclorama.matting.solve import Prior, solve_alpha
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["DROP", "KEEP", "UNSURE", "Scribbles", "touch_up"]

DROP, KEEP, UNSURE = 1, 2, 3

_WORK_AREA = 1_000_000
_MARGIN_PX = 6
#: How far around a stroke alpha is solved again: in half widths of the stroke, of the picture's side, in pixels.
_REACH_STROKES, _REACH_SHARE, _LEAST_REACH_PX = 3.0, 0.006, 10
_HELD, _PULL = 50.0, 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Scribbles:
    """What a person drew over a photograph.

    Parameters
    ----------
    marks : uint8 (H, W)
        0 where nothing was drawn, 1 drop, 2 keep, 3 unsure.

    Raises
    ------
    InputError
        If a value is another, or nothing was drawn.
    """

    marks: NDArray[np.uint8]

    def __post_init__(self) -> None:
        marks = np.asarray(self.marks, np.uint8)
        require_shape("Scribbles", marks, "(height, width)", marks.ndim == 2 and min(marks.shape) > 0)
        if marks.max() > UNSURE:
            raise InputError(f"Scribbles hold the value {marks.max()}; 0 to {UNSURE} was wanted.")
        if not marks.any():
            raise InputError("Nothing was scribbled; strokes that keep, drop or are unsure were wanted.")
        object.__setattr__(self, "marks", marks)

    @classmethod
    def of_masks(
        cls, keep: BoolArray | None = None, drop: BoolArray | None = None, unsure: BoolArray | None = None
    ) -> Scribbles:
        """Combine masks (H, W); where they overlap, keep counts before drop, and drop before unsure.

        Raises
        ------
        InputError
            If no mask is given, their sizes differ, or all are empty.
        """
        given = [
            (value, mask)
            for value, mask in ((UNSURE, unsure), (DROP, drop), (KEEP, keep))
            if mask is not None
        ]
        sizes = {mask.shape for _, mask in given}
        if len(sizes) != 1:
            raise InputError(f"Masks of {len(sizes)} sizes were given as scribbles; one size was wanted.")
        marks = np.zeros(sizes.pop(), np.uint8)
        for value, mask in given:
            marks[mask] = value
        return cls(marks)


def touch_up(
    image: Image, matte: Matte, box: Box, scribbles: Scribbles, *, reach: float = 1.0, report: Report = silent
) -> tuple[Matte, Box, Box]:
    """Solve a matte again around scribbles.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    matte : Matte, (h, w)
        As it is.
    box : Box
        Where it lies in the photograph.
    scribbles : Scribbles, (H, W)
        Under "keep" alpha becomes 1, under "drop" 0; around them, and under "unsure", it follows the photograph.
    reach : float
        Factor for how far around the strokes.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Returns
    -------
    matte : Matte
        In the same kind of samples; beyond the strokes' reach its very bits.
    box : Box
        Where it lies now.
    changed : Box
        What may differ from before.

    Raises
    ------
    InputError
        If the sizes differ.
    """
    if scribbles.marks.shape != image.size:
        raise InputError(
            f"Scribbles have size {scribbles.marks.shape}; the photograph's {image.size} was wanted."
        )
    if matte.size != box.size or box.intersect(Box.of_size(image.size)) != box:
        raise InputError(f"A matte of {matte.size} at {box} does not fit the photograph of {image.size}.")
    groups = _groups(scribbles.marks, reach)
    changed = Box(0, 0, 0, 0)
    for part, _ in groups:
        changed = changed.union(part)
    around = box.union(changed)
    out = np.zeros(around.size, matte.samples.dtype)
    out[box.relative_to(around).slices] = matte.samples
    for number, (part, px) in enumerate(groups):
        step = span(report, number / len(groups), (number + 1) / len(groups))
        inner = part.relative_to(around)
        alpha = Matte(out[inner.slices]).alpha
        near, solved = _solved(image, alpha, part, scribbles.marks[part.slices], px, step)
        fresh = Matte(solved).stored_as(matte.sample_format).samples
        out[inner.slices][near] = fresh[near]
    report(Progress("refine", 1.0, "edges"))
    tight = Box.of_mask(out > 0)
    tight = tight if tight.area else Box(0, 0, 1, 1)
    placed = Box(
        around.left + tight.left, around.top + tight.top, around.left + tight.right, around.top + tight.bottom
    )
    return Matte(out[tight.slices]), placed, changed


def _groups(marks: NDArray[np.uint8], reach: float) -> list[tuple[Box, int]]:
    """Return the boxes of strokes that lie near each other, and how far each reaches in pixels."""
    size = marks.shape[0], marks.shape[1]
    px = max(_LEAST_REACH_PX, round(_REACH_SHARE * max(size)))
    # Grouped on a coarse grid: strokes are few, and photographs large.
    drawn = block_means((marks > 0).astype(np.float32)[..., None], px)[..., 0] > 0
    labels, count = label_regions(dilate(drawn, 1))
    out = []
    for number in range(1, count + 1):
        cells = Box.of_mask(labels == number)
        rough = Box(cells.left * px, cells.top * px, cells.right * px, cells.bottom * px)
        rough = rough.intersect(Box.of_size(size))
        stroke = marks[rough.slices] > 0
        wide = max(px, round(_REACH_STROKES * _half_width(stroke)))
        inner = Box.of_mask(stroke)
        placed = Box(
            rough.left + inner.left, rough.top + inner.top, rough.left + inner.right, rough.top + inner.bottom
        )
        far = max(1, round(reach * wide))
        out.append((placed.expand(far + _MARGIN_PX, size), far))
    return out


def _half_width(stroke: BoolArray) -> float:
    """Return about half the width of strokes: twice their area by the length of their outline."""
    padded = np.pad(stroke, 1)
    outline = int((padded[1:] != padded[:-1]).sum() + (padded[:, 1:] != padded[:, :-1]).sum())
    return 2 * float(stroke.sum()) / max(outline, 1)


def _solved(
    image: Image, alpha: FloatArray, box: Box, marks: NDArray[np.uint8], reach_px: int, report: Report
) -> tuple[BoolArray, FloatArray]:
    """Return where alpha is new within a box, and its new values."""
    factor = block_side(box, _WORK_AREA)
    small = as_srgb(read_blocks(image, box, factor, "refine", span(report, 0, 0.1)), image.encoding)
    kinds = [
        block_means((marks == kind).astype(np.float32)[..., None], factor)[..., 0]
        for kind in (DROP, KEEP, UNSURE)
    ]
    drop, keep, unsure = (share > 0.5 for share in kinds)
    before = _reduced(alpha, factor)
    far = max(1, math.ceil(reach_px / factor))
    near = _reached(drop, before > 0, far) | _reached(keep, before < 1, far) | dilate(unsure, 2)
    soft = (before > 0) & (before < 1)
    trimap = np.where(near | soft, np.float32(0.5), np.round(before))
    trimap[drop], trimap[keep] = 0, 1
    ticks = span(report, 0.1, 0.7)
    solved = solve_alpha(
        small,
        trimap,
        _prior(before, near, unsure, far),
        lambda done: ticks(Progress("refine", done, "edges")),
    )
    full = (
        stretch(solved)
        if factor == 1
        else carry_up(image, box, small, solved, factor, span(report, 0.7, 1.0))
    )
    whole = np.repeat(np.repeat(near, factor, axis=0), factor, axis=1)[: box.height, : box.width]
    full = np.where(marks == KEEP, np.float32(1), np.where(marks == DROP, np.float32(0), full))
    return whole | (marks == KEEP) | (marks == DROP), full


def _reduced(grid: FloatArray | BoolArray, factor: int) -> FloatArray:
    return block_means(grid.astype(np.float32)[..., None], factor)[..., 0]


def _reached(stroke: BoolArray, other: BoolArray, far: int) -> BoolArray:
    """Return what a stroke may change: within its reach, and not yet as it wishes."""
    reached: BoolArray = dilate(stroke, far) & (other | stroke)
    return reached


def _prior(before: FloatArray, near: BoolArray, unsure: BoolArray, far: int) -> Prior:
    """Hold soft alpha beyond the strokes' reach; within it, pull the more gently the nearer a stroke is."""
    weight = np.where(near, np.float32(_PULL), np.float32(_HELD))
    # Nothing pulls under "unsure", nor in the inner half of the reach.
    inner = gaussian_blur(near.astype(np.float32), max(1.0, far / 4))
    weight = np.where(near, weight * np.clip(2 - 2 * inner, 0, 1), weight)
    weight[dilate(unsure, 2)] = 0
    return Prior(before, weight.astype(np.float32))
