"""`cyclorama shadows`: the shadows of a finished document again, after the light or the horizon has moved."""

from __future__ import annotations

import argparse
import dataclasses
import math
from typing import Any

import numpy as np

from cyclorama.cli.console import Console
from cyclorama.core.document import LayeredDocument
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.documents.openraster_reading import read_document
from cyclorama.documents.write import require_writable, write_document
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ReplaceOptions
from cyclorama.protocol.progress import span
from cyclorama.scene import relight_shadows

__all__ = ["shadows"]

#: How sure a light is that a person has set.
_SURE = 100.0


def shadows(arguments: argparse.Namespace, console: Console) -> int:
    """Make shadows, reflections and light wraps of a document again, and write it."""
    for path in arguments.output:
        require_writable(path)
    console.start()
    document = read_document(arguments.document, report=span(console.report, 0.0, 0.3))
    if document.chosen is None or document.lighting is None or document.perspective is None:
        raise InputError(
            f"{arguments.document} has no new background; shadows fall on one.",
            "Make it with `cyclorama replace`.",
        )
    # Checked as `replace` checks them.
    asked = ReplaceOptions(reflection=arguments.reflection, light_wrap=arguments.light_wrap)
    made = relight_shadows(
        document,
        _lighting(document.lighting, arguments),
        _perspective(document.perspective, arguments),
        reflection=asked.reflection,
        light_wrap=asked.light_wrap,
        report=span(console.report, 0.3, 0.7),
    )
    for path in arguments.output:
        write_document(made, path, report=span(console.report, 0.7, 1.0))
    console.finish()
    console.result(_told(arguments, made))
    console.say("shadows      " + (", ".join(layer.name for layer in made.shadows) or "none"))
    for path in arguments.output:
        console.say(f"written      {path}")
    return 0


def _lighting(light: LightingEstimate, arguments: argparse.Namespace) -> LightingEstimate:
    """Return the light with what was asked for changed."""
    azimuth = light.azimuth_rad if arguments.azimuth is None else math.radians(arguments.azimuth)
    elevation = light.elevation_rad if arguments.elevation is None else math.radians(arguments.elevation)
    softness = light.softness_rad if arguments.softness is None else math.radians(arguments.softness)
    if abs(elevation) > math.pi / 2:
        raise InputError(f"An elevation of {arguments.elevation:g} was given; -90 to 90 degrees was wanted.")
    level = math.cos(elevation)
    direction = np.array([math.sin(azimuth) * level, math.sin(elevation), math.cos(azimuth) * level])
    moved = arguments.azimuth is not None or arguments.elevation is not None
    return dataclasses.replace(
        light, direction=direction, softness_rad=softness, kappa=_SURE if moved else light.kappa
    )


def _perspective(camera: Perspective, arguments: argparse.Namespace) -> Perspective:
    """Return the camera, tilted so that the horizon crosses the middle column at the row asked for."""
    if arguments.horizon is None:
        return camera
    x, y = camera.principal_point_px
    roll = camera.roll_rad
    rise = arguments.horizon - y - math.tan(roll) * (camera.size[1] / 2 - x)
    return dataclasses.replace(camera, pitch_rad=math.atan(rise * math.cos(roll) / camera.focal_px))


def _told(arguments: argparse.Namespace, document: LayeredDocument) -> dict[str, Any]:
    return {
        "outputs": [str(path) for path in arguments.output],
        "shadows": [
            {
                "name": layer.name,
                "kind": layer.kind,
                "box": [layer.box.left, layer.box.top, layer.box.right, layer.box.bottom],
            }
            for layer in document.shadows
        ],
    }
