"""The colours of scribbles: green keeps, red drops, blue is unsure."""

from __future__ import annotations

import re

__all__ = ["DROP", "KEEP", "UNSURE", "marks_of"]

DROP, KEEP, UNSURE = 1, 2, 3

_PAINTED = re.compile(rb"[^\0]+")
#: Alpha below this is the soft rim of a stroke.
_LEAST_ALPHA = 64


def marks_of(rgba: bytes) -> bytes:
    """Return one mark for each pixel of straight 8-bit RGBA; colours that are none of the three are passed over."""
    alpha = rgba[3::4]
    marks = bytearray(len(alpha))
    # Strokes are few: a loop over what is painted, not over all pixels.
    for run in _PAINTED.finditer(alpha):
        for place in range(run.start(), run.end()):
            if alpha[place] >= _LEAST_ALPHA:
                marks[place] = _mark(rgba[4 * place : 4 * place + 3])
    return bytes(marks)


def _mark(color: bytes) -> int:
    red, green, _ = color
    top = max(color)
    # White, black and grey strokes mean nothing here.
    if top < 60 or top - min(color) < 40:
        return 0
    if top == green:
        return KEEP
    return DROP if top == red else UNSURE
