"""Between the objects that a plug-in holds and the plain values of `kinds`."""

from __future__ import annotations

from typing import Any, Callable

import gimpcolor

from pythonfu.kinds import ARRAYS, INTEGERS, ITEMS, Plain


def to_plain(letter: str, value: Any) -> Plain:
    """Return the plain value for a parameter of a kind.

    Python 2's habits pass: floats and text where a whole number is wanted, None for no item, any colour.

    Raises
    ------
    TypeError
        If the value cannot mean what the kind says.
    """
    if letter in INTEGERS:
        return whole(value)
    if letter == "f":
        return float(value)
    if letter == "s":
        return text(value)
    if letter == "c":
        return color(value)
    if letter in ITEMS or letter in "md":
        return handle(value)
    if letter == "p":
        return None if value is None else (value.name, int(value.flags), octets(value.data))
    if letter in ARRAYS or letter == "W":
        return _array(letter, value)
    raise TypeError(f"no kind of value is written {letter!r}")


def _array(letter: str, value: Any) -> Plain:
    if value is None:
        return b"" if letter == "B" else []
    if letter == "B":
        return octets(value)
    if letter == "W":
        return [handle(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
    one: Callable[[Any], Any] = {"I": whole, "H": whole, "F": float, "S": text, "C": color}[letter]
    return [one(item) for item in value]


def whole(value: Any) -> int:
    """Return a whole number: of a float its part before the point, of an object with an ID that ID."""
    if value is None:
        return 0
    if hasattr(value, "ID"):
        return int(value.ID)
    if isinstance(value, str) and len(value) == 1 and not value.isdigit():
        return ord(value)
    return int(value)


def text(value: Any) -> str | None:
    """Return text; bytes are read as UTF-8, then as Latin-1."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("latin-1")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    raise TypeError(f"text is wanted, not {type(value).__name__}")


def octets(value: Any) -> bytes:
    """Return bytes, of text as Latin-1 (Python 2's str), of numbers one each."""
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if hasattr(value, "tobytes"):
        return bytes(value.tobytes())
    return bytes(int(item) & 255 for item in value)


def color(value: Any) -> tuple[float, ...]:
    """Return red, green, blue, alpha in [0, 1]."""
    if isinstance(value, (str, bytes)):
        return gimpcolor.rgb_parse_css(str(text(value))).floats()
    if isinstance(value, (gimpcolor.HSV, gimpcolor.HSL, gimpcolor.CMYK)):
        return value.to_rgb().floats()
    if isinstance(value, gimpcolor.RGB):
        return value.floats()
    return gimpcolor.RGB(*value).floats()


def handle(value: Any) -> int:
    """Return an object's number, -1 for none."""
    if value is None:
        return -1
    if isinstance(value, int):
        return value
    if hasattr(value, "ID"):
        return int(value.ID)
    raise TypeError(f"an image, layer, channel, path or display is wanted, not {type(value).__name__}")


def from_plain(letter: str, value: Plain) -> Any:
    """Return what a plug-in gets for a plain value."""
    if letter in ITEMS or letter in "md":
        return _objects(letter, value)
    if letter == "c":
        return gimpcolor.RGB(*value)  # type: ignore[misc]
    if letter == "C":
        return tuple(gimpcolor.RGB(*item) for item in value)  # type: ignore[union-attr]
    if letter == "p":
        from pythonfu.parasite import Parasite

        return None if value is None else Parasite(*value)  # type: ignore[misc]
    if letter == "W":
        items = [_objects("w", item) for item in value]  # type: ignore[union-attr]
        return items[0] if items else None
    return tuple(value) if letter in ARRAYS else value  # type: ignore[arg-type]


def _objects(letter: str, value: Any) -> Any:
    from pythonfu import image, item

    if letter == "m":
        return image.Image.from_id(value)
    if letter == "d":
        return image.Display.from_id(value)
    return item.item_of(value)
