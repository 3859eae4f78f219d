"""Table of the split's figures against their goals: `python tests/quality/write_split.py` writes docs/quality/split.md.

The figures are the stored baselines; the last column names the command that measures each again (with `--write` or
`--baseline` where it stores it).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASELINES = Path(__file__).parent / "baselines.json"
TARGET = ROOT / "docs" / "quality" / "split.md"

SEGMENTER = "models/training/segmenter/evaluate.py --data DATA"
WHOLE, MATTING = "tests/quality/measure_whole.py", "tests/quality/measure_matting.py"
PLATES = "tests/quality/measure_plates.py"


@dataclass(frozen=True)
class Row:
    """One figure: what, on which data, where it is stored, how it is shown, and the goal."""

    what: str
    data: str
    place: tuple[str, ...]
    goal: str
    reached: Callable[[float], bool] | None
    command: str
    form: str = "{:.3f}"


def at_least(value: float) -> Callable[[float], bool]:
    return lambda found: found >= value


def at_most(value: float) -> Callable[[float], bool]:
    return lambda found: found <= value


def plate(
    what: str,
    method: str,
    figure: str,
    goal: str = "",
    reached: Callable[[float], bool] | None = None,
    form: str = "{:.3f}",
) -> Row:
    return Row(what, "61 backgrounds", ("plates", method, figure), goal, reached, PLATES, form)


ROWS = (
    Row(
        "objects found, IoU 0.5",
        "VOC",
        ("segmentation_full", "voc", "recall50"),
        "0.75",
        at_least(0.75),
        SEGMENTER,
    ),
    Row(
        "objects found, IoU 0.5",
        "balloon",
        ("segmentation_full", "balloon", "recall50"),
        "0.80",
        at_least(0.8),
        SEGMENTER,
    ),
    Row(
        "objects found, IoU 0.5",
        "COCO, all sizes",
        ("segmentation_full", "coco", "recall50"),
        "0.45",
        at_least(0.45),
        SEGMENTER,
    ),
    Row(
        "objects found, IoU 0.5",
        "COCO, above 96 x 96 px",
        ("segmentation_full", "coco", "recall50_large"),
        "0.75 (above 3 % of the picture)",
        None,
        SEGMENTER,
    ),
    Row(
        "proposals per object",
        "VOC",
        ("segmentation_full", "voc", "proposals_per_object"),
        "1.5",
        at_most(1.5),
        SEGMENTER,
    ),
    Row(
        "proposals per object",
        "COCO",
        ("segmentation_full", "coco", "proposals_per_object"),
        "1.5",
        at_most(1.5),
        SEGMENTER,
    ),
    Row(
        "views without an object in which one is found",
        "80 views",
        ("segmentation_full", "views_hdri", "pictures_with_objects"),
        "0",
        at_most(0),
        SEGMENTER,
    ),
    Row(
        "main object, J",
        "DAVIS 2016, foreground map",
        ("segmentation_full", "davis16", "J_foreground"),
        "0.80",
        at_least(0.8),
        SEGMENTER,
    ),
    Row(
        "main object, J",
        "DAVIS 2016, best object",
        ("segmentation_full", "davis16", "J_best"),
        "0.80",
        at_least(0.8),
        SEGMENTER,
    ),
    Row(
        "found by a click, IoU 0.5",
        "VOC, best answer",
        ("segmentation_full", "voc", "click50"),
        "none set",
        None,
        SEGMENTER,
    ),
    Row(
        "whole matte, SAD in thousands",
        "layers, 13 photographs",
        ("whole_matte", "layers", "sad"),
        "45",
        at_most(45),
        WHOLE,
        "{:.1f}",
    ),
    Row("the same: MSE", "layers", ("whole_matte", "layers", "mse"), "none set", None, WHOLE),
    Row("the same: gradient", "layers", ("whole_matte", "layers", "gradient"), "none set", None, WHOLE),
    Row(
        "the same: connectivity",
        "layers",
        ("whole_matte", "layers", "connectivity"),
        "none set",
        None,
        WHOLE,
        "{:.1f}",
    ),
    Row(
        "whole matte, SAD in thousands",
        "foreground map, refined",
        ("whole_matte", "salience_refined", "sad"),
        "45",
        at_most(45),
        WHOLE,
        "{:.1f}",
    ),
    Row(
        "the same: MSE",
        "foreground map, refined",
        ("whole_matte", "salience_refined", "mse"),
        "none set",
        None,
        WHOLE,
    ),
    Row(
        "share of that SAD beyond 16 px of the edge",
        "layers",
        ("whole_matte", "layers", "far"),
        "none set",
        None,
        WHOLE,
        "{:.2f}",
    ),
    Row(
        "matte from a trimap, SAD",
        "13 photographs",
        ("matting", "trimap", "sad"),
        "1.1 times PyMatting's",
        None,
        MATTING,
        "{:.2f}",
    ),
    Row(
        "PyMatting's on the same",
        "13 photographs",
        ("matting", "trimap", "pymatting_sad"),
        "",
        None,
        MATTING,
        "{:.2f}",
    ),
    plate("plate, PSNR in dB", "ours", "psnr_db", "above OpenCV's", at_least(21.3), "{:.1f}"),
    plate("OpenCV's (Navier-Stokes) on the same", "ns", "psnr_db", form="{:.1f}"),
    plate("biharmonic's on the same", "biharmonic", "psnr_db", form="{:.1f}"),
    plate("plate, distance in a network's features", "ours", "features", "below biharmonic's", at_most(0.39)),
    plate("biharmonic's on the same", "biharmonic", "features"),
    plate("OpenCV's (Telea) on the same", "telea", "features"),
    plate("plate, GMSD", "ours", "gmsd", "below OpenCV's", at_most(0.219)),
    plate("plate, texture (1 as the truth)", "ours", "texture", "above biharmonic's", at_least(0.29)),
)

HEAD = """# Split: goals and figures

