"""How long a preview of the light takes while the worker paints backgrounds: python tests/bench/bench_preview.py"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cyclorama.documents.read import read_photo
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.client import Client
from cyclorama.protocol.endpoint import read_endpoint
from cyclorama.protocol.messages import Result

ROOT = Path(__file__).resolve().parent.parent.parent
PHOTO = ROOT / "docs" / "gallery" / "originals" / "astronaut.jpg"


def main() -> None:
    """Print the median and the longest time, idle and beside diffusion."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="previews of each kind")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CYCLORAMA_RUNTIME": folder}
        worker = subprocess.Popen([sys.executable, "-m", "cyclorama", "worker", "--quiet"], env=environment)
        try:
            while (endpoint := read_endpoint(Path(folder) / "worker.json")) is None:
                time.sleep(0.05)
            with Client.connect(endpoint, "bench") as client:
                measure(client, count)
        finally:
            worker.terminate()
            worker.wait()


def measure(client: Client, count: int) -> None:
    """Split a photo, then ask for previews before and during a long job."""
    pixels = read_photo(PHOTO).image.samples
    image = ArrayData("image", "uint8", pixels.shape, "RGB", "srgb", pixels.tobytes())
    found = client.run("split", {}, [image])
    document = found.result["document"]
    light = {name: document[name] for name in ("lighting", "perspective")}
    told = {"idle": previews(client, light, count)}
    painting = client.submit(
        "replace", {"document": document, "candidates": 16, "steps": 100}, list(found.arrays)
    )
    told["while it paints"] = previews(client, light, count)
    client.cancel(painting)
    for name, times in told.items():
        print(f"{name:<16} median {1000 * np.median(times):4.0f} ms, longest {1000 * max(times):4.0f} ms")


def previews(client: Client, light: dict[str, object], count: int) -> list[float]:
    """Return the seconds from asking to the picture, 170 x 240 pixels, as GIMP's dialog asks for."""
    times = []
    for _ in range(count):
        asked = time.monotonic()
        answer = client.run("preview", {**light, "scene": "canvas", "size": [170, 240]})
        assert isinstance(answer, Result)
        times.append(time.monotonic() - asked)
    return times


if __name__ == "__main__":
    main()
