"""Plain values to GimpParam and back."""

from __future__ import annotations

import ctypes as c
from typing import Any, Sequence

from pythonfu.gimp2.library import Color, Param, RawParasite
from pythonfu.kinds import INTEGERS, ITEMS, NUMBERS, Plain

CELLS: dict[str, Any] = {
    "I": c.c_int32,
    "H": c.c_int16,
    "B": c.c_uint8,
    "F": c.c_double,
    "S": c.c_char_p,
    "C": Color,
}


def octets(text: Any) -> bytes | None:
    """Return text as GIMP stores it; what came as bytes that are no UTF-8 goes out as them."""
    return None if text is None else str(text).encode("utf-8", "surrogateescape")


def text(raw: bytes | None) -> str | None:
    """Return what GIMP stored."""
    return None if raw is None else raw.decode("utf-8", "surrogateescape")


def _clipped(value: int, bits: int) -> int:
    """Return a number in its field: GIMP 2.10 took unsigned ones, too."""
    return c.c_int32(value).value if bits == 32 else value & ((1 << bits) - 1)


def fill(param: Param, letter: str, value: Any, keep: list[Any]) -> None:
    """Write a plain value into a parameter; what it points to goes into `keep`, which has to outlive the call."""
    param.type = NUMBERS[letter]
    data = param.data
    if letter in "bh":
        setattr(data, letter, _clipped(int(value), 8 if letter == "b" else 16))
    elif letter in INTEGERS or letter in ITEMS or letter in "md":
        data.i = _clipped(int(value), 32)
    elif letter == "f":
        data.f = float(value)
    elif letter == "s":
        keep.append(octets(value))
        data.s = keep[-1]
    elif letter == "c":
        data.color = Color(*(float(sample) for sample in value))
    elif letter == "p":
        _fill_parasite(data, value, keep)
    else:
        keep.append(array(letter, value))
        data.pointer = c.cast(keep[-1], c.c_void_p)


def _fill_parasite(data: Any, value: Any, keep: list[Any]) -> None:
    name, flags, content = value if value is not None else ("", 0, b"")
    keep += [octets(name), c.create_string_buffer(bytes(content), max(len(content), 1))]
    data.parasite = RawParasite(keep[-2], int(flags), len(content), c.cast(keep[-1], c.c_void_p))


def array(letter: str, value: Any) -> Any:
    """Return a C array."""
    if letter == "B":
        return (c.c_uint8 * max(len(value), 1)).from_buffer_copy(bytes(value) or b"\0")
    items: Sequence[Any] = list(value)
    if letter == "S":
        items = [octets(item) for item in items]
    elif letter == "C":
        items = [Color(*item) for item in items]
    return (CELLS[letter] * max(len(items), 1))(*items)


def read(param: Param, letter: str, count: int) -> Plain:
    """Return the plain value in a parameter; `count` is the length of an array."""
    data = param.data
    if letter in "bh":
        return int(getattr(data, letter))
    if letter in INTEGERS or letter in ITEMS or letter in "md":
        return int(data.i)
    if letter == "f":
        return float(data.f)
    if letter == "s":
        return text(data.s)
    if letter == "c":
        return tuple(getattr(data.color, part) for part in "rgba")
    if letter == "p":
        found = data.parasite
        content = c.string_at(found.data, found.size) if found.data and found.size else b""
        return None if found.name is None else (text(found.name) or "", int(found.flags), content)
    if not data.pointer or count <= 0:
        return b"" if letter == "B" else []
    cells = c.cast(data.pointer, c.POINTER(CELLS[letter] * count)).contents
    if letter == "B":
        return bytes(cells)
    if letter == "S":
        return [text(item) or "" for item in cells]
    if letter == "C":
        return [tuple(getattr(item, part) for part in "rgba") for item in cells]
    return list(cells)


def read_all(params: Any, letters: str) -> list[Plain]:
    """Return the plain values of parameters; the count of an array stands before it."""
    found: list[Plain] = []
    for k, letter in enumerate(letters):
        before = found[k - 1] if k else 0
        found.append(read(params[k], letter, before if isinstance(before, int) else 0))
    return found
