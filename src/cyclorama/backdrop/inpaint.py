"""The stage: from a layered document to ranked backgrounds."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from cyclorama.backdrop.inpainter import Conditions, Inpainter
from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.backdrop.prompt import Wishes, parse_prompt
from cyclorama.backdrop.ranking import measure_fit
from cyclorama.backdrop.scenes import SCENE_NAMES, SCENES
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance
from cyclorama.core.compositing import composite, coverage
from cyclorama.core.document import LayeredDocument
from cyclorama.core.image import Image
from cyclorama.core.layer import BackgroundCandidate
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import resize_image
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ReplaceOptions
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["choose_scene", "conditions_for", "inpaint"]

_PREVIEW_LONG_SIDE_PX = 480


def inpaint(
    document: LayeredDocument,
    inpainter: Inpainter,
    judge: BackdropJudge,
    options: ReplaceOptions,
    *,
    report: Report = silent,
) -> tuple[tuple[BackgroundCandidate, ...], dict[str, Any]]:
    """Paint backgrounds that obey the document's light and perspective.

    Parameters
    ----------
    document : LayeredDocument
        With lighting and perspective.
    inpainter : Inpainter
        The model.
    judge : BackdropJudge
        What ranks its pictures.
    options : ReplaceOptions
        ``scene``, ``prompt``, ``seed``, ``candidates``, ``steps`` and ``guidance`` are used.
    report : callable
        Receives progress; may raise ``Cancelled``.

    Returns
    -------
    candidates : tuple of BackgroundCandidate
        Best fit first; candidate k was made from ``options.seed + k``.
    notes : dict
        Scene and why, wishes, and words of the prompt that were not understood.

    Raises
    ------
    InputError
        If light or perspective is missing, or the scene is unknown.
    """
    if document.lighting is None or document.perspective is None:
        raise InputError("The document has no estimate of light or perspective; both were wanted.")
    conditions, notes = conditions_for(document.lighting, document.perspective, options)
    if getattr(inpainter, "reads_text", False):
        notes.pop("not_understood", None)
    photo = composite(document.replace(candidates=(), chosen=None, shadows=()))
    hole = Matte(1 - np.clip(coverage(document), 0, 1))
    made = []
    for k in range(options.candidates):
        background = inpainter(
            photo,
            hole,
            conditions,
            seed=options.seed + k,
            steps=options.steps,
            guidance=options.guidance,
            report=span(report, k / options.candidates, (k + 1) / options.candidates),
        )
        fit = measure_fit(background, conditions, judge)
        color = background.encoded_as(document.blend_space).stored_as(document.sample_format)
        made.append(BackgroundCandidate(color, options.seed + k, conditions.scene, fit))
        done = f"Background {k + 1} of {options.candidates}"
        report(Progress("backdrop", (k + 1) / options.candidates, done, _small(background)))
    # Stable: equal fits stay in the order of their seeds.
    return tuple(sorted(made, key=lambda candidate: -candidate.fit["score"])), notes


def conditions_for(
    lighting: LightingEstimate, perspective: Perspective, options: ReplaceOptions
) -> tuple[Conditions, dict[str, Any]]:
    """Combine estimates and wishes.

    Returns
    -------
    (Conditions, dict)
        The dict tells a person what was chosen and why, in plain values.
    """
    wishes = parse_prompt(options.prompt)
    scene, reason = _scene(options.scene, wishes, lighting, perspective)
    palette = wishes.palette
    if palette is None and wishes.brightness != 1:
        usual = np.array(SCENES[scene].palette, np.float32)
        palette = np.clip(usual * np.float32(wishes.brightness), 0.003, 0.9)
    blur = SCENES[scene].blur if wishes.blur is None else wishes.blur
    conditions = Conditions(
        _tinted(lighting, wishes.warmth), perspective, scene, blur, palette, options.prompt
    )
    notes: dict[str, Any] = {"scene": scene, "reason": reason, "blur": blur}
    if palette is not None:
        notes["palette"] = [round(float(value), 4) for value in palette]
    if wishes.not_understood:
        notes["not_understood"] = list(wishes.not_understood)
    return conditions, notes


def choose_scene(lighting: LightingEstimate, perspective: Perspective) -> tuple[str, str]:
    """Pick the scene in which the subject's light is usual.

    Returns
    -------
    (str, str)
        Name of a scene, and the reason in a few words.
    """
    key, ambient = lighting.key_color, lighting.ambient_color
    warm = float(key[0] / max(float(key[2]), 1e-3)) > 1.35
    hard = float(luminance(key)) > 2.5 * float(luminance(ambient))
    if lighting.confidence < 0.6:
        return "studio", "the light's direction is uncertain, and a studio forgives"
    if lighting.direction[2] < -0.25:
        return ("sea", "warm light from behind") if warm else ("garden", "light from behind")
    if perspective.pitch_rad < math.radians(-12):
        return "table", "the camera looks down"
    if abs(math.degrees(lighting.azimuth_rad)) > 35 and hard and lighting.softness_rad < 0.5:
        return "wall", "hard light from the side, as from a window"
    return "studio", "soft light from the front"


def _scene(
    asked: str, wishes: Wishes, lighting: LightingEstimate, perspective: Perspective
) -> tuple[str, str]:
    if asked != "auto":
        if asked not in SCENES:
            raise InputError(
                f"There is no scene {asked!r}.", f"Known scenes: auto, {', '.join(SCENE_NAMES)}."
            )
        return asked, "asked for"
    if wishes.scene is not None:
        return wishes.scene, "named in the prompt"
    return choose_scene(lighting, perspective)


def _small(picture: Image) -> FloatArray:
    """Return a finished picture as a preview."""
    scale = min(1.0, _PREVIEW_LONG_SIDE_PX / max(picture.size))
    size = max(round(picture.size[0] * scale), 1), max(round(picture.size[1] * scale), 1)
    return resize_image(picture.as_srgb(), size, "area").pixels


def _tinted(lighting: LightingEstimate, warmth: float) -> LightingEstimate:
    if warmth == 1:
        return lighting
    key = lighting.key_color * np.array([warmth**-0.5, 1, warmth**0.5], np.float32)
    key = key * (luminance(lighting.key_color) / max(float(luminance(key)), 1e-6))
    return dataclasses.replace(lighting, key_color=key)
