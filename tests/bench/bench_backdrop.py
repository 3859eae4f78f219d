"""Print the time of one background: python tests/bench/bench_backdrop.py."""

import time

import numpy as np

from cyclorama.backdrop.builtin import BuiltinInpainter
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.catalog import builtin_model_path
from cyclorama.core.image import Image
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective


def main() -> None:
    light = LightingEstimate(
        np.array([0.8, 0.4, 0.4]), 50.0, 0.3, np.full(3, 0.8), np.full(3, 0.2), np.zeros((9, 3))
    )
    for threads in (1, 2):
        model = BuiltinInpainter(builtin_model_path("backdrop", "denoiser.onnx").parent, threads=threads)
        for size in ((512, 512), (3000, 4000)):
            camera = Perspective(size, 1.4 * size[0], (size[1] / 2, size[0] / 2), 0.0, 0.0, 0.5)
            canvas, hole = Image(np.full((*size, 3), 128, np.uint8)), Matte(np.ones(size, np.float32))
            seconds = []
            for seed in range(3):
                start = time.perf_counter()
                model(
                    canvas,
                    hole,
                    Conditions(light, camera, "garden", 0.035),
                    seed=seed,
                    steps=16,
                    guidance=2.0,
                )
                seconds.append(time.perf_counter() - start)
            print(f"{threads} threads, {size[1]} x {size[0]}, 16 steps: best of three {min(seconds):.2f} s")


if __name__ == "__main__":
    main()
