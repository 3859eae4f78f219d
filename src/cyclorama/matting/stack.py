"""Mattes of several objects, stacked so that no seam of background shows between neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.matte import Matte
from cyclorama.protocol.errors import InputError

__all__ = ["stack_mattes", "visible_coverage"]

_HIDDEN = 1 / 512


def stack_mattes(mattes: Sequence[tuple[Matte, Box]], size: tuple[int, int]) -> list[tuple[Matte, Box]]:
    """Turn each object's own coverage into the alpha of a layer in a stack.

    Every matte was solved for itself, with the other objects as background. Where two objects meet, each covers
    about a half; two layers of alpha one half would leave a quarter of the pixel to the plate. So the lower layer's
    alpha is its coverage divided by what the layers above leave clear.

    Parameters
    ----------
    mattes : sequence of (Matte, Box)
        Bottom to top; each matte is the visible coverage of its object.
    size : (int, int)
        (height, width) of the photograph.

    Returns
    -------
    list of (Matte, Box)
        In the same order and boxes. The top matte is unchanged wherever the coverages sum to at most 1; where they
        sum to more, the upper layers win.

    Raises
    ------
    InputError
        If a box leaves the photograph.
    """
    clear, around = _all_clear(mattes, size)
    out: list[tuple[Matte, Box]] = []
    for matte, box in reversed(mattes):
        view = clear[box.relative_to(around).slices]
        room = view.copy()
        visible = np.minimum(matte.alpha, room)
        # Under an opaque pixel nothing is known: the object's own matte says best whether it goes on there.
        alpha = np.where(room > _HIDDEN, visible / np.maximum(room, _HIDDEN), matte.alpha)
        alpha = np.clip(alpha, 0, 1).astype(np.float32)
        view[:] = np.maximum(room - visible, 0)
        out.append((Matte(alpha), box))
    return out[::-1]


def visible_coverage(mattes: Sequence[tuple[Matte, Box]], size: tuple[int, int]) -> list[FloatArray]:
    """Return the share of each pixel that each layer of a stack makes up, in its own box.

    Parameters
    ----------
    mattes : sequence of (Matte, Box)
        Layers, bottom to top.
    size : (int, int)
        (height, width) of the photograph.

    Raises
    ------
    InputError
        If a box leaves the photograph.
    """
    clear, around = _all_clear(mattes, size)
    out: list[FloatArray] = []
    for matte, box in reversed(mattes):
        view = clear[box.relative_to(around).slices]
        out.append(matte.alpha * view)
        view *= 1 - matte.alpha
    return out[::-1]


def _all_clear(mattes: Sequence[tuple[Matte, Box]], size: tuple[int, int]) -> tuple[FloatArray, Box]:
    """Return ones over the smallest box around all mattes, and that box: the canvas may be far larger."""
    around = Box(0, 0, 0, 0)
    for _, box in mattes:
        around = around.union(box)
    if around.intersect(Box.of_size(size)) != around:
        raise InputError(f"A matte reaches to {around}, beyond the photograph of {size} pixels.")
    return np.ones(around.size, np.float32), around
