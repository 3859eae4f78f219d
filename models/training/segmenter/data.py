"""Training pictures for the segmenter: cached photographs, cut-and-paste composition, cheap augmentation.

"Not annotated" is not "background": every sample carries a weight for saying "no object here". It is full on pictures
that are known to hold none, high where the teacher sees clear background, and low elsewhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter
from scipy import ndimage

VOID = 255
MOST_INSTANCES = 16
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
    data: Path, permissive: bool = False, limit: int | None = None
) -> tuple[list[Photo], list[NDArray[np.uint8]]]:
    """Read the training split: photographs and RGBA cut-outs (every `limit`-th row of a set is kept up to `limit`)."""
    rows = [r for r in training_rows(data) if r["set"] != "caltech101"]
    if permissive:
        rows = [r for r in rows if r["commercial_ok"] == "1" or r["set"] == "balloon"]
    if limit is not None:
        rows = rows[:: max(1, len(rows) // limit)][:limit]
    cutouts = [
        np.array(Image.open(data / r["image"]).convert("RGBA")) for r in rows if r["set"] == "cutout_emoji"
    ]
    return [_read(data, r) for r in rows if r["set"] != "cutout_emoji"], cutouts


def _read(data: Path, row: dict[str, str]) -> Photo:
    pixels = np.array(Image.open(data / row["image"]).convert("RGB"))
    if row["set"].startswith("background"):
        clear = "no_salient_object=1" in row["quality"] or row["set"] == "background_photo"
        return Photo(
            pixels, np.zeros(pixels.shape[:2], np.uint8), None, 1.0 if clear else 0.3, background=clear
        )
    instances = np.array(Image.open(data / row["label"]))
    teacher = data / "train" / row["set"] / "matte_isnet" / f"{row['id']}.png"
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


class Composer:
    """Endless training samples out of photographs and cut-outs; the same seed gives the same samples."""

    def __init__(
        self, photos: Sequence[Photo], cutouts: Sequence[NDArray[np.uint8]], size: int, seed: int = 0
    ) -> None:
        self.photos, self.cutouts, self.size = photos, cutouts, size
        self.rng = np.random.default_rng(seed)
        self.scenes = [i for i, p in enumerate(photos) if not p.background]
        self.backgrounds = [i for i, p in enumerate(photos) if p.background] or self.scenes
        self.pieces = [piece for i in self.scenes for piece in _whole_pieces(photos[i], i)]

    def __iter__(self) -> Iterator[Sample]:
        while True:
            for i in self.rng.permutation(self.scenes):
                if self.rng.random() < 0.12:
                    yield self.compose(self.photos[self.rng.choice(self.backgrounds)])
                yield self.compose(self.photos[i])

    def compose(self, photo: Photo) -> Sample:
        """Crop, paste objects, distort colors."""
        sample = _crop(photo, self.size, self.rng)
        if self.rng.random() < (0.85 if photo.background else 0.3) and (self.pieces or self.cutouts):
            for _ in range(self.rng.integers(1, 4)):
                sample = self._paste(sample)
        sample = replace(sample, instances=_renumber(sample.instances))
        return replace(sample, pixels=_distort(sample.pixels, self.rng))

    def _piece(self) -> NDArray[np.uint8]:
        if not self.pieces or (self.cutouts and self.rng.random() < 0.2):
            return self.cutouts[self.rng.integers(len(self.cutouts))]
        index, number, (top, bottom, left, right) = self.pieces[self.rng.integers(len(self.pieces))]
        photo = self.photos[index]
        alpha = (photo.instances[top:bottom, left:right] == number).astype(np.uint8) * 255
        return np.dstack((photo.pixels[top:bottom, left:right], alpha))

    def _paste(self, sample: Sample) -> Sample:
        rng, size = self.rng, self.size
        piece = Image.fromarray(self._piece())
        scale = size * np.exp(rng.uniform(np.log(0.15), np.log(0.75))) / max(piece.size)
        width, height = (max(4, round(s * min(scale, 1.6))) for s in piece.size)
        rgba = np.array(piece.resize((width, height), Image.Resampling.BILINEAR))
        if rng.random() < 0.5:
            rgba = rgba[:, ::-1]
        top, left = (
            int(rng.integers(-(s // 4), max(size - 3 * s // 4, 1 - s // 4))) for s in (height, width)
        )
        y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + height, size), min(left + width, size)
        rgba = rgba[y0 - top : y1 - top, x0 - left : x1 - left]
        if rgba.size == 0:
            return sample
        here, alpha = (slice(y0, y1), slice(x0, x1)), rgba[..., 3:].astype(np.float32) / 255
        pixels, instances = sample.pixels.copy(), sample.instances.copy()
        color = _tone(rgba[..., :3], rng, 0.15)
        pixels[here] = (pixels[here] * (1 - alpha) + color * alpha + 0.5).astype(np.uint8)
        solid = alpha[..., 0] > 0.5
        free = sorted(set(range(1, 250)) - set(np.unique(instances).tolist()))[0]
        instances[here][solid] = free
        salience, weight, negative = (
            sample.salience.copy(),
            sample.salience_weight.copy(),
            sample.negative.copy(),
        )
        salience[here] = np.maximum(salience[here], rgba[..., 3])
        weight[here][solid], negative[here][solid] = 255, 255
        return Sample(pixels, instances, salience, weight, negative)


def _whole_pieces(photo: Photo, index: int) -> list[tuple[int, int, tuple[int, int, int, int]]]:
    """Instances that are large, in one part and not cut by the picture's edge."""
    found, (height, width) = [], photo.instances.shape
    for number, box in enumerate(
        ndimage.find_objects(np.where(photo.instances == VOID, 0, photo.instances)), start=1
    ):
        if box is None:
            continue
        top, bottom, left, right = box[0].start, box[0].stop, box[1].start, box[1].stop
        area = (photo.instances[box] == number).sum()
        touches = (top < 2) + (left < 2) + (bottom > height - 2) + (right > width - 2)
        if area > 1600 and touches <= 1 and area > 0.25 * (bottom - top) * (right - left):
            found.append((index, number, (top, bottom, left, right)))
    return found


