"""CPU time of light, perspective and shadows: `python tests/bench/bench_light.py [--repeat N]`.

Prints the processor time of one thread, the median of N runs on the sample photograph; it asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from cyclorama.core.geometry import Box
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.documents.read import read_image
from cyclorama.lighting.estimate import estimate_lighting
from cyclorama.perspective.estimate import estimate_perspective
from cyclorama.shadows.cast import cast_shadows

ROOT = Path(__file__).resolve().parents[2]


def median_ms(job: Callable[[], object], repeat: int) -> float:
    times = []
    for _ in range(repeat):
        start = time.process_time()
        job()
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeat", type=int, default=5)
    repeat = parser.parse_args().repeat
    image = read_image(ROOT / "install" / "sample" / "photo.jpg")
    height, width = image.size
    y, x = np.mgrid[:height, :width] + 0.5
    alpha = np.hypot((x - width / 2) / (0.25 * width), (y - 0.55 * height) / (0.3 * height)) < 1
    matte = Matte(alpha.astype(np.float32))
    box = Box.of_mask(alpha)
    layer = ObjectLayer("subject", image.crop(box), matte.crop(box), box)
    camera = Perspective(image.size, 1.1 * max(image.size), (width / 2, height / 2), -0.15, 0.0, 1.0)
    light = estimate_lighting(image, [matte])
    print(f"photograph {width} x {height}, median of {repeat}, processor time of one thread")
    jobs: dict[str, Callable[[], object]] = {
        "light": lambda: estimate_lighting(image, [matte]),
        "perspective": lambda: estimate_perspective(image, [matte]),
        "shadows": lambda: cast_shadows([layer], image.size, light, camera, "srgb"),
    }
    for name, job in jobs.items():
        print(f"{name:12s} {median_ms(job, repeat):8.1f} ms")


if __name__ == "__main__":
    main()
