"""Filling, copying, selecting, text: GIMP 3 takes from the context what 2.10 took as arguments."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from pythonfu.gimp3 import values
from pythonfu.gimp3.adapt_images import Adapter, first, within_context
from pythonfu.gimp3.binding import Gimp
from pythonfu.gimp3.native import Native

#: 2.10's bucket fill modes as fill types of 2.10.
BUCKET = {0: 0, 1: 1, 2: 4}
GRADIENT = {0: "gradient-fg-bg-rgb", 1: "gradient-fg-bg-hsv-cw", 2: "gradient-fg-transparent"}


def _selecting(
    n: Native, antialias: int, feather: int, radius: Sequence[float], action: Callable[[], Any], **more: Any
) -> Any:
    settings: dict[str, tuple[Any, ...]] = {"antialias": (antialias,), "feather": (feather,)}
    settings["feather-radius"] = (radius[0], radius[-1])
    settings.update({name.replace("_", "-"): (value,) for name, value in more.items()})
    return within_context(n, settings, action)


def _rectangle(
    n: Native,
    image: int,
    x: float,
    y: float,
    width: float,
    height: float,
    op: int,
    feather: int,
    radius: float,
) -> Any:
    shape = (image, op, x, y, width, height)
    return _selecting(n, 1, feather, [radius], lambda: n("gimp-image-select-rectangle", *shape))


def _round_rectangle(
    n: Native, image: int, x: float, y: float, width: float, height: float, rx: float, ry: float, op: int,
    antialias: int, feather: int, feather_x: float, feather_y: float,
) -> Any:  # fmt: skip
    shape = (image, op, x, y, width, height, rx, ry)
    return _selecting(
        n, antialias, feather, [feather_x, feather_y], lambda: n("gimp-image-select-round-rectangle", *shape)
    )


def _ellipse(
    n: Native, image: int, x: float, y: float, width: float, height: float, op: int, antialias: int, feather: int,
    radius: float,
) -> Any:  # fmt: skip
    shape = (image, op, x, y, width, height)
    return _selecting(n, antialias, feather, [radius], lambda: n("gimp-image-select-ellipse", *shape))


def _polygon(
    n: Native,
    image: int,
    count: int,
    points: list[float],
    op: int,
    antialias: int,
    feather: int,
    radius: float,
) -> Any:
    shape = (image, op, points[:count])
    return _selecting(n, antialias, feather, [radius], lambda: n("gimp-image-select-polygon", *shape))


def _fuzzy(
    n: Native, drawable: int, x: float, y: float, threshold: int, op: int, antialias: int, feather: int, rx: float,
    ry: float, merged: int, transparent: int = 0, criterion: int = 0,
) -> Any:  # fmt: skip
    image = n("gimp-item-get-image", drawable)[0]
    return _selecting(
        n, antialias, feather, [rx, ry],
        lambda: n("gimp-image-select-contiguous-color", image, op, drawable, x, y),
        sample_threshold_int=threshold, sample_merged=merged, sample_transparent=transparent,
        sample_criterion=criterion,
    )  # fmt: skip


def _by_color(
    n: Native, drawable: int, color: Any, threshold: int, op: int, antialias: int, feather: int, rx: float, ry: float,
    merged: int, transparent: int = 0, criterion: int = 0,
) -> Any:  # fmt: skip
    image = n("gimp-item-get-image", drawable)[0]
    return _selecting(
        n, antialias, feather, [rx, ry],
        lambda: n("gimp-image-select-color", image, op, drawable, color),
        sample_threshold_int=threshold, sample_merged=merged, sample_transparent=transparent,
        sample_criterion=criterion,
    )  # fmt: skip


def _select_item(n: Native, item: int, op: int = 2) -> Any:
    return n("gimp-image-select-item", n("gimp-item-get-image", item)[0], op, item)


def _to_selection(n: Native, path: int, op: int, antialias: int, feather: int, rx: float, ry: float) -> Any:
    return _selecting(n, antialias, feather, [rx, ry], lambda: _select_item(n, path, op))


def _float(n: Native, drawable: int, x: int, y: int) -> list[Any]:
    item = values.item_of(drawable)
    return [Gimp.Selection.float(item.get_image(), [item], x, y).get_id()]


def _bucket(
    n: Native, drawable: int, mode: int, paint_mode: int, opacity: float, threshold: float, merged: int,
    transparent: int, criterion: int, x: float, y: float,
) -> Any:  # fmt: skip
    """Fill the selection; without one, the area around a point, as 2.10 did."""
    fill, image = BUCKET[mode], n("gimp-item-get-image", drawable)[0]
    settings = {
        "paint-mode": (paint_mode,), "opacity": (opacity,), "sample-threshold-int": (int(threshold),),
        "sample-merged": (merged,), "sample-transparent": (transparent,), "sample-criterion": (criterion,),
    }  # fmt: skip
    if n("gimp-selection-is-empty", image)[0]:
        return within_context(n, settings, lambda: n("gimp-drawable-edit-bucket-fill", drawable, fill, x, y))
    return within_context(n, settings, lambda: n("gimp-drawable-edit-fill", drawable, fill))


def _blend(
    n: Native, drawable: int, blend: int, paint_mode: int, kind: int, opacity: float, offset: float, repeat: int,
    reverse: int, supersample: int, depth: int, threshold: float, dither: int, *line: float,
) -> Any:  # fmt: skip
    settings: dict[str, tuple[Any, ...]] = {GRADIENT[blend]: ()} if blend in GRADIENT else {}
    settings.update(
        {"paint-mode": (paint_mode,), "opacity": (opacity,), "gradient-repeat-mode": (repeat,),
         "gradient-reverse": (reverse,)}
    )  # fmt: skip
    rest = (kind, offset, supersample, min(max(depth, 1), 9), min(max(threshold, 0.0), 4.0), dither, *line)
    return within_context(n, settings, lambda: n("gimp-drawable-edit-gradient-fill", drawable, *rest))


def _pixels_high(n: Native, size: float, size_type: int, image: int) -> float:
    """Return a text's size in pixels; 2.10 also took points."""
    if size_type != 1:
        return size
    vertical = n("gimp-image-get-resolution", image)[1] if image >= 0 else 72.0
    return float(size * vertical / 72.0)


