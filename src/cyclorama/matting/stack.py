"""Mattes of several objects, stacked so that no seam of background shows between neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import from_samples
from cyclorama.core.matte import Matte
from cyclorama.protocol.errors import InputError

__all__ = ["stack_mattes", "visible_coverage"]

_HIDDEN = 1 / 512
_STRIP_ROWS = 256


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
    around = _around(mattes, size)
    if len(mattes) == 1:
        return list(mattes)
    clear = np.ones(around.size, np.float32)
    out: list[tuple[Matte, Box]] = []
    for matte, box in reversed(mattes):
        view = clear[box.relative_to(around).slices]
        stacked = np.empty(matte.size, np.float32)
        for top in range(0, box.height, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS)
            alpha, room = from_samples(matte.samples[rows]), view[rows]
            visible = np.minimum(alpha, room)
            # Under an opaque pixel nothing is known: the object's own matte says best whether it goes on there.
            shared = np.where(room > _HIDDEN, visible / np.maximum(room, _HIDDEN), alpha)
            stacked[rows] = np.clip(shared, 0, 1)
            view[rows] = np.maximum(room - visible, 0)
        stacked.flags.writeable = False
        out.append((Matte(stacked), box))
    return out[::-1]


def visible_coverage(
    mattes: Sequence[tuple[Matte, Box]], size: tuple[int, int]
) -> Iterator[tuple[int, FloatArray]]:
    """Give the share of each pixel that each layer of a stack makes up, in its own box, from the top down.

    Parameters
    ----------
    mattes : sequence of (Matte, Box)
        Layers, bottom to top.
    size : (int, int)
        (height, width) of the photograph.

    Yields
    ------
    number : int
        Place of the layer in ``mattes``.
    coverage : float32 (h, w), [0, 1]
        Its alpha times what the layers above leave clear. One at a time: all together are large.

    Raises
    ------
    InputError
        If a box leaves the photograph.
    """
    around = _around(mattes, size)
    if len(mattes) == 1:
        yield 0, mattes[0][0].alpha
        return
    # Half precision holds 0 and 1 exactly, and the rest far better than an estimate of colour needs.
    clear = np.ones(around.size, np.float16)
    for number in reversed(range(len(mattes))):
        matte, box = mattes[number]
        view = clear[box.relative_to(around).slices]
        visible = np.empty(matte.size, np.float32)
        for top in range(0, box.height, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS)
            alpha = from_samples(matte.samples[rows])
            visible[rows] = alpha * view[rows]
            view[rows] = view[rows] * (1 - alpha)
        yield number, visible


def _around(mattes: Sequence[tuple[Matte, Box]], size: tuple[int, int]) -> Box:
    """Return the smallest box around all mattes: the canvas may be far larger."""
    around = Box(0, 0, 0, 0)
    for _, box in mattes:
        around = around.union(box)
    if around.intersect(Box.of_size(size)) != around:
        raise InputError(f"A matte reaches to {around}, beyond the photograph of {size} pixels.")
    return around
