"""Plug-ins that GIMP 3 kept, with other arguments."""

from __future__ import annotations

from typing import Any

from pythonfu.gimp3.adapt_images import Adapter
from pythonfu.gimp3.native import Native


def _grid(n: Native, image: int, drawable: int, *rest: Any) -> Any:
    """Put each opacity, [0, 255], into its colour."""
    given: list[Any] = [image, drawable]
    for k in (0, 5, 10):
        width, space, offset, color, opacity = rest[k : k + 5]
        given += [width, space, offset, (*color[:3], opacity / 255)]
    return n("plug-in-grid", *given)


def _decompose(n: Native, image: int, drawable: int, kind: str, layers: int) -> Any:
    return n("plug-in-decompose", image, drawable, kind.lower(), layers, 0)


def _compose(name: str) -> Adapter:
    return lambda n, image, drawable, second, third, fourth, kind: n(
        name, image, drawable, second, third, fourth, kind.lower()
    )


def _lighting(n: Native, image: int, drawable: int, *rest: Any) -> Any:
    """Fill what is new in between with its default."""
    bump, environment, do_bump, do_environment, bump_kind, light_kind, color = rest[:7]
    position, direction, material = rest[7:10], rest[10:13], rest[13:18]
    antialias, new_image, transparent = rest[18:21]
    return n(
        "plug-in-lighting", image, drawable, bump, environment, do_bump, do_environment, bump_kind, 0.1, light_kind,
        color, 1.0, *position, *direction, *material, 0, antialias, new_image, transparent, 0.25,
    )  # fmt: skip


def _align(n: Native, image: int, drawable: int, link: int, bottom: int) -> Any:
    return n("plug-in-align-layers", image, drawable, 0, 0, 0, 0, 10, 0, bottom)


def _pagecurl(
    n: Native, image: int, drawable: int, colors: int, edge: int, orientation: int, shade: int
) -> Any:
    corner = ("lower-right", "lower-left", "upper-left", "upper-right")[(edge - 1) % 4]
    return n("plug-in-pagecurl", image, drawable, colors, corner, orientation, shade)


def _map_object(n: Native, image: int, drawable: int, *rest: Any) -> Any:
    """Put the last third in GIMP 3's order, and fill what is new with its default."""
    geometry, (antialias, tiled, new_image, transparent), sizes = rest[:29], rest[29:33], rest[33:38]
    radius, x, y, z, length = sizes
    box, ends = rest[38:44], rest[44:46]
    return n(
        "plug-in-map-object", image, drawable, *geometry, antialias, 3.0, 0.25, tiled, new_image, 0, transparent,
        radius, *box, x, y, z, *ends, radius, length,
    )  # fmt: skip


def _screenshot(n: Native, kind: int, window: int, x1: int, y1: int, x2: int, y2: int) -> Any:
    return n("plug-in-screenshot", kind, x1, y1, x2, y2)


ADAPTERS: dict[str, Adapter] = {
    "plug-in-grid": _grid,
    "plug-in-decompose": _decompose,
    "plug-in-compose": _compose("plug-in-compose"),
    "plug-in-drawable-compose": _compose("plug-in-drawable-compose"),
    "plug-in-lighting": _lighting,
    "plug-in-align-layers": _align,
    "plug-in-pagecurl": _pagecurl,
    "plug-in-screenshot": _screenshot,
    "plug-in-map-object": _map_object,
    "plug-in-metadata-editor": lambda n, image: n("plug-in-metadata-editor", image, []),
    "plug-in-metadata-viewer": lambda n, image: n("plug-in-metadata-viewer", image, []),
    "plug-in-gfig": lambda n, image, drawable, dummy: n("plug-in-gfig", image, drawable),
}
