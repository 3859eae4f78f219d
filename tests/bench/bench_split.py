"""The split against rembg and PyMatting: `python tests/bench/bench_split.py [--data DIR] [--megapixels N ...]`.

The same photograph with three objects (a development photograph scaled up; without DATA the sample with one) in the
same run, after everything is loaded. Ours: finding objects, mattes, edge colours, plate, recomposition, light and
perspective. rembg: its IS-Net session, whose network is replaced by one of the same layers with random weights
(isnet_shaped.py: the published weights cannot be fetched everywhere, and cost the same), and its cut-out with
PyMatting, which is given the outline of our objects. It makes one layer and no plate. rembg runs in an environment of
its own. Prints seconds and ratios; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from peers import CACHE, peer_python, run_peer

ROOT = Path(__file__).resolve().parents[2]
PHOTO = Path("dev") / "voc" / "images" / "2007_004481.jpg"
OBJECTS = 3
REMBG = """
import json, sys, time
import onnxruntime as ort
from PIL import Image
from rembg import remove
from rembg.bg import alpha_matting_cutout
from rembg.sessions.dis_general_use import DisSession
network, photo, mask, threads = sys.argv[1:5]
class Local(DisSession):
    @classmethod
    def download_models(cls, *args, **kwargs):
        return network
options = ort.SessionOptions()
options.intra_op_num_threads = int(threads)
session = Local("isnet-shaped", options)
picture, outline = Image.open(photo).convert("RGB"), Image.open(mask).convert("L")
small = picture.resize((96, 96)), outline.resize((96, 96))
session.predict(small[0])
alpha_matting_cutout(*small, 240, 10, 10)
def timed(job):
    start = time.process_time(), time.perf_counter()
    job()
    return time.process_time() - start[0], time.perf_counter() - start[1]
print(json.dumps({
    "rembg, network and cut-out": timed(lambda: remove(picture, session=session)),
    "rembg, PyMatting cut-out": timed(lambda: alpha_matting_cutout(picture, outline, 240, 10, 10)),
}))
"""


def enlarged(path: Path, megapixels: float) -> np.ndarray:
    from cyclorama.core.resampling import resize_image
    from cyclorama.documents.read import read_image

    photo = read_image(path)
    scale = math.sqrt(megapixels * 1e6 / (photo.size[0] * photo.size[1]))
    size = round(photo.size[0] * scale), round(photo.size[1] * scale)
    return np.array(resize_image(photo, size, "bicubic").stored_as("uint8").samples)


def split_once(path: Path, megapixels: float, folder: Path) -> dict[str, float]:
    """Split in this process; leave the photograph and the objects' outline for the peer in a folder."""
    from PIL import Image as Picture

    import cyclorama
    from cyclorama import pipeline
    from cyclorama.layering import cover

    image = cyclorama.Image(enlarged(path, megapixels))
    pipeline.split(cyclorama.Image(enlarged(path, 0.2)))  # loads what is loaded on first use
    start = time.process_time(), time.perf_counter()
    found = sorted(cyclorama.find_objects(image), key=lambda own: -own.score)[:OBJECTS]
    ordered = [own for own in cyclorama.find_objects(image) if any(own.label == one.label for one in found)]
    twice = time.process_time(), time.perf_counter()
    document = cyclorama.split(image, segments=ordered)
    done = time.process_time(), time.perf_counter()
    if megapixels <= 12:
        covered = cover([(layer.matte, layer.box) for layer in document.layers], image.size)
        Picture.fromarray(np.array(image.samples)).save(folder / "photo.png")
        Picture.fromarray((covered * 255).astype(np.uint8)).save(folder / "mask.png")
    cpu, wall = ((twice[k] - start[k]) / 2 + done[k] - twice[k] for k in (0, 1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"objects": len(ordered), "cpu": cpu, "wall": wall, "peak_gb": peak}


def isnet_shaped() -> Path:
    """Return the random network's file; written by the peer's own onnx."""
    target = CACHE / "isnet-shaped.onnx"
    if not target.exists():
        script = Path(__file__).with_name("isnet_shaped.py")
        subprocess.run([str(peer_python("rembg")), str(script), str(target)], check=True, stdout=sys.stderr)
    return target


def measure(path: Path, megapixels: float, threads: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            __file__,
            "--one",
            str(path),
            "--megapixels",
            str(megapixels),
            "--out",
            folder,
        ]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        ours = json.loads(text.strip().splitlines()[-1])
        head = f"{megapixels:g} MP, {ours['objects']:.0f} objects, {threads} threads"
        print(f"{head:44} processor s   wall s   ours / theirs (processor)")
        peak = f"peak {ours['peak_gb']:.2f} GB"
        print(
            f"{'Cyclorama, layers and plate':44} {ours['cpu']:11.2f} {ours['wall']:8.2f}   {peak}", flush=True
        )
        if megapixels > 12:
            return
        files = isnet_shaped(), Path(folder) / "photo.png", Path(folder) / "mask.png"
        text = run_peer("rembg", REMBG, *files, str(threads), threads=threads)
        peers = json.loads(text.strip().splitlines()[-1])
        for name, (cpu, wall) in peers.items():
            print(f"{name:44} {cpu:11.2f} {wall:8.2f}   {ours['cpu'] / cpu:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[2, 12])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(split_once(options.one, options.megapixels[0], options.out)))
        return
    given = Path(options.data) / PHOTO
    path = given if given.exists() else ROOT / "install" / "sample" / "photo.jpg"
    for megapixels in options.megapixels:
        measure(path, megapixels, options.threads)


if __name__ == "__main__":
    main()
