"""Make the training pictures: 8-bit JPEG of every scene at about 512 px and one table of labels.

python data.py --out scratch/scenes --count 6000 --data ../shared/data --workers 2
"""

from __future__ import annotations

import argparse
import multiprocessing
from pathlib import Path

import numpy as np
from PIL import Image
from scenes import photograph_of, sample_shot

from cyclorama.backdrop.scenes import SCENE_NAMES
from cyclorama.core.color import srgb_to_linear

CHUNK = 50


def palette(pixels: np.ndarray) -> np.ndarray:
    """Mean linear RGB of the picture: the colour that a user may ask for."""
    return srgb_to_linear(pixels[::8, ::8].astype(np.float32) / 255).mean((0, 1))


def labels(shot, pixels: np.ndarray) -> dict[str, np.ndarray]:
    view, light = shot.view, shot.light
    return {
        "size": np.array(view.size),
        "focal": np.float32(view.focal),
        "center": np.float32(view.center),
        "up": np.float32(view.up),
        "contact_row": np.float32(np.nan if view.contact_row is None else view.contact_row),
        "direction": np.float32(light.direction),
        "softness": np.float32(light.softness),
        "key": np.float32(light.key),
        "ambient": np.float32(light.ambient),
        "scene": np.array(SCENE_NAMES.index(shot.scene)),
        "blur": np.float32(shot.blur),
        "palette": palette(pixels),
    }


def make_chunk(job: tuple[Path, int, int, str | None]) -> None:
    """Draw one chunk; the same numbers give the same pictures, and a finished chunk is kept."""
    folder, start, count, data = job
    table = folder / f"labels_{start:06d}.npz"
    if table.exists():
        return
    rows = []
    for index in range(start, start + count):
        rng = np.random.default_rng(index)
        shot = sample_shot(rng, data)
        pixels = photograph_of(shot, rng)
        rows.append(labels(shot, pixels))
        Image.fromarray(pixels).save(folder / f"{index:06d}.jpg", quality=95, subsampling=0)
    np.savez(
        table, index=np.arange(start, start + count), **{k: np.stack([r[k] for r in rows]) for k in rows[0]}
    )


def load_labels(folder: Path) -> dict[str, np.ndarray]:
    """All finished chunks as one table."""
    tables = [np.load(p) for p in sorted(folder.glob("labels_*.npz"))]
    return {k: np.concatenate([t[k] for t in tables]) for k in tables[0].files}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--data", help="folder with train/background_hdri; without it only analytic scenes")
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    chunk = min(CHUNK, args.count)
    jobs = [
        (args.out, start, chunk, args.data) for start in range(args.first, args.first + args.count, chunk)
    ]
    if args.workers == 1:
        list(map(make_chunk, jobs))
        return
    with multiprocessing.Pool(args.workers) as pool:
        pool.map(make_chunk, jobs, chunksize=1)


if __name__ == "__main__":
    main()
