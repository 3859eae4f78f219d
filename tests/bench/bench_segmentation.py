"""Time of the built-in segmenter: `python tests/bench/bench_segmentation.py [PHOTO]`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cyclorama
from cyclorama.catalog import builtin_model_path
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation import BuiltinSegmenter

SAMPLE = Path(__file__).resolve().parents[2] / "install" / "sample" / "photo.jpg"


def least_ms(work: Callable[..., Any], *arguments: Any, repeats: int = 20) -> float:
    """Milliseconds of the fastest of several runs: what other work on the machine disturbs least."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work(*arguments)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    """Print the time of reading and running the network, and of answers, with one thread and with all."""
    image = cyclorama.read_image(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
    for threads in (1, None):
        segmenter = BuiltinSegmenter(OnnxSession(builtin_model_path("segmenter"), threads=threads))
        seen = segmenter.embed(image)
        middle = (image.size[1] / 2, image.size[0] / 2)
        print(f"{image.size[1]} x {image.size[0]}, " + ("one thread" if threads else "all threads"))
        print(f"  reduce the photograph, run the network  {least_ms(segmenter.embed, image):6.0f} ms")
        print(f"  all objects                             {least_ms(seen.objects):6.0f} ms")
        print(f"  one click                               {least_ms(seen.at, *middle):6.0f} ms")


if __name__ == "__main__":
    main()
