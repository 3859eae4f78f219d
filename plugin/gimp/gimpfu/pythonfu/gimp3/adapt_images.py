"""Images, layers and items: what GIMP 3 does with other arguments than 2.10, or in several steps."""

from __future__ import annotations

import sys
from typing import Any, Callable

from pythonfu.backend import backend
from pythonfu.gimp3 import values
from pythonfu.gimp3.binding import Gimp
from pythonfu.gimp3.native import Native

Adapter = Callable[..., Any]

#: Under this name an image notes the file that a plug-in says it is of.
FILENAME = "gimpfu-filename"
CHANNELS = {0: 3, 1: 4, 2: 1, 3: 2, 4: 1, 5: 2}


def first(numbers: list[Any]) -> list[Any]:
    """Return the first of several as the one result, -1 for none."""
    return [numbers[0] if numbers else -1]


def within_context(n: Native, settings: dict[str, tuple[Any, ...]], action: Callable[[], Any]) -> Any:
    """Do something with settings of the context, and leave the context as it was."""
    n("gimp-context-push")
    try:
        for name, arguments in settings.items():
            n(f"gimp-context-set-{name}", *arguments)
        return action()
    finally:
        n("gimp-context-pop")


def _active_drawable(n: Native, image: int) -> list[Any]:
    return first(n("gimp-image-get-selected-drawables", image)[0])


def _layer_copy(n: Native, layer: int, add_alpha: int) -> list[Any]:
    copy = n("gimp-layer-copy", layer)
    if add_alpha:
        n("gimp-layer-add-alpha", copy[0])
    return copy


def _set_linked(n: Native, item: int, linked: int) -> None:
    if linked:
        print("gimpfu: GIMP 3 has no linked items; this one stays alone", file=sys.stderr)  # noqa: T201


def _file_path(n: Native, image: int) -> str:
    """Return the path of the file that an image came from, or went to."""
    found = values.image_of(image)
    named = found.get_parasite(FILENAME)
    if named is not None:
        return bytes(named.get_data()).decode("utf-8")
    for file in (
        found.get_file(),
        found.get_xcf_file(),
        found.get_imported_file(),
        found.get_exported_file(),
    ):
        if file is not None:
            return str(file.get_path() or file.get_uri())
    return ""


def _set_file_path(n: Native, image: int, path: str) -> None:
    """Name an image's file; GIMP 3 takes only names of its own format, any other is noted in the image."""
    if path.lower().endswith((".xcf", ".xcf.gz", ".xcf.bz2", ".xcf.xz")):
        n("gimp-image-set-file", image, path)
    else:
        values.image_of(image).attach_parasite(Gimp.Parasite.new(FILENAME, 0, path.encode("utf-8")))


def _uri(file: Any) -> list[Any]:
    return [file.get_uri() if file is not None else ""]


def _get_colormap(n: Native, image: int) -> list[Any]:
    palette = values.image_of(image).get_palette()
    colors = palette.get_colors() if palette is not None else []
    data = bytes(round(sample * 255) for color in colors for sample in values.plain_color(color)[:3])
    return [len(data), data]


def _set_colormap(n: Native, image: int, count: int, data: bytes) -> None:
    palette = Gimp.Palette.new("gimpfu colormap")
    for k in range(0, min(count, len(data)), 3):
        palette.add_entry("", values.color_of((*(level / 255 for level in data[k : k + 3]), 1.0)))
    try:
        values.image_of(image).set_palette(palette)
    finally:
        palette.delete()


def _profile(profile: Any) -> list[Any]:
    data = b"" if profile is None else bytes(profile.get_icc_profile())
    return [len(data), data]


def _set_profile(n: Native, image: int, count: int, data: bytes) -> None:
    profile = Gimp.ColorProfile.new_from_icc_profile(data[:count]) if count else None
    values.image_of(image).set_color_profile(profile)


def _thumbnail(found: Any) -> list[Any]:
    data, width, height, bpp = found
    data = bytes(data.get_data() if hasattr(data, "get_data") else data)
    return [width, height, bpp, len(data), data]


def _insert_group(n: Native, image: int) -> list[Any]:
    return n("gimp-group-layer-new", image, "Layer Group")


def _bpp(n: Native, drawable: int) -> list[Any]:
    """Return the number of channels: classic plug-ins see 8 bits in any image."""
    return [CHANNELS[n("gimp-drawable-type", drawable)[0]]]


def _get_pixel(n: Native, drawable: int, x: int, y: int) -> list[Any]:
    data = backend().read_pixels(drawable, (x, y, 1, 1), False)
    return [len(data), data]


def _set_pixel(n: Native, drawable: int, x: int, y: int, count: int, data: bytes) -> None:
    backend().write_pixels(drawable, (x, y, 1, 1), False, data[:count])


def _is(test: str) -> Adapter:
    return lambda n, number: [int(number >= 0 and getattr(Gimp.Item, f"id_is_{test}")(number))]


