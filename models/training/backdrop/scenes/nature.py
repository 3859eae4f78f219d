"""Out of doors: foliage, meadow, hills, sea, dunes; all through an open lens."""

from __future__ import annotations

import numpy as np

from . import optics
from .setup import Light, Shot, View, sample_light, sample_view


def _sky(view: View, light: Light, world=None):
    """Sky by sun height: colour from horizon to zenith, glow around the sun, brighter on the sun's side."""
    world = view.world if world is None else world
    sun = light.world(view)
    height = float(sun[1])
    day = np.clip((height - 0.05) / 0.35, 0, 1)
    zenith = np.float32([0.09, 0.22, 0.46]) * day + np.float32([0.06, 0.10, 0.22]) * (1 - day)
    horizon = np.float32([0.56, 0.70, 0.80]) * day + np.float32([0.42, 0.27, 0.19]) * (1 - day)
    horizon = horizon * (0.5 + 0.5 * light.key)
    up = np.clip(world[..., 1], 0, 1)[..., None]
    cosine = world @ sun
    flat = np.clip(
        (world[..., 0] * sun[0] + world[..., 2] * sun[2]) / max(np.hypot(sun[0], sun[2]), 1e-3), -1, 1
    )
    mix = np.exp(-up * 4.0)
    dusk = light.key**1.7 * (1 - day) * np.exp((flat - 1) / 0.6)[..., None] * np.exp(-up * 4.5) * 1.1
    glow = (
        np.exp((cosine - 1) / 0.004) * 4
        + np.exp((cosine - 1) / 0.05) * 0.7
        + np.exp((cosine - 1) / 0.4) * 0.35
    )
    base = (zenith * (1 - mix) + horizon * mix) * (0.75 + 0.35 * flat[..., None])
    return (base + dusk + light.key * glow[..., None] * (0.35 + 0.5 * day)).astype(np.float32), np.exp(
        (cosine - 1) / 0.0006
    ).astype(np.float32)


def _clouds(rng, image, view, light):
    """Stretched noise in the plane of the clouds, lit from the sun's side."""
    w = view.world
    u, v = w[..., 0] / (np.abs(w[..., 1]) + 0.12), w[..., 2] / (np.abs(w[..., 1]) + 0.12)
    seed, sun = int(rng.integers(1 << 20)), light.world(view)
    scale = rng.uniform(0.04, 0.10)
    n = optics.texture(1.6, seed, u, 1.8 * v, scale)
    lit = n - optics.texture(1.6, seed, u + 0.35 * sun[0], 1.8 * (v + 0.35 * sun[2]), scale)
    cover = np.clip((n - rng.uniform(-0.6, 0.9)) * 0.7, 0, 1) * np.clip(w[..., 1] * 6, 0, 1)
    color = image.mean((0, 1)) * 0.8 + light.key * (0.4 + 0.5 * np.clip(lit, -0.6, 1.2))[..., None] * 0.75
    return image + (color - image) * (cover * rng.uniform(0.4, 0.9))[..., None]


def _side(view: View, light: Light) -> np.ndarray:
    """How much a place in the picture lies on the light's side, in [-1, 1]."""
    d = light.direction
    return np.clip(2.2 * view.x * d[0] + 1.4 * (0.45 - view.y) * max(d[1], 0.0), -1, 1)


