"""Mattes of whole photographs without a trimap: `python tests/quality/measure_whole.py [--data DIR] [--write]`.

Photographs with measured alpha (development set ``matting``), against what the shipped pipeline makes of them: the
network's salience as it is, the same refined, and what all layers together cover. SAD is in thousands, as are
gradient and connectivity errors. ``far`` is the share of SAD more than 16 pixels from the true edge: what no matting
can repair. `--write` stores the figures as the baseline of the tests.

References
----------
.. [1] C. Rhemann et al., "A perceptually motivated online benchmark for image matting", CVPR 2009, section 4
   (gradient and connectivity errors).
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import numpy as np
from measure_matting import BASELINES, ROOT, photographs
from scipy import ndimage

import cyclorama
from cyclorama import pipeline
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.layering import cover, refined_mattes
from cyclorama.protocol.options import SplitOptions
from cyclorama.segmentation.grids import read_grid

FAR_PX = 16
STEP, TOLERANCE = 0.1, 0.15
SIGMA_PX = 1.4


def gradient_error(found: np.ndarray, true: np.ndarray) -> float:
    """Return the summed squared difference of gradient lengths [1]_."""
    lengths = [
        ndimage.gaussian_gradient_magnitude(np.asarray(a, np.float64), SIGMA_PX) for a in (found, true)
    ]
    return float(np.square(lengths[0] - lengths[1]).sum() / 1000)


def connectivity_error(found: np.ndarray, true: np.ndarray) -> float:
    """Return how far pixels lie from the largest region that both connect [1]_."""
    level = np.full(true.shape, -1.0)
    steps = np.arange(0, 1 + STEP / 2, STEP)
    for number, threshold in enumerate(steps[1:], 1):
        labels, count = ndimage.label((found >= threshold) & (true >= threshold))
        largest = (
            labels == 1 + np.argmax(np.bincount(labels.ravel())[1:]) if count else np.zeros(true.shape, bool)
        )
        level[(level == -1) & ~largest] = steps[number - 1]
    level[level == -1] = 1
    apart = [np.where(a - level >= TOLERANCE, a - level, 0) for a in (found, true)]
    return float(np.abs(apart[0] - apart[1]).sum() / 1000)


def figures_of(found: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Return all errors of one matte."""
    difference = np.abs(found - true)
    edge = (true > 0.02) & (true < 0.98) | (
        ndimage.grey_dilation(true, 3) - ndimage.grey_erosion(true, 3) > 0.5
    )
    far = ndimage.distance_transform_edt(~edge) > FAR_PX
    sad = float(difference.sum())
    return {
        "sad": sad / 1000,
        "mse": float(np.square(difference).mean()),
        "gradient": gradient_error(found, true),
        "connectivity": connectivity_error(found, true),
        "far": float(difference[far].sum()) / max(sad, 1e-9),
    }


def on_canvas(own: Segment, size: tuple[int, int]) -> np.ndarray:
    out = np.zeros(size, np.float32)
    out[own.box.slices] = read_grid(own.probability, own.box, own.box, own.box.size)
    return out


def mattes_of(image: Image) -> dict[str, np.ndarray]:
    """Return the candidates for the foreground's matte."""
    options = SplitOptions()
    salience = pipeline.embed(image).salience()
    found = cyclorama.find_objects(image, options)
    layers = cover(refined_mattes(image, found, options), image.size) if found else np.zeros(image.size)
    return {
        "salience": on_canvas(salience, image.size),
        "salience_refined": cover(refined_mattes(image, [salience], options), image.size),
        "layers": layers,
    }


def whole_figures(data: Path, limit: int, *, every: bool = False) -> dict[str, dict[str, float]]:
    """Return mean errors over the photographs for each kind of matte."""
    rows: dict[str, list[dict[str, float]]] = {}
    for name, image, _, alpha in photographs(data, limit):
        for kind, matte in mattes_of(image).items():
            rows.setdefault(kind, []).append(figures_of(matte, alpha))
            if every:
                print(name, kind, {key: round(value, 3) for key, value in rows[kind][-1].items()}, flush=True)
    return {
        kind: {key: round(float(np.mean([row[key] for row in found])), 4) for key in found[0]}
        for kind, found in rows.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    )
    parser.add_argument("--limit", type=int, default=100, help="photographs at most")
    parser.add_argument("--every", action="store_true", help="print each photograph too")
    parser.add_argument("--write", action="store_true", help="store the figures as baseline")
    options = parser.parse_args()
    figures = whole_figures(options.data, options.limit, every=options.every)
    print(json.dumps(figures, indent=2))
    if options.write:
        stored = json.loads(BASELINES.read_text("utf-8"))
        stored["whole_matte"] = figures
        BASELINES.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
