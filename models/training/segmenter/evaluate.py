"""Score the shipped segmenter on annotated photographs: `python evaluate.py --data DIR [--split dev] [--json FILE]`.

It runs what users run: the ONNX file through cyclorama.segmentation. On the training split it scores only the
photographs that were kept back, which is where thresholds are chosen.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from scipy import ndimage

from cyclorama.catalog import builtin_model_path
from cyclorama.core.image import Image
from cyclorama.core.segment import Segment
from cyclorama.layering import refined_foreground
from cyclorama.protocol.options import SplitOptions
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation import BuiltinSegmenter, Embedding, segment
from cyclorama.segmentation.grids import read_grid
from data import training_rows

LARGE = 96**2  # COCO's border between medium and large objects, in pixels of the original photograph
BoolMap = NDArray[np.bool_]


class Seen:
    """A segmenter that has already looked: the stage runs on its embedding, and so can other questions."""

    def __init__(self, embedding: Embedding) -> None:
        self.embedding = embedding

    @property
    def provenance(self) -> dict[str, Any]:
        return {}

    def __call__(self, image: Image, *, report: Any) -> tuple[Segment, ...]:
        return self.embedding.objects()

    def survey(self, image: Image, *, report: Any) -> tuple[tuple[Segment, ...], Segment | None]:
        return self.embedding.objects(), self.embedding.salience()


def rows_of(data: Path, split: str, names: Sequence[str], limit: int | None) -> list[dict[str, str]]:
    rows = (
        training_rows(data, held_out=True)
        if split == "train"
        else list(csv.DictReader((data / "index.csv").open()))
    )
    rows = [r for r in rows if r["split"] == split and r["set"] in names]
    return _thinned(rows, limit)


def _thinned(rows: list[dict[str, str]], limit: int | None) -> list[dict[str, str]]:
    return rows[:: max(1, len(rows) // limit)] if limit else rows


def seen(
    data: Path, rows: Sequence[dict[str, str]], model: BuiltinSegmenter
) -> Iterator[tuple[dict[str, str], Image, Embedding, list[Segment]]]:
    for row in rows:
        image = Image(np.array(Picture.open(data / row["image"]).convert("RGB")))
        embedding = model.embed(image)
        options = SplitOptions(max_objects=64)
        found = segment(image, Seen(embedding), options, refine=refined_foreground)
        yield row, image, embedding, list(found)


def full(own: Segment, size: tuple[int, int]) -> NDArray[np.float32]:
    """A segment's probability at every pixel of the photograph."""
    out = np.zeros(size, np.float32)
    out[own.box.slices] = read_grid(own.probability, own.box, own.box, own.box.size)
    return out


def overlap(a: BoolMap, b: BoolMap) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


def recall(data: Path, rows: Sequence[dict[str, str]], model: BuiltinSegmenter) -> dict[str, float]:
    """Share of annotated objects that some proposal covers, and what it costs in proposals."""
    ious, large, proposals, clicked = [], [], 0, []
    for row, image, embedding, found in seen(data, rows, model):
        truth = np.array(Picture.open(data / row["label"]))
        void, masks = truth == 255, [full(s, image.size) > 0.5 for s in found]
        proposals += len(masks)
        for k in [k for k in np.unique(truth) if k not in (0, 255)]:
            own = truth == k
            ious.append(max((overlap(m & ~void, own) for m in masks), default=0.0))
            large.append(own.sum() > LARGE)
            y, x = np.unravel_index(
                ndimage.distance_transform_edt(np.pad(own, 1)).argmax(), np.add(own.shape, 2)
            )
            answers = embedding.at(float(x) - 0.5, float(y) - 0.5)
            clicked.append(
                max((overlap((full(s, image.size) > 0.5) & ~void, own) for s in answers), default=0.0)
            )
    ious_, large_, clicked_ = np.array(ious), np.array(large), np.array(clicked)
    return {
        "objects": len(ious),
        "recall50": float((ious_ > 0.5).mean()),
        "recall75": float((ious_ > 0.75).mean()),
        "mean_iou": float(ious_.mean()),
        "recall50_large": float((ious_[large_] > 0.5).mean()),
        "recall75_large": float((ious_[large_] > 0.75).mean()),
        "click50": float((clicked_ > 0.5).mean()),
        "proposals_per_object": proposals / len(ious),
    }


