"""What part of space a cut-out fills: a small network's guess, in upright planes behind each other.

World axes and lengths are those of :mod:`cyclorama.shadows.ground`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from cyclorama.catalog import builtin_model_path
from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.resampling import resize
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.shadows.ground import Ground

__all__ = [
    "FIRST",
    "INPUT_PX",
    "PLANES",
    "STEP",
    "Frame",
    "Volume",
    "VolumeNetwork",
    "builtin_volume_network",
    "frame_of",
    "look",
]

#: Cells of the network's input across; planes, the place of the first, and their distance, in sides of the frame,
#: counted from the nearest point of contact away from the camera.
INPUT_PX, PLANES, FIRST, STEP = 64, 24, -0.36, 0.075
_MARGIN = 1.08
_HORIZON_MARGIN = 0.015
_FARTHEST = 3.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A square of the working grid around a cut-out, and how large it is in the world.

    Parameters
    ----------
    left, top, side : int
        Of the square, cells of the working grid; it may reach beyond the grid.
    front : float
        World z of the nearest point of contact, camera heights.
    unit : float
        Length of the square's side at that point, camera heights.
    """

    left: int
    top: int
    side: int
    front: float
    unit: float

    @property
    def foreshortening(self) -> float:
        """How much shorter a length along the ground looks in depth than across, at the foot."""
        return 1 / math.hypot(1, self.front)


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """How likely each cell of space in a frame is filled: float32 (PLANES, n, n), [0, 1], rows from the top."""

    filled: FloatArray
    frame: Frame

    def at(self, point: FloatArray, pixel: FloatArray) -> FloatArray:
        """Read the volume at world points (n, 3), which are seen at columns and rows (n, 2) of the working grid."""
        frame, count = self.frame, self.filled.shape[1]
        column = (pixel[:, 0] - frame.left) * np.float32(count / frame.side) - 0.5
        row = (pixel[:, 1] - frame.top) * np.float32(count / frame.side) - 0.5
        plane = ((frame.front - point[:, 2]) / np.float32(frame.unit) - FIRST) / np.float32(STEP)
        inside = (plane > -1) & (plane < PLANES)
        column, row = np.clip(column, 0, count - 1.001), np.clip(row, 0, count - 1.001)
        plane = np.clip(plane, 0, PLANES - 1.001)
        c, r, p = column.astype(np.int64), row.astype(np.int64), plane.astype(np.int64)
        fc, fr, fp = column - c, row - r, plane - p
        flat = self.filled.reshape(-1)
        index = (p * count + r) * count + c
        out = np.zeros(len(point), np.float32)
        for dp, wp in ((0, 1 - fp), (count * count, fp)):
            for dr, wr in ((0, 1 - fr), (count, fr)):
                near = index + (dp + dr)
                out += wp * wr * (flat[near] * (1 - fc) + flat[near + 1] * fc)
        return np.asarray(out * inside, np.float32)


class VolumeNetwork:
    """A network that was trained on solids of which all is known (``models/training/shadows``).

    Parameters
    ----------
    session : OnnxSession
        The network ``solid``.

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(self, session: OnnxSession) -> None:
        if session.output_names != ("filled",):
            found = ", ".join(session.output_names)
            raise ModelIncompatible(f"{session.path.name} gives {found}; filled was wanted.")
        self._session = session

    def __call__(self, alpha: FloatArray, ground: Ground) -> Volume | None:
        """Guess the volume of a cut-out; None if no ground is seen at its foot.

        Parameters
        ----------
        alpha : float32 (h, w)
            Its coverage on the working grid.
        ground : Ground
            The ground and the camera.
        """
        frame = frame_of(alpha, ground)
        if frame is None:
            return None
        view = look(alpha, ground, frame)
        # The mean over the view and its mirror image: mirrored things get mirrored shadows.
        found = self._session.run({"view": np.stack([view, view[..., ::-1]])})["filled"]
        return Volume(np.ascontiguousarray((found[0] + found[1][..., ::-1]) / 2, np.float32), frame)


@functools.cache
def builtin_volume_network() -> VolumeNetwork:
    """Return the network that ships with Cyclorama, loaded on first use."""
    return VolumeNetwork(OnnxSession(builtin_model_path("solid"), threads=1))


def frame_of(alpha: FloatArray, ground: Ground) -> Frame | None:
    """Return the square around a cut-out (h, w), or None if the ray to its foot does not meet the ground."""
    mask = alpha > 0.5
    box = Box.of_mask(mask)
    if min(box.size) < 3:
        return None
    lowest = mask[box.bottom - 1]
    column = float(np.flatnonzero(lowest).mean()) + 0.5
    ray = _rays(ground, np.array([[column, box.bottom]], np.float32))[0]
    if ray[1] > -_HORIZON_MARGIN * ground.camera.size[0] / ground.camera.focal_px or ray[2] >= 0:
        return None
    foot = ray / -ray[1]
    side = math.ceil(_MARGIN * max(box.size))
    left, top = (box.left + box.right - side) // 2, (box.top + box.bottom - side) // 2
    depth = -float((foot @ ground.rotation)[2])
    return Frame(left, top, side, float(foot[2]), side * depth / ground.camera.focal_px)


def look(alpha: FloatArray, ground: Ground, frame: Frame) -> FloatArray:
    """Return what the network sees: float32 (3, INPUT_PX, INPUT_PX).

    Coverage; how far behind the point of contact each ray meets the ground; how high each ray is above that point.
    """
    side = frame.side
    rows, cols = slice(frame.top, frame.top + side), slice(frame.left, frame.left + side)
    square = np.zeros((side, side), np.float32)
    y0, x0 = max(rows.start, 0), max(cols.start, 0)
    part = alpha[y0 : max(rows.stop, 0), x0 : max(cols.stop, 0)]
    top, left = y0 - rows.start, x0 - cols.start
    square[top : top + part.shape[0], left : left + part.shape[1]] = part
    cover = resize(square, (INPUT_PX, INPUT_PX), "area" if side >= INPUT_PX else "bilinear")
    step = (np.arange(INPUT_PX, dtype=np.float32) + 0.5) * (side / INPUT_PX)
    pixel = np.stack(np.meshgrid(frame.left + step, frame.top + step), axis=-1)
    ray = _rays(ground, pixel)
    down = np.minimum(ray[..., 1], -1e-4)
    behind = np.where(ray[..., 1] < -1e-4, (frame.front - ray[..., 2] / -down) / frame.unit, _FARTHEST)
    high = (1 + frame.front * ray[..., 1] / np.minimum(ray[..., 2], -1e-4)) / frame.unit
    seen = np.stack([cover, np.clip(behind, -1, _FARTHEST), np.clip(high, -1, _FARTHEST)])
    return np.asarray(seen, np.float32)


def _rays(ground: Ground, pixel: FloatArray) -> FloatArray:
    """World directions (..., 3) of columns and rows (..., 2)."""
    x0, y0 = ground.camera.principal_point_px
    away = np.full(pixel.shape[:-1], -ground.camera.focal_px)
    view = np.stack([pixel[..., 0] - x0, y0 - pixel[..., 1], away], axis=-1)
    view /= np.linalg.norm(view, axis=-1, keepdims=True)
    return np.asarray(view @ ground.rotation.T, np.float32)
