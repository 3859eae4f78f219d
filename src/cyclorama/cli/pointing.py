"""Clicks, boxes and scribbles on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cyclorama import pipeline
from cyclorama.catalog.chosen import choose_models
from cyclorama.cli.console import Console
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.segment import Segment
from cyclorama.documents.masks import read_mask, write_matte
from cyclorama.documents.read import read_photo
from cyclorama.editing import Scribbles, refine_matte, touch_up
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.protocol.options import ModelOptions, RefineOptions, SplitOptions, describe
from cyclorama.protocol.progress import span
from cyclorama.segmentation import Click, Segmenter

__all__ = ["asked_for", "refine", "select"]


def select(arguments: argparse.Namespace, console: Console) -> int:
    """Find what a person points at and write its matte."""
    options = _options(arguments, SplitOptions)
    segmenter = _promptable(choose_models(_options(arguments, ModelOptions), ("segmenter",)).segmenter)
    console.start()
    image = read_photo(arguments.photo).image
    seen = pipeline.embed(image, segmenter=segmenter, report=span(console.report, 0.0, 0.5))
    segment = pipeline.select(seen, *_asked(arguments))
    matte, box = refine_matte(image, segment, options, report=span(console.report, 0.5, 1.0))
    console.finish()
    if arguments.output:
        write_matte(matte.stored_as(_mask_format(image)), box, image.size, arguments.output)
    console.result(_told(arguments, console, box) | {"score": round(segment.score, 4)})
    console.say(f"object       {_as_text(box)}, score {segment.score:.2f}")
    _say_written(arguments, console)
    return 0


def refine(arguments: argparse.Namespace, console: Console) -> int:
    """Solve a matte again around scribbles and write it."""
    options = _options(arguments, RefineOptions)
    console.start()
    image = read_photo(arguments.photo).image
    masks = {
        name: read_mask(path, image.size) > 0.5
        for name in ("keep", "drop", "unsure")
        if (path := getattr(arguments, name))
    }
    scribbles = Scribbles.of_masks(**masks)
    whole = Box.of_size(image.size)
    given = Matte(read_mask(arguments.matte, image.size)).stored_as(_mask_format(image))
    matte, box, changed = touch_up(image, given, whole, scribbles, reach=options.reach, report=console.report)
    console.finish()
    write_matte(matte, box, image.size, arguments.output)
    console.result(_told(arguments, console, box) | {"changed": _sides(changed)})
    console.say(f"solved again {_as_text(changed)}")
    _say_written(arguments, console)
    return 0


def asked_for(
    arguments: argparse.Namespace,
    image: Image,
    options: SplitOptions,
    segmenter: Segmenter | None,
    console: Console,
) -> tuple[Segment, ...] | None:
    """Return the segments that ``split`` was asked to make with clicks, boxes and merges, or None for all found."""
    # Half a wish is passed on too: what is missing is then said, not ignored.
    asked = arguments.point or arguments.box or arguments.drop_point or arguments.only
    if not (asked or arguments.merge):
        return None
    found: tuple[Segment, ...] = ()
    if not arguments.only:
        found = pipeline.find_objects(
            image, options, segmenter=segmenter, report=span(console.report, 0.0, 0.1)
        )
    if asked:
        selected = pipeline.select(
            pipeline.embed(image, segmenter=_promptable(segmenter)), *_asked(arguments)
        )
        found = pipeline.add_selected(found, selected, image.size)
    for names in arguments.merge:
        found = pipeline.merge_named(found, [name.strip() for name in names.split(",")])
    return found


def _asked(arguments: argparse.Namespace) -> tuple[list[Click], list[Box]]:
    clicks = [Click(x, y) for x, y in arguments.point]
    return [*clicks, *(Click(x, y, keep=False) for x, y in arguments.drop_point)], arguments.box


def _mask_format(image: Image) -> Any:
    return "uint8" if image.sample_format == "uint8" else "uint16"


def _promptable(segmenter: Any) -> Any:
    """Return the segmenter if it can be asked about points and boxes; None stands for the built-in one, which can."""
    if segmenter is not None and not hasattr(segmenter, "embed"):
        raise ModelIncompatible(
            f"The model {segmenter.provenance['id']} finds objects by itself; it cannot be asked about a place.",
            "Choose mobile-sam, sam2.1-tiny or the built-in one.",
        )
    return segmenter


def _options(arguments: argparse.Namespace, kind: type[Any]) -> Any:
    return kind(**{entry.name: getattr(arguments, entry.name) for entry in describe(kind)})


def _told(arguments: argparse.Namespace, console: Console, box: Box) -> dict[str, Any]:
    return {
        "output": str(arguments.output) if arguments.output else None,
        "box": _sides(box),
        "seconds": {stage: round(spent, 3) for stage, spent in console.stages.items()},
    }


def _say_written(arguments: argparse.Namespace, console: Console) -> None:
    if arguments.output:
        console.say(f"written      {Path(arguments.output)}")


def _sides(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]


def _as_text(box: Box) -> str:
    return f"from ({box.left}, {box.top}) to ({box.right}, {box.bottom})"