def _foliage(rng, view, light, hue, radius, density, backlit):
    """A plane of leaves through a wide lens: noise in high dynamic range, then the lens' disc."""
    height = view.size[0]
    coarse = optics.spectral_noise(rng, view.size, 1.7)
    fine = optics.spectral_noise(rng, view.size, 0.55)
    side = _side(view, light)
    leaf = np.exp(0.8 * fine + 0.55 * coarse)
    sparkle = np.clip(fine + 0.5 * coarse + 0.7 * side - 2.3 + 0.5 * (1 - density), 0, 3) * (
        14 + 22 * backlit
    )
    shade = np.exp(0.95 * side + 0.25 * coarse)
    green = hue * (
        1 + 0.22 * optics.spectral_noise(rng, view.size, 1.4)[..., None] * np.float32([1, 0.2, -0.2])
    )
    image = np.maximum(green, 0.003) * ((leaf * shade)[..., None] * (0.75 * light.key + 0.5 * light.ambient))
    warm = light.key * np.float32([1.0, 1.0, 0.75]) * (0.35 + 0.65 * np.minimum(hue * 4, 1))
    image += sparkle[..., None] * warm * 0.12
    return optics.lens_blur(
        image.astype(np.float32), max(radius * height, 1.0), int(rng.choice([0, 0, 0, 7, 9]))
    )


def _ground(rng, view, light, color, bumps=0.35):
    """Level ground to the horizon, noise foreshortened, lit more towards the light."""
    d = view.world
    t = view.eye[1] / np.maximum(-d[..., 1], 2e-3)
    u, v = d[..., 0] * t, d[..., 2] * t
    seed = int(rng.integers(1 << 20))
    far = np.exp(-t / 14)
    n = optics.texture(1.3, seed, u, v, 0.12) * far + 0.6 * optics.texture(0.7, seed + 1, u, v, 0.5) * np.exp(
        -t / 5
    )
    tone = np.exp(bumps * n + 0.6 * _side(view, light))
    return (
        color
        * tone[..., None]
        * (light.key * (0.35 + 0.65 * max(float(light.direction[1]), 0.1)) + light.ambient)
    )


def garden(rng):
    """Foliage far out of focus: park, forest or autumn trees with points of sunlight."""
    view = sample_view(rng, pitch=(-0.06, 0.10), focal=(1.4, 3.0), contact=(0.88, 1.02), unseen=0.7)
    light = sample_light(rng, azimuth=(20, 165), elevation=(12, 55), kelvin=(3200, 6200), fill=(0.2, 0.7))
    autumn = rng.random() < 0.3
    hue = (
        np.float32([0.26, 0.13, 0.03])
        if autumn
        else np.float32([0.085, 0.14, 0.035]) * np.exp(rng.normal(0, 0.18, 3)).astype(np.float32)
    )
    blur = float(rng.uniform(0.012, 0.055))
    backlit = float(max(-light.direction[2], 0))
    far = _foliage(rng, view, light, hue * 2.2 + np.float32([0.10, 0.12, 0.05]), blur, 0.4, backlit)
    near = _foliage(rng, view, light, hue, blur * 0.6, 0.9, backlit)
    mask = optics.lens_blur(
        np.clip(0.5 + 1.3 * optics.spectral_noise(rng, view.size, 1.8) - 0.5 - 0.8 * (0.75 - view.y), 0, 1)[
            ..., None
        ].astype(np.float32),
        blur * 0.6 * view.size[0],
    )
    image = far * (1 - mask) + near * mask
    for _ in range(rng.integers(0, 5)):
        x0, w = rng.uniform(-0.7, 0.7), rng.uniform(0.012, 0.05)
        trunk = 1 / (
            1 + np.exp((np.abs(view.x - x0 - 0.05 * rng.normal() * view.y) - w) / (0.35 * blur + 0.004))
        )
        rim = np.clip((view.x - x0) / w * np.sign(light.direction[0]), -1, 1)
        bark = (
            np.float32([0.05, 0.036, 0.025])[None, None]
            * (1 + 1.6 * np.clip(rim, 0, 1))[..., None]
            * light.key
        )
        image = image * (1 - 0.8 * trunk[..., None]) + bark * (0.8 * trunk[..., None])
    edge = np.clip((view.y - view.horizon - 0.02) / (0.03 + blur), 0, 1)[..., None]
    ground = optics.blur(_ground(rng, view, light, hue * 1.3 + np.float32([0.03, 0.02, 0.01])), blur * 90)
    image = image * (1 - edge) + ground * edge
    image = optics.expose(image.astype(np.float32), 65, rng.uniform(0.16, 0.34))
    return Shot(
        optics.bloom(image, 0.10 + 0.12 * backlit),
        view,
        light,
        "autumn" if autumn else "garden",
        blur,
        rng.uniform(0.6, 1.0),
    )


