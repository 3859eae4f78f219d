"""Photographs that the segmenter learns from, decoded once; `composition.py` makes training pictures of them.

"Not annotated" is not "background": every sample carries a weight for saying "no object here". It is full on pictures
that are known to hold none, high where the teacher sees clear background, and low elsewhere.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

VOID = 255
HELD_OUT_EVERY = 24  # these photographs choose thresholds; nothing is trained on them
NEGATIVE_WEIGHT = {"80 classes": 0.6, "20 classes": 0.25}  # for the rest 0.15: one class is annotated


@dataclass(frozen=True)
class Photo:
    """A decoded picture: sRGB bytes, instance numbers (0 unknown or background, 255 void), salience or None."""

    pixels: NDArray[np.uint8]
    instances: NDArray[np.uint8]
    salience: NDArray[np.uint8] | None
    negative: float
    background: bool = False


@dataclass(frozen=True)
class Sample:
    """One training picture of S x S pixels: see `compose`."""

    pixels: NDArray[np.uint8]
    instances: NDArray[np.uint8]
    salience: NDArray[np.uint8]
    salience_weight: NDArray[np.uint8]
    negative: NDArray[np.uint8]


def training_rows(data: Path, held_out: bool = False) -> list[dict[str, str]]:
    """Rows of the index to train on, or those of annotated photographs kept back for choosing thresholds."""
    rows = [r for r in csv.DictReader((data / "index.csv").open()) if r["split"] == "train"]
    annotated = [r for r in rows if r["label"].startswith(f"train/{r['set']}/instances")]
    kept_back = {r["image"] for r in annotated[::HELD_OUT_EVERY]}
    return [r for r in rows if (r["image"] in kept_back) == held_out]


def load_photos(
    data: Path, permissive: bool = False, limit: int | None = None, mattes: Path | None = None
) -> tuple[list[Photo], list[NDArray[np.uint8]]]:
    """Read the training split: photographs and RGBA cut-outs (every `limit`-th row of a set is kept up to `limit`).

    Photographs without outlines (Caltech-101) are read where `mattes`/<set>/<id>.png holds the teacher's map of them.
    """
    rows = [r for r in training_rows(data) if r["set"] != "caltech101" or _taught(mattes, r)]
    if permissive:
        rows = [r for r in rows if r["commercial_ok"] == "1" or r["set"] == "balloon"]
    if limit is not None:
        rows = rows[:: max(1, len(rows) // limit)][:limit]
    cutouts = [
        np.array(Image.open(data / r["image"]).convert("RGBA")) for r in rows if r["set"] == "cutout_emoji"
    ]
    return [_read(data, r, mattes) for r in rows if r["set"] != "cutout_emoji"], cutouts


def _taught(mattes: Path | None, row: dict[str, str]) -> bool:
    return mattes is not None and (mattes / row["set"] / f"{row['id']}.png").exists()


def _read(data: Path, row: dict[str, str], mattes: Path | None) -> Photo:
    pixels = np.array(Image.open(data / row["image"]).convert("RGB"))
    if row["set"].startswith("background"):
        clear = "no_salient_object=1" in row["quality"] or row["set"] == "background_photo"
        return Photo(
            pixels, np.zeros(pixels.shape[:2], np.uint8), None, 1.0 if clear else 0.3, background=clear
        )
    annotated = row["label"].endswith(".png")
    instances = (
        np.array(Image.open(data / row["label"])) if annotated else np.zeros(pixels.shape[:2], np.uint8)
    )
    teacher = data / "train" / row["set"] / "matte_isnet" / f"{row['id']}.png"
    if mattes is not None and not teacher.exists():
        teacher = mattes / row["set"] / f"{row['id']}.png"
    salience = None
    if teacher.exists():
        salience = np.array(
            Image.open(teacher).convert("L").resize(pixels.shape[1::-1], Image.Resampling.BILINEAR)
        )
        instances = add_unlabelled_objects(instances, salience)
    return Photo(pixels, instances, salience, NEGATIVE_WEIGHT.get(row["complete"], 0.15))


def add_unlabelled_objects(instances: NDArray[np.uint8], salience: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Number the clearly salient parts that touch no annotated instance: objects of classes nobody annotated."""
    labels, count = ndimage.label(salience > 128)
    near = ndimage.binary_dilation(instances > 0, iterations=3)
    result, top = instances.copy(), int(instances[instances < VOID].max(initial=0))
    for k in range(1, count + 1):
        part = labels == k
        if (
            part.mean() > 0.015
            and salience[part].mean() > 215
            and (part & near).mean() < 0.05 * part.mean()
            and top < 250
        ):
            top += 1
            result[part & (instances == 0)] = top
    return result


def make_photos(count: int, seed: int = 0) -> tuple[list[Photo], list[NDArray[np.uint8]]]:
    """Discs and boxes on noise, for a run without the data set."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:160, :192]
    photos = []
    for _ in range(count):
        pixels = rng.integers(90, 130, (160, 192, 3)).astype(np.uint8)
        instances = np.zeros((160, 192), np.uint8)
        for k in (1, 2):
            inside = (y - rng.integers(30, 130)) ** 2 + (x - rng.integers(30, 160)) ** 2 < rng.integers(
                15, 40
            ) ** 2
            instances[inside], pixels[inside] = k, rng.integers(0, 255, 3)
        photos.append(Photo(pixels, instances, ((instances > 0) * 255).astype(np.uint8), 1.0))
    empty = [
        Photo(p.pixels[::-1].copy(), np.zeros_like(p.instances), None, 1.0, background=True)
        for p in photos[:2]
    ]
    return photos + empty, []
