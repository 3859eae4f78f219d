"""The promise, on every development photograph: recomposing the layers gives the photograph back.

Every photograph is run at 256 pixels on its long side, every sixteenth at its own size: the promise is
about arithmetic at each pixel, not about size. `python tests/quality/test_recomposition.py DATA` runs all of them whole
and prints the largest difference.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import cyclorama
from cyclorama.core.resampling import fit_size, resize_image

SIDE, WHOLE_EVERY = 256, 16


def largest_difference(path: Path, side: int | None) -> tuple[str, float, int]:
    """Return name, largest difference in 1/255, and number of layers; 255 if a pixel inside has other bits."""
    image = cyclorama.read_image(path)
    if side:
        image = resize_image(image, fit_size(image.size, side)).stored_as(image.sample_format)
    try:
        document = cyclorama.split(image, cyclorama.SplitOptions(threshold=0.2))
    except cyclorama.CycloramaError:
        return path.stem, -1.0, 0
    for layer in document.layers:
        inside = layer.matte.alpha == 1
        for other in document.layers[document.layers.index(layer) + 1 :]:
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


def workers() -> ProcessPoolExecutor:
    # Spawned, not forked: a runtime with threads does not survive a fork.
    return ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.data
@pytest.mark.slow
def test_every_development_photograph_recomposes(data, data_rows):
    paths = every_photograph(data, data_rows)
    assert len(paths) > 400
    sides = [None if number % WHOLE_EVERY == 0 else SIDE for number in range(len(paths))]
    with workers() as pool:
        results = list(pool.map(largest_difference, paths, sides, chunksize=8))
    split = [result for result in results if result[2]]
    assert len(split) > 0.6 * len(paths)
    bad = [result for result in split if result[1] > 1 + 1e-3]
    assert not bad


if __name__ == "__main__":
    import csv

    folder = Path(sys.argv[1])
    with (folder / "index.csv").open(newline="") as file:
        every = every_photograph(folder, list(csv.DictReader(file)))
    with workers() as running:
        measured = list(running.map(largest_difference, every, [None] * len(every)))
    found = [result for result in measured if result[2]]
    worst = max(found, key=lambda result: result[1])
    print(
        f"{len(found)} of {len(every)} photographs split; largest difference {worst[1]:.3f}/255 ({worst[0]})"
    )
