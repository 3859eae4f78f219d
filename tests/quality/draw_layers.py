"""Layers of development photographs on black, white and checkerboard, to be looked at: `draw_layers.py DATA OUT.png`.

Each row shows a photograph, its objects on three grounds, and the plate. The photographs' terms do not let them be
passed on: the picture stays outside of the repository.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

import cyclorama
from cyclorama.core.document import LayeredDocument
from cyclorama.core.image import Image
from cyclorama.core.resampling import fit_size, resize_image
from cyclorama.protocol.errors import NoObjectFound

SETS = {"voc": 8, "coco": 6, "davis16": 5, "matting": 4, "balloon": 3}
SIDE, CELL = 320, 8


def chosen(data: Path) -> list[Path]:
    """Return photographs evenly spread over each set."""
    with (data / "index.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "dev"]
    out = []
    for name, count in SETS.items():
        paths = [data / row["image"] for row in rows if row["set"] == name]
        out += [paths[k * len(paths) // count] for k in range(count)]
    return out


def grounds(size: tuple[int, int]) -> list[Image]:
    """Return black, white and checkerboard."""
    y, x = np.mgrid[: size[0], : size[1]]
    board = np.where((y // CELL + x // CELL) % 2, 0.75, 0.45)
    planes = (np.zeros(size), np.ones(size), board)
    return [
        Image(np.repeat(plane[..., None], 3, axis=-1).astype(np.float32)).stored_as("uint8")
        for plane in planes
    ]


def on(document: LayeredDocument, ground: Image) -> np.ndarray:
    return cyclorama.composite(document.replace(plate=ground)).pixels


def row_of(path: Path) -> np.ndarray:
    """Return one photograph's row, float32 (SIDE, 5 * SIDE, 3)."""
    image = cyclorama.read_image(path)
    image = resize_image(image, fit_size(image.size, SIDE)).stored_as("uint8")
    pictures = [image.pixels]
    try:
        document = cyclorama.split(image)
        pictures += [on(document, ground) for ground in grounds(image.size)] + [document.plate.pixels]
        print(path.stem, ", ".join(layer.name for layer in document.layers), flush=True)
    except NoObjectFound:
        print(path.stem, "no object", flush=True)
    out = np.full((SIDE, 5 * SIDE, 3), 0.2, np.float32)
    for number, picture in enumerate(pictures):
        height, width = picture.shape[:2]
        out[:height, number * SIDE : number * SIDE + width] = picture
    return out


def main() -> None:
    from PIL import Image as Pillow

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", type=int, help="every second photograph only, from 0 or 1")
    options = parser.parse_args()
    paths = chosen(options.data)
    paths = paths if options.part is None else paths[options.part :: 2]
    sheet = np.concatenate([row_of(path) for path in paths])
    Pillow.fromarray(np.rint(np.clip(sheet, 0, 1) * 255).astype(np.uint8)).save(options.out)


if __name__ == "__main__":
    main()