def meadow(rng):
    """Grass, a line of trees and sky, at noon or in the golden hour."""
    view = sample_view(rng, pitch=(-0.10, 0.10), focal=(1.0, 2.2), contact=(0.84, 1.0), unseen=0.5)
    golden = rng.random() < 0.6
    light = sample_light(
        rng,
        azimuth=(15, 170),
        elevation=(4, 18) if golden else (25, 60),
        kelvin=(2900, 4200) if golden else (4800, 6500),
        softness=(0.02, 0.3),
        fill=(0.15, 0.45),
    )
    blur = float(rng.uniform(0.008, 0.035))
    sky, _ = _sky(view, light)
    sky = _clouds(rng, sky, view, light) if rng.random() < 0.6 else sky
    grass = np.float32([0.20, 0.21, 0.05]) if golden else np.float32([0.11, 0.20, 0.045])
    ground = _ground(rng, view, light, grass * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32), 0.5)
    seeds = np.clip(
        optics.spectral_noise(rng, view.size, 0.4) + 0.5 * _side(view, light) - 2.4, 0, 2
    ) * np.clip((view.y - view.horizon) * 5, 0, 1)
    ground = ground + (seeds * 5)[..., None] * light.key * np.float32([1, 0.9, 0.6])
    below = np.clip((view.y - view.horizon) * view.size[0] / 2 + 0.5, 0, 1)[..., None]
    image = sky * (1 - below) + ground * below
    line = optics.spectral_noise(rng, (8, view.size[1]), 1.2)[0]
    top = view.horizon - rng.uniform(0.03, 0.16) * (1 + 0.35 * line[None])
    trees = np.clip((view.y - top) * 60, 0, 1) * np.clip((view.horizon + 0.012 - view.y) * 80, 0, 1)
    leaves = np.exp(0.5 * optics.spectral_noise(rng, view.size, 0.9) + 0.9 * _side(view, light)) * (
        1 - 0.5 * max(-light.direction[2], 0)
    )
    haze = image[np.clip(int(view.horizon * view.size[0]), 0, view.size[0] - 1)].mean(0) * 0.25
    image = (
        image * (1 - trees[..., None])
        + (np.float32([0.05, 0.075, 0.025]) * leaves[..., None] * (light.key + light.ambient) + haze)
        * trees[..., None]
    )
    nearness = np.clip((view.y - view.horizon) / 0.5, 0, 1)
    image = optics.depth_blur(
        image.astype(np.float32),
        (blur * view.size[0] * np.where(nearness > 0, 1 - 0.75 * nearness, 1)).astype(np.float32),
    )
    image = optics.expose(image, 60, rng.uniform(0.24, 0.42))
    return Shot(optics.bloom(image, 0.12 + 0.1 * max(-light.direction[2], 0)), view, light, "meadow", blur)


