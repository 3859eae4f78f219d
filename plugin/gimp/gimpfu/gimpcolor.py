"""Colours as classic plug-ins know them: ``gimpcolor.RGB`` and its relatives."""

from __future__ import annotations

import colorsys
import re
from typing import Any, ClassVar, Iterator, Sequence

__all__ = ["CMYK", "HSL", "HSV", "RGB", "rgb_names", "rgb_parse_css", "rgb_parse_hex", "rgb_parse_name"]

RGB_COMPOSITE_NONE, RGB_COMPOSITE_NORMAL, RGB_COMPOSITE_BEHIND = 0, 1, 2
RGB_LUMINANCE_RED, RGB_LUMINANCE_GREEN, RGB_LUMINANCE_BLUE = 0.22248840, 0.71690369, 0.06060791

#: The sixteen names of HTML, orange, and transparent.
NAMES = {
    "aqua": "00ffff", "black": "000000", "blue": "0000ff", "cyan": "00ffff", "fuchsia": "ff00ff", "gray": "808080",
    "green": "008000", "grey": "808080", "lime": "00ff00", "magenta": "ff00ff", "maroon": "800000", "navy": "000080",
    "olive": "808000", "orange": "ffa500", "pink": "ffc0cb", "purple": "800080", "red": "ff0000", "silver": "c0c0c0",
    "teal": "008080", "transparent": "00000000", "white": "ffffff", "yellow": "ffff00",
}  # fmt: skip


def channel(value: Any) -> float:
    """Return a component as a float: whole numbers count from 0 to 255, floats from 0 to 1."""
    return float(value) if isinstance(value, float) else int(value) / 255.0


class _Components:
    """A colour that reads as a sequence of whole numbers from 0 to 255 and keeps floats from 0 to 1."""

    names: tuple[str, ...] = ()
    aliases: ClassVar[dict[str, str]] = {}

    def __init__(self, *components: Any) -> None:
        wanted = len(self.names)
        if len(components) == 1 and isinstance(components[0], (Sequence, _Components)):
            components = tuple(components[0])
        if wanted - 1 == len(components):
            components = (*components, 1.0)
        if len(components) != wanted:
            raise TypeError(
                f"{type(self).__name__} takes {wanted - 1} or {wanted} components, not {len(components)}"
            )
        for name, value in zip(self.names, components):
            setattr(self, name, channel(value))

    def __getattr__(self, name: str) -> Any:
        if name in type(self).aliases:
            return getattr(self, type(self).aliases[name])
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, type(self).aliases.get(name, name), channel(value))

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            return getattr(self, key)
        return tuple(max(0, min(255, round(value * 255))) for value in self.floats())[key]

    def __setitem__(self, key: int, value: Any) -> None:
        setattr(self, self.names[key], value)

    def __iter__(self) -> Iterator[int]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, type(self)):
            return self.floats() == other.floats()
        if isinstance(other, (tuple, list)):
            return tuple(self)[: len(other)] == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.floats())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.floats()}"

    def floats(self) -> tuple[float, ...]:
        """Return the components, [0, 1]."""
        return tuple(getattr(self, name) for name in self.names)

    def set(self, *components: Any) -> None:
        """Take new components; those left out stay."""
        for name, value in zip(self.names, components):
            setattr(self, name, value)

    def set_alpha(self, alpha: Any) -> None:
        """Take a new alpha."""
        self.a = alpha


