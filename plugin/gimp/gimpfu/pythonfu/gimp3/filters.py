"""The ``plug-in-`` procedures that GIMP 3 left to GEGL, as tables: operations, and their properties from the arguments.

The arguments are those after run mode, image and drawable. Sources of the numbers: what GIMP 2.10 itself hands to the
same operations, and, for the last table, what the small plug-ins of 2.10 did with the nearest operation there is.
"""

from __future__ import annotations

import random
from typing import Any, Callable

from pythonfu.gimp3 import encoded, values
from pythonfu.gimp3.adapt_images import Adapter
from pythonfu.gimp3.binding import Gimp, start_gegl
from pythonfu.gimp3.native import Native

Properties = Callable[..., "dict[str, Any]"]

#: A Gaussian's radius in 2.10 to its standard deviation.
STD_DEV = 0.32
BLACK, WHITE = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0)
ABYSS = {0: 0, 1: 2, 2: 1, 3: 3}


def any_seed(seed: int = -1, chosen: int = 1) -> int:
    """Return a seed: the one that was asked for, or any."""
    return int(seed) % 2**31 if chosen and seed >= 0 else random.randrange(2**31)


def apply(
    drawable: int, operation: str, properties: dict[str, Any], aux: dict[str, int] | None = None
) -> None:
    """Run a GEGL operation on a drawable, within the selection, as one step of undo."""
    start_gegl()
    item = values.item_of(drawable)
    made = Gimp.DrawableFilter.new(item, operation, "")
    config = made.get_config()
    for name, value in properties.items():
        spec = config.find_property(name)
        values.put(config, spec, values.clamped(spec, value))
    for name, other in (aux or {}).items():
        made.set_aux_input(name, values.item_of(other))
    made.update()
    item.merge_filter(made)


def _blur(x: float, y: float) -> dict[str, Any]:
    return {"std-dev-x": x * STD_DEV, "std-dev-y": y * STD_DEV, "abyss-policy": 1}


def _noise(independent: int, correlated: int, *noise: float) -> dict[str, Any]:
    red, green, blue, alpha = noise
    return {"correlated": correlated, "independent": independent, "linear": 0, "red": red, "green": green,
            "blue": blue, "alpha": alpha, "seed": any_seed()}  # fmt: skip


def _ripple(
    period: int, amplitude: int, orientation: int, edges: int, waveform: int, antialias: int, tile: int
) -> Any:
    return {"amplitude": amplitude, "period": period, "phi": 0.0 if waveform else 0.75,
            "angle": 0.0 if orientation else 90.0, "sampler-type": 2 if antialias else 0,
            "wave-type": 0 if waveform else 1, "abyss-policy": (1, 2, 0)[min(edges, 2)],
            "tileable": tile}  # fmt: skip


def _matrix(count: int, matrix: list[float], alpha: int, divisor: float, offset: float, _: int, channels: Any,
            border: int) -> Any:  # fmt: skip
    cells = {
        f"{row}{column}": matrix[5 * r + column - 1]
        for r, row in enumerate("abcde")
        for column in range(1, 6)
    }
    on = dict(zip(("red", "green", "blue", "alpha"), (bool(c) for c in channels[-4:])))
    return {**cells, **on, "divisor": divisor, "offset": offset, "normalize": 0, "alpha-weight": alpha,
            "border": (1, 2, 0)[border]}  # fmt: skip


def _newsprint(cell: int, space: int, pullout: int, *rest: Any) -> dict[str, Any]:
    *screens, oversample = rest
    found: dict[str, Any] = {"black-pullout": pullout / 100, "aa-samples": oversample}
    for suffix, k in (("", 0), ("2", 2), ("3", 4), ("4", 6)):
        angle, pattern = screens[k : k + 2]
        found.update({f"angle{suffix}": angle, f"pattern{suffix}": pattern, f"period{suffix}": float(cell)})
    return {**found, "color-model": (0, 2, 3, 1)[space]}


def _mosaic(size: float, height: float, spacing: float, neatness: float, split: int, light: float, variation: float,
            antialias: int, averaging: int, kind: int, surface: int, _: int) -> Any:  # fmt: skip
    return {"tile-size": size, "tile-height": height, "tile-spacing": spacing, "tile-neatness": neatness,
            "tile-allow-split": split, "light-dir": light, "color-variation": variation, "antialiasing": antialias,
            "color-averaging": averaging, "tile-type": kind, "tile-surface": surface, "light-color": WHITE,
            "joints-color": BLACK}  # fmt: skip


