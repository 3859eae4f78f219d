"""What each command does: read, run the pipeline, write, tell."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cyclorama import pipeline
from cyclorama.backdrop.scenes import SCENES
from cyclorama.catalog.chosen import SPLIT_PARTS, ChosenModels, choose_models
from cyclorama.cli.console import Console
from cyclorama.cli.models import models
from cyclorama.cli.pointing import asked_for, refine, select
from cyclorama.core.document import LayeredDocument
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.documents.contact_sheet import write_contact_sheet
from cyclorama.documents.read import Photo, read_photo
from cyclorama.documents.write import require_writable, write_document
from cyclorama.protocol.fit import fit_in_words
from cyclorama.protocol.options import ModelOptions, ReplaceOptions, SplitOptions, describe
from cyclorama.protocol.progress import span

__all__ = ["light", "models", "refine", "replace", "scenes", "select", "split"]


def split(arguments: argparse.Namespace, console: Console) -> int:
    """Turn a photo into layers and write them."""
    chosen = choose_models(_options(arguments, ModelOptions), SPLIT_PARTS)
    photo, document = _split(arguments, console, chosen, stop=0.9)
    return _deliver(arguments, console, photo, document)


def replace(arguments: argparse.Namespace, console: Console) -> int:
    """Split a photo, make a new background, and write both."""
    options = _options(arguments, ReplaceOptions)
    chosen = choose_models(_options(arguments, ModelOptions))
    photo, document = _split(arguments, console, chosen, stop=0.4)
    document = pipeline.replace_background(
        document, options, inpainter=chosen.inpainter, report=span(console.report, 0.4, 0.9)
    )
    return _deliver(arguments, console, photo, document)


def light(arguments: argparse.Namespace, console: Console) -> int:
    """Tell the light and the perspective of a photo."""
    options = _options(arguments, SplitOptions)
    chosen = choose_models(_options(arguments, ModelOptions), SPLIT_PARTS)
    photo = _read(arguments.photo, console)
    scene = pipeline.inspect_scene(
        photo.image,
        options,
        segmenter=chosen.segmenter,
        focal_35mm=photo.focal_length_35mm,
        report=console.report,
    )
    console.finish()
    told = {"lighting": _lighting(scene.lighting), "perspective": _perspective(scene.perspective)}
    console.result({**told, "notes": list(scene.notes)})
    _say_scene(console, scene.lighting, scene.perspective, scene.notes)
    return 0


def scenes(arguments: argparse.Namespace, console: Console) -> int:
    """List the scenes of the built-in background model."""
    console.result({name: scene.description for name, scene in SCENES.items()})
    for name, scene in SCENES.items():
        console.say(f"{name:<18} {scene.description}")
    return 0


def _split(
    arguments: argparse.Namespace, console: Console, chosen: ChosenModels, stop: float
) -> tuple[Photo, LayeredDocument]:
    options = _options(arguments, SplitOptions)
    # Asked before the work, not after it: a minute's work must not end at an unwritable folder.
    for path in _outputs(arguments):
        require_writable(path)
    photo = _read(arguments.photo, console)
    document = pipeline.split(
        photo.image,
        options,
        segments=asked_for(arguments, photo.image, options, chosen.segmenter, console),
        segmenter=chosen.segmenter,
        matter=chosen.matter,
        filler=chosen.filler,
        focal_35mm=photo.focal_length_35mm,
        icc_profile=photo.icc_profile,
        report=span(console.report, 0.0, stop),
    )
    return photo, document


def _deliver(arguments: argparse.Namespace, console: Console, photo: Photo, document: LayeredDocument) -> int:
    for path in arguments.output:
        write_document(document, path, report=span(console.report, 0.9, 1.0))
    if arguments.contact_sheet:
        write_contact_sheet(
            document, photo.image, arguments.contact_sheet, report=span(console.report, 0.9, 1.0)
        )
    console.finish()
    console.result(_summary(arguments, console, document))
    names = ", ".join(layer.name for layer in document.layers)
    console.say(f"layers       {names}")
    if document.lighting is not None and document.perspective is not None:
        notes = document.provenance.get("light", {}).get("notes", ())
        _say_scene(console, document.lighting, document.perspective, notes)
    for place, candidate in enumerate(document.candidates, 1):
        told = f"{candidate.scene}, seed {candidate.seed}: {fit_in_words(candidate.fit)}"
        console.say(f"background {place}  {told}")
    _say_scene_choice(console, document.provenance.get("backdrop", {}))
    console.say("models       " + ", ".join(_models_run(document.provenance)))
    console.say(
        "time         " + ", ".join(f"{stage} {spent:.1f} s" for stage, spent in console.stages.items())
    )
    for path in _outputs(arguments):
        console.say(f"written      {path}")
    return 0


def _read(path: Path, console: Console) -> Photo:
    console.start()
    photo = read_photo(path)
    for note in photo.notes:
        console.say(f"note         {note}")
    if photo.had_alpha:
        console.say("note         The picture's own alpha is not used: objects are found in its colours.")
    return photo


def _options(arguments: argparse.Namespace, kind: type[Any]) -> Any:
    return kind(**{entry.name: getattr(arguments, entry.name) for entry in describe(kind)})


def _outputs(arguments: argparse.Namespace) -> list[Path]:
    extra = [arguments.contact_sheet] if arguments.contact_sheet else []
    return [*arguments.output, *extra]


def _say_scene_choice(console: Console, notes: Mapping[str, Any]) -> None:
    """Tell why this scene was painted, and which words of the prompt were not understood."""
    if notes:
        console.say(f"scene        {notes['scene']}: {notes['reason']}")
    if notes.get("not_understood"):
        console.say(f"note         Not understood in the prompt: {', '.join(notes['not_understood'])}.")


def _models_run(provenance: Mapping[str, Any]) -> list[str]:
    """Name each model that ran, with the first digits of its files' hashes."""
    told = []
    for entry in provenance.values():
        if isinstance(entry, Mapping) and "id" in entry:
            hashes = [str(value)[:12] for name, value in entry.items() if name.endswith("sha256")]
            told.append(f"{entry['id']} ({', '.join(hashes)})")
    return told