def boundary_f(a: BoolMap, b: BoolMap) -> float:
    """F-measure of outlines, matched within 0.8 % of the diagonal, as DAVIS does."""
    reach = max(1, round(0.008 * float(np.hypot(*a.shape))))
    edges = [m ^ ndimage.binary_erosion(m) for m in (a, b)]
    near = [ndimage.distance_transform_edt(~e) <= reach if e.any() else np.zeros_like(e) for e in edges]
    precision, sensitivity = ((edges[i] & near[1 - i]).sum() / max(edges[i].sum(), 1) for i in (0, 1))
    return float(2 * precision * sensitivity / max(precision + sensitivity, 1e-9))


def main_object(data: Path, rows: Sequence[dict[str, str]], model: BuiltinSegmenter) -> dict[str, float]:
    """DAVIS: J and F of the foreground map, of the union of all objects, and of the best single object."""
    found: dict[str, list[float]] = {}
    for row, image, embedding, segments in seen(data, rows, model):
        truth = np.array(Picture.open(data / row["label"]))
        truth = (truth > 0) & (truth < 255)
        masks = [full(s, image.size) > 0.5 for s in segments] or [np.zeros(image.size, bool)]
        answers = {
            "foreground": full(embedding.salience(), image.size) > 0.5,
            "union": np.any(masks, axis=0),
            "best": max(masks, key=lambda m: overlap(m, truth)),
        }
        for name, mask in answers.items():
            found.setdefault(f"J_{name}", []).append(overlap(mask, truth))
            found.setdefault(f"F_{name}", []).append(boundary_f(mask, truth))
    return {k: float(np.mean(v)) for k, v in found.items()}


def alpha_error(data: Path, rows: Sequence[dict[str, str]], model: BuiltinSegmenter) -> dict[str, float]:
    """SAD in thousands and MSE over the whole image of the foreground map against measured alpha."""
    sad, mse = [], []
    for row, image, embedding, _ in seen(data, rows, model):
        truth = np.array(Picture.open(data / row["label"]).convert("L")) / 255
        error = full(embedding.salience(), image.size) - truth
        sad.append(float(np.abs(error).sum() / 1000))
        mse.append(float((error**2).mean()))
    return {"sad": float(np.mean(sad)), "mse": float(np.mean(mse))}


def false_objects(data: Path, rows: Sequence[dict[str, str]], model: BuiltinSegmenter) -> dict[str, float]:
    """Objects found in pictures of places that show none."""
    counts = [len(found) for _, _, _, found in seen(data, rows, model)]
    return {
        "pictures": len(counts),
        "objects_per_picture": float(np.mean(counts)),
        "pictures_with_objects": float(np.mean(np.array(counts) > 0)),
    }


def evaluate(
    data: Path, split: str, model: BuiltinSegmenter, limit: int | None = None
) -> dict[str, dict[str, float]]:
    """All figures by set."""
    result = {}
    for name in ("voc", "coco", "balloon"):
        result[name] = recall(data, rows_of(data, split, [name], limit), model)
    if split == "train":  # seen in training, as empty pictures: a check that it learned them
        rows = [
            r
            for r in training_rows(data)
            if r["set"].startswith("background") and "_object=0" not in r["quality"]
        ]
        result["background"] = false_objects(data, _thinned(rows, limit), model)
    if split == "dev":
        result["davis16"] = main_object(data, rows_of(data, split, ["davis16"], limit), model)
        result["matting"] = alpha_error(data, rows_of(data, split, ["matting"], limit), model)
        result["views_hdri"] = false_objects(data, rows_of(data, split, ["views_hdri"], limit), model)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--long-side", type=int, default=384)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--baseline", type=Path, help="store the figures in this file of the tests")
    args = parser.parse_args()
    model = BuiltinSegmenter(
        OnnxSession(args.model or builtin_model_path("segmenter"), threads=1), args.long_side
    )
    result = evaluate(args.data, args.split, model, args.limit)
    for name, figures in result.items():
        print(f"{name:12}" + "  ".join(f"{k} {v:.3f}" for k, v in figures.items()))
    if args.baseline:
        stored = json.loads(args.baseline.read_text("utf-8")) if args.baseline.exists() else {}
        text = json.dumps({**stored, "segmentation": result}, indent=1, sort_keys=True)
        args.baseline.write_text(text + "\n", "utf-8")
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