def _text(
    n: Native, image: int, drawable: int, x: float, y: float, text: str, border: int, antialias: int, size: float,
    size_type: int, *font: str,
) -> Any:  # fmt: skip
    name = font[0] if len(font) == 1 else font[1]
    size = _pixels_high(n, size, size_type, image)
    return n("gimp-text-font", image, drawable, x, y, text, border, antialias, size, name)


def _extents(n: Native, text: str, size: float, size_type: int, *font: str) -> Any:
    name = font[0] if len(font) == 1 else font[1]
    *box, descent = n("gimp-text-get-extents-font", text, _pixels_high(n, size, size_type, -1), name)
    # 2.10 counts upwards.
    return [*box, -descent]


def _offset(n: Native, drawable: int, wrap: int, fill: int, x: int, y: int) -> Any:
    color = n("gimp-context-get-background")[0]
    return n("gimp-drawable-offset", drawable, wrap, 2 if wrap else fill, color, x, y)


ADAPTERS: dict[str, Adapter] = {
    "gimp-edit-paste": lambda n, drawable, into: first(n("gimp-edit-paste", drawable, into)[0]),
    "gimp-edit-bucket-fill": lambda n, d, mode, paint, opacity, threshold, merged, x, y: _bucket(
        n, d, mode, paint, opacity, threshold, merged, 0, 0, x, y
    ),
    "gimp-bucket-fill": lambda n, d, mode, paint, opacity, threshold, merged, x, y: _bucket(
        n, d, mode, paint, opacity, threshold, merged, 0, 0, x, y
    ),
    "gimp-edit-bucket-fill-full": _bucket,
    "gimp-edit-blend": _blend,
    "gimp-blend": _blend,
    "gimp-rect-select": _rectangle,
    "gimp-ellipse-select": _ellipse,
    "gimp-round-rect-select": _round_rectangle,
    "gimp-free-select": _polygon,
    "gimp-fuzzy-select": lambda n, d, x, y, threshold, op, antialias, feather, radius, merged: _fuzzy(
        n, d, x, y, threshold, op, antialias, feather, radius, radius, merged
    ),
    "gimp-fuzzy-select-full": _fuzzy,
    "gimp-by-color-select": lambda n, d, color, threshold, op, antialias, feather, radius, merged: _by_color(
        n, d, color, threshold, op, antialias, feather, radius, radius, merged
    ),
    "gimp-by-color-select-full": _by_color,
    "gimp-selection-layer-alpha": _select_item,
    "gimp-selection-load": _select_item,
    "gimp-selection-combine": _select_item,
    "gimp-selection-float": _float,
    "gimp-vectors-to-selection": _to_selection,
    "gimp-text": _text,
    "gimp-text-fontname": _text,
    "gimp-text-get-extents": _extents,
    "gimp-text-get-extents-fontname": _extents,
    "gimp-text-layer-get-hinting": lambda n, layer: [
        int(n("gimp-text-layer-get-hint-style", layer)[0] > 0),
        0,
    ],
    "gimp-text-layer-set-hinting": lambda n, layer, hinting, auto: n(
        "gimp-text-layer-set-hint-style", layer, 2 if hinting else 0
    ),
    "gimp-drawable-offset": _offset,
    "gimp-channel-ops-offset": _offset,
    "gimp-color-picker": lambda n, image, d, x, y, merged, average, radius: n(
        "gimp-image-pick-color", image, [d], x, y, merged, average, radius
    ),
}