def _summary(arguments: argparse.Namespace, console: Console, document: LayeredDocument) -> dict[str, Any]:
    assert document.lighting is not None
    assert document.perspective is not None
    return {
        "outputs": [str(path) for path in _outputs(arguments)],
        "layers": [
            {"name": layer.name, "box": [layer.box.left, layer.box.top, layer.box.right, layer.box.bottom]}
            for layer in document.layers
        ],
        "lighting": _lighting(document.lighting),
        "perspective": _perspective(document.perspective),
        "candidates": [
            {"scene": candidate.scene, "seed": candidate.seed, "fit": dict(candidate.fit)}
            for candidate in document.candidates
        ],
        "seconds": {stage: round(spent, 3) for stage, spent in console.stages.items()},
        "provenance": dict(document.provenance),
    }


def _lighting(lighting: LightingEstimate) -> dict[str, Any]:
    return {
        "direction": [round(float(value), 4) for value in lighting.direction],
        "azimuth_deg": round(math.degrees(lighting.azimuth_rad), 1),
        "elevation_deg": round(math.degrees(lighting.elevation_rad), 1),
        "kappa": round(lighting.kappa, 2),
        "confidence": round(lighting.confidence, 3),
        "softness_deg": round(math.degrees(lighting.softness_rad), 1),
        "key_color_linear": [round(float(value), 4) for value in lighting.key_color],
        "ambient_color_linear": [round(float(value), 4) for value in lighting.ambient_color],
    }


def _perspective(perspective: Perspective) -> dict[str, Any]:
    return {
        "pitch_deg": round(math.degrees(perspective.pitch_rad), 2),
        "roll_deg": round(math.degrees(perspective.roll_rad), 2),
        "focal_px": round(perspective.focal_px, 1),
        "horizon_px": round(perspective.horizon_px, 1),
        "confidence": round(perspective.confidence, 3),
    }


def _say_scene(
    console: Console, lighting: LightingEstimate, perspective: Perspective, notes: Sequence[str]
) -> None:
    azimuth, elevation = math.degrees(lighting.azimuth_rad), math.degrees(lighting.elevation_rad)
    side = "right" if azimuth > 0 else "left"
    console.say(
        f"light        {abs(azimuth):.0f} deg from the {side}, {elevation:.0f} deg up, "
        f"softness {math.degrees(lighting.softness_rad):.0f} deg, confidence {lighting.confidence:.2f}"
    )
    console.say(
        f"perspective  horizon at {perspective.horizon_px:.0f} px of {perspective.size[0]}, "
        f"pitch {math.degrees(perspective.pitch_rad):.1f} deg, roll {math.degrees(perspective.roll_rad):.1f} deg, "
        f"confidence {perspective.confidence:.2f}"
    )
    for note in notes:
        console.say(f"note         {note}")