ADAPTERS: dict[str, Adapter] = {
    "gimp-image-add-layer": lambda n, image, layer, at: n("gimp-image-insert-layer", image, layer, -1, at),
    "gimp-image-add-channel": lambda n, image, channel, at: n(
        "gimp-image-insert-channel", image, channel, -1, at
    ),
    "gimp-image-add-vectors": lambda n, image, path, at: n("gimp-image-insert-path", image, path, -1, at),
    "gimp-image-get-active-layer": lambda n, image: first(n("gimp-image-get-selected-layers", image)[0]),
    "gimp-image-set-active-layer": lambda n, image, layer: n(
        "gimp-image-set-selected-layers", image, [layer]
    ),
    "gimp-image-get-active-channel": lambda n, image: first(n("gimp-image-get-selected-channels", image)[0]),
    "gimp-image-set-active-channel": lambda n, image, one: n(
        "gimp-image-set-selected-channels", image, [one]
    ),
    "gimp-image-unset-active-channel": lambda n, image: n("gimp-image-set-selected-channels", image, []),
    "gimp-image-get-active-vectors": lambda n, image: first(n("gimp-image-get-selected-paths", image)[0]),
    "gimp-image-set-active-vectors": lambda n, image, path: n("gimp-image-set-selected-paths", image, [path]),
    "gimp-image-get-active-drawable": _active_drawable,
    "gimp-image-active-drawable": _active_drawable,
    "gimp-image-list": lambda n: [len(found := n("gimp-get-images")[0]), found],
    "gimp-image-is-valid": lambda n, image: [int(image >= 0 and Gimp.Image.id_is_valid(image))],
    "gimp-display-is-valid": lambda n, number: [int(number >= 0 and Gimp.Display.id_is_valid(number))],
    "gimp-image-merge-layer-group": lambda n, image, group: n("gimp-group-layer-merge", group),
    "gimp-image-remove-layer-mask": lambda n, image, layer, mode: n("gimp-layer-remove-mask", layer, mode),
    "gimp-image-scale-full": lambda n, image, width, height, how: within_context(
        n, {"interpolation": (how,)}, lambda: n("gimp-image-scale", image, width, height)
    ),
    "gimp-layer-scale-full": lambda n, layer, width, height, local, how: within_context(
        n, {"interpolation": (how,)}, lambda: n("gimp-layer-scale", layer, width, height, local)
    ),
    "gimp-image-free-shadow": lambda n, image: [],
    "gimp-image-get-filename": lambda n, image: [_file_path(n, image) or None],
    "gimp-image-set-filename": _set_file_path,
    "gimp-image-get-uri": lambda n, image: _uri(values.file_of(_file_path(n, image))),
    "gimp-image-get-xcf-uri": lambda n, image: _uri(values.image_of(image).get_xcf_file()),
    "gimp-image-get-imported-uri": lambda n, image: _uri(values.image_of(image).get_imported_file()),
    "gimp-image-get-exported-uri": lambda n, image: _uri(values.image_of(image).get_exported_file()),
    "gimp-image-get-colormap": _get_colormap,
    "gimp-image-get-cmap": _get_colormap,
    "gimp-image-set-colormap": _set_colormap,
    "gimp-image-set-cmap": _set_colormap,
    "gimp-image-get-color-profile": lambda n, image: _profile(values.image_of(image).get_color_profile()),
    "gimp-image-get-effective-color-profile": lambda n, image: _profile(
        values.image_of(image).get_effective_color_profile()
    ),
    "gimp-image-set-color-profile": _set_profile,
    "gimp-image-thumbnail": lambda n, image, width, height: _thumbnail(
        values.image_of(image).get_thumbnail_data(width, height)
    ),
    "gimp-drawable-thumbnail": lambda n, drawable, width, height: _thumbnail(
        values.item_of(drawable).get_thumbnail_data(width, height)
    ),
    "gimp-drawable-sub-thumbnail": lambda n, drawable, *box: _thumbnail(
        values.item_of(drawable).get_sub_thumbnail_data(*box)
    ),
    "gimp-layer-new": lambda n, image, width, height, kind, name, opacity, mode: n(
        "gimp-layer-new", image, name, width, height, kind, opacity, mode
    ),
    "gimp-channel-new": lambda n, image, width, height, name, opacity, color: n(
        "gimp-channel-new", image, name, width, height, opacity, color
    ),
    "gimp-layer-copy": _layer_copy,
    "gimp-layer-group-new": _insert_group,
    "gimp-drawable-get-pixel": _get_pixel,
    "gimp-drawable-set-pixel": _set_pixel,
    "gimp-drawable-bpp": _bpp,
    "gimp-drawable-bytes": _bpp,
    "gimp-item-get-linked": lambda n, item: [0],
    "gimp-item-set-linked": _set_linked,
    "gimp-item-is-valid": _is("valid"),
    "gimp-item-is-layer": _is("layer"),
    "gimp-item-is-text-layer": _is("text_layer"),
    "gimp-item-is-layer-mask": _is("layer_mask"),
    "gimp-item-is-channel": _is("channel"),
    "gimp-item-is-drawable": _is("drawable"),
    "gimp-item-is-selection": _is("selection"),
    "gimp-item-is-vectors": _is("path"),
    "gimp-vectors-is-valid": _is("path"),
    "gimp-floating-sel-relax": lambda n, layer, undo: [],
    "gimp-floating-sel-rigor": lambda n, layer, undo: [],
    "gimp-drawable-set-image": lambda n, drawable, image: [],
}
for _name in ("valid", "layer", "layer-mask", "channel", "text-layer"):
    ADAPTERS[f"gimp-drawable-is-{_name}"] = ADAPTERS[f"gimp-item-is-{_name}"]
for _kind in ("channel", "layer", "vectors", "drawable"):
    ADAPTERS[f"gimp-{_kind}-get-linked"] = ADAPTERS["gimp-item-get-linked"]
    ADAPTERS[f"gimp-{_kind}-set-linked"] = _set_linked