def _waves(amplitude: float, phase: float, wavelength: float, smear: int, _: int) -> dict[str, Any]:
    return {
        "amplitude": amplitude,
        "phi": (phase % 360 - 180) / 180,
        "period": wavelength * 2,
        "clamp": not smear,
    }


def _exchange(*levels: int) -> dict[str, Any]:
    source, target, threshold = ([level / 255 for level in levels[k : k + 3]] for k in (0, 3, 6))
    return {"from-color": (*source, 1.0), "to-color": (*target, 1.0),
            **dict(zip(("red-threshold", "green-threshold", "blue-threshold"), threshold))}  # fmt: skip


def _alien(rf: float, ra: float, gf: float, ga: float, bf: float, ba: float, model: int, *modes: int) -> Any:
    found: dict[str, Any] = {"color-model": model}
    for k, (frequency, angle, mode) in enumerate(zip((rf, gf, bf), (ra, ga, ba), modes), 1):
        found.update(
            {f"cpn-{k}-frequency": frequency, f"cpn-{k}-phaseshift": angle, f"cpn-{k}-keep": not mode}
        )
    return found


def _propagate(mode: int, channel: int, rate: float, directions: int, low: int, high: int) -> dict[str, Any]:
    sides = {
        name: bool(directions & bit) for name, bit in (("right", 1), ("bottom", 2), ("left", 4), ("top", 8))
    }
    return {"mode": mode if mode <= 1 else min(mode - 1, 6), "lower-threshold": low / 255,
            "upper-threshold": high / 255, "rate": rate, "value": bool(channel & 1 or not channel),
            "alpha": bool(channel & 2), **sides}  # fmt: skip


def _morphology(mode: int) -> Properties:
    sides = dict.fromkeys(("top", "left", "right", "bottom"), True)
    return lambda *_: {"mode": mode, "lower-threshold": 0.0, "upper-threshold": 1.0, "rate": 1.0, "value": True,
                       "alpha": False, **sides}  # fmt: skip


def sinus(x: float, y: float, complexity: float, seed: int, tiling: int, perturb: int, colors: int, first: Any,
           second: Any, alpha1: float, alpha2: float, blend: int, power: float) -> Any:  # fmt: skip
    """Return the properties of the sine pattern, without its size."""
    first, second = (BLACK, WHITE) if colors == 0 else ((*first[:3], alpha1), (*second[:3], alpha2))
    return {"x-scale": x, "y-scale": y, "complexity": complexity, "seed": any_seed(seed), "tiling": tiling,
            "perturbation": perturb, "color1": first, "color2": second, "blend-mode": blend,
            "blend-power": power}  # fmt: skip


def _hurl(percent: float, repeat: float, random_seed: int, seed: int) -> dict[str, Any]:
    return {"seed": any_seed(seed, not random_seed), "pct-random": percent, "repeat": int(repeat)}


def _none(*_: Any) -> dict[str, Any]:
    return {}


def _paper(
    size: int, move: float, fraction: int, wrap: int, centering: int, ground: int, color: Any, _: int
) -> Any:
    return {"tile-width": size, "tile-height": size, "move-rate": move, "fractional-type": fraction,
            "wrap-around": wrap, "centering": centering, "background-type": min(ground, 3),
            "bg-color": color}  # fmt: skip


