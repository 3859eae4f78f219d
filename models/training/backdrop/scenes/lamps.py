"""Places lit by lamps: city at night, stage, room with a window, cafe."""

from __future__ import annotations

import numpy as np

from . import optics
from .setup import Shot, hue_color, sample_light, sample_view

STREET = np.float32(
    [
        [1, 0.55, 0.2],
        [1, 0.72, 0.42],
        [1, 0.32, 0.12],
        [0.45, 0.7, 1],
        [1, 0.1, 0.08],
        [0.15, 1, 0.5],
        [1, 0.9, 0.8],
        [0.9, 0.3, 0.8],
    ]
)


def city_night(rng):
    """A street at night out of focus: discs of lamps, windows, traffic, wet ground."""
    view = sample_view(rng, pitch=(-0.06, 0.08), focal=(1.2, 2.6), contact=(0.88, 1.02), unseen=0.75)
    light = sample_light(
        rng, azimuth=(40, 150), elevation=(5, 40), kelvin=(2400, 4200), softness=(0.05, 0.5), fill=(0.05, 0.3)
    )
    height, width = view.size
    side = np.sign(light.direction[0]) * min(abs(light.direction[0]) * 1.6, 1.0)
    blue = np.float32([0.010, 0.014, 0.032]) * np.exp(rng.normal(0, 0.3))
    image = np.zeros((height, width, 3), np.float32) + blue
    image += (
        np.exp(-(((view.y - view.horizon) / 0.25) ** 2))[..., None]
        * np.float32([0.045, 0.03, 0.03])
        * np.exp(1.2 * side * view.x)[..., None]
        * light.key
    )
    for _ in range(rng.integers(8, 18)):
        depth = rng.uniform(3, 20)
        x = rng.choice([-1, 1]) * rng.uniform(0.2, 1.1)
        w, top = rng.uniform(0.5, 2) / depth, view.horizon - rng.uniform(0.5, 5) / depth
        inside = (np.abs(view.x - x) < w) & (view.y > top) & (view.y < view.horizon + 0.1)
        tone = np.float32([0.05, 0.04, 0.04]) * rng.uniform(0.2, 1.4) * np.exp(1.0 * side * x)
        if rng.random() < 0.6:
            pitch = rng.uniform(0.012, 0.03)
            lit = (np.abs((view.x / pitch) % 1 - 0.5) < 0.3) & (
                np.abs((view.y / (pitch * 1.4)) % 1 - 0.5) < 0.3
            )
            cells = (
                np.sin(np.floor(view.x / pitch) * 12.9 + np.floor(view.y / pitch / 1.4) * 78.2) * 43758.5 % 1
                < 0.35
            )
            tone = tone + (lit & cells)[..., None] * STREET[rng.choice([0, 1, 3, 6])] * rng.uniform(0.1, 0.8)
        image = np.where(inside[..., None], tone, image)
    blur = float(rng.uniform(0.014, 0.05))
    image = optics.lens_blur(image.astype(np.float32), blur * height)
    n = int(rng.integers(50, 190))
    px = np.concatenate(
        [rng.normal(0.22 * side, 0.42, n // 2), rng.uniform(-0.5, 0.5, n - n // 2) * width / height]
    )
    py = view.horizon + np.concatenate(
        [rng.normal(-0.05, 0.05, n // 2), -np.abs(rng.normal(0, 0.25, n - n // 2))]
    )
    radius = blur * height * rng.uniform(0.45, 1.15, n)
    color = STREET[rng.choice(8, n, p=[0.28, 0.24, 0.1, 0.12, 0.1, 0.04, 0.08, 0.04])]
    power = np.exp(rng.normal(-0.6, 0.8, n) + 1.6 * side * px) * 0.32
    color = (color * (0.5 + 0.5 * light.key) * power[:, None]).astype(np.float32)
    xy = np.stack([(px + view.center[0]) * height, py * height], -1)
    bokeh = np.zeros_like(image)
    optics.splat_discs(bokeh, xy, np.maximum(radius, 2), color)
    wet = np.zeros_like(image)
    mirrored = xy * [1, -1] + [0, 2 * (view.horizon + 0.05) * height]
    optics.splat_discs(wet, mirrored, np.maximum(radius, 2), color * 0.5)
    smear = optics.ndimage.gaussian_filter(wet, (height * 0.03, 2, 0))
    image = image + optics.blur(bokeh, 0.7) + smear * np.clip((view.y - view.horizon) * 6, 0, 1)[..., None]
    image = optics.expose(optics.bloom(image, 0.16), 85, rng.uniform(0.10, 0.28))
    return Shot(image, view, light, "city", blur, 0.9, 0.009)


def stage(rng):
    """Beams of coloured light through haze, from the side of the key light."""
    view = sample_view(rng, pitch=(-0.08, 0.10), focal=(1.1, 2.2), contact=(0.84, 0.98), unseen=0.5)
    light = sample_light(
        rng,
        azimuth=(30, 165),
        elevation=(25, 70),
        kelvin=(2800, 7500),
        softness=(0.03, 0.4),
        fill=(0.02, 0.2),
    )
    if rng.random() < 0.7:
        light.key = hue_color(rng, (0.3, 0.95), (1, 1))
        light.key = light.key / (light.key @ optics.LUMINANCE + 0.1)
        light.ambient = hue_color(rng, (0.4, 0.9), (0.05, 0.15))
    height, width = view.size
    side = np.sign(light.direction[0]) * min(abs(light.direction[0]) * 2, 1.0)
    image = np.zeros((height, width, 3), np.float32) + light.ambient * 0.25
    haze = np.exp(0.35 * optics.spectral_noise(rng, view.size, 1.7))
    for k in range(rng.integers(2, 7)):
        main = k < 2 or rng.random() < 0.5
        sx = side * rng.uniform(0.1, 0.75) + rng.normal(0, 0.12) if main else -side * rng.uniform(0.1, 0.7)
        source = np.float32([sx * width / height, -rng.uniform(0.02, 0.3)])
        aim = np.float32([rng.normal(0, 0.22) - 0.25 * sx, 1.0])
        axis = (aim - source) / np.linalg.norm(aim - source)
        dx, dy = view.x - source[0], view.y - source[1]
        along, across = dx * axis[0] + dy * axis[1], dx * -axis[1] + dy * axis[0]
        spread = rng.uniform(0.07, 0.22)
        beam = (
            np.exp(-((across / (np.maximum(along, 0.02) * spread + 0.01)) ** 2))
            / (np.maximum(along, 0) + 0.35)
            * (along > 0)
        )
        color = light.key if main else light.ambient / (light.ambient @ optics.LUMINANCE + 0.02) * 0.35
        image += color * (beam * haze * rng.uniform(0.1, 0.3))[..., None]
    floor = np.clip((view.y - max(view.horizon, 0.55) - 0.12) * 12, 0, 1)[..., None]
    pool = np.exp(-((view.x / 0.5) ** 2 + ((view.y - 0.92) / 0.12) ** 2))[..., None]
    image = image * (1 - 0.35 * floor) + floor * (
        light.key * pool * 0.35 + optics.blur(image[::-1], 9) * 0.25
    )
    n = int(rng.integers(0, 14))
    blur = float(rng.uniform(0.008, 0.035))
    if n:
        px, py = side * rng.uniform(0.0, 0.5, n) + rng.normal(0, 0.15, n), rng.uniform(0.02, 0.3, n)
        xy = np.stack([(px + view.center[0]) * height, py * height], -1)
        optics.splat_discs(
            image,
            xy,
            blur * height * rng.uniform(0.5, 1.2, n) + 2,
            (light.key * rng.uniform(0.2, 2.5, (n, 1))).astype(np.float32),
        )
    image = optics.expose(
        optics.bloom(optics.blur(image.astype(np.float32), 1.5), 0.14), 80, rng.uniform(0.10, 0.3)
    )
    return Shot(image, view, light, "stage", blur, 0.9, 0.009)


def interior(rng):
    """A lived-in room out of focus: window on the light's side, wall, shelf, lamps, furniture."""
    view = sample_view(rng, pitch=(-0.10, 0.06), focal=(1.2, 2.4), contact=(0.84, 1.0), unseen=0.7)
    day = rng.random() < 0.65
    light = sample_light(
        rng,
        azimuth=(45, 150),
        elevation=(5, 40),
        kelvin=(4800, 7500) if day else (2500, 3600),
        softness=(0.2, 0.8),
        fill=(0.15, 0.5),
    )
    height, width = view.size
    half = 0.5 * width / height
    side = np.sign(light.direction[0])
    wall = hue_color(rng, (0.03, 0.35), (0.25, 0.65), [0.08, 0.1, 0.12, 0.55, 0.3])
    fall = 1 / (1 + ((view.x * side - half * 1.1) / rng.uniform(0.4, 0.8)) ** 2)
    image = (
        wall * (light.key * (0.12 + 1.2 * fall)[..., None] + light.ambient) * (1 - 0.25 * view.y)[..., None]
    )
    floor_y = view.horizon + rng.uniform(0.22, 0.4)
    floor = (
        np.float32([0.30, 0.18, 0.10])
        * rng.uniform(0.5, 1.4)
        * (light.key * (0.1 + fall)[..., None] + light.ambient)
    )
    image = np.where((view.y > floor_y)[..., None], floor, image)

    def block(x0, x1, y0, y1, color, gain=1.0):
        nonlocal image
        inside = (view.x > x0) & (view.x < x1) & (view.y > y0) & (view.y < y1)
        lit = light.key * (0.08 + fall)[..., None] + light.ambient
        image = np.where(inside[..., None], color * gain * lit, image)

    for _ in range(rng.integers(1, 4)):
        x0, y0 = rng.uniform(-half, half), view.horizon + rng.uniform(-0.25, 0.0)
        w, h = rng.uniform(0.08, 0.25), rng.uniform(0.1, 0.25)
        block(x0, x0 + w, y0 - h, y0, hue_color(rng, (0.0, 0.3), (0.02, 0.1)))
        block(x0 + 0.015, x0 + w - 0.015, y0 - h + 0.015, y0 - 0.015, hue_color(rng, (0.05, 0.6), (0.1, 0.8)))
    for _ in range(rng.integers(2, 6)):
        x0, w = rng.uniform(-half - 0.1, half), rng.uniform(0.1, 0.5)
        top = floor_y - rng.uniform(0.05, 0.28)
        block(
            x0,
            x0 + w,
            top,
            floor_y + rng.uniform(0.0, 0.12),
            hue_color(rng, (0.1, 0.5), (0.03, 0.3), [0.06, 0.09, 0.58, 0.35, 0.02]),
        )
    if rng.random() < 0.5:
        shelf_x, w = rng.uniform(-half, half * 0.6), rng.uniform(0.25, 0.5)
        for row in range(3):
            y1, x = view.horizon - 0.28 + 0.14 * row, shelf_x
            block(shelf_x, shelf_x + w, y1, y1 + 0.012, np.float32([0.15, 0.09, 0.05]))
            while x < shelf_x + w:
                t = rng.uniform(0.01, 0.035)
                block(
                    x, x + t * 0.9, y1 - rng.uniform(0.06, 0.11), y1, hue_color(rng, (0.2, 0.7), (0.05, 0.5))
                )
                x += t
    if rng.random() < 0.8:
        x0 = side * half * rng.uniform(0.45, 1.0)
        w, y0, h = rng.uniform(0.12, 0.3), view.horizon - rng.uniform(0.3, 0.5), rng.uniform(0.35, 0.6)
        pane = (
            np.minimum(
                np.abs(((view.x - x0) / w) % 0.5 - 0.25), np.abs(((view.y - y0) / h) % 0.5 - 0.25) * 1.0
            )
            < 0.235
        )
        inside = (np.abs(view.x - x0) < w) & (view.y > y0) & (view.y < y0 + h)
        glass = light.key * rng.uniform(1.3, 3.2) if day else np.float32([0.04, 0.06, 0.12])
        outside = 1 + 0.4 * optics.spectral_noise(rng, view.size, 1.7)[..., None] * day
        image = np.where(
            inside[..., None],
            np.where(pane[..., None], glass * np.maximum(outside, 0.2), 0.2 * light.ambient),
            image,
        )
    blur = float(rng.uniform(0.024, 0.06))
    image = optics.lens_blur(image.astype(np.float32), blur * height, int(rng.choice([0, 7])))
    lamps = int(rng.integers(0, 7)) + (4 if not day else 0)
    if lamps:
        px = side * np.abs(rng.normal(0, 0.35, lamps)) * half * 1.5
        py = view.horizon - np.abs(rng.normal(0.15, 0.12, lamps))
        xy = np.stack([(px + view.center[0]) * height, py * height], -1)
        warm = optics.black_body(2700) * np.float32(0.25 if day else 1.0)
        optics.splat_discs(
            image,
            xy,
            blur * height * rng.uniform(0.7, 1.2, lamps) + 2,
            (warm * rng.uniform(0.5, 3, (lamps, 1))).astype(np.float32),
        )
    image = optics.expose(optics.bloom(image, 0.15), 60, rng.uniform(0.14, 0.34) * (1 if day else 0.7))
    return Shot(image, view, light, "interior", blur)
