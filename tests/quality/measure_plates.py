"""Plates against other inpainting: `python tests/quality/measure_plates.py [--data DIR] [--limit N] [--write]`.

Real backgrounds (21 landscapes, 40 views of places) with the outlines of real objects cut out. Ours, OpenCV's two
methods (in an environment of their own, see tests/bench/peers.py) and biharmonic inpainting fill the same holes. All
figures are of the hole alone: PSNR; MS-SSIM [1]_; GMSD [2]_, lower is better; texture, how much neighbouring pixels
differ as a share of the true picture's; features, the distance in the maps of the shipped segmenter, lower is better:
a network that was trained on other pictures for another task. `--write` stores the figures and writes
docs/quality/plates.md, `--pairs OUT.png` draws true picture, hole and all fills, unlabelled and in shuffled order.

References
----------
.. [1] Z. Wang, E. Simoncelli, A. Bovik, "Multiscale structural similarity", Asilomar 2003.
.. [2] W. Xue et al., "Gradient magnitude similarity deviation", IEEE TIP 23(2), 2014.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from measure_matting import BASELINES, ROOT, biharmonic, busy, outlines, psnr, spread

from cyclorama.core.filters import gaussian_blur
from cyclorama.core.image import Image
from cyclorama.core.resampling import block_means, resize
from cyclorama.documents.read import read_image
from cyclorama.pipeline import builtin_segmenter
from cyclorama.plate.fill import fill_plate

sys.path.insert(0, str(ROOT / "tests" / "bench"))
from peers import run_peer

TARGET = ROOT / "docs" / "quality" / "plates.md"
METHODS = {
    "ours": "Cyclorama",
    "telea": "OpenCV, Telea",
    "ns": "OpenCV, Navier-Stokes",
    "biharmonic": "biharmonic (scikit-image)",
}
FIGURES = {
    "psnr_db": "PSNR, dB",
    "ms_ssim": "MS-SSIM",
    "gmsd": "GMSD",
    "texture": "texture",
    "features": "features",
}
VIEWS = 40
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363)
OPENCV = """
import sys, numpy as np, cv2
cv2.setNumThreads(1)
with np.load(sys.argv[1]) as given:
    picture, hole = given["picture"], given["hole"].astype(np.uint8)
out = {}
for name, method in (("telea", cv2.INPAINT_TELEA), ("ns", cv2.INPAINT_NS)):
    out[name] = cv2.inpaint(picture, hole, 5, method)
np.savez(sys.argv[2], **out)
"""

Fills = dict[str, np.ndarray]


def holes(data: Path, limit: int) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Give (name, true picture, hole)."""
    masks = outlines(data)
    landscapes = spread(list((data / "train" / "background_photo" / "images").glob("*.jpg")), limit)
    views = spread(list((data / "dev" / "views_hdri" / "images").glob("*.jpg")), min(limit, VIEWS))
    for number, path in enumerate([*landscapes, *views]):
        true = read_image(path).pixels
        mask = masks[number % len(masks)].astype(np.float32)
        yield path.stem, true, resize(mask, true.shape[:2], "bilinear") > 0.5


def fills(true: np.ndarray, hole: np.ndarray) -> Fills:
    """Return what each method paints."""
    given = Image(np.where(hole[..., None], np.float32([1, 0, 1]), true)).stored_as("uint8")
    out: Fills = {}
    out["ours"] = fill_plate(given, hole.astype(np.float32)).pixels
    out["biharmonic"] = biharmonic(true, hole)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "given.npz", Path(folder) / "filled.npz"
        np.savez(source, picture=np.asarray(given.samples), hole=hole)
        run_peer("opencv", OPENCV, source, target)
        with np.load(target) as found:
            for name in ("telea", "ns"):
                out[name] = found[name].astype(np.float32) / 255
    return out


def ms_ssim(found: np.ndarray, true: np.ndarray, hole: np.ndarray) -> float:
    """Return the multiscale structural similarity [1]_ of grey values inside the hole."""
    a, b = found.mean(-1).astype(np.float32), true.mean(-1).astype(np.float32)
    where, product = hole.astype(np.float32), 1.0
    for number, weight in enumerate(SCALE_WEIGHTS):
        luminance, structure = _ssim(a, b)
        chosen = where > 0.5
        last = number == len(SCALE_WEIGHTS) - 1
        value = float((structure * (luminance if last else 1))[chosen].mean())
        product *= max(value, 1e-3) ** weight
        a, b, where = (block_means(grid[..., None], 2)[..., 0] for grid in (a, b, where))
    return product


