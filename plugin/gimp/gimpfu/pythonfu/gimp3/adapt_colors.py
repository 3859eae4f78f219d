"""Colour corrections: 2.10's old procedures count to 255, GIMP 3 to 1.

Levels, curves, and brightness and contrast work on linear light in GIMP 3's database, on the encoded values in 2.10.
"""

from __future__ import annotations

from typing import Any

from pythonfu.gimp3 import encoded
from pythonfu.gimp3.adapt_images import Adapter
from pythonfu.gimp3.native import Native

VALUE = 0


def on_encoded_values(n: Native, name: str, drawable: int, *arguments: Any) -> list[Any]:
    """Run a correction on the encoded values."""
    encoded.change(drawable, lambda copy: n(name, copy, *arguments))
    return []


def _levels(
    n: Native,
    drawable: int,
    channel: int,
    low_in: int,
    high_in: int,
    gamma: float,
    low_out: int,
    high_out: int,
) -> Any:
    low_in, high_in, low_out, high_out = (level / 255 for level in (low_in, high_in, low_out, high_out))  # type: ignore
    levels = "gimp-drawable-levels"
    return on_encoded_values(n, levels, drawable, channel, low_in, high_in, 0, gamma, low_out, high_out, 0)


def _curve(name: str) -> Adapter:
    return lambda n, drawable, channel, count, points: on_encoded_values(
        n, name, drawable, channel, [level / 255 for level in points[:count]]
    )


def _also(name: str) -> Adapter:
    return lambda n, *arguments: on_encoded_values(n, name, *arguments)


ADAPTERS: dict[str, Adapter] = {
    "gimp-levels": _levels,
    "gimp-drawable-levels": _also("gimp-drawable-levels"),
    "gimp-drawable-brightness-contrast": _also("gimp-drawable-brightness-contrast"),
    "gimp-drawable-curves-spline": lambda n, d, channel, count, points: on_encoded_values(
        n, "gimp-drawable-curves-spline", d, channel, points[:count]
    ),
    "gimp-drawable-curves-explicit": lambda n, d, channel, count, points: on_encoded_values(
        n, "gimp-drawable-curves-explicit", d, channel, points[:count]
    ),
    "gimp-levels-auto": lambda n, d: n("gimp-drawable-levels-stretch", d),
    "gimp-levels-stretch": lambda n, d: n("gimp-drawable-levels-stretch", d),
    "gimp-curves-spline": _curve("gimp-drawable-curves-spline"),
    "gimp-curves-explicit": _curve("gimp-drawable-curves-explicit"),
    "gimp-brightness-contrast": lambda n, d, brightness, contrast: on_encoded_values(
        n, "gimp-drawable-brightness-contrast", d, brightness / 127, contrast / 127
    ),
    "gimp-color-balance": lambda n, d, mode, preserve, red, green, blue: n(
        "gimp-drawable-color-balance", d, mode, preserve, red, green, blue
    ),
    "gimp-colorize": lambda n, d, hue, saturation, lightness: n(
        "gimp-drawable-colorize-hsl", d, hue, saturation, lightness
    ),
    "gimp-desaturate": lambda n, d: n("gimp-drawable-desaturate", d, 0),
    "gimp-desaturate-full": lambda n, d, mode: n("gimp-drawable-desaturate", d, mode),
    "gimp-equalize": lambda n, d, mask_only: n("gimp-drawable-equalize", d, mask_only),
    "gimp-histogram": lambda n, d, channel, start, end: n(
        "gimp-drawable-histogram", d, channel, start / 255, end / 255
    ),
    "gimp-hue-saturation": lambda n, d, where, hue, lightness, saturation: n(
        "gimp-drawable-hue-saturation", d, where, hue, lightness, saturation, 0.0
    ),
    "gimp-invert": lambda n, d: n("gimp-drawable-invert", d, 0),
    "gimp-posterize": lambda n, d, levels: n("gimp-drawable-posterize", d, min(levels, 255)),
    "gimp-threshold": lambda n, d, low, high: n("gimp-drawable-threshold", d, VALUE, low / 255, high / 255),
}