def _crop(photo: Photo, size: int, rng: np.random.Generator) -> Sample:
    height, width = photo.instances.shape
    scale = (
        size
        / max(height, width)
        * (rng.uniform(0.95, 1.1) if rng.random() < 0.4 else np.exp(rng.uniform(np.log(0.8), np.log(1.7))))
    )
    aspect = np.exp(rng.uniform(-0.1, 0.1))
    h, w = round(height * scale * aspect), round(width * scale / aspect)
    top, left = (int(rng.integers(min(0, size - s), max(0, size - s) + 1)) for s in (h, w))
    y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + h, size), min(left + w, size)
    box = ((x0 - left) / w * width, (y0 - top) / h * height, (x1 - left) / w * width, (y1 - top) / h * height)
    flip = rng.random() < 0.5

    def place(source: NDArray[np.uint8], fill: int, how: Image.Resampling) -> NDArray[np.uint8]:
        canvas = np.full((size, size, *source.shape[2:]), fill, np.uint8)
        canvas[y0:y1, x0:x1] = np.asarray(Image.fromarray(source).resize((x1 - x0, y1 - y0), how, box=box))
        return canvas[:, ::-1].copy() if flip else canvas

    instances = place(photo.instances, VOID, Image.Resampling.NEAREST)
    annotated = (instances > 0) & (instances < VOID)
    if photo.salience is None:
        salience = (annotated * 255).astype(np.uint8)
        weight = np.where(annotated, 255, 76 if not photo.background else 128)
        negative = np.full((size, size), photo.negative * 255)
    else:
        salience = place(photo.salience, 0, Image.Resampling.BILINEAR)
        weight = np.where(annotated & (salience < 100), 50, 255)
        negative = np.maximum(photo.negative, 0.6 * np.clip(1 - salience / 50, 0, 1)) * 255
    negative[annotated] = 255
    outside = place(np.zeros((height, width), np.uint8), 1, Image.Resampling.NEAREST) > 0
    weight[outside], negative[outside | (instances == VOID)] = 0, 0
    return Sample(
        place(photo.pixels, 124, Image.Resampling.BILINEAR),
        instances,
        salience,
        weight.astype(np.uint8),
        negative.astype(np.uint8),
    )


def _renumber(instances: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Largest first from 1; what is tiny, or over the limit, becomes void."""
    counts = np.bincount(instances.ravel(), minlength=256)
    counts[[0, VOID]] = 0
    table = np.full(256, VOID, np.uint8)
    table[0] = 0
    for rank, number in enumerate(np.argsort(-counts)[:MOST_INSTANCES], start=1):
        if counts[number] >= 60:
            table[number] = rank
    return table[instances]


def _tone(pixels: NDArray[np.uint8], rng: np.random.Generator, strength: float) -> NDArray[np.uint8]:
    """Random exposure, contrast, white balance and gamma by one table for each channel."""
    levels = np.linspace(0, 1, 256)
    gain, gamma, lift = (
        np.exp(rng.normal(0, strength)),
        np.exp(rng.normal(0, strength)),
        rng.normal(0, strength / 4),
    )
    result = np.empty_like(pixels)
    for c, tint in enumerate(np.exp(rng.normal(0, strength / 3, 3))):
        result[..., c] = (np.clip(levels**gamma * gain * tint + lift, 0, 1) * 255).astype(np.uint8)[
            pixels[..., c]
        ]
    return result


def _distort(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    image = Image.fromarray(_tone(pixels, rng, 0.22))
    if rng.random() < 0.5:
        image = ImageEnhance.Color(image).enhance(0.0 if rng.random() < 0.15 else rng.uniform(0.5, 1.5))
    if rng.random() < 0.15:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.6)))
    if rng.random() < 0.2:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=int(rng.integers(30, 85)))
        image = Image.open(buffer).convert("RGB")
    result = np.array(image)
    if rng.random() < 0.15:
        noise = rng.normal(0, rng.uniform(2, 12), result.shape)
        result = np.clip(result + noise, 0, 255).astype(np.uint8)
    return result
