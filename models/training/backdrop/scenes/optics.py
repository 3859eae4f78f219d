"""Optics shared by every scene: colour of light, tileable noise, lens blur, tone curve, grain.

All images are float32 linear sRGB, (H, W, 3), unless a name says otherwise.
"""

from __future__ import annotations

import functools

import numpy as np
from scipy import fft, ndimage

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def black_body(kelvin: float) -> np.ndarray:
    """Linear RGB of a black body, luminance 1, relative to 6000 K white (Planck's law at three wavelengths)."""
    wavelength_um = np.array([0.610, 0.550, 0.465])

    def radiance(t: float) -> np.ndarray:
        return 1.0 / (np.exp(14388.0 / (wavelength_um * t)) - 1.0)

    rgb = radiance(kelvin) / radiance(6000.0)
    return (rgb / (rgb @ LUMINANCE)).astype(np.float32)


def spectral_noise(
    rng: np.random.Generator, size: tuple[int, int], beta: float, stretch=(1.0, 1.0)
) -> np.ndarray:
    """Tileable Gaussian noise with amplitude spectrum 1/f**beta, zero mean, unit deviation."""
    height, width = size
    fy = fft.fftfreq(height)[:, None] * height * stretch[0]
    fx = fft.rfftfreq(width)[None] * width * stretch[1]
    radius = np.sqrt(fx * fx + fy * fy)
    radius[0, 0] = np.inf
    amplitude = np.maximum(radius, 1.0) ** -beta
    amplitude[0, 0] = 0.0
    phase = rng.standard_normal((2, height, width // 2 + 1), dtype=np.float32)
    noise = fft.irfft2((phase[0] + 1j * phase[1]) * amplitude.astype(np.float32), s=size)
    return ((noise - noise.mean()) / (noise.std() + 1e-9)).astype(np.float32)


@functools.lru_cache(maxsize=64)
def noise_tile(beta: float, seed: int) -> np.ndarray:
    """A 1024 x 1024 tile of `spectral_noise`, kept for texture look-ups."""
    return spectral_noise(np.random.default_rng(1000 + seed), (1024, 1024), beta)


def texture(beta: float, seed: int, u: np.ndarray, v: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Noise at surface coordinates; one tile spans 1/scale units."""
    tile = noise_tile(beta, seed % 6)
    shift = (seed * 137) % 1024
    rows, cols = v * (1024 * scale) + shift, u * (1024 * scale) + 2 * shift
    return ndimage.map_coordinates(tile, [rows, cols], order=1, mode="grid-wrap").astype(np.float32)


def blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur, cheap for wide kernels."""
    if sigma < 0.3:
        return image
    if sigma > 6:
        small = resize(image, (max(image.shape[0] // 4, 2), max(image.shape[1] // 4, 2)))
        return resize(blur(small, sigma / 4), image.shape[:2])
    sigmas = (sigma, sigma) + (0,) * (image.ndim - 2)
    return ndimage.gaussian_filter(image, sigmas, mode="nearest", truncate=3.0)


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Area-like reduction by whole blocks, then linear interpolation."""
    height, width = image.shape[:2]
    k = max(min(height // size[0], width // size[1]), 1)
    if k > 1:
        h, w = height // k * k, width // k * k
        image = image[:h, :w].reshape(h // k, k, w // k, k, *image.shape[2:]).mean((1, 3))
        height, width = image.shape[:2]
    if (height, width) == size:
        return image
    rows = np.clip((np.arange(size[0]) + 0.5) * height / size[0] - 0.5, 0, height - 1)
    cols = np.clip((np.arange(size[1]) + 0.5) * width / size[1] - 0.5, 0, width - 1)
    r0, c0 = np.minimum(rows.astype(int), max(height - 2, 0)), np.minimum(cols.astype(int), max(width - 2, 0))
    r1, c1 = np.minimum(r0 + 1, height - 1), np.minimum(c0 + 1, width - 1)
    extra = (1,) * (image.ndim - 2)
    fr = (rows - r0).astype(np.float32).reshape(-1, 1, *extra)
    fc = (cols - c0).astype(np.float32).reshape(1, -1, *extra)
    image = image[r0] * (1 - fr) + image[r1] * fr
    return image[:, c0] * (1 - fc) + image[:, c1] * fc


def disc_kernel(radius: float, blades: int = 0, rim: float = 0.25, turn: float = 0.3) -> np.ndarray:
    """A lens' image of a point out of focus: a disc or rounded polygon, a little brighter at the rim."""
    n = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-n : n + 1, -n : n + 1].astype(np.float32)
    r = np.hypot(x, y)
    if blades:
        sector = 2 * np.pi / blades
        angle = (np.arctan2(y, x) + turn) % sector - sector / 2
        r = 0.55 * r * np.cos(angle) / np.cos(sector / 4) + 0.45 * r
    kernel = np.clip(radius - r + 0.5, 0, 1) * (1 - rim + rim * np.clip(r / radius, 0, 1) ** 4)
    return (kernel / kernel.sum()).astype(np.float32)


def lens_blur(image: np.ndarray, radius: float, blades: int = 0) -> np.ndarray:
    """Defocus: convolution with `disc_kernel`, in linear light, edges mirrored."""
    if radius < 0.6:
        return image
    if radius > 26:
        small = resize(image, (image.shape[0] // 2, image.shape[1] // 2))
        return resize(lens_blur(small, radius / 2, blades), image.shape[:2])
    kernel = disc_kernel(radius, blades)
    pad = kernel.shape[0] // 2
    padded = np.pad(image, ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
    shape = [fft.next_fast_len(n, real=True) for n in padded.shape[:2]]
    transfer = fft.rfft2(kernel, s=shape)[..., None]
    out = fft.irfft2(fft.rfft2(padded, s=shape, axes=(0, 1)) * transfer, s=shape, axes=(0, 1))
    height, width = image.shape[:2]
    return np.maximum(out[2 * pad : 2 * pad + height, 2 * pad : 2 * pad + width], 0).astype(np.float32)


def depth_blur(image: np.ndarray, radius: np.ndarray, blades: int = 0) -> np.ndarray:
    """Blur with a radius per pixel, by mixing a short stack of lens blurs."""
    top = float(radius.max())
    if top < 0.6:
        return image
    levels = [0.0] + [top * s for s in (0.25, 0.5, 1.0)]
    stack = [lens_blur(image, r, blades) for r in levels]
    out = np.zeros_like(image)
    for k, level in enumerate(levels):
        below = levels[k - 1] if k else -1.0
        above = levels[k + 1] if k + 1 < len(levels) else level + 1.0
        weight = np.where(
            radius <= level,
            np.clip((radius - below) / (level - below), 0, 1),
            np.clip((above - radius) / (above - level), 0, 1),
        )
        out += stack[k] * weight[..., None]
    return out


def splat_discs(
    image: np.ndarray, xy: np.ndarray, radius: np.ndarray, color: np.ndarray, cat_eye: float = 0.5
) -> None:
    """Add defocused points of light in place; towards the corners the lens barrel cuts them to lemons."""
    height, width = image.shape[:2]
    for (x, y), r, rgb in zip(xy, radius, color, strict=False):
        n = int(np.ceil(r)) + 1
        x0, y0 = max(int(x) - n, 0), max(int(y) - n, 0)
        x1, y1 = min(int(x) + n + 1, width), min(int(y) + n + 1, height)
        if x1 <= x0 or y1 <= y0:
            continue
        yy, xx = np.ogrid[y0:y1, x0:x1]
        d = np.hypot(xx - x, yy - y)
        disc = np.clip(r - d + 0.5, 0, 1) * (0.78 + 0.22 * np.clip(d / r, 0, 1) ** 4)
        sx, sy = (x / width - 0.5) * cat_eye * r, (y / height - 0.5) * cat_eye * r
        disc = disc * np.clip(1.06 * r - np.hypot(xx - x + sx, yy - y + sy) + 0.5, 0, 1)
        image[y0:y1, x0:x1] += disc[..., None].astype(np.float32) * rgb


def bloom(image: np.ndarray, amount: float) -> np.ndarray:
    """Veiling glare: a little of the light spreads far."""
    wide = blur(np.minimum(image, 20.0), image.shape[0] * 0.05)
    return image * (1 - amount) + wide * amount


def expose(image: np.ndarray, percentile: float, value: float) -> np.ndarray:
    """Scale so that the given luminance percentile has the given linear value."""
    level = float(np.percentile((image[::4, ::4] @ LUMINANCE), percentile))
    return image * (value / max(level, 1e-5))


def film(image: np.ndarray, contrast: float = 1.0) -> np.ndarray:
    """Scene-linear to sRGB-encoded [0, 1]: exponential shoulder with highlight desaturation, gentle toe."""
    image = np.maximum(image, 0.0)
    y = (image @ LUMINANCE)[..., None]
    white = np.clip((y - 0.7) / 4.0, 0, 0.85)
    image = image * (1 - white) + y * white
    mapped = 1.0 - np.exp(-1.25 * image)
    mapped = mapped / (1.0 - np.exp(-1.25 * 6.0))
    encoded = np.where(
        mapped < 0.0031308, 12.92 * mapped, 1.055 * np.maximum(mapped, 1e-7) ** (1 / 2.4) - 0.055
    )
    encoded = np.clip(encoded, 0, 1)
    curve = encoded * encoded * (3 - 2 * encoded)
    return (encoded + (curve - encoded) * 0.45 * contrast).astype(np.float32)


def vignette(size: tuple[int, int], strength: float) -> np.ndarray:
    """Fall-off towards the corners, (H, W, 1)."""
    height, width = size
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) / height - 0.5
    x = (np.arange(width, dtype=np.float32)[None] + 0.5) / width - 0.5
    return (1.0 / (1.0 + strength * 2.0 * (x * x + y * y)) ** 2)[..., None].astype(np.float32)
