"""The promise, on every development photograph: recomposing the layers gives the photograph back.

A centre crop of each picture, at its own resolution, keeps the run to a few minutes; objects cut by the border are the
harder case. `python tests/quality/test_recomposition.py` runs the whole pictures and prints the largest difference.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import cyclorama
from cyclorama.core.geometry import Box

SIDE = 320


def largest_difference(path: Path, side: int | None = SIDE) -> tuple[str, float, int]:
    """Return name, largest difference in 1/255, and number of layers; -1 if no object was found."""
    image = cyclorama.read_image(path)
    if side:
        height, width = image.size
        top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
        image = image.crop(Box(left, top, min(left + side, width), min(top + side, height)))
    try:
        document = cyclorama.split(image, cyclorama.SplitOptions(threshold=0.2))
    except cyclorama.CycloramaError:
        return path.stem, -1.0, 0
    for layer in document.layers:
        inside = layer.matte.alpha == 1
        above = document.layers[document.layers.index(layer) + 1 :]
        for other in above:
            common = layer.box.intersect(other.box)
            inside[common.relative_to(layer.box).slices] &= (
                other.matte.alpha[common.relative_to(other.box).slices] == 0
            )
        if not np.array_equal(layer.color.samples[inside], image.samples[layer.box.slices][inside]):
            return path.stem, 255.0, len(document.layers)
    difference = np.abs(cyclorama.composite(document).pixels - image.pixels).max()
    return path.stem, float(difference) * 255, len(document.layers)


def every_photograph(data: Path, rows: list[dict[str, str]]) -> list[Path]:
    return [data / row["image"] for row in rows if row["split"] == "dev"]


@pytest.mark.data
@pytest.mark.slow
def test_every_development_photograph_recomposes(data, data_rows):
    paths = every_photograph(data, data_rows)
    assert len(paths) > 400
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(largest_difference, paths, chunksize=8))
    split = [result for result in results if result[2]]
    assert len(split) > 0.6 * len(paths)
    bad = [result for result in split if result[1] > 1 + 1e-3]
    assert not bad


if __name__ == "__main__":
    import csv

    folder = Path(sys.argv[1])
    with (folder / "index.csv").open(newline="") as file:
        every = every_photograph(folder, list(csv.DictReader(file)))
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        measured = list(workers.map(largest_difference, every, [None] * len(every)))
    found = [result for result in measured if result[2]]
    worst = max(found, key=lambda result: result[1])
    print(f"{len(found)} of {len(every)} photographs split; largest difference {worst[1]:.3f}/255 ({worst[0]})")
