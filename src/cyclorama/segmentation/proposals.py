"""From the network's locations to object masks, in NumPy.

Grids: the network sees the photograph at some small size; its mask features and the masks drawn from them have one
cell for 4 x 4 of those pixels. A window is (top, left, bottom, right) in such cells.

References
----------
.. [1] Z. Tian, C. Shen, H. Chen, "Conditional convolutions for instance segmentation", ECCV 2020, sec. 3.
.. [2] X. Wang et al., "SOLO: segmenting objects by locations", ECCV 2020, sec. 3.3 (mask-level suppression).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import FloatArray

__all__ = [
    "MASK_STRIDE",
    "Locations",
    "Proposal",
    "Window",
    "box_overlaps",
    "draw",
    "locations_of",
    "sigmoid",
    "suppress_boxes",
    "suppress_masks",
]

Window: TypeAlias = tuple[int, int, int, int]

MASK_STRIDE = 4
_STRIDES = (8, 16, 32)
_HIDDEN = 8
_REACH = 8  # strides that one unit of a relative coordinate spans
_MARGIN = 0.15  # share of a box by which its mask may pass it: boxes are rough, and masks know better


@dataclass(frozen=True, slots=True, eq=False)
class Locations:
    """All places that can stand for an object, in pixels of the network's input.

    Parameters
    ----------
    centers : float32 (L, 2), x and y
    strides : float32 (L,)
    boxes : float32 (L, 4), left, top, right, bottom
    objectness, quality : float32 (L,), [0, 1]
        Probability of being an object's middle; expected overlap of its mask with the truth.
    """

    centers: FloatArray
    strides: FloatArray
    boxes: FloatArray
    objectness: FloatArray
    quality: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """One possible object.

    Parameters
    ----------
    logits : float32 (h, w)
        Mask logits over the window.
    window : (int, int, int, int)
        Top, left, bottom, right in mask cells.
    score : float, [0, 1]
    """

    logits: FloatArray
    window: Window
    score: float


def sigmoid(logits: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    out: FloatArray = (0.5 + 0.5 * np.tanh(0.5 * logits)).astype(np.float32)
    return out


def locations_of(where: FloatArray, size: tuple[int, int]) -> Locations:
    """Read the network's ``where`` (L, 6) for an input of (height, width) pixels."""
    centers, strides = [], []
    for s in _STRIDES:
        y, x = np.mgrid[: size[0] // s, : size[1] // s].astype(np.float32)
        centers.append(np.stack(((x + 0.5) * s, (y + 0.5) * s), -1).reshape(-1, 2))
        strides.append(np.full(len(centers[-1]), s, np.float32))
    center, stride = np.concatenate(centers), np.concatenate(strides)
    distance = np.exp(np.minimum(where[:, 2:], 5)) * stride[:, None]
    boxes = np.concatenate((center - distance[:, :2], center + distance[:, 2:]), 1)
    return Locations(center, stride, boxes, sigmoid(where[:, 0]), sigmoid(where[:, 1]))


def draw(
    parameters: FloatArray, shared: FloatArray, locations: Locations, index: int, window: Window | None = None
) -> Proposal:
    """Run the little network of one location over the shared mask features.

    Parameters
    ----------
    parameters : float32 (P,)
        The location's row of the network's ``what``: weights and biases of three 1 x 1 convolutions [1]_.
    shared : float32 (C, h, w)
        Mask features.
    locations : Locations
        Where the location is and which box it predicts.
    index : int
        Which location.
    window : Window, optional
        Where to draw; the location's box with a margin by default.

    Returns
    -------
    Proposal
        Its score is the geometric mean of objectness and expected quality.
    """
    channels, height, width = shared.shape
    top, left, bottom, right = window or _window_of(locations.boxes[index], height, width)
    x, y = locations.centers[index]
    reach = _REACH * locations.strides[index]
    across = ((np.arange(left, right, dtype=np.float32) + 0.5) * MASK_STRIDE - x) / reach
    down = ((np.arange(top, bottom, dtype=np.float32) + 0.5) * MASK_STRIDE - y) / reach
    offsets = np.stack(np.broadcast_arrays(across[None, :], down[:, None]))
    values = np.concatenate((offsets, shared[:, top:bottom, left:right])).reshape(channels + 2, -1)
    at = 0
    for inputs, outputs in ((channels + 2, _HIDDEN), (_HIDDEN, _HIDDEN), (_HIDDEN, 1)):
        weight = parameters[at : at + inputs * outputs].reshape(outputs, inputs)
        bias = parameters[at + inputs * outputs : at + (inputs + 1) * outputs, None]
        at += (inputs + 1) * outputs
        values = weight @ values + bias
        if outputs > 1:
            values = np.maximum(values, 0)
    score = float(np.sqrt(locations.objectness[index] * locations.quality[index]))
    return Proposal(values.reshape(bottom - top, right - left), (top, left, bottom, right), score)


def _window_of(box: FloatArray, height: int, width: int) -> Window:
    margin = 4 + _MARGIN * (box[2:] - box[:2])
    low, high = (box[:2] - margin) / MASK_STRIDE, (box[2:] + margin) / MASK_STRIDE
    left, top = int(np.clip(np.floor(low[0]), 0, width - 1)), int(np.clip(np.floor(low[1]), 0, height - 1))
    right, bottom = (
        int(np.clip(np.ceil(high[0]), left + 1, width)),
        int(np.clip(np.ceil(high[1]), top + 1, height)),
    )
    return top, left, bottom, right


def suppress_boxes(locations: Locations, least_score: float, most_overlap: float, limit: int) -> list[int]:
    """Return locations by falling score, without those whose box repeats a better one."""
    score = np.sqrt(locations.objectness * locations.quality)
    left = [int(i) for i in np.argsort(-score)[:400] if score[i] >= least_score]
    kept: list[int] = []
    while left and len(kept) < limit:
        best = left[0]
        kept.append(best)
        overlap = box_overlaps(locations.boxes[best], locations.boxes[left])
        left = [i for i, o in zip(left[1:], overlap[1:], strict=True) if o < most_overlap]
    return kept


def box_overlaps(box: FloatArray, boxes: FloatArray) -> FloatArray:
    """Intersection over union of one box (4,) with each of (N, 4)."""
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    common = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    out: FloatArray = common / np.maximum(areas - common, 1e-6)
    return out


def suppress_masks(
    proposals: Sequence[Proposal], size: tuple[int, int], most_overlap: float
) -> list[Proposal]:
    """Weigh each score with how decided the mask is [2]_, then drop what repeats, holds or is part of better ones.

    Parameters
    ----------
    proposals : sequence of Proposal
        Candidates.
    size : (int, int)
        Cells (height, width) of the mask grid.
    most_overlap : float
        Intersection over union with a better proposal from which on a proposal counts as its repetition.
    """
    weighed, masks = [], []
    for proposal in proposals:
        inside = proposal.logits > 0
        if inside.sum() < 4:
            continue
        decided = float(sigmoid(proposal.logits[inside]).mean())
        weighed.append(replace(proposal, score=proposal.score * decided))
        mask = np.zeros(size, bool)
        top, left, bottom, right = proposal.window
        mask[top:bottom, left:right] = inside
        masks.append(mask)
    kept: list[Proposal] = []
    seen: list[NDArray[np.bool_]] = []
    taken = np.zeros(size, bool)
    for i in sorted(range(len(weighed)), key=lambda i: -weighed[i].score):
        mask, area = masks[i], masks[i].sum()
        if any(_repeats(mask, other, most_overlap) for other in seen):
            continue
        # Mostly made of better objects: a group of them, or what lies around them.
        if (mask & taken).sum() > 0.6 * area:
            continue
        kept.append(weighed[i])
        seen.append(mask)
        taken |= mask
    return kept


def _repeats(mask: NDArray[np.bool_], better: NDArray[np.bool_], most_overlap: float) -> bool:
    common = float((mask & better).sum())
    return bool(common > most_overlap * (mask | better).sum() or common > 0.8 * mask.sum())