#: By name: the operation, and its properties from the arguments.
OPERATIONS: dict[str, tuple[str, Properties]] = {
    "plug-in-alienmap2": ("gegl:alien-map", _alien),
    "plug-in-antialias": ("gegl:antialias", _none),
    "plug-in-apply-canvas": ("gegl:texturize-canvas", lambda way, depth: {"direction": way, "depth": depth}),
    "plug-in-applylens": (
        "gegl:apply-lens",
        lambda index, keep, *_: {"refraction-index": index, "keep-surroundings": keep},
    ),
    "plug-in-autostretch-hsv": ("gegl:stretch-contrast-hsv", _none),
    "plug-in-c-astretch": ("gegl:stretch-contrast", lambda: {"keep-colors": 0}),
    "plug-in-cartoon": ("gegl:cartoon", lambda radius, black: {"mask-radius": radius, "pct-black": black}),
    "plug-in-color-enhance": ("gegl:color-enhance", _none),
    "plug-in-colortoalpha": ("gegl:color-to-alpha", lambda color: {"color": color}),
    "plug-in-convmatrix": ("gegl:convolution-matrix", _matrix),
    "plug-in-cubism": (
        "gegl:cubism",
        lambda size, saturation, _: {"tile-size": size, "tile-saturation": saturation, "bg-color": BLACK},
    ),
    "plug-in-deinterlace": ("gegl:deinterlace", lambda even: {"keep": 0 if even else 1, "size": 1}),
    "plug-in-dilate": ("gegl:value-propagate", _morphology(0)),
    "plug-in-erode": ("gegl:value-propagate", _morphology(1)),
    "plug-in-edge": (
        "gegl:edge",
        lambda amount, wrap, mode: {"amount": amount, "algorithm": mode, "border-behavior": ABYSS.get(wrap, 1)},
    ),
    "plug-in-emboss": (
        "gegl:emboss",
        lambda azimuth, elevation, depth, kind: {
            "azimuth": azimuth, "elevation": elevation, "depth": depth, "type": 0 if kind else 1,
        },
    ),
    "plug-in-engrave": ("gegl:engrave", lambda height, limit: {"row-height": height, "limit": limit}),
    "plug-in-exchange": ("gegl:color-exchange", _exchange),
    "plug-in-fractal-trace": (
        "gegl:fractal-trace",
        lambda x1, x2, y1, y2, depth, outside: {
            "X1": x1, "X2": x2, "Y1": y1, "Y2": y2, "depth": depth, "abyss-policy": (2, 0, 3, 4)[outside],
        },
    ),
    "plug-in-gauss": ("gegl:gaussian-blur", lambda x, y, *_: _blur(x, y)),
    "plug-in-gauss-iir": ("gegl:gaussian-blur", lambda r, x, y: _blur(r if x else 0, r if y else 0)),
    "plug-in-gauss-iir2": ("gegl:gaussian-blur", _blur),
    "plug-in-gauss-rle": ("gegl:gaussian-blur", lambda r, x, y: _blur(r if x else 0, r if y else 0)),
    "plug-in-gauss-rle2": ("gegl:gaussian-blur", _blur),
    "plug-in-glasstile": ("gegl:tile-glass", lambda x, y: {"tile-width": x, "tile-height": y}),
    "plug-in-hsv-noise": (
        "gegl:noise-hsv",
        lambda hold, hue, saturation, value: {
            "holdness": hold, "hue-distance": float(hue), "saturation-distance": saturation / 255,
            "value-distance": value / 255, "seed": any_seed(),
        },
    ),
    "plug-in-illusion": ("gegl:illusion", lambda division, kind: {"division": division, "illusion-type": kind}),
    "plug-in-laplace": ("gegl:edge-laplace", _none),
    "plug-in-lens-distortion": (
        "gegl:lens-distortion",
        lambda x, y, main, edge, zoom, bright: {
            "x-shift": x, "y-shift": y, "main": main, "edge": edge, "zoom": zoom, "brighten": bright,
        },
    ),
    "plug-in-make-seamless": ("gegl:tile-seamless", _none),
    "plug-in-median-blur": ("gegl:median-blur", lambda r, percent: {"radius": r, "percentile": percent}),
    "plug-in-mosaic": ("gegl:mosaic", _mosaic),
    "plug-in-neon": ("gegl:edge-neon", lambda radius, amount: {"radius": radius, "amount": amount}),
    "plug-in-newsprint": ("gegl:newsprint", _newsprint),
    "plug-in-noisify": ("gegl:noise-rgb", lambda independent, *noise: _noise(independent, 0, *noise)),
    "plug-in-normalize": ("gegl:stretch-contrast", lambda: {"keep-colors": 1, "perceptual": 1}),
    "plug-in-oilify": ("gegl:oilify", lambda size, mode: {"mask-radius": max(1, size // 2), "use-inten": mode}),
    "plug-in-oilify-enhanced": (
        "gegl:oilify",
        lambda mode, size, _, exponent, __: {
            "mask-radius": max(1, size // 2), "use-inten": mode, "exponent": exponent,
        },
    ),
    "plug-in-papertile": ("gegl:tile-paper", _paper),
    "plug-in-photocopy": (
        "gegl:photocopy",
        lambda radius, sharp, black, white: {
            "mask-radius": radius, "sharpness": sharp, "black": black, "white": white,
        },
    ),
    "plug-in-pixelize": ("gegl:pixelize", lambda width: {"size-x": width, "size-y": width}),
    "plug-in-pixelize2": ("gegl:pixelize", lambda width, height: {"size-x": width, "size-y": height}),
    "plug-in-polar-coords": (
        "gegl:polar-coordinates",
        lambda circle, angle, backwards, inverse, polar: {
            "depth": circle, "angle": angle, "bw": backwards, "top": inverse, "polar": polar,
        },
    ),
    "plug-in-randomize-hurl": ("gegl:noise-hurl", _hurl),
    "plug-in-randomize-pick": ("gegl:noise-pick", _hurl),
    "plug-in-randomize-slur": ("gegl:noise-slur", _hurl),
    "plug-in-red-eye-removal": ("gegl:red-eye-removal", lambda level: {"threshold": (level - 50) / 50 * 0.2 + 0.4}),
    "plug-in-rgb-noise": ("gegl:noise-rgb", _noise),
    "plug-in-ripple": ("gegl:ripple", _ripple),
    "plug-in-sel-gauss": ("gegl:gaussian-blur-selective", lambda r, d: {"blur-radius": r, "max-delta": d / 255}),
    "plug-in-sharpen": ("gegl:unsharp-mask", lambda percent: {"std-dev": 0.5, "scale": percent / 33, "threshold": 0.0}),
    "plug-in-shift": ("gegl:shift", lambda amount, way: {"shift": amount // 2, "direction": 0 if way else 1}),
    "plug-in-sobel": ("gegl:edge-sobel", lambda x, y, keep: {"horizontal": x, "vertical": y, "keep-sign": keep}),
    "plug-in-softglow": (
        "gegl:softglow",
        lambda radius, bright, sharp: {"glow-radius": radius, "brightness": bright, "sharpness": sharp},
    ),
    "plug-in-spread": ("gegl:noise-spread", lambda x, y: {"amount-x": int(x), "amount-y": int(y), "seed": any_seed()}),
    "plug-in-unsharp-mask": (
        "gegl:unsharp-mask",
        lambda radius, amount, level: {"std-dev": radius, "scale": amount, "threshold": level / 255},
    ),
    "plug-in-video": (
        "gegl:video-degradation",
        lambda kind, add, turn: {"pattern": kind, "additive": add, "rotated": turn},
    ),
    "plug-in-vinvert": ("gegl:value-invert", _none),
    "plug-in-vpropagate": ("gegl:value-propagate", _propagate),
    "plug-in-waves": ("gegl:waves", _waves),
    "plug-in-whirl-pinch": ("gegl:whirl-pinch", lambda whirl, pinch, r: {"whirl": whirl, "pinch": pinch, "radius": r}),
    "plug-in-wind": (
        "gegl:wind",
        lambda level, way, strength, style, edge: {
            "threshold": level, "direction": way, "strength": strength, "style": style, "edge": edge,
        },
    ),
}  # fmt: skip


#: Of these, 2.10 changed the encoded values, of the others linear light.
ENCODED = ("plug-in-gauss", "plug-in-convmatrix", "plug-in-deinterlace", "plug-in-newsprint", "plug-in-rgb-noise",
           "plug-in-noisify", "plug-in-ripple", "plug-in-sobel")  # fmt: skip


def _adapter(name: str, operation: str, properties: Properties) -> Adapter:
    def run(n: Native, image: int, drawable: int, *arguments: Any) -> None:
        found = properties(*arguments)
        if name.startswith(ENCODED):
            encoded.change(drawable, lambda copy: apply(copy, operation, found))
        else:
            apply(drawable, operation, found)

    return run


ADAPTERS: dict[str, Adapter] = {name: _adapter(name, *row) for name, row in OPERATIONS.items()}
