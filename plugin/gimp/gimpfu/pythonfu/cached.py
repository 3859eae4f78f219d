"""Pixels in bands between plug-in and GIMP: those who go pixel by pixel do not ask GIMP for each.

Small reads and writes go to bands of rows that are held here; any call that might see or change pixels puts back what
was written, and lets go.
"""

from __future__ import annotations

import re
from typing import Any, Sequence

from pythonfu.kinds import Plain

ROWS = 64
#: Larger boxes go to GIMP as they are, in pixels.
SMALL = 4096
#: Calls that neither see nor change pixels.
QUIET = re.compile(
    "gimp-(?:progress-.*|displays-flush|message|context-.*"
    "|(?:image|drawable)-(?:width|height|bpp|base-type|type|offsets|has-alpha|is-.*)"
    "|item-(?:is-.*|get-.*)|image-(?:undo-.*|get-(?:name|filename|resolution|selection|active-.*)))"
)


class Cached:
    """A back end whose pixels are held in bands; everything else is its own."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._sizes: dict[int, tuple[int, int, int]] = {}
        self._bands: dict[tuple[int, bool, int], bytearray] = {}
        self._written: set[tuple[int, bool, int]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def call(self, name: str, run_mode: int, arguments: Sequence[Plain]) -> list[Any]:
        """Run a procedure."""
        if not QUIET.fullmatch(name):
            self.let_go()
        return list(self._inner.call(name, run_mode, arguments))

    def read_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool) -> bytes:
        """Return the 8-bit samples of a box."""
        if not self._is_small(drawable, box):
            self.put_back()
            return bytes(self._inner.read_pixels(drawable, box, shadow))
        left, top, width, height = box
        found = bytearray()
        for y in range(top, top + height):
            band, start, end = self._row(drawable, shadow, left, y, width)
            found += band[start:end]
        return bytes(found)

    def write_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool, data: bytes) -> None:
        """Write the 8-bit samples of a box."""
        if not self._is_small(drawable, box):
            self.let_go()
            self._inner.write_pixels(drawable, box, shadow, data)
            return
        left, top, width, height = box
        stride = width * self._size(drawable)[2]
        for k in range(height):
            band, start, end = self._row(drawable, shadow, left, top + k, width)
            band[start:end] = data[k * stride : (k + 1) * stride]
            self._written.add((drawable, shadow, (top + k) // ROWS))

    def merge_shadow(self, drawable: int, undo: bool) -> None:
        """Take over what was written to the shadow."""
        self.let_go()
        self._inner.merge_shadow(drawable, undo)

    def put_back(self) -> None:
        """Write what was changed to GIMP."""
        for key in sorted(self._written):
            drawable, shadow, number = key
            self._inner.write_pixels(drawable, self._box(drawable, number), shadow, bytes(self._bands[key]))
        self._written.clear()

    def let_go(self) -> None:
        """Write what was changed to GIMP, and hold nothing any more."""
        if self._sizes:
            self.put_back()
            self._bands.clear()
            self._sizes.clear()

    def _is_small(self, drawable: int, box: tuple[int, int, int, int]) -> bool:
        left, top, width, height = box
        if not 0 < width * height <= SMALL or left < 0 or top < 0:
            return False
        whole_width, whole_height, _ = self._size(drawable)
        return left + width <= whole_width and top + height <= whole_height

    def _size(self, drawable: int) -> tuple[int, int, int]:
        """Return width, height and channels."""
        if drawable not in self._sizes:
            names = ("gimp-drawable-width", "gimp-drawable-height", "gimp-drawable-bpp")
            width, height, bpp = (int(self._inner.call(name, 1, [drawable])[0]) for name in names)
            self._sizes[drawable] = (width, height, bpp)
        return self._sizes[drawable]

    def _box(self, drawable: int, number: int) -> tuple[int, int, int, int]:
        width, height, _ = self._size(drawable)
        return 0, number * ROWS, width, min(ROWS, height - number * ROWS)

    def _row(self, drawable: int, shadow: bool, left: int, y: int, width: int) -> tuple[bytearray, int, int]:
        """Return a band, and where in it the pixels of a row begin and end."""
        key = (drawable, shadow, y // ROWS)
        if key not in self._bands:
            box = self._box(drawable, y // ROWS)
            self._bands[key] = bytearray(self._inner.read_pixels(drawable, box, shadow))
        whole_width, _, bpp = self._sizes[drawable]
        start = (y % ROWS * whole_width + left) * bpp
        return self._bands[key], start, start + width * bpp
