"""Pixels as classic plug-ins reach them: regions, tiles, single ones. All of them 8-bit samples."""

from __future__ import annotations

from typing import Any

from pythonfu.backend import backend
from pythonfu.conversion import octets, whole
from pythonfu.parasite import PixelBytes

TILE = 64


def bounds(key: Any, first: int, size: int, what: str) -> tuple[int, int]:
    """Return the first and one past the last of an index or a slice along an axis that begins at `first`.

    Indices are the drawable's; negative ones count from the region's end, as `range` does.
    """
    if isinstance(key, slice):
        if key.step not in (None, 1):
            raise TypeError("steps other than 1 are not supported in a region of pixels")
        start = first if key.start is None else whole(key.start)
        stop = first + size if key.stop is None else whole(key.stop)
        start, stop = start + (size if start < 0 else 0), stop + (size if stop < 0 else 0)
    else:
        start = whole(key)
        start += size if start < 0 else 0
        stop = start + 1
    if not first <= start < first + size:
        raise IndexError(f"{what} subscript {start} is outside of {first}..{first + size - 1}")
    return start, min(stop, first + size)


class PixelRgn:
    """A box of a drawable: ``region[x, y]``, ``region[x0:x1, y0:y1]`` as bytes, channels interleaved."""

    def __init__(
        self, drawable: Any, x: Any, y: Any, width: Any, height: Any, dirty: bool = True, shadow: bool = False
    ) -> None:
        self.drawable, self.dirty, self.shadow = drawable, bool(dirty), bool(shadow)
        self.bpp = drawable.bpp
        self.resize(x, y, width, height)

    def resize(self, x: Any, y: Any, width: Any, height: Any) -> None:
        """Cover another box."""
        self.x, self.y, self.w, self.h = whole(x), whole(y), whole(width), whole(height)

    @property
    def rowstride(self) -> int:
        """Bytes in a row."""
        return self.w * int(self.bpp)

    def _box(self, key: Any) -> tuple[int, int, int, int]:
        across, down = key if isinstance(key, tuple) else (key, slice(None))
        left, right = bounds(across, self.x, self.w, "x")
        top, bottom = bounds(down, self.y, self.h, "y")
        return left, top, max(0, right - left), max(0, bottom - top)

    def __getitem__(self, key: Any) -> PixelBytes:
        return PixelBytes(backend().read_pixels(self.drawable.ID, self._box(key), self.shadow))

    def __setitem__(self, key: Any, value: Any) -> None:
        box, data = self._box(key), octets(value)
        wanted = box[2] * box[3] * self.bpp
        if len(data) != wanted:
            raise TypeError(
                f"{len(data)} bytes were given for {box[2]} x {box[3]} pixels of {self.bpp}: {wanted} fit"
            )
        backend().write_pixels(self.drawable.ID, box, self.shadow, data)

    def __repr__(self) -> str:
        return f"<gimp.PixelRgn of {self.drawable!r}>"


class Tile:
    """A square of 64 x 64 pixels, smaller at the right and lower edge: ``tile[x, y]`` or ``tile[k]``."""

    def __init__(self, drawable: Any, shadow: bool, row: Any, col: Any) -> None:
        self.drawable, self.shadow, self.bpp = drawable, bool(shadow), drawable.bpp
        self._left, self._top = whole(col) * TILE, whole(row) * TILE
        self.ewidth = min(TILE, drawable.width - self._left)
        self.eheight = min(TILE, drawable.height - self._top)
        if self.ewidth <= 0 or self.eheight <= 0 or self._left < 0 or self._top < 0:
            raise IndexError(f"there is no tile in row {row}, column {col}")
        self.tile_num = whole(row) * -(-drawable.width // TILE) + whole(col)
        self.ref_count, self.dirty = 1, False
        self._data = bytearray(backend().read_pixels(drawable.ID, self._box(), self.shadow))

    def _box(self) -> tuple[int, int, int, int]:
        return self._left, self._top, self.ewidth, self.eheight

    def _at(self, key: Any) -> slice:
        x, y = key if isinstance(key, tuple) else (whole(key) % self.ewidth, whole(key) // self.ewidth)
        if not (0 <= whole(x) < self.ewidth and 0 <= whole(y) < self.eheight):
            raise IndexError(f"pixel {key} is outside of a tile of {self.ewidth} x {self.eheight}")
        start = (whole(y) * self.ewidth + whole(x)) * self.bpp
        return slice(start, start + self.bpp)

    def __len__(self) -> int:
        return int(self.ewidth * self.eheight)

    def __getitem__(self, key: Any) -> PixelBytes:
        return PixelBytes(self._data[self._at(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        data = octets(value)
        if len(data) != self.bpp:
            raise TypeError(f"{len(data)} bytes were given for a pixel of {self.bpp}")
        self._data[self._at(key)] = data
        self.dirty = True
        _dirty.append(self)

    def flush(self) -> None:
        """Write what changed."""
        if self.dirty:
            backend().write_pixels(self.drawable.ID, self._box(), self.shadow, bytes(self._data))
            self.dirty = False


#: Held, so that a tile that the plug-in lets go of is written, too.
_dirty: list[Tile] = []


def flush_tiles() -> None:
    """Write the tiles that changed, in the order of the changes."""
    for tile in _dirty:
        tile.flush()
    _dirty.clear()


class PixelFetcher:
    """Single pixels, with a rule for those outside: ``fetcher[x, y]``."""

    def __init__(
        self, drawable: Any, shadow: bool = False, bg_color: Any = (0, 0, 0), edge_mode: int = 0
    ) -> None:
        self._drawable, self._shadow = drawable, bool(shadow)
        self.bg_color, self.edge_mode = bg_color, edge_mode
        self.width, self.height, self.bpp = drawable.width, drawable.height, drawable.bpp

    def _inside(self, x: int, y: int) -> tuple[int, int] | None:
        if 0 <= x < self.width and 0 <= y < self.height:
            return x, y
        if self.edge_mode == 1:
            return x % self.width, y % self.height
        if self.edge_mode == 2:
            return min(max(x, 0), self.width - 1), min(max(y, 0), self.height - 1)
        return None

    def get_pixel(self, x: Any, y: Any) -> PixelBytes:
        """Return a pixel's samples."""
        place = self._inside(whole(x), whole(y))
        if place is None:
            outside = octets(list(self.bg_color)[:3]) if self.edge_mode == 4 else bytes(3)
            return PixelBytes((outside + b"\xff")[: self.bpp] if self.bpp != 1 else outside[:1])
        return PixelBytes(backend().read_pixels(self._drawable.ID, (*place, 1, 1), self._shadow))

    def put_pixel(self, x: Any, y: Any, pixel: Any) -> None:
        """Write a pixel's samples; outside, nothing."""
        place = self._inside(whole(x), whole(y))
        if place is not None:
            backend().write_pixels(self._drawable.ID, (*place, 1, 1), self._shadow, octets(pixel))

    def __getitem__(self, key: Any) -> PixelBytes:
        return self.get_pixel(*key)

    def __setitem__(self, key: Any, value: Any) -> None:
        x, y = key
        self.put_pixel(x, y, value)