def hills(rng):
    """Ridges behind each other in haze, lit from the side."""
    view = sample_view(rng, pitch=(-0.08, 0.12), focal=(0.9, 2.0), contact=(0.86, 1.0), unseen=0.6)
    light = sample_light(
        rng, azimuth=(20, 165), elevation=(3, 40), kelvin=(2900, 6500), softness=(0.02, 0.3), fill=(0.15, 0.5)
    )
    image, _ = _sky(view, light)
    image = _clouds(rng, image, view, light) if rng.random() < 0.7 else image
    haze = image[np.clip(int((view.horizon - 0.02) * view.size[0]), 0, view.size[0] - 1)].mean(0)
    layers = rng.integers(3, 6)
    snow = rng.random() < 0.3
    rock = (
        np.float32([0.42, 0.44, 0.5])
        if snow
        else np.float32([0.11, 0.12, 0.07]) * np.exp(rng.normal(0, 0.2, 3)).astype(np.float32)
    )
    for k in range(layers):
        near = (k + 1) / layers
        ridge = optics.spectral_noise(rng, (4, view.size[1] * 2), 1.5)[0][: view.size[1]]
        top = (
            view.horizon
            - (0.20 * (1 - near) + 0.02) * rng.uniform(0.5, 1.2)
            + 0.035 * ridge * (1.2 - 0.5 * near)
            + 0.10 * near * near * rng.uniform(0, 1)
        )
        relief = optics.blur(optics.spectral_noise(rng, view.size, 1.9, (0.6, 1.0)), 4)
        slope = np.gradient(relief, axis=1) * 9 + np.gradient(ridge)[None] * 5
        facing = np.clip(0.55 - slope * light.direction[0] + 0.3 * light.direction[1], 0.05, 2) * np.exp(
            0.5 * _side(view, light)
        )
        color = rock * (light.key * facing[..., None] * 1.2 + light.ambient * 1.2)
        fog = (1 - near) ** 0.7 * 0.85 * np.exp(-np.clip(view.y - top, 0, 1) * -1.0).clip(0, 1)
        color = (
            color * (1 - fog[..., None]) + haze * (0.8 + 0.4 * _side(view, light))[..., None] * fog[..., None]
        )
        mask = np.clip((view.y - top) * view.size[0] / 1.5 + 0.5, 0, 1)[..., None]
        image = image * (1 - mask) + color * mask
    blur = float(rng.uniform(0.005, 0.03))
    image = optics.lens_blur(image.astype(np.float32), blur * view.size[0])
    image = optics.expose(image, 60, rng.uniform(0.22, 0.4))
    return Shot(optics.bloom(image, 0.10), view, light, "hills", blur)


def sea(rng):
    """Sea and sky, at sunset or by day, waves blurred; sometimes a strip of sand."""
    view = sample_view(rng, pitch=(-0.08, 0.12), focal=(1.0, 2.2), contact=(0.86, 1.0), unseen=0.6)
    sunset = rng.random() < 0.65
    light = sample_light(
        rng,
        azimuth=(100, 180) if sunset and rng.random() < 0.7 else (10, 170),
        elevation=(2, 12) if sunset else (20, 60),
        kelvin=(2400, 3800) if sunset else (4800, 6500),
        softness=(0.02, 0.25),
        fill=(0.12, 0.4),
    )
    sky, disc = _sky(view, light)
    sky = _clouds(rng, sky, view, light) if rng.random() < 0.75 else sky
    disc = light.key * (disc * 10)[..., None]
    d = view.world
    t = view.eye[1] / np.maximum(-d[..., 1], 2e-3)
    seed = int(rng.integers(1 << 20))
    fade = np.exp(-t / 18)
    swell = optics.texture(1.0, seed, d[..., 0] * t, d[..., 2] * t * 2.5, 0.11) * fade + 0.7 * optics.texture(
        0.8, seed + 1, d[..., 0] * t, d[..., 2] * t * 3, 0.4
    ) * np.exp(-t / 7)
    rows = np.arange(view.size[0])[:, None]
    mirrored = (
        2 * view.horizon * view.size[0]
        - rows
        + 0 * view.x
        + swell * (3 + 22 * np.clip(view.y - view.horizon, 0, 1))
    )
    index = (
        np.clip(mirrored, 0, max(view.horizon * view.size[0] - 1, 1)).astype(int).clip(0, view.size[0] - 1)
    )
    reflected = np.take_along_axis(optics.blur(np.minimum(sky, 4), 3), index[..., None].repeat(3, 2), 0)
    fresnel = (0.06 + 0.94 * np.exp(-np.clip(-d[..., 1], 0, 1) * 5.5))[..., None]
    deep = np.float32([0.015, 0.06, 0.075]) * (light.key * 0.6 + light.ambient)
    sun = light.world(view)
    half = d * np.float32([1, -1, 1]) @ sun
    path = np.exp((half - 1) / 0.03) * np.clip(0.6 + 1.1 * swell, 0, 4)
    water = reflected * fresnel + deep + light.key * (path * 0.7)[..., None]
    below = np.clip((view.y - view.horizon) * view.size[0] / 1.5 + 0.5, 0, 1)[..., None]
    image = (sky + disc) * (1 - below) + water * below
    if rng.random() < 0.35:
        shore = (
            view.horizon
            + rng.uniform(0.12, 0.3)
            + 0.02 * optics.spectral_noise(rng, (4, view.size[1]), 1.6)[0][None]
        )
        sand = _ground(rng, view, light, np.float32([0.36, 0.27, 0.18]), 0.12)
        foam = np.exp(-(((view.y - shore) / 0.012) ** 2))[..., None]
        beach = np.clip((view.y - shore) * 60, 0, 1)[..., None]
        image = image * (1 - beach) + sand * beach + foam * 0.4 * (light.key + light.ambient)
    blur = float(rng.uniform(0.006, 0.035))
    nearness = np.clip((view.y - view.horizon) / 0.6, 0, 1)
    image = optics.depth_blur(
        image.astype(np.float32), (blur * view.size[0] * (1 - 0.6 * nearness)).astype(np.float32)
    )
    image = optics.expose(image, 60, rng.uniform(0.15, 0.32))
    return Shot(optics.bloom(image, 0.14), view, light, "sea", blur)


