"""Pictures for the judge: sketches and photographs that the background model never saw, small, with their labels.

    python pictures.py --out scratch/judge --count 16000 --data ../../../../shared/data

Seeds, cameras and lights are drawn apart from those of the background model's training set.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from cyclorama.backdrop.sketch import PAINTERS, View, develop
from cyclorama.core.color import luminance
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.resampling import resize

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "backdrop"))
from scenes.photo import photograph
from scenes.sampling import FAMILIES, Shot, sample_light, up_vector

SIDE_PX, RENDER_PX = 64, 144
FIRST_SEED = 50_000_000
PHOTO_SHARE = 0.15


def wide_view(rng, scene: str) -> View:
    """A camera from a range wider than any scene's."""
    aspect = float(np.exp(rng.uniform(-0.45, 0.45)))
    size = (round(RENDER_PX / max(aspect, 1)), round(RENDER_PX * min(aspect, 1)))
    down = -0.2 if scene in ("table", "marble") else 0.0
    up = up_vector(rng.normal(down, 0.09), float(np.clip(rng.normal(0, 0.02), -0.06, 0.06)))
    row = None if rng.random() < 0.5 else float(rng.uniform(0.74, 1.02))
    focal = float(np.exp(rng.uniform(np.log(0.9), np.log(3.0))))
    return View(size, focal, up, (0.5 * size[1] / size[0], 0.5), row)


def sketched(rng) -> Shot:
    """A sketch of a scene at random, all scenes alike, lit from anywhere."""
    scene = str(rng.choice(list(PAINTERS)))
    family = next(f for f in FAMILIES if f.scene == scene)
    light = family.tinted(rng, sample_light(rng, azimuth=(0, 160), elevation=(2, 70), softness=(0.03, 0.9)))
    view, blur = wide_view(rng, scene), float(rng.uniform(0.004, 0.05))
    return Shot(PAINTERS[scene](rng, view, light, blur), view, light, scene, blur)


def small_picture(shot: Shot, rng) -> np.ndarray:
    """The developed picture at SIDE_PX x SIDE_PX, a little out of tune, as bytes."""
    picture = develop(shot.sketch)
    if rng.random() < 0.5:
        picture = gaussian_blur(picture, rng.uniform(0.0, 0.02) * picture.shape[0])
    small = resize(picture, (SIDE_PX, SIDE_PX), "area") ** np.float32(np.exp(rng.normal(0, 0.15)))
    small = small + rng.normal(0, rng.uniform(0, 0.012), small.shape)
    return (np.clip(small, 0, 1) * 255 + 0.5).astype(np.uint8)


def labels(shot: Shot) -> dict[str, np.ndarray]:
    light, view = shot.light, shot.view
    total = light.key + light.ambient
    return {
        "direction": np.float32(light.direction),
        "horizon": np.float32(view.horizon),
        "tint": np.float32(np.log((total[0] + 1e-3) / (total[2] + 1e-3))),
        "contrast": np.float32(np.log(luminance(light.key) / max(float(luminance(light.ambient)), 1e-3))),
        "scene": np.array(shot.scene),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=16000)
    parser.add_argument("--data", help="folder with train/background_hdri; without it only sketches")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    pictures, rows = [], []
    for index in range(args.count):
        rng = np.random.default_rng(FIRST_SEED + index)
        real = args.data is not None and rng.random() < PHOTO_SHARE
        shot = photograph(rng, args.data) if real else sketched(rng)
        pictures.append(small_picture(shot, rng))
        rows.append(labels(shot))
        if index % 1000 == 999:
            print(f"{index + 1} of {args.count}", flush=True)
    table = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    np.savez(args.out / "pictures.npz", pictures=np.stack(pictures), **table)


if __name__ == "__main__":
    main()
