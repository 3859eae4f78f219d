"""What a lens does to a scene: defocus, discs of light, glare."""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.resampling import resize

__all__ = ["bloom", "depth_blur", "lens_blur", "splat_discs"]

_SHARP_PX = 0.6  # a smaller disc cannot be told from a point
_WIDE_PX = 26.0  # beyond, the picture is blurred at half its size


def lens_blur(image: FloatArray, radius_px: float, blades: int = 0) -> FloatArray:
    """Defocus a linear picture (H, W, C): convolve with the lens' image of a point, edges mirrored.

    Parameters
    ----------
    radius_px : radius of the disc.
    blades : 0 for a round aperture, else the number of its blades.
    """
    if radius_px < _SHARP_PX:
        return image
    if radius_px > _WIDE_PX:
        height, width = image.shape[:2]
        small = resize(image, (max(height // 2, 1), max(width // 2, 1)), "area")
        return resize(lens_blur(small, radius_px / 2, blades), (height, width))
    kernel = _disc(radius_px, blades)
    pad = min(kernel.shape[0] // 2, image.shape[0] - 1, image.shape[1] - 1)
    kernel = _centre(kernel, pad)
    padded = np.pad(image, ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
    shape = [_fast_length(n) for n in padded.shape[:2]]
    transfer = np.fft.rfft2(kernel, s=shape)[..., None]
    out = np.fft.irfft2(np.fft.rfft2(padded, s=shape, axes=(0, 1)) * transfer, s=shape, axes=(0, 1))
    height, width = image.shape[:2]
    return np.maximum(out[2 * pad : 2 * pad + height, 2 * pad : 2 * pad + width], 0).astype(np.float32)


def depth_blur(image: FloatArray, radius_px: FloatArray, blades: int = 0) -> FloatArray:
    """Defocus with a radius (H, W) for each pixel, by mixing a short stack of lens blurs."""
    most = float(radius_px.max())
    if most < _SHARP_PX:
        return image
    levels = [0.0, *(most * share for share in (0.25, 0.5, 1.0))]
    out = np.zeros_like(image)
    for k, level in enumerate(levels):
        below = levels[k - 1] if k else -1.0
        above = levels[k + 1] if k + 1 < len(levels) else level + 1.0
        rising = (radius_px - below) / (level - below)
        falling = (above - radius_px) / (above - level)
        weight = np.clip(np.minimum(rising, falling), 0, 1)
        out += lens_blur(image, level, blades) * weight[..., None].astype(np.float32)
    return out


def splat_discs(
    image: FloatArray, xy_px: FloatArray, radius_px: FloatArray, color: FloatArray, cat_eye: float = 0.5
) -> None:
    """Add defocused points of light in place; towards the corners the lens barrel cuts them to lemons.

    Parameters
    ----------
    xy_px, radius_px, color : (N, 2), (N,), (N, 3)
    cat_eye : how strongly discs are cut.
    """
    height, width = image.shape[:2]
    for (x, y), r, rgb in zip(xy_px, radius_px, color, strict=True):
        reach = int(np.ceil(r)) + 1
        x0, y0 = max(int(x) - reach, 0), max(int(y) - reach, 0)
        x1, y1 = min(int(x) + reach + 1, width), min(int(y) + reach + 1, height)
        if x1 <= x0 or y1 <= y0:
            continue
        yy, xx = np.ogrid[y0:y1, x0:x1]
        d = np.hypot(xx - x, yy - y)
        disc = np.clip(r - d + 0.5, 0, 1) * (0.78 + 0.22 * np.clip(d / r, 0, 1) ** 4)
        sx, sy = (x / width - 0.5) * cat_eye * r, (y / height - 0.5) * cat_eye * r
        disc = disc * np.clip(1.06 * r - np.hypot(xx - x + sx, yy - y + sy) + 0.5, 0, 1)
        image[y0:y1, x0:x1] += disc[..., None].astype(np.float32) * rgb


def bloom(image: FloatArray, amount: float) -> FloatArray:
    """Veiling glare: a little of the light spreads far."""
    wide = gaussian_blur(np.minimum(image, 20.0), image.shape[0] * 0.05)
    return np.asarray(image * np.float32(1 - amount) + wide * np.float32(amount), np.float32)


def _disc(radius_px: float, blades: int, rim: float = 0.25, turn: float = 0.3) -> FloatArray:
    """Image of a point out of focus: a disc or rounded polygon, a little brighter at the rim."""
    reach = int(np.ceil(radius_px)) + 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    r = np.hypot(x, y)
    if blades:
        sector = 2 * np.pi / blades
        angle = (np.arctan2(y, x) + turn) % sector - sector / 2
        r = 0.55 * r * np.cos(angle) / np.cos(sector / 4) + 0.45 * r
    kernel = np.clip(radius_px - r + 0.5, 0, 1) * (1 - rim + rim * np.clip(r / radius_px, 0, 1) ** 4)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _centre(kernel: FloatArray, reach: int) -> FloatArray:
    """Cut a kernel that is wider than a tiny picture can be mirrored."""
    spare = kernel.shape[0] // 2 - reach
    if spare <= 0:
        return kernel
    cut = kernel[spare:-spare, spare:-spare]
    return np.asarray(cut / cut.sum(), np.float32)


def _fast_length(count: int) -> int:
    """Return the smallest length from ``count`` up that has no prime factor above 5."""
    while True:
        rest = count
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return count
        count += 1