def dunes(rng):
    """Smooth dunes of sand or snow: a lit and a shaded side to every crest."""
    view = sample_view(rng, pitch=(-0.10, 0.08), focal=(1.0, 2.2), contact=(0.86, 1.0), unseen=0.5)
    light = sample_light(
        rng, azimuth=(40, 140), elevation=(6, 35), kelvin=(2900, 5500), softness=(0.02, 0.2), fill=(0.12, 0.4)
    )
    image, _ = _sky(view, light)
    snow = rng.random() < 0.4
    sand = np.float32([0.72, 0.74, 0.78]) if snow else np.float32([0.52, 0.32, 0.17])
    haze = image[np.clip(int((view.horizon - 0.03) * view.size[0]), 0, view.size[0] - 1)].mean(0)
    for k in range(5):
        near = (k + 1) / 5
        ridge = optics.spectral_noise(rng, (4, view.size[1] * 2), 2.2)[0][: view.size[1]]
        top = (
            view.horizon
            - 0.06 * (1 - near)
            + 0.45 * near**2.2 * rng.uniform(0.5, 1)
            - 0.05 * ridge * (0.4 + near)
        )
        crest = optics.blur(optics.spectral_noise(rng, view.size, 2.2, (0.7, 1.2)), 16)
        slope = (
            np.gradient(crest, axis=1) * 28
            + np.gradient(optics.blur(ridge[None].repeat(8, 0), 8)[0])[None] * 40
        )
        facing = np.clip(0.6 - 0.9 * np.tanh(slope) * np.sign(light.direction[0]), 0.03, 1.6)
        ripple = 1 + 0.05 * near * np.sin((view.y * 60 / near + 2.5 * crest + view.x * 6) * 2 * np.pi * near)
        color = sand * (
            light.key * (facing * ripple)[..., None] + light.ambient * np.float32([0.8, 0.95, 1.2])
        )
        color = color * (1 - 0.55 * (1 - near)) + haze * 0.55 * (1 - near)
        mask = np.clip((view.y - top) * view.size[0] / 1.5 + 0.5, 0, 1)[..., None]
        image = image * (1 - mask) + color * mask
    blur = float(rng.uniform(0.005, 0.028))
    image = optics.lens_blur(image.astype(np.float32), blur * view.size[0])
    image = optics.expose(image, 60, rng.uniform(0.24, 0.5))
    return Shot(optics.bloom(image, 0.08), view, light, "snow" if snow else "desert", blur)
