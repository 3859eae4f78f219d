"""Training pictures of the segmenter: crops, objects pasted onto them, four pictures in one, cheap augmentation."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter
from scipy import ndimage

from data import VOID, Photo, Sample

MOST_INSTANCES = 48
SMALLEST_PX = 60  # of what is asked for as an object: less is void
EMPTY_SHARE = 0.2  # so many more pictures of empty places, for each photograph; half of them stay empty
FOUR_SHARE, FLOCK_SHARE = 0.2, 0.15


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
                if self.rng.random() < EMPTY_SHARE:
                    yield self.compose(self.photos[self.rng.choice(self.backgrounds)])
                yield self.compose(self.photos[i])

    def compose(self, photo: Photo) -> Sample:
        """Crop, paste objects, distort colors; now and then four photographs make one picture of small objects."""
        if not photo.background and self.rng.random() < FOUR_SHARE:
            others = [self.photos[self.rng.choice(self.scenes)] for _ in range(3)]
            sample = _four([_crop(p, self.size // 2, self.rng) for p in (photo, *others)])
        else:
            sample = self._pasted(_crop(photo, self.size, self.rng), photo.background)
        sample = replace(sample, instances=_renumber(sample.instances))
        return replace(sample, pixels=_distort(sample.pixels, self.rng))

    def _pasted(self, sample: Sample, background: bool) -> Sample:
        if not (self.pieces or self.cutouts):
            return sample
        if self.rng.random() < (0.5 if background else 0.3):
            for _ in range(self.rng.integers(1, 4)):
                sample = self._paste(sample, self._piece(), (0.15, 0.75))
        elif not background and self.rng.random() < FLOCK_SHARE:
            same = self._piece()
            for _ in range(self.rng.integers(3, 11)):
                piece = same if self.rng.random() < 0.7 else self._piece()
                sample = self._paste(sample, piece, (0.04, 0.2))
        return sample

    def _piece(self) -> NDArray[np.uint8]:
        if not self.pieces or (self.cutouts and self.rng.random() < 0.2):
            return self.cutouts[self.rng.integers(len(self.cutouts))]
        index, number, (top, bottom, left, right) = self.pieces[self.rng.integers(len(self.pieces))]
        photo = self.photos[index]
        alpha = (photo.instances[top:bottom, left:right] == number).astype(np.uint8) * 255
        return np.dstack((photo.pixels[top:bottom, left:right], alpha))

    def _paste(self, sample: Sample, rgba: NDArray[np.uint8], sides: tuple[float, float]) -> Sample:
        rng, size = self.rng, self.size
        piece = Image.fromarray(rgba)
        scale = size * np.exp(rng.uniform(*np.log(sides))) / max(piece.size)
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
        * (
            rng.uniform(0.95, 1.1)
            if rng.random() < 0.4
            else np.exp(rng.uniform(np.log(0.8), np.log(3.0 if photo.background else 1.7)))
        )
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


def _four(parts: Sequence[Sample]) -> Sample:
    """Two by two; the instances of each part get numbers of their own."""
    numbered, top = [], 0
    for part in parts:
        own = _renumber(part.instances, MOST_INSTANCES // 4, SMALLEST_PX)
        known = (own > 0) & (own < VOID)
        numbered.append(replace(part, instances=np.where(known, own + top, own).astype(np.uint8)))
        top += MOST_INSTANCES // 4
    a, b, c, d = ([getattr(part, f.name) for f in fields(Sample)] for part in numbered)
    return Sample(
        *(np.vstack((np.hstack((p, q)), np.hstack((r, s)))) for p, q, r, s in zip(a, b, c, d, strict=True))
    )


def _renumber(
    instances: NDArray[np.uint8], most: int = MOST_INSTANCES, smallest_px: int = SMALLEST_PX
) -> NDArray[np.uint8]:
    """Largest first from 1; what is tiny, or over the limit, becomes void."""
    counts = np.bincount(instances.ravel(), minlength=256)
    counts[[0, VOID]] = 0
    table = np.full(256, VOID, np.uint8)
    table[0] = 0
    for rank, number in enumerate(np.argsort(-counts)[:most], start=1):
        if counts[number] >= smallest_px:
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
