"""Filters that need the drawable's size, a second drawable, or more than one operation."""

from __future__ import annotations

from typing import Any

from pythonfu.gimp3 import adapt_files, values
from pythonfu.gimp3.adapt_images import Adapter, within_context
from pythonfu.gimp3.filters import any_seed, apply, sinus
from pythonfu.gimp3.native import Native


def _size(drawable: int) -> tuple[int, int]:
    item = values.item_of(drawable)
    return item.get_width(), item.get_height()


def _area(drawable: int) -> dict[str, int]:
    """Return left, top, width and height of the selection on a drawable."""
    _, x, y, width, height = values.item_of(drawable).mask_intersect()
    return {"x": x, "y": y, "width": width, "height": height}


def _plasma(n: Native, image: int, drawable: int, seed: int, turbulence: float) -> None:
    apply(drawable, "gegl:plasma", {"seed": any_seed(seed), "turbulence": turbulence, **_area(drawable)})


def _solid_noise(
    n: Native,
    image: int,
    drawable: int,
    tileable: int,
    turbulent: int,
    seed: int,
    detail: int,
    x: float,
    y: float,
) -> None:
    width, height = _size(drawable)
    properties = {"tileable": tileable, "turbulent": turbulent, "seed": any_seed(seed), "detail": detail,
                  "x-size": x, "y-size": y, "width": width, "height": height}  # fmt: skip
    apply(drawable, "gegl:noise-solid", properties)


def _sinus(n: Native, image: int, drawable: int, *arguments: Any) -> None:
    width, height = _size(drawable)
    apply(drawable, "gegl:sinus", {**sinus(*arguments), "width": width, "height": height})


def _diffraction(n: Native, image: int, drawable: int, *rest: float) -> None:
    colors = ("red", "green", "blue")
    names = [f"{color}-{what}" for what in ("frequency", "contours", "sedges") for color in colors]
    width, height = _size(drawable)
    names += ["brightness", "scattering", "polarization"]
    apply(drawable, "gegl:diffraction-patterns", {**dict(zip(names, rest)), "width": width, "height": height})


def _flare(n: Native, image: int, drawable: int, x: int, y: int) -> None:
    width, height = _size(drawable)
    apply(drawable, "gegl:lens-flare", {"pos-x": x / width, "pos-y": y / height})


def _nova(
    n: Native, image: int, drawable: int, x: int, y: int, color: Any, radius: int, spokes: int, hue: int
) -> None:
    width, height = _size(drawable)
    properties = {"center-x": x / width, "center-y": y / height, "color": color, "radius": radius,
                  "spokes-count": spokes, "random-hue": hue, "seed": any_seed()}  # fmt: skip
    apply(drawable, "gegl:supernova", properties)


def _maze(
    n: Native,
    image: int,
    drawable: int,
    width: int,
    height: int,
    tileable: int,
    algorithm: int,
    seed: int,
    *_: int,
) -> None:
    colors = {
        "fg-color": n("gimp-context-get-foreground")[0],
        "bg-color": n("gimp-context-get-background")[0],
    }
    properties = {"x": width, "y": height, "tileable": tileable, "algorithm-type": algorithm}
    apply(drawable, "gegl:maze", {**properties, "seed": any_seed(seed), **colors})


def _motion(
    n: Native, image: int, drawable: int, kind: int, length: float, angle: float, x: float, y: float
) -> None:
    width, height = _size(drawable)
    if kind == 0:
        angle = (angle + 180) % 360 - 180
        apply(drawable, "gegl:motion-blur-linear", {"length": length, "angle": angle})
    elif kind == 1:
        place = {"center-x": x / width, "center-y": y / height}
        apply(drawable, "gegl:motion-blur-circular", {**place, "angle": angle % 360})
    else:
        place = {"center-x": x / width, "center-y": y / height}
        apply(drawable, "gegl:motion-blur-zoom", {**place, "factor": min(length / 256, 1.0)})


def _bump(tiled: int) -> Adapter:
    def run(
        n: Native, image: int, drawable: int, bump: int, azimuth: float, elevation: float, depth: int, x: int, y: int,
        water: float, ambient: float, compensate: int, invert: int, kind: int,
    ) -> None:  # fmt: skip
        level = lambda value: value / 255 if value > 1 else value  # noqa: E731 - 2.8 counted to 255
        properties = {"type": kind, "compensate": compensate, "invert": invert, "tiled": tiled, "azimuth": azimuth,
                      "elevation": max(elevation, 0.5), "depth": max(depth, 1), "offset-x": x, "offset-y": y,
                      "waterlevel": level(water), "ambient": level(ambient)}  # fmt: skip
        apply(drawable, "gegl:bump-map", properties, {"aux": bump})

    return run


