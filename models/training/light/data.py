"""Render solids under known light: `python data.py --out DIR --solids 500 --seed 0 [--lights 4]`.

Writes shards of 250 solids (``SEED-NNN.npz``); those that exist are kept, so a stopped run goes on. Arrays: ``pixels``
uint8 (n, 64, 64, 4) sRGB and coverage, ``normals`` int8 (n, 64, 64, 3) of the inflated silhouette times 127, ``sh``
float32 (n, 9, 3), ``softness`` float32 (n,), ``up`` float32 (n, 3), ``kind`` (n,), ``solid`` int64 (n,).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from camera import backdrop, imperfect_matte, photograph
from lights import Light, light_directions, random_light
from primitives import turn
from solids import KINDS, Solid, random_solid
from surfaces import Paint, random_paint, shade
from tracing import trace_solid

from cyclorama.core.color import linear_to_srgb, luminance
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.lighting.network import SIDE_PX, centered
from cyclorama.lighting.normals import Subject, read_subject

__all__ = ["View", "render_solid"]

SHARD = 250
RENDER_PX = 84
_LEAST_PIXELS = 350


class View:
    """A traced solid; :meth:`photo` puts a light on it."""

    def __init__(self, rng: np.random.Generator, solid: Solid, side: int = RENDER_PX) -> None:
        distance = float(rng.uniform(3.2, 9))
        self.kind, self.side = solid.kind, side
        self.directions = light_directions(rng)
        self.up = (turn(0, -solid.pitch) @ [0.0, 1.0, 0.0]).astype(np.float32)
        traced = trace_solid(solid.primitives, solid.relief, side, distance, 1.1, self.directions)
        self.seen, normals, points, parts, clear = traced
        self.normals, self.parts, self.clear = normals[self.seen], parts[self.seen], clear[self.seen]
        points = points[self.seen]
        view = np.array([0, 0, distance], np.float32) - points
        self.view = (view / np.linalg.norm(view, axis=1, keepdims=True)).astype(np.float32)
        self.own_points = points @ solid.own_axes.T

    def linear(self, light: Light, paint: Paint, behind: np.ndarray) -> np.ndarray:
        """Picture (side, side, 3), linear."""
        out = behind.copy()
        args = (self.normals, self.view, self.clear, self.directions, light.radiance, paint)
        out[self.seen] = shade(*args)
        return out


def render_solid(
    rng: np.random.Generator, lights: int, kind: str | None = None
) -> list[tuple[Subject, Light, View]]:
    """One solid under some lights, as the estimator would read it from photographs; empty if too little is seen."""
    view = View(rng, random_solid(rng, kind))
    if view.seen.sum() < _LEAST_PIXELS:
        return []
    out = []
    for number in range(lights):
        if number % 2 == 0:
            paint = random_paint(rng, view.kind, view.own_points, view.parts)
        light = random_light(rng, view.directions, view.up)
        behind = np.zeros((view.side, view.side, 3), np.float32)
        linear = view.linear(light, paint, behind)
        level = float(np.median(luminance(linear)[view.seen]))
        linear[~view.seen] = backdrop(rng, view.side, level)[~view.seen]
        matte = imperfect_matte(rng, view.seen)
        subject = read_subject(Image(photograph(rng, linear, view.seen)), Matte(matte))
        if subject is not None and subject.inside.sum() >= 150:
            out.append((subject, light, view))
    return out


def _arrays(found: list[tuple[Subject, Light, View, int]]) -> dict[str, np.ndarray]:
    pixels = np.zeros((len(found), SIDE_PX, SIDE_PX, 4), np.uint8)
    normals = np.zeros((len(found), SIDE_PX, SIDE_PX, 3), np.int8)
    for index, (subject, _, _, _) in enumerate(found):
        rgb, mask, relief = centered(subject)
        coded = linear_to_srgb(np.clip(rgb, 0, 1))
        pixels[index, ..., :3] = np.round(coded * 255)
        pixels[index, ..., 3] = np.round(mask * 255)
        normals[index] = np.round(relief * 127)
    kinds = list(KINDS)
    return {
        "pixels": pixels,
        "normals": normals,
        "sh": np.stack([light.sh for _, light, _, _ in found]),
        "softness": np.array([light.softness_rad for _, light, _, _ in found], np.float32),
        "up": np.stack([view.up for _, _, view, _ in found]),
        "kind": np.array([kinds.index(view.kind) for _, _, view, _ in found]),
        "solid": np.array([solid for _, _, _, solid in found]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--solids", type=int, required=True)
    parser.add_argument("--lights", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    size = min(SHARD, given.solids)
    for shard in range(given.solids // size):
        path = given.out / f"{given.seed}-{shard:03d}.npz"
        if path.exists():
            continue
        start, found = time.process_time(), []
        for number in range(size):
            solid = shard * SHARD + number
            rng = np.random.default_rng([given.seed, solid])
            found += [(*item, 1_000_000 * given.seed + solid) for item in render_solid(rng, given.lights)]
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, **_arrays(found))
        part.replace(path)
        print(f"{path.name}: {len(found)} pictures, {time.process_time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
