"""Brushes, gradients, palettes, patterns, fonts: names in 2.10, objects in GIMP 3."""

from __future__ import annotations

from typing import Any

from pythonfu.gimp3 import values
from pythonfu.gimp3.adapt_images import Adapter
from pythonfu.gimp3.binding import Babl, Gegl
from pythonfu.gimp3.native import Native

KINDS = {"brush": "GimpBrush", "gradient": "GimpGradient", "palette": "GimpPalette", "pattern": "GimpPattern"}


def _rename(kind: str) -> Adapter:
    def run(n: Native, old: str, new: str) -> list[Any]:
        resource = values.resource_of(kind, old)
        resource.rename(new)
        return [resource.get_name()]

    return run


def _buffer(buffer: Any, format_name: str) -> tuple[int, int, bytes]:
    box = buffer.get_extent()
    return box.width, box.height, bytes(buffer.get(box, 1.0, format_name, Gegl.AbyssPolicy.NONE))


def _brush_pixels(n: Native, name: str) -> list[Any]:
    brush = values.resource_of("GimpBrush", name)
    _, width, height, _, _ = brush.get_info()
    width, height, mask = _buffer(brush.get_mask(width, height, Babl.format("Y u8")), "Y u8")
    return [width, height, 1, len(mask), mask, 0, 0, b""]


def _pattern_pixels(n: Native, name: str) -> list[Any]:
    pattern = values.resource_of("GimpPattern", name)
    _, width, height, _ = pattern.get_info()
    width, height, data = _buffer(pattern.get_buffer(width, height, Babl.format("R'G'B' u8")), "R'G'B' u8")
    return [width, height, 3, len(data), data]


def _flat(colors: list[Any]) -> list[Any]:
    samples = [sample for color in colors for sample in color]
    return [len(samples), samples]


def _segment_color(side: str) -> Adapter:
    def get(n: Native, name: str, segment: int) -> list[Any]:
        color = n(f"gimp-gradient-segment-get-{side}-color", name, segment)[0]
        return [(*color[:3], 1.0), color[3] * 100]

    return get


def _set_segment_color(side: str) -> Adapter:
    return lambda n, name, segment, color, opacity: n(
        f"gimp-gradient-segment-set-{side}-color", name, segment, (*color[:3], opacity / 100)
    )


def _segment_range(name: str) -> Adapter:
    """Return a call whose range may end with -1, the last segment, as in 2.10."""

    def run(n: Native, gradient: str, start: int, end: int, *rest: Any) -> list[Any]:
        last = n("gimp-gradient-get-number-of-segments", gradient)[0] - 1 if end < 0 else end
        return n(name, gradient, start, last, *rest)

    return run


def _gradient_data(n: Native, name: str, size: int, reverse: int) -> list[Any]:
    gradient = values.resource_of("GimpGradient", name)
    samples = _flat(n("gimp-gradient-get-uniform-samples", gradient.get_name(), size, reverse)[0])
    return [gradient.get_name(), *samples]


def _palette_entry(n: Native, name: str, entry: int) -> list[Any]:
    palette = values.resource_of("GimpPalette", name)
    count = n("gimp-palette-get-color-count", palette.get_name())[0]
    return [palette.get_name(), count, n("gimp-palette-get-entry-color", palette.get_name(), entry)[0]]


def _active_palette(n: Native) -> list[Any]:
    name = n("gimp-context-get-palette")[0]
    return [name, n("gimp-palette-get-color-count", name)[0]]


def _active_pattern(n: Native) -> list[Any]:
    name = n("gimp-context-get-pattern")[0]
    return [name, *n("gimp-pattern-get-info", name)[:2]]


def _active_brush(n: Native) -> list[Any]:
    name = n("gimp-context-get-brush")[0]
    return [name, *n("gimp-brush-get-info", name)[:2], n("gimp-brush-get-spacing", name)[0]]


ADAPTERS: dict[str, Adapter] = {
    "gimp-brush-get-pixels": _brush_pixels,
    "gimp-pattern-get-pixels": _pattern_pixels,
    "gimp-brushes-get-brush": _active_brush,
    "gimp-patterns-get-pattern": _active_pattern,
    "gimp-palettes-get-palette": _active_palette,
    "gimp-palettes-get-palette-entry": _palette_entry,
    "gimp-brushes-get-spacing": lambda n: n("gimp-brush-get-spacing", ""),
    "gimp-brushes-set-spacing": lambda n, spacing: n("gimp-brush-set-spacing", "", spacing),
    "gimp-gradient-get-uniform-samples": lambda n, *arguments: _flat(
        n("gimp-gradient-get-uniform-samples", *arguments)[0]
    ),
    "gimp-gradient-get-custom-samples": lambda n, name, count, positions, reverse: _flat(
        n("gimp-gradient-get-custom-samples", name, positions[:count], reverse)[0]
    ),
    "gimp-gradients-sample-uniform": lambda n, count, reverse: _flat(
        n("gimp-gradient-get-uniform-samples", "", count, reverse)[0]
    ),
    "gimp-gradients-sample-custom": lambda n, count, positions, reverse: _flat(
        n("gimp-gradient-get-custom-samples", "", positions[:count], reverse)[0]
    ),
    "gimp-gradients-get-gradient-data": _gradient_data,
}
for _side in ("left", "right"):
    ADAPTERS[f"gimp-gradient-segment-get-{_side}-color"] = _segment_color(_side)
    ADAPTERS[f"gimp-gradient-segment-set-{_side}-color"] = _set_segment_color(_side)
for _step in (
    "blend-colors",
    "blend-opacity",
    "delete",
    "flip",
    "move",
    "redistribute-handles",
    "replicate",
    "set-blending-function",
    "set-coloring-type",
    "split-midpoint",
    "split-uniform",
):
    ADAPTERS[f"gimp-gradient-segment-range-{_step}"] = _segment_range(f"gimp-gradient-segment-range-{_step}")
for _kind, _type in KINDS.items():
    ADAPTERS[f"gimp-{_kind}-rename"] = _rename(_type)
    ADAPTERS[f"gimp-{_kind}-delete"] = lambda n, name, t=_type: values.resource_of(t, name).delete() and None
    ADAPTERS[f"gimp-{_kind}-duplicate"] = lambda n, name, t=_type: [
        values.resource_of(t, name).duplicate().get_name()
    ]
    ADAPTERS[f"gimp-{_kind}-is-editable"] = lambda n, name, t=_type: [
        int(values.resource_of(t, name).is_editable())
    ]
