"""Figures of mattes and plates: `python tests/quality/measure_matting.py [--data DIR] [--limit N] [--write]`.

Mattes: photographs with measured alpha (development set ``matting``), from their trimaps, against PyMatting's
closed-form solution, and from segments as coarse as a network's. Plates: landscapes with the outline of a real object
cut out, against biharmonic inpainting (scikit-image). `--write` stores the figures as the baseline of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import warnings
from pathlib import Path

import numpy as np

from cyclorama.core.filters import gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment
from cyclorama.documents.read import read_image
from cyclorama.matting.alpha import alpha_from_trimap, refine_matte
from cyclorama.plate.fill import fill_plate
from cyclorama.protocol.options import SplitOptions

ROOT = Path(__file__).resolve().parents[2]
BASELINES = Path(__file__).parent / "baselines.json"
#: Cells of a segmenter's grid, in pixels of these 800-pixel photographs.
CELL_PX = 8
#: Biharmonic inpainting takes minutes at full size.
BIHARMONIC_SHRINK = 4


def spread(paths: list[Path], limit: int) -> list[Path]:
    """Return at most ``limit`` of the paths, evenly spread."""
    paths = sorted(paths)
    return paths[:: max(1, -(-len(paths) // limit))]


def photographs(data: Path, limit: int) -> list[tuple[str, Image, np.ndarray, np.ndarray]]:
    """Return (name, picture, trimap, measured alpha)."""
    folder = data / "dev" / "matting"
    out = []
    for path in spread(list((folder / "images").glob("*.png")), limit):
        image = read_image(path)
        alpha = read_image(folder / "alpha" / path.name).pixels[..., 0]
        grey = read_image(folder / "trimap" / path.name).pixels[..., 0]
        trimap = np.where(grey < 0.1, np.float32(0), np.where(grey > 0.9, np.float32(1), np.float32(0.5)))
        out.append((path.stem, image, trimap, alpha))
    return out


def coarse_segment(alpha: np.ndarray, cell_px: int) -> Segment:
    """Return what a network that sees blocks of ``cell_px`` pixels could at best say."""
    box = Box.of_mask(alpha > 0.5).expand(4 * cell_px, alpha.shape)
    grid = (max(1, box.height // cell_px), max(1, box.width // cell_px))
    share = resize((alpha[box.slices] > 0.5).astype(np.float32), grid, "area")
    return Segment(np.clip(gaussian_blur(share, 0.7), 0, 1), 0.9, None, box)


def errors(found: np.ndarray, true: np.ndarray, where: np.ndarray) -> tuple[float, float]:
    """Return (sum of absolute differences / 1000, mean squared difference * 1000)."""
    difference = (found - true)[where].astype(np.float64)
    return float(np.abs(difference).sum() / 1000), float(np.square(difference).mean() * 1000)


def reference_alpha(image: Image, trimap: np.ndarray) -> np.ndarray | None:
    try:
        import pymatting
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pymatting.estimate_alpha_cf(image.pixels.astype(np.float64), trimap.astype(np.float64))


def trimap_figures(data: Path, limit: int) -> dict[str, float]:
    rows = []
    for _, image, trimap, alpha in photographs(data, limit):
        unknown = trimap == 0.5
        ours = errors(alpha_from_trimap(image, trimap).alpha, alpha, unknown)
        theirs = reference_alpha(image, trimap)
        rows.append((*ours, *(errors(theirs, alpha, unknown) if theirs is not None else (np.nan, np.nan))))
    sad, mse, reference_sad, reference_mse = np.mean(rows, axis=0)
    return {
        "photographs": len(rows),
        "sad": sad,
        "mse": mse,
        "pymatting_sad": reference_sad,
        "pymatting_mse": reference_mse,
    }


def segment_figures(data: Path, limit: int) -> dict[str, float]:
    rows = []
    for _, image, _, alpha in photographs(data, limit):
        segment = coarse_segment(alpha, CELL_PX)
        matte, box = refine_matte(image, segment, SplitOptions())
        found, raw = np.zeros_like(alpha), np.zeros_like(alpha)
        found[box.slices] = matte.alpha
        raw[segment.box.slices] = resize(segment.probability, segment.box.size, "bilinear")
        whole = np.ones(alpha.shape, bool)
        rows.append((*errors(found, alpha, whole), *errors(raw, alpha, whole)))
    sad, mse, raw_sad, raw_mse = np.mean(rows, axis=0)
    return {"photographs": len(rows), "sad": sad, "mse": mse, "segment_sad": raw_sad, "segment_mse": raw_mse}


def outlines(data: Path) -> list[np.ndarray]:
    """Return masks of real objects that fill a twentieth to a quarter of their picture."""
    out = []
    for path in sorted((data / "dev" / "voc" / "instances").glob("*.png"))[::3]:
        labels = np.rint(read_labels(path)).astype(int)
        for number in np.unique(labels):
            if 0 < number < 255 and 0.05 < (labels == number).mean() < 0.25:
                out.append(labels == number)
    return out


def read_labels(path: Path) -> np.ndarray:
    from PIL import Image as PillowImage

    with PillowImage.open(path) as file:
        return np.array(file)


def plate_figures(data: Path, limit: int) -> dict[str, float]:
    """Score fills inside the hole: PSNR, and how busy they are compared with what was there."""
    masks = outlines(data)
    paths = spread(list((data / "train" / "background_photo" / "images").glob("*.jpg")), limit)
    rows = []
    for number, path in enumerate(paths):
        image = read_image(path)
        true = image.pixels
        hole = resize(masks[number % len(masks)].astype(np.float32), image.size, "bilinear") > 0.5
        # What lies in the hole must not matter.
        given = Image(np.where(hole[..., None], np.float32([1, 0, 1]), true)).stored_as("uint8")
        ours = fill_plate(given, hole.astype(np.float32)).pixels
        theirs = biharmonic(true, hole)
        rows.append(
            (
                psnr(ours, true, hole),
                psnr(theirs, true, hole),
                busy(ours, true, hole),
                busy(theirs, true, hole),
            )
        )
    ours_db, theirs_db, ours_busy, theirs_busy = np.mean(rows, axis=0)
    return {
        "photographs": len(rows),
        "psnr_db": ours_db,
        "biharmonic_psnr_db": theirs_db,
        "texture": ours_busy,
        "biharmonic_texture": theirs_busy,
    }


def biharmonic(true: np.ndarray, hole: np.ndarray) -> np.ndarray:
    from skimage.restoration import inpaint_biharmonic

    small = (true.shape[0] // BIHARMONIC_SHRINK, true.shape[1] // BIHARMONIC_SHRINK)
    covered = resize(hole.astype(np.float32), small, "area") > 0
    filled = np.clip(inpaint_biharmonic(resize(true, small, "area"), covered, channel_axis=-1), 0, 1)
    return np.where(hole[..., None], resize(filled.astype(np.float32), hole.shape, "bilinear"), true)


def psnr(found: np.ndarray, true: np.ndarray, where: np.ndarray) -> float:
    return float(-10 * np.log10(np.square((found - true)[where]).mean()))


def busy(found: np.ndarray, true: np.ndarray, where: np.ndarray) -> float:
    """Return the mean change from pixel to pixel, as a share of the true picture's."""
    change = [np.abs(np.diff(picture, axis=1))[where[:, 1:]].mean() for picture in (found, true)]
    return float(change[0] / max(change[1], 1e-6))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    )
    parser.add_argument("--limit", type=int, default=100, help="photographs of each kind at most")
    parser.add_argument("--write", action="store_true", help="store the figures as baseline")
    options = parser.parse_args()
    figures = {
        "trimap": trimap_figures(options.data, options.limit),
        "segment": segment_figures(options.data, options.limit),
        "plate": plate_figures(options.data, options.limit),
    }
    figures = {
        kind: {name: round(float(value), 4) for name, value in row.items()} for kind, row in figures.items()
    }
    print(json.dumps(figures, indent=2))
    if options.write:
        stored = json.loads(BASELINES.read_text("utf-8")) if BASELINES.is_file() else {}
        stored["matting"] = figures
        BASELINES.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
