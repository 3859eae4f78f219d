"""Cut-outs of solids of which all is known, to learn from: `python learn_data.py --out DIR --count 8000`.

For each solid that stands on the ground: what the network sees of it (``cyclorama.shadows.volume.look``) under a random
camera, and which cells of its frame are filled. Shards of a run that was stopped are kept.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import tracing
from numba import njit
from upright import random_upright

from cyclorama.core.perspective import Perspective, camera_rays
from cyclorama.shadows.ground import Ground, ground_of
from cyclorama.shadows.volume import FIRST, INPUT_PX, PLANES, STEP, Frame, frame_of, look

SIZE = (120, 160)
SHARD = 250
FIRST_SEED = 30_000_000
#: A cell is filled by as much as of this many points from its front to its back lie in the solid, or so near to it.
DEPTHS, _NEAR = 4, 0.004
_NO_RELIEF = np.zeros((1, 16), np.float32)
_distance = tracing._distance


@njit(fastmath=True, cache=True)
def see(solid, relief, eye, rays, box):
    """Coverage of rays (h, w, 3) from an eye, traced within rows and columns ``box``."""
    out = np.zeros(rays.shape[:2], np.float32)
    for row in range(box[0], box[1]):
        for column in range(box[2], box[3]):
            dx, dy, dz = rays[row, column]
            way = 0.0
            for _ in range(110):
                d, _p = _distance(solid, relief, eye[0] + dx * way, eye[1] + dy * way, eye[2] + dz * way)
                if d < 0.002:
                    out[row, column] = 1
                    break
                way += d * 0.9
                if way > 40 or (dy < 0 and eye[1] + dy * way < -0.05):
                    break
    return out


@njit(fastmath=True, cache=True)
def fill(solid, relief, points, near):
    """Which of points (n, 3) lie in the solid or as near to it as ``near``."""
    out = np.zeros(points.shape[0], np.bool_)
    for i in range(points.shape[0]):
        d, _p = _distance(solid, relief, points[i, 0], points[i, 1], points[i, 2])
        out[i] = d < near
    return out


def grounded(rows: np.ndarray) -> np.ndarray:
    """Scale a solid to unit height, standing on y = 0 around the origin."""
    low = (rows[:, 1:4] - rows[:, 20:21]).min(0)
    high = (rows[:, 1:4] + rows[:, 20:21]).max(0)
    axes = [np.linspace(a, b, 32, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    inside = fill(rows.astype(np.float32), _NO_RELIEF, grid.reshape(-1, 3), 0.008).reshape(32, 32, 32)
    bottom = axes[1][np.flatnonzero(inside.any((0, 2)))[[0, -1]]]
    found = grid[inside]
    middle = (found.min(0) + found.max(0)) / 2
    scale = 1 / max(float(bottom[1] - bottom[0]), 1e-3)
    rows = rows.copy()
    rows[:, 1:4] = (rows[:, 1:4] - [middle[0], bottom[0], middle[2]]) * scale
    for column in (13, 14, 15, 16, 17, 20):
        rows[:, column] *= scale
    return rows.astype(np.float32)


def camera_for(rng: np.random.Generator, wide: float) -> tuple[Perspective, np.ndarray]:
    """A camera as people hold it, and where its eye is (x, y, z)."""
    height, width = SIZE
    focal = width / (2 * math.tan(math.radians(rng.uniform(16, 66)) / 2))
    distance = focal / height / rng.uniform(0.35, 0.62) * max(wide / 1.2, 1)
    eye = distance * math.tan(math.radians(rng.uniform(4, 42)))
    pitch = math.atan2(rng.uniform(0.3, 0.5) - eye, distance)
    camera = Perspective(SIZE, focal, (width / 2, height / 2), pitch, math.radians(rng.normal(0, 1.5)), 1.0)
    aside = rng.uniform(-0.2, 0.2) * distance * width / focal
    return camera, np.array([aside, eye, distance])


def points_in(ground: Ground, frame: Frame, eye: np.ndarray) -> np.ndarray:
    """Points in the cells (PLANES, DEPTHS, INPUT_PX, INPUT_PX, 3) in the solid's own axes."""
    step = (np.arange(INPUT_PX) + 0.5) * frame.side / INPUT_PX
    column, row = np.meshgrid(frame.left + step, frame.top + step)
    x0, y0 = ground.camera.principal_point_px
    ray = (
        np.stack([column - x0, y0 - row, np.full_like(row, -ground.camera.focal_px)], -1) @ ground.rotation.T
    )
    at = FIRST + STEP * (np.arange(PLANES)[:, None] + (np.arange(DEPTHS) - (DEPTHS - 1) / 2) / DEPTHS)
    z = frame.front - frame.unit * at
    reach = z[..., None, None] / np.minimum(ray[..., 2], -1e-3)
    return (ray * reach[..., None] * eye[1] + eye).astype(np.float32)


def sample(seed: int) -> tuple[np.ndarray, np.ndarray, str] | None:
    """What is seen (3, n, n) and how many points of each cell are filled
    (PLANES, n / 2, n / 2), n = INPUT_PX; None if the picture's edge cuts it."""
    rng = np.random.default_rng(seed)
    kind, rows = random_upright(rng)
    solid = grounded(rows)
    reach = np.linalg.norm(solid[:, [1, 3]], axis=1) + solid[:, 20]
    camera, eye = camera_for(rng, 2 * float(reach.max()))
    ground = ground_of(camera, SIZE, max(SIZE))
    corners = [solid[:, 1:4] + solid[:, 20:21] * np.array(c) for c in np.ndindex(2, 2, 2)]
    corners += [solid[:, 1:4] - solid[:, 20:21] * np.array(c) for c in np.ndindex(2, 2, 2)]
    at = ground.project(((np.concatenate(corners) - eye) / eye[1]).astype(np.float32))
    low = np.clip(at.min(0) - 2, 0, [SIZE[1], SIZE[0]]).astype(np.int64)
    high = np.clip(at.max(0) + 2, 0, [SIZE[1], SIZE[0]]).astype(np.int64)
    rays = (camera_rays(camera, SIZE) @ ground.rotation.T).astype(np.float32)
    alpha = see(solid, _NO_RELIEF, eye.astype(np.float32), rays, np.array([low[1], high[1], low[0], high[0]]))
    edge = alpha[0].any() or alpha[-1].any() or alpha[:, 0].any() or alpha[:, -1].any()
    frame = None if edge else frame_of(alpha, ground)
    if frame is None:
        return None
    seen = look(alpha, ground, frame)
    covered = seen[0] > 0.02
    points = points_in(ground, frame, eye)[:, :, covered]
    filled = np.zeros((PLANES, INPUT_PX, INPUT_PX), np.uint8)
    inside = fill(solid, _NO_RELIEF, points.reshape(-1, 3), _NEAR)
    filled[:, covered] = inside.reshape(points.shape[:-1]).sum(1)
    half = INPUT_PX // 2
    cells = filled.reshape(PLANES, half, 2, half, 2).max((2, 4))
    return seen, cells, kind


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=8000)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for first in range(0, given.count, SHARD):
        path = given.out / f"solids-{first:06d}.npz"
        if path.exists():
            continue
        found = [
            f for f in map(sample, range(FIRST_SEED + first, FIRST_SEED + first + SHARD)) if f is not None
        ]
        seen, filled, kind = (list(part) for part in zip(*found, strict=True))
        np.savez(path, seen=np.float16(seen), filled=np.stack(filled), kind=np.array(kind))
        print(f"{path.name}: {len(found)}", flush=True)


if __name__ == "__main__":
    main()