Written by `python tests/quality/write_split.py` from `tests/quality/baselines.json`. Each command measures its figure
again; those of objects are as in the segmenter's card. `DATA` is the folder of photographs with ground truth. No
network was trained or tuned on these photographs, but for the 21 landscapes of the plates: they are of the training
pool, and nothing is learned for plates. The size and the rounds of the plate's search were chosen on 17 of its
pictures.

| what | data | goal | measured | | command |
| --- | --- | ---: | ---: | --- | --- |
"""

NOTES = """
## Where the whole matte is lost

Matting cannot repair what the segmenter does not see. In one photograph (GT13, a potted bamboo) only the pot is
found: it alone adds 20 to the mean. In a bush of blossoms (GT21, 120 thousand) a part of the leaves is missing; in
front of a clock and a wall of tools (GT25, 71) the clock is a layer too, though only the beaker is annotated. On the
remaining ten the errors are 1 to 25. Before the foreground map completed objects ([decision
52](../decisions/0052-foreground-completes-objects.md)) the mean was 61.

## Found against false

The threshold trades one for the other. Views: the 80 that are marked as without a salient object, with any found.

| threshold | VOC found at 0.5 | proposals per object | kept back from training: found | views with an object |
| ---: | ---: | ---: | ---: | ---: |
| 0.35 (default) | 0.732 | 1.71 | 0.441 | 0.31 |
| 0.45 | 0.683 | 1.16 | 0.393 | 0.24 |
| 0.55 | 0.634 | 0.92 | 0.351 | 0.16 |

Measured before the foreground map completed objects. No threshold reaches both goals; the default leans to what is
found, because a layer too many is deleted by one key.

## What was tried and left out

Several looks at a photograph: see [decision 37](../decisions/0037-one-look.md). More training, and other composition of
its pictures: see the [learning curve](learning-curve.md).

## Looked at

`python tests/quality/draw_layers.py DATA OUT.png` draws 26 development photographs as layers on black, white and
checkerboard, and their plates. All rows have been looked at.

- Cleanly cut, hair and fur with them: the couple (2007_006560), the locomotive (2007_005626), the red bus (568290),
  the cup (311303), the cat (443303), the swan but for haze beside its beak, both cars (car-shadow), the dog, GT01 but
  for two petals that shine through, GT07, GT19, the girl with the balloon.
- Half transparent, where neither network nor colours decide: the wall panel beside a clock (551780), the rim of a
  white dish (7991), the sandwich's dish (311303), the frame around a window (2007_005857), three of six people in a
  crowd (4581425993), the road under a bus at night (2007_007591).
- Wrongly an object: a piece of a house wall, while the bicycle before it is missed (2007_001587); painted walls
  behind a cyclist (bmx-trees); a strip of the door frame beside a man (2007_006373).
- Missing: the bamboo above its pot (GT13), one ball of four (6810773040), most furniture of a living room (139),
  waggons behind a locomotive (2007_003286), masts of a yacht (2007_002234), spokes and the lower end of a string.
- On the plate: a thin ring of the object's outline stays where the matte ends a pixel too early (yacht, dish, car,
  GT01, GT19, girl); shadows and reflections stay (cars, swan); large holes before structure become nonsense (bus at
  night, locomotive, scooter); lettering is continued as nonsense.

Hair, fur, motion blur, holes and thin structures, on four grounds (`scripts/gallery-edges`): the first three hold, a
leg of a tripod is lost, and sky stays between the struts of towers.

![Edges on black, white, green and checkerboard](../gallery/edges.png)

## What is measured elsewhere

Speed: `tests/bench/bench_split.py` prints it against rembg and PyMatting in the same run, `bench_matting.py` mattes
from a trimap. Plates beside those of other programs, and in a blind look: [plates](plates.md).
"""


def line(row: Row, stored: dict[str, Any]) -> str:
    found: Any = stored
    for key in row.place:
        found = found[key]
    verdict = "" if row.reached is None else "reached" if row.reached(found) else "**missed**"
    return (
        f"| {row.what} | {row.data} | {row.goal} | {row.form.format(found)} | {verdict} | `{row.command}` |"
    )


def text_of(stored: dict[str, Any]) -> str:
    """Return the page."""
    return HEAD + "\n".join(line(row, stored) for row in ROWS) + "\n" + NOTES


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text_of(json.loads(BASELINES.read_text("utf-8"))), "utf-8")
    print(TARGET.relative_to(ROOT))


if __name__ == "__main__":
    main()