def _displace(mode: int) -> Adapter:
    def run(
        n: Native, image: int, drawable: int, x: float, y: float, do_x: int, do_y: int, map_x: int, map_y: int,
        edges: int,
    ) -> None:  # fmt: skip
        properties = {"displace-mode": mode, "sampler-type": 2, "amount-x": x if do_x else 0.0,
                      "amount-y": y if do_y else 0.0, "abyss-policy": {1: 2, 2: 1, 3: 3}.get(edges, 0)}  # fmt: skip
        aux = {
            name: one for name, one, on in (("aux", map_x, do_x), ("aux2", map_y, do_y)) if on and one >= 0
        }
        apply(drawable, "gegl:displace", properties, aux)

    return run


def _mixer(n: Native, image: int, drawable: int, monochrome: int, *gains: float) -> None:
    if monochrome:
        apply(drawable, "gegl:mono-mixer", dict(zip(("red", "green", "blue"), gains)))
    else:
        names = [f"{to}{source}-gain" for to in "rgb" for source in "rgb"]
        apply(drawable, "gegl:channel-mixer", dict(zip(names, gains)))


def _dog(
    n: Native, image: int, drawable: int, inner: float, outer: float, normalize: int, invert: int
) -> None:
    apply(drawable, "gegl:difference-of-gaussians", {"radius1": inner * 0.32, "radius2": outer * 0.32})
    if normalize:
        apply(drawable, "gegl:stretch-contrast", {"keep-colors": 1, "perceptual": 1})
    if invert:
        n("gimp-drawable-invert", drawable, 0)


def _colorify(n: Native, image: int, drawable: int, color: Any) -> None:
    """Multiply the brightness by a colour."""
    n("gimp-drawable-desaturate", drawable, 3)
    for k, level in enumerate(color[:3], 1):
        n("gimp-drawable-levels", drawable, k, 0.0, 1.0, 0, 1.0, 0.0, min(max(level, 0.0), 1.0), 0)


def _blur(n: Native, image: int, drawable: int) -> None:
    apply(drawable, "gegl:box-blur", {"radius": 1})


def _threshold_alpha(n: Native, image: int, drawable: int, threshold: int) -> None:
    n("gimp-drawable-threshold", drawable, 4, threshold / 255, 1.0)


def _rotate(n: Native, image: int, drawable: int, angle: int, everything: int) -> Any:
    """Turn by quarters."""
    if angle % 4 == 0:
        return []
    quarter = angle % 4 - 1
    if everything:
        return n("gimp-image-rotate", image, quarter)
    return (
        within_context(
            n,
            {"transform-resize": (0,)},
            lambda: n("gimp-item-transform-rotate-simple", drawable, quarter, 1, 0, 0),
        )
        and []
    )


def _semiflatten(n: Native, image: int, drawable: int) -> None:
    """Put the background colour behind what is half transparent; GIMP 3's operation is its own."""
    apply(drawable, "gimp:semi-flatten", {"color": n("gimp-context-get-background")[0]})


def _autocrop_layer(n: Native, image: int, drawable: int) -> Any:
    """Crop one layer as GIMP crops an image that holds nothing else."""
    alone = adapt_files.alone(image, drawable)
    try:
        n("gimp-image-autocrop", alone.get_id(), -1)
        copy = alone.get_layers()[0]
        _, left, top = copy.get_offsets()
        return n("gimp-layer-resize", drawable, alone.get_width(), alone.get_height(), left, top)
    finally:
        alone.delete()


ADAPTERS: dict[str, Adapter] = {
    "plug-in-plasma": _plasma,
    "plug-in-solid-noise": _solid_noise,
    "plug-in-sinus": _sinus,
    "plug-in-diffraction": _diffraction,
    "plug-in-flarefx": _flare,
    "plug-in-nova": _nova,
    "plug-in-maze": _maze,
    "plug-in-mblur": _motion,
    "plug-in-mblur-inward": _motion,
    "plug-in-bump-map": _bump(0),
    "plug-in-bump-map-tiled": _bump(1),
    "plug-in-displace": _displace(0),
    "plug-in-displace-polar": _displace(1),
    "plug-in-colors-channel-mixer": _mixer,
    "plug-in-dog": _dog,
    "plug-in-colorify": _colorify,
    "plug-in-blur": _blur,
    "plug-in-threshold-alpha": _threshold_alpha,
    "plug-in-rotate": _rotate,
    "plug-in-semiflatten": _semiflatten,
    "plug-in-autocrop": lambda n, image, drawable: n("gimp-image-autocrop", image, drawable),
    "plug-in-autocrop-layer": _autocrop_layer,
}
