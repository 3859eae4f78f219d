"""What the worker costs beside the pipeline, and how soon it stops: `python tests/bench/bench_worker.py`.

Overhead: a worker whose split gives five ready-made layers, so that what is left is the way there and back (pixels
into messages, through the socket, into values, and the layers back into the client's bytes). It is told in seconds
and as a ratio to the real split of the same picture in this process. Cancel: asked at many moments of a real split
and a real new background; how soon the client is told, and how soon the worker is free for the next job.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cyclorama import pipeline
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize_image
from cyclorama.documents.read import read_image
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.client import Client
from cyclorama.protocol.endpoint import read_endpoint
from cyclorama.protocol.errors import Cancelled
from cyclorama.protocol.messages import FINAL, Ping, Pong, ProgressMade

ROOT = Path(__file__).resolve().parent.parent.parent
PHOTO = ROOT / "install" / "sample" / "photo.jpg"
LAYERS = 5

# A worker that finds five objects of 60 % of each side at once.
READY_MADE = f"""
import sys
from cyclorama import pipeline
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.worker.process import run_worker
import numpy as np

def ready_made(image, options=None, **_):
    height, width = image.size
    def layer(k):
        left, top = width * k // 12, height * k // 12
        box = Box(left, top, left + width * 6 // 10, top + height * 6 // 10)
        return ObjectLayer(f"object {{k + 1}}", image.crop(box), Matte(np.full(box.size, 200, np.uint8)), box)
    return LayeredDocument(image, tuple(layer(k) for k in range({LAYERS})))

pipeline.split = ready_made
pipeline.warm_up = lambda: None
sys.exit(run_worker(announce=False))
"""


@contextlib.contextmanager
def worker(*command: str) -> Iterator[Client]:
    """Run a worker of our own and yield a conversation with it."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CYCLORAMA_RUNTIME": folder}
        with subprocess.Popen([sys.executable, *command], env=environment) as process:
            try:
                path = Path(folder) / "worker.json"
                while (endpoint := read_endpoint(path)) is None:
                    time.sleep(0.05)
                with Client.connect(endpoint, "bench") as client:
                    yield client
            finally:
                process.terminate()


def picture(image: Image) -> ArrayData:
    """Return a photograph as a plug-in sends it."""
    return ArrayData("image", "uint8", image.samples.shape, "RGB", "srgb", image.samples.tobytes())


def overhead(image: Image, rounds: int) -> float:
    """Return the seconds of the way there and back, the least of some rounds."""
    spent = []
    with worker("-c", READY_MADE) as client:
        for _ in range(rounds):
            started = time.perf_counter()
            result = client.run("split", {}, [picture(image)])
            # An editor takes bytes of its own.
            total = sum(len(bytes(array.data)) for array in result.arrays)
            spent.append(time.perf_counter() - started)
        print(
            f"  {image.samples.nbytes / 1e6:.0f} MB out, {total / 1e6:.0f} MB back in {len(result.arrays)} pictures"
        )
    return min(spent)


def in_process(image: Image) -> float:
    """Return the seconds of the real split in this process, models loaded."""
    pipeline.warm_up()
    started = time.perf_counter()
    pipeline.split(image)
    return time.perf_counter() - started


def cancelled(client: Client, image: Image, delay_s: float) -> tuple[str, float, float]:
    """Cancel a split after a while; return its stage, the seconds until told, and until the worker is free."""
    job = client.submit("split", {}, [picture(image)])
    stage, until = "queue", time.perf_counter() + delay_s
    while time.perf_counter() < until:
        message = client.poll(0.02)
        if isinstance(message, ProgressMade):
            stage = message.stage
        elif isinstance(message, FINAL):
            return "over", 0.0, 0.0
    asked = time.perf_counter()
    client.cancel(job)
    with contextlib.suppress(Cancelled):
        client.wait(job)
    told = time.perf_counter() - asked
    while client._ask(Ping(), Pong, 10.0).jobs_waiting:
        time.sleep(0.005)
    return stage, told, time.perf_counter() - asked


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cancels", type=int, default=30)
    arguments = parser.parse_args()
    image = resize_image(read_image(PHOTO), (3000, 4000)).as_srgb().stored_as("uint8")
    print(f"12 MP, {LAYERS} layers:")
    way = overhead(image, arguments.rounds)
    split = in_process(image)
    print(f"  way there and back {way:.2f} s; split in this process {split:.2f} s; ratio {way / split:.2f}")
    with worker("-m", "cyclorama", "worker", "--quiet") as client:
        client.run("objects", {}, [picture(image)])
        found = [
            cancelled(client, image, split * (k + 0.5) / arguments.cancels) for k in range(arguments.cancels)
        ]
    found = [entry for entry in found if entry[0] != "over"]
    for stage in dict.fromkeys(entry[0] for entry in found):
        told = [entry[1] for entry in found if entry[0] == stage]
        free = [entry[2] for entry in found if entry[0] == stage]
        print(
            f"  cancel in {stage:<12} told after {max(told):.2f} s at most, free after {max(free):.2f} s ({len(told)})"
        )
    told, free = ([entry[k] for entry in found] for k in (1, 2))
    print(f"  median: told {statistics.median(told):.3f} s, free {statistics.median(free):.3f} s")


if __name__ == "__main__":
    main()
