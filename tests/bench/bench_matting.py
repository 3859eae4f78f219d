"""Processor time of matting against PyMatting: `python tests/bench/bench_matting.py [--data DIR] [--limit N]`.

Photographs with measured alpha and their trimaps, enlarged to about one megapixel. Both solve the same pictures in the
same run, on one thread; compilation is not counted. Prints seconds, their ratio, and the error; asserts nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "quality"))

import argparse
import math
import time
from collections.abc import Callable

import numpy as np
from measure_matting import errors, photographs, reference_alpha

from cyclorama.core.image import Image
from cyclorama.core.resampling import resize
from cyclorama.matting.alpha import alpha_from_trimap

ROOT = Path(__file__).resolve().parents[2]
HEAD = ("photograph", "open", "ours s", "PyMatting s", "ratio", "ours SAD", "PyMatting SAD")


def timed(job: Callable[..., np.ndarray], *arguments: object) -> tuple[np.ndarray, float]:
    start = time.process_time()
    result = job(*arguments)
    return result, time.process_time() - start


def ours(image: Image, trimap: np.ndarray) -> np.ndarray:
    return alpha_from_trimap(image, trimap).alpha


def enlarged(
    image: Image, trimap: np.ndarray, alpha: np.ndarray, pixels: float
) -> tuple[Image, np.ndarray, np.ndarray]:
    scale = math.sqrt(pixels / alpha.size)
    size = (round(alpha.shape[0] * scale), round(alpha.shape[1] * scale))
    large = Image(np.clip(resize(image.pixels, size, "bicubic"), 0, 1))
    wide = resize(trimap, size, "bilinear")
    wide = np.where((wide > 0) & (wide < 1), np.float32(0.5), wide)
    return large, wide, resize(alpha, size, "bilinear")


def line(name: str, open_share: float, row: np.ndarray) -> str:
    our_s, their_s, our_sad, their_sad = row
    cells = (
        f"{open_share:.2f}",
        f"{our_s:.2f}",
        f"{their_s:.2f}",
        f"{our_s / their_s:.2f}",
        f"{our_sad:.2f}",
        f"{their_sad:.2f}",
    )
    return "  ".join(f"{cell:>{len(head)}}" for cell, head in zip((name, *cells), HEAD, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    )
    parser.add_argument("--limit", type=int, default=13)
    parser.add_argument("--megapixels", type=float, default=1.0)
    options = parser.parse_args()
    ramp = np.tile(np.linspace(0, 1, 32, dtype=np.float32), (32, 1))
    reference_alpha(Image(np.stack([ramp] * 3, -1)), np.round(ramp * 2) / 2)  # compiles
    rows = []
    print("  ".join(HEAD))
    for name, image, trimap, alpha in photographs(options.data, options.limit):
        large, wide, true = enlarged(image, trimap, alpha, options.megapixels * 1e6)
        found, our_s = timed(ours, large, wide)
        reference, their_s = timed(reference_alpha, large, wide)
        unknown = wide == 0.5
        rows.append((our_s, their_s, errors(found, true, unknown)[0], errors(reference, true, unknown)[0]))
        print(line(name, float(unknown.mean()), np.array(rows[-1])), flush=True)
    print(line("sum", float("nan"), np.sum(rows, axis=0)))


if __name__ == "__main__":
    main()
