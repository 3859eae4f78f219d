"""Transformations: GIMP 3 takes direction, interpolation and clipping from the context, and any item."""

from __future__ import annotations

from typing import Any

from pythonfu.gimp3.adapt_images import Adapter, within_context
from pythonfu.gimp3.native import Native

#: Shapes, and how many numbers each takes between the drawable and the settings.
SHAPES = {"flip": 4, "perspective": 8, "rotate": 4, "scale": 4, "shear": 2, "2d": 7, "matrix": 9}
CLIP = 1


def _full(shape: str, count: int) -> Adapter:
    """Return the form with direction, interpolation, supersampling, recursion, clipping after the numbers."""

    def run(n: Native, drawable: int, *arguments: Any) -> Any:
        direction, interpolation, _, _, clip = arguments[count:]
        settings = {"transform-direction": (direction,), "interpolation": (interpolation,)}
        return _run(n, shape, drawable, arguments[:count], clip, settings)

    return run


def _default(shape: str, count: int) -> Adapter:
    """Return the form with "interpolate" and clipping after the numbers."""

    def run(n: Native, drawable: int, *arguments: Any) -> Any:
        interpolate, clip = arguments[count:]
        settings: dict[str, tuple[Any, ...]] = {"transform-direction": (0,)}
        if not interpolate:
            settings["interpolation"] = (0,)
        return _run(n, shape, drawable, arguments[:count], clip, settings)

    return run


def _old(shape: str, clip: int) -> Adapter:
    """Return the form of GIMP 2.2: the interpolation right after the drawable."""
    return lambda n, drawable, interpolation, *numbers: _run(
        n, shape, drawable, numbers, clip, {"interpolation": (2 if interpolation else 0,)}
    )


def _run(
    n: Native, shape: str, drawable: int, numbers: Any, clip: int, settings: dict[str, tuple[Any, ...]]
) -> Any:
    settings = {**settings, "transform-resize": (clip,)}
    return within_context(n, settings, lambda: n(f"gimp-item-transform-{shape}", drawable, *numbers))


ADAPTERS: dict[str, Adapter] = {
    "gimp-drawable-transform-flip-simple": lambda n, d, how, center, axis, clip: _run(
        n, "flip-simple", d, (how, center, axis), clip, {}
    ),
    "gimp-drawable-transform-rotate-simple": lambda n, d, how, auto, x, y, clip: _run(
        n, "rotate-simple", d, (how, auto, x, y), clip, {}
    ),
    "gimp-flip": lambda n, d, how: _run(n, "flip-simple", d, (how, 1, 0.0), 0, {}),
    "gimp-rotate": lambda n, d, interpolation, angle: _run(
        n, "rotate", d, (angle, 1, 0, 0), 0, {"interpolation": (2 if interpolation else 0,)}
    ),
    "gimp-scale": _old("scale", 0),
    "gimp-shear": _old("shear", 0),
    "gimp-perspective": _old("perspective", 0),
    "gimp-transform-2d": _old("2d", 0),
}
for _shape, _count in SHAPES.items():
    ADAPTERS[f"gimp-drawable-transform-{_shape}"] = _full(_shape, _count)
    ADAPTERS[f"gimp-drawable-transform-{_shape}-default"] = _default(_shape, _count)
