"""Cut-outs that stand in front of the backdrop, shaded by the labelled light."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from cyclorama.core.color import linear_to_srgb, srgb_to_linear


def load_cutouts(data: Path | None, limit: int = 1200) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    """Pixels (sRGB), alpha, and whether the photo's lower border cuts it; ellipses when there is no data."""
    if data is None:
        y, x = np.mgrid[-1:1:128j, -1:1:128j]
        return [
            (np.full((128, 128, 3), 0.5, np.float32), (x * x * k + y * y < 0.9).astype(np.float32), False)
            for k in (1, 2, 4)
        ]
    rng = np.random.default_rng(0)
    found, kept = [], []
    for name in ("coco_person", "voc", "coco"):
        for path in sorted((data / "train" / name / "instances").glob("*.png")):
            image = next((data / "train" / name / "images").glob(path.stem + ".*"), None)
            if image is not None:
                found.append((image, path))
    for image_path, mask_path in [found[i] for i in rng.permutation(len(found))]:
        cut = _instance(image_path, mask_path)
        if cut is not None:
            kept.append(cut)
        if len(kept) >= limit:
            break
    for path in sorted((data / "train" / "cutout_emoji" / "rgba").glob("*.png"))[: limit // 6]:
        rgba = np.asarray(Image.open(path).convert("RGBA"), np.float32) / 255
        kept.append((rgba[..., :3], rgba[..., 3], False))
    return kept


def _instance(image_path: Path, mask_path: Path):
    """The largest instance, if it is large and cut at most by the lower border."""
    index = np.array(Image.open(mask_path))
    counts = np.bincount(index.ravel(), minlength=256)[1:255]
    best = int(counts.argmax()) + 1
    mask = index == best
    if counts[best - 1] < 0.06 * mask.size or mask[0].any() or mask[:, 0].any() or mask[:, -1].any():
        return None
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(cols[0], cols[-1] + 1)
    pixels = np.asarray(Image.open(image_path).convert("RGB"), np.float32) / 255
    if pixels.shape[:2] != mask.shape:
        return None
    return pixels[box], mask[box].astype(np.float32), bool(rows[-1] >= mask.shape[0] - 2)


def inflated_normals(alpha: np.ndarray) -> np.ndarray:
    """Normals (H, W, 3) of a pillow with the given outline."""
    distance = ndimage.distance_transform_edt(alpha > 0.5)
    top = max(float(distance.max()), 1.0)
    height = top * np.sqrt(np.clip(1 - (1 - distance / top) ** 2, 0, 1))
    height = ndimage.gaussian_filter(height, 0.06 * top + 0.5)
    slope_y, slope_x = np.gradient(height)
    normal = np.stack([-slope_x, slope_y, np.ones_like(height)], -1)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def place(rng, cutouts, size, contact_row, direction, softness, key, ambient):
    """A subject on a canvas of the given size: straight sRGB pixels over mid grey, and alpha."""
    pixels, alpha, cut_below = cutouts[rng.integers(len(cutouts))]
    height, width = size
    if rng.random() < 0.5:
        pixels, alpha = pixels[:, ::-1], alpha[:, ::-1]
    tall = rng.uniform(0.35, 0.85) if contact_row is not None else rng.uniform(0.6, 1.0)
    bottom = contact_row if contact_row is not None else 1.0 + (0.0 if cut_below else 0.35) * tall
    h = max(int(tall * height), 8)
    w = max(int(h * alpha.shape[1] / alpha.shape[0]), 4)
    if w > 0.85 * width:
        h, w = max(int(h * 0.85 * width / w), 8), int(0.85 * width)
    pixels = (
        np.asarray(
            Image.fromarray((pixels * 255).astype(np.uint8)).resize((w, h), Image.BILINEAR), np.float32
        )
        / 255
    )
    alpha = (
        np.asarray(Image.fromarray((alpha * 255).astype(np.uint8)).resize((w, h), Image.BILINEAR), np.float32)
        / 255
    )
    if rng.random() < 0.67:
        pixels = _relit(rng, pixels, alpha, direction, softness, key, ambient)
    canvas, cover = np.full((height, width, 3), 0.5, np.float32), np.zeros(size, np.float32)
    top = int(bottom * height) - h
    left = int((width - w) / 2 + rng.normal(0, 0.10) * width)
    y0, x0, y1, x1 = max(top, 0), max(left, 0), min(top + h, height), min(left + w, width)
    if y1 > y0 and x1 > x0:
        part = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        a = alpha[part][..., None]
        canvas[y0:y1, x0:x1] = canvas[y0:y1, x0:x1] * (1 - a) + pixels[part] * a
        cover[y0:y1, x0:x1] = alpha[part]
    return canvas, cover


def _relit(rng, pixels, alpha, direction, softness, key, ambient):
    """Even out the photo's own light, then shade the pillow by the labelled one."""
    linear = srgb_to_linear(pixels)
    smooth = ndimage.gaussian_filter(linear.mean(-1), 0.12 * alpha.shape[0])[..., None]
    albedo = linear / np.maximum(smooth, 0.03) ** 0.7 * 0.3
    facing = inflated_normals(alpha) @ direction
    wrap = 0.6 * softness
    lit = np.maximum((facing + wrap) / (1 + wrap), 0)[..., None]
    energy = key * lit + ambient
    shaded = albedo * energy / max(float((energy.mean(-1) * alpha).sum() / max(alpha.sum(), 1)), 0.05)
    return np.clip(linear_to_srgb(shaded * rng.uniform(0.6, 1.4)), 0, 1).astype(np.float32)