class RGB(_Components):
    """Red, green, blue, alpha; sRGB-encoded."""

    names = ("r", "g", "b", "a")
    aliases: ClassVar[dict[str, str]] = {"red": "r", "green": "g", "blue": "b", "alpha": "a"}

    def _each(self, other: Any, how: Any, with_alpha: bool) -> RGB:
        other = RGB(*other) if isinstance(other, (tuple, list)) else other
        mine, theirs = self.floats(), other.floats() if isinstance(other, RGB) else (float(other),) * 4
        mixed = [how(a, b) for a, b in zip(mine, theirs)]
        return RGB(*mixed[:3], mixed[3] if with_alpha else self.a)

    def __add__(self, other: Any) -> RGB:
        return self._each(other, lambda a, b: a + b, True)

    def __sub__(self, other: Any) -> RGB:
        return self._each(other, lambda a, b: a - b, True)

    def __mul__(self, factor: Any) -> RGB:
        return self._each(factor, lambda a, b: a * b, True)

    def add(self, color: Any, with_alpha: bool = False) -> None:
        """Add a colour in place."""
        self.set(*self._each(color, lambda a, b: a + b, with_alpha).floats())

    def subtract(self, color: Any, with_alpha: bool = False) -> None:
        """Subtract a colour in place."""
        self.set(*self._each(color, lambda a, b: a - b, with_alpha).floats())

    def multiply(self, factor: float, with_alpha: bool = False) -> None:
        """Multiply in place."""
        self.set(*self._each(float(factor), lambda a, b: a * b, with_alpha).floats())

    def clamp(self) -> None:
        """Bring every component into [0, 1]."""
        self.set(*(max(0.0, min(1.0, value)) for value in self.floats()))

    def gamma(self, gamma: float) -> None:
        """Raise red, green and blue to 1 / gamma."""
        self.set(*(max(0.0, value) ** (1.0 / gamma) for value in self.floats()[:3]))

    def distance(self, color: Any, alpha: bool = True) -> float:
        """Return the sum of the absolute differences."""
        pairs = list(zip(self.floats(), RGB(*color).floats()))[: 4 if alpha else 3]
        return sum(abs(a - b) for a, b in pairs)

    def max(self) -> float:
        """Return the largest of red, green, blue."""
        return max(self.floats()[:3])

    def min(self) -> float:
        """Return the smallest of red, green, blue."""
        return min(self.floats()[:3])

    def luminance(self) -> float:
        """Return the weighted sum of red, green, blue."""
        weights = (RGB_LUMINANCE_RED, RGB_LUMINANCE_GREEN, RGB_LUMINANCE_BLUE)
        return sum(float(weight * value) for weight, value in zip(weights, self.floats()))

    def to_hsv(self) -> HSV:
        """Return hue, saturation, value."""
        return HSV(*colorsys.rgb_to_hsv(self.r, self.g, self.b), self.a)

    def to_hsl(self) -> HSL:
        """Return hue, saturation, lightness."""
        hue, lightness, saturation = colorsys.rgb_to_hls(self.r, self.g, self.b)
        return HSL(hue, saturation, lightness, self.a)

    def to_cmyk(self, pullout: float = 1.0) -> CMYK:
        """Return cyan, magenta, yellow, black."""
        cyan, magenta, yellow = 1 - self.r, 1 - self.g, 1 - self.b
        black = min(cyan, magenta, yellow)
        if black >= 1.0:
            return CMYK(0.0, 0.0, 0.0, 1.0, self.a)
        black *= pullout
        return CMYK(*((value - black) / (1 - black) for value in (cyan, magenta, yellow)), black, self.a)

    def parse_name(self, name: str) -> None:
        """Take the colour of a name."""
        self.set(*rgb_parse_name(name).floats())

    def parse_hex(self, hex: str) -> None:
        """Take the colour of ``#rrggbb``."""
        self.set(*rgb_parse_hex(hex).floats())

    def parse_css(self, css: str, with_alpha: bool = False) -> None:
        """Take the colour of a CSS expression."""
        self.set(*rgb_parse_css(css).floats()[: 4 if with_alpha else 3])


class HSV(_Components):
    """Hue, saturation, value, alpha; all in [0, 1]."""

    names = ("h", "s", "v", "a")
    aliases: ClassVar[dict[str, str]] = {"hue": "h", "saturation": "s", "value": "v", "alpha": "a"}

    def to_rgb(self) -> RGB:
        """Return red, green, blue."""
        return RGB(*colorsys.hsv_to_rgb(self.h, self.s, self.v), self.a)


class HSL(_Components):
    """Hue, saturation, lightness, alpha; all in [0, 1]."""

    names = ("h", "s", "l", "a")
    aliases: ClassVar[dict[str, str]] = {"hue": "h", "saturation": "s", "lightness": "l", "alpha": "a"}

    def to_rgb(self) -> RGB:
        """Return red, green, blue."""
        return RGB(*colorsys.hls_to_rgb(self.h, self.l, self.s), self.a)


class CMYK(_Components):
    """Cyan, magenta, yellow, black, alpha; all in [0, 1]."""

    names = ("c", "m", "y", "k", "a")
    aliases: ClassVar[dict[str, str]] = {
        "cyan": "c",
        "magenta": "m",
        "yellow": "y",
        "black": "k",
        "alpha": "a",
    }

    def to_rgb(self) -> RGB:
        """Return red, green, blue."""
        return RGB(
            *(1.0 - min(1.0, value * (1.0 - self.k) + self.k) for value in (self.c, self.m, self.y)), self.a
        )


def rgb_parse_hex(hex: str) -> RGB:
    """Return the colour of ``#rgb``, ``#rrggbb`` or ``#rrggbbaa``."""
    digits = hex.strip().lstrip("#")
    if not re.fullmatch("[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}", digits):
        raise ValueError(f"{hex!r} is no colour; wanted is #rrggbb")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return RGB(*(int(digits[k : k + 2], 16) for k in range(0, len(digits), 2)))


def rgb_parse_name(name: str) -> RGB:
    """Return the colour of a name."""
    if name.strip().lower() not in NAMES:
        raise ValueError(f"{name!r} is no colour that is known here; #rrggbb always works")
    return rgb_parse_hex(NAMES[name.strip().lower()])


def rgb_parse_css(css: str, with_alpha: bool = False) -> RGB:
    """Return the colour of a name, ``#rrggbb``, ``rgb(255, 0, 0)``, ``rgba(100%, 0%, 0%, 0.5)`` or ``hsl(...)``."""
    call = re.fullmatch(r"(rgba?|hsla?)\(([^)]*)\)", css.strip().lower())
    if call is None:
        return rgb_parse_hex(css) if css.strip().startswith("#") else rgb_parse_name(css)
    kind, parts = call.group(1), [part.strip() for part in call.group(2).split(",")]
    alpha = float(parts[3]) if len(parts) > 3 else 1.0
    percent = [float(part[:-1]) / 100 if part.endswith("%") else float(part) / 255 for part in parts[:3]]
    if kind.startswith("hsl"):
        return HSL(float(parts[0]) / 360, percent[1], percent[2], alpha).to_rgb()
    return RGB(*percent, alpha)


def rgb_names() -> tuple[str, ...]:
    """Return the names that `rgb_parse_name` knows."""
    return tuple(NAMES)