def _ssim(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean_a, mean_b = gaussian_blur(a, 1.5), gaussian_blur(b, 1.5)
    var_a, var_b = gaussian_blur(a * a, 1.5) - mean_a**2, gaussian_blur(b * b, 1.5) - mean_b**2
    both = gaussian_blur(a * b, 1.5) - mean_a * mean_b
    luminance = (2 * mean_a * mean_b + 0.01**2) / (mean_a**2 + mean_b**2 + 0.01**2)
    return luminance, (2 * both + 0.03**2) / (var_a + var_b + 0.03**2)


def gmsd(found: np.ndarray, true: np.ndarray, hole: np.ndarray) -> float:
    """Return the deviation of the gradients' similarity [2]_ inside the hole."""
    lengths = []
    for picture in (found, true):
        grey = block_means(picture.mean(-1, keepdims=True).astype(np.float32), 2)[..., 0]
        padded = np.pad(grey, 1, mode="edge")
        rows = padded[:-2] + padded[1:-1] + padded[2:]
        columns = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
        lengths.append(np.hypot(rows[:, 2:] - rows[:, :-2], columns[2:] - columns[:-2]) / 3)
    similarity = (2 * lengths[0] * lengths[1] + 0.0026) / (lengths[0] ** 2 + lengths[1] ** 2 + 0.0026)
    return float(similarity[block_means(hole[..., None].astype(np.float32), 2)[..., 0] > 0.5].std())


def seen(picture: np.ndarray) -> np.ndarray:
    """Return the segmenter's mask features (h, w, 16), of length 1 at each place."""
    shared = builtin_segmenter().embed(Image(picture.astype(np.float32))).shared.transpose(1, 2, 0)
    return shared / np.maximum(np.linalg.norm(shared, axis=-1, keepdims=True), 1e-6)


def features(found: np.ndarray, true: np.ndarray, hole: np.ndarray) -> float:
    """Return the mean squared distance of features inside the hole."""
    apart = np.square(seen(found) - seen(true)).sum(-1)
    return float(apart[resize(hole.astype(np.float32), apart.shape, "area") > 0.5].mean())


def scored(found: np.ndarray, true: np.ndarray, hole: np.ndarray) -> dict[str, float]:
    return {
        "psnr_db": psnr(found, true, hole),
        "ms_ssim": ms_ssim(found, true, hole),
        "gmsd": gmsd(found, true, hole),
        "texture": busy(found, true, hole),
        "features": features(found, true, hole),
    }


def plate_table(data: Path, limit: int) -> dict[str, dict[str, float]]:
    """Return mean figures for each method."""
    rows: dict[str, list[dict[str, float]]] = {}
    for _, true, hole in holes(data, limit):
        for name, found in fills(true, hole).items():
            rows.setdefault(name, []).append(scored(found, true, hole))
    return {
        name: {"pictures": len(found)}
        | {key: round(float(np.mean([row[key] for row in found])), 4) for key in found[0]}
        for name, found in rows.items()
    }


def text_of(table: dict[str, dict[str, float]], looked: str) -> str:
    """Return the page."""
    lines = [
        "# Plates against other inpainting",
        "",
        "Written by `python tests/quality/measure_plates.py --write`: real backgrounds (21 landscapes, 40 views of",
        "places) with outlines of real objects cut out; all figures are of the hole alone. Higher is better for PSNR",
        "and MS-SSIM, lower for GMSD and features (distance in the maps of the shipped segmenter); texture is best at",
        "1. OpenCV 4.10, radius 5; the biharmonic fill is made at a quarter of the size, because it takes minutes at",
        "full size.",
        "",
        "| | " + " | ".join(FIGURES.values()) + " |",
        "| --- |" + " ---: |" * len(FIGURES),
    ]
    lines += [
        f"| {title} | " + " | ".join(f"{table[name][key]:.3g}" for key in FIGURES) + " |"
        for name, title in METHODS.items()
    ]
    return "\n".join([*lines, "", looked.strip(), ""])


def draw_pairs(data: Path, limit: int, to: Path) -> None:
    """Draw rows: hole, then all fills, each time in another order that only the printed key tells."""
    from PIL import Image as Picture

    rng, rows = np.random.default_rng(), []
    for name, true, hole in holes(data, limit):
        found = fills(true, hole)
        order = rng.permutation(list(found)).tolist()
        print(name, *order)
        tiles = [np.where(hole[..., None], np.float32([1, 0, 1]), true), *(found[key] for key in order)]
        small = [resize(tile.astype(np.float32), (240, 320), "area") for tile in tiles]
        rows.append(np.hstack(small))
    sheet = (np.clip(np.vstack(rows), 0, 1) * 255).astype(np.uint8)
    Picture.fromarray(sheet).save(to)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    )
    parser.add_argument("--limit", type=int, default=100, help="photographs of each kind at most")
    parser.add_argument("--write", action="store_true", help="store the figures and write the page")
    parser.add_argument("--pairs", type=Path, help="draw the fills there instead")
    options = parser.parse_args()
    if options.pairs:
        draw_pairs(options.data, options.limit, options.pairs)
        return
    table = plate_table(options.data, options.limit)
    print(json.dumps(table, indent=1))
    if options.write:
        stored = json.loads(BASELINES.read_text("utf-8")) | {"plates": table}
        BASELINES.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", "utf-8")
        old = TARGET.read_text("utf-8") if TARGET.exists() else ""
        TARGET.write_text(
            text_of(table, old[old.find("## Looked at") :] if "## Looked at" in old else ""), "utf-8"
        )


if __name__ == "__main__":
    main()
