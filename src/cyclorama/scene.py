"""What a photograph says about its place: light and camera, and shadows that follow them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ShadowLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import fit_size, resize, resize_image
from cyclorama.lighting.estimate import LightReading, read_light
from cyclorama.lighting.network import LightNetwork, builtin_light_network
from cyclorama.perspective.estimate import estimate_perspective
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Report, silent, span
from cyclorama.shadows.cast import cast_shadows
from cyclorama.shadows.reflection import mirror_layers
from cyclorama.shadows.wrap import wrap_layers

__all__ = ["SceneReading", "inspect", "make_shadows", "relight_shadows"]

#: Light and perspective are read from a picture of this size: more pixels tell nothing more.
_LONG_SIDE_PX = 1600


@dataclass(frozen=True, slots=True, eq=False)
class SceneReading:
    """Light and camera of a photograph, with what a person should know about them.

    Parameters
    ----------
    lighting : LightingEstimate
        All subjects' light, fused.
    perspective : Perspective
        The camera, in the photograph's pixels.
    notes : tuple of str
        A sentence for each doubtful subject, and for subjects that are lit differently.
    provenance : mapping
        The network that ran, the notes, and each subject's own direction and kappa.
    """

    lighting: LightingEstimate
    perspective: Perspective
    notes: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)


def inspect(
    image: Image,
    mattes: Sequence[tuple[Matte, Box]],
    names: Sequence[str] = (),
    *,
    focal_35mm: float | None = None,
    network: LightNetwork | None = None,
    report: Report = silent,
) -> SceneReading:
    """Read light and camera.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    mattes : sequence of (Matte, Box)
        Subjects, each over its box of the photograph; a matte may be coarser than its box.
    names : sequence of str
        The subjects' names, for the notes.
    focal_35mm : float, optional
        Focal length from EXIF, in millimetres on 35 mm film.
    network : LightNetwork, optional
        What reads shading; the built-in one if None.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    SceneReading
    """
    network = network or builtin_light_network()
    size = fit_size(image.size, _LONG_SIDE_PX)
    small = resize_image(image, size)
    placed = [_placed(matte, box, image.size, size) for matte, box in mattes]
    light = read_light(small, placed, network=network, report=span(report, 0.0, 0.5))
    perspective = estimate_perspective(small, placed, focal_35mm=focal_35mm, report=span(report, 0.5, 1.0))
    notes = light.notes(names)
    provenance = {**network.provenance, "notes": list(notes), "subjects": _subjects(light)}
    return SceneReading(light.lighting, perspective.scaled(image.size), notes, provenance)


def make_shadows(
    document: LayeredDocument, *, reflection: float = 0.0, light_wrap: float = 0.0, report: Report = silent
) -> tuple[ShadowLayer, ...]:
    """Make all layers that tie a document's subjects to its background.

    Parameters
    ----------
    document : LayeredDocument
        With lighting and perspective.
    reflection : float, [0, 1]
        Gloss of the ground; 0 makes no reflections.
    light_wrap : float, [0, 1]
        How much of the background's light spills over the subjects' edges; 0 makes no such layers.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    tuple of ShadowLayer
        Contact and cast shadows, reflections, light wraps, bottom to top.

    Raises
    ------
    InputError
        If the document has no lighting or perspective.
    """
    if document.lighting is None or document.perspective is None:
        raise InputError(
            "The document has no estimate of light or perspective; both were wanted.",
            "Make it with split, or set lighting and perspective.",
        )
    space, size = document.blend_space, document.size
    lighting, perspective = document.lighting, document.perspective
    shadows = cast_shadows(document.layers, size, lighting, perspective, space, report=span(report, 0.0, 0.8))
    mirrored = mirror_layers(document.layers, size, perspective, reflection, report=span(report, 0.8, 0.9))
    wraps = wrap_layers(document, light_wrap, report=span(report, 0.9, 1.0))
    return (*shadows, *mirrored, *wraps)


def relight_shadows(
    document: LayeredDocument,
    lighting: LightingEstimate | None = None,
    perspective: Perspective | None = None,
    *,
    reflection: float = 0.0,
    light_wrap: float = 0.0,
    report: Report = silent,
) -> LayeredDocument:
    """Make a document's shadows again, after a person has moved the light or the horizon.

    Parameters
    ----------
    document : LayeredDocument
        What :func:`~cyclorama.pipeline.split` or :func:`~cyclorama.pipeline.replace_background` gave.
    lighting : LightingEstimate, optional
        The new light; the document's own if None.
    perspective : Perspective, optional
        The new camera; the document's own if None.
    reflection, light_wrap, report
        As for :func:`make_shadows`.

    Returns
    -------
    LayeredDocument
        With new shadows, light and camera; background and subjects are the very same.

    Raises
    ------
    InputError
        If there is no lighting or perspective.
    """
    changed = document.replace(
        lighting=lighting or document.lighting, perspective=perspective or document.perspective
    )
    shadows = make_shadows(changed, reflection=reflection, light_wrap=light_wrap, report=report)
    return changed.replace(shadows=shadows)


def _subjects(light: LightReading) -> list[dict[str, Any] | None]:
    return [
        None
        if subject.estimate is None
        else {
            "direction": [round(float(value), 4) for value in subject.estimate.direction],
            "kappa": round(subject.estimate.kappa, 2),
        }
        for subject in light.subjects
    ]


def _placed(matte: Matte, box: Box, size: tuple[int, int], wanted: tuple[int, int]) -> Matte:
    """Return the matte of a box of a canvas as a matte of the whole canvas at another size."""
    down, across = wanted[0] / size[0], wanted[1] / size[1]
    left, top = math.floor(box.left * across), math.floor(box.top * down)
    right = min(max(left + 1, round(box.right * across)), wanted[1])
    bottom = min(max(top + 1, round(box.bottom * down)), wanted[0])
    canvas = np.zeros(wanted, np.float32)
    canvas[top:bottom, left:right] = resize(matte.alpha, (bottom - top, right - left), "area")
    return Matte(np.clip(canvas, 0, 1))
