"""A small network that reads light from a subject's shading; it was trained on rendered solids only.

References
----------
.. [1] K. V. Mardia, P. E. Jupp, "Directional Statistics", Wiley 2000, 9.3 (von Mises-Fisher distribution).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cyclorama.catalog import builtin_model_path
from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import luminance
from cyclorama.core.resampling import resize
from cyclorama.lighting.normals import Subject
from cyclorama.runtime.hashing import file_sha256
from cyclorama.runtime.onnx_session import OnnxSession

__all__ = [
    "SIDE_PX",
    "BuiltinLightNetwork",
    "LightNetwork",
    "Reading",
    "builtin_light_network",
    "centered",
    "features",
]

SIDE_PX = 64
_BRIGHTEST = 9.0
_OUTPUTS = ("sh", "direction", "kappa", "directionality", "softness")
#: Views of one subject that are averaged: turned about the view axis, upright and mirrored.
_TURNS_DEG = (0.0, 20.0, -20.0)
#: Signs of the harmonics (1, y, z, x, xy, yz, 3z²-1, xz, x²-y²) when x changes its sign.
_MIRROR = np.array([1, 1, 1, -1, -1, 1, 1, -1, 1], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a network says about the light on one subject.

    Parameters
    ----------
    direction : float32 (3,), unit
        Towards the light, camera axes.
    kappa : float
        Concentration around it [1]_, as learned on rendered solids.
    sh : float32 (9,)
        Luminance of all light in spherical harmonics, over its first coefficient.
    directionality : float, [0, 1]
        0 even light, 1 one far lamp in a black room.
    softness_rad : float
        Angular radius of the key light.
    """

    direction: FloatArray
    kappa: float
    sh: FloatArray
    directionality: float
    softness_rad: float


class LightNetwork(Protocol):
    """Reads the light on subjects."""

    @property
    def provenance(self) -> dict[str, Any]:
        """What identifies it: name and hash."""
        ...

    def __call__(self, subjects: Sequence[Subject]) -> list[Reading]:
        """Read each subject on its own."""
        ...


class BuiltinLightNetwork:
    """Adapter of the built-in network.

    Parameters
    ----------
    session : OnnxSession
        The network ``light``.

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(self, session: OnnxSession) -> None:
        session.require_outputs(_OUTPUTS)
        self._session = session

    @property
    def provenance(self) -> dict[str, Any]:
        """Name and hash of the network."""
        return {"id": "light", "sha256": file_sha256(self._session.path)}

    def __call__(self, subjects: Sequence[Subject]) -> list[Reading]:
        """Read each subject from several turned and mirrored views at once."""
        if not subjects:
            return []
        views = np.stack([view for subject in subjects for view in _views(subject)])
        found = self._session.run({"pixels": views})
        each = 2 * len(_TURNS_DEG)
        return [
            _mean_reading({name: found[name][start : start + each] for name in _OUTPUTS})
            for start in range(0, len(views), each)
        ]


@functools.cache
def builtin_light_network() -> BuiltinLightNetwork:
    """Return the network that ships with Cyclorama, loaded on first use."""
    return BuiltinLightNetwork(OnnxSession(builtin_model_path("light"), threads=1))


def centered(subject: Subject) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Bring a subject to the network's size, in the middle of a square.

    Parameters
    ----------
    subject : Subject
        From :func:`~cyclorama.lighting.normals.read_subject`.

    Returns
    -------
    float32 (64, 64, 3), (64, 64), (64, 64, 3)
        Linear straight colour, zero outside; the mask, 0 or 1; unit normals, zero outside.
    """
    mask = (np.abs(subject.normals).sum(axis=2) > 0).astype(np.float32)
    scale = SIDE_PX / max(mask.shape)
    size = max(1, round(mask.shape[0] * scale)), max(1, round(mask.shape[1] * scale))
    small = resize(mask, size)
    rgb = resize(subject.rgb * mask[..., None], size) / np.maximum(small, 1e-3)[..., None]
    normals = resize(subject.normals, size)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True) + np.float32(1e-6)
    inside = (small > 0.5).astype(np.float32)
    shown = inside[..., None]
    return _pad((rgb * shown).astype(np.float32)), _pad(inside), _pad((normals * shown).astype(np.float32))


def features(rgb: FloatArray, mask: FloatArray, normals: FloatArray) -> FloatArray:
    """Return what the network sees.

    Parameters
    ----------
    rgb : float32 (64, 64, 3), linear
        Colour inside the mask.
    mask : float32 (64, 64)
        0 or 1.
    normals : float32 (64, 64, 3)
        Unit normals inside the mask, camera axes.

    Returns
    -------
    float32 (7, 64, 64)
        Root of colour over the mean brightness, mask, normals.
    """
    mean = float((luminance(rgb) * mask).sum() / (mask.sum() + 1e-6))
    color = np.sqrt(np.clip(rgb / (mean + 1e-4), 0, _BRIGHTEST)) * mask[..., None]
    stack = np.concatenate([color, mask[..., None], normals * mask[..., None]], axis=2)
    return np.ascontiguousarray(stack.transpose(2, 0, 1), np.float32)


def _views(subject: Subject) -> list[FloatArray]:
    rgb, mask, normals = centered(subject)
    out = []
    for turn in _TURNS_DEG:
        view = _turned(rgb, mask, normals, math.radians(turn))
        out.append(features(*view))
        colors, outline, slopes = (np.ascontiguousarray(field[:, ::-1]) for field in view)
        out.append(features(colors, outline, slopes * np.array([-1, 1, 1], np.float32)))
    return out


def _turned(
    rgb: FloatArray, mask: FloatArray, normals: FloatArray, angle_rad: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Turn a view counter-clockwise about its middle: pixels and normals alike."""
    if angle_rad == 0:
        return rgb, mask, normals
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    offset = np.arange(SIDE_PX, dtype=np.float32) - (SIDE_PX - 1) / 2
    # Where each pixel comes from; rows grow downwards.
    column = np.float32(c) * offset - np.float32(s) * offset[:, None] + np.float32((SIDE_PX - 1) / 2)
    row = np.float32(s) * offset + np.float32(c) * offset[:, None] + np.float32((SIDE_PX - 1) / 2)
    moved = _sample(np.concatenate([rgb, mask[..., None], normals], axis=2), row, column)
    cover = np.maximum(moved[..., 3:4], 0.05)
    inside = (moved[..., 3] > 0.5).astype(np.float32)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)
    normals = (moved[..., 4:] / cover) @ turn.T
    colors = moved[..., :3] / cover * inside[..., None]
    return colors.astype(np.float32), inside, normals.astype(np.float32)


def _sample(array: FloatArray, row: FloatArray, column: FloatArray) -> FloatArray:
    """Read (h, w, c) bilinearly at (h', w') positions; zero outside."""
    padded = np.pad(array, ((1, 2), (1, 2), (0, 0)))
    row, column = np.clip(row + 1, 0, array.shape[0] + 1), np.clip(column + 1, 0, array.shape[1] + 1)
    r, c = row.astype(np.int64), column.astype(np.int64)
    fr, fc = (row - r)[..., None].astype(np.float32), (column - c)[..., None].astype(np.float32)
    above = padded[r, c] * (1 - fc) + padded[r, c + 1] * fc
    below = padded[r + 1, c] * (1 - fc) + padded[r + 1, c + 1] * fc
    out: FloatArray = (above * (1 - fr) + below * fr).astype(np.float32)
    return out


def _mean_reading(views: dict[str, FloatArray]) -> Reading:
    """Turn each view's answer back and average."""
    directions, harmonics = [], []
    for index, direction in enumerate(views["direction"]):
        mirrored = index % 2 == 1
        sign = np.array([-1 if mirrored else 1, 1, 1], np.float32)
        angle = -math.radians(_TURNS_DEG[index // 2])
        c, s = math.cos(angle), math.sin(angle)
        x, y, z = direction * sign
        directions.append([c * x - s * y, s * x + c * y, z])
        if index < 2:
            # Harmonics come from the upright views alone.
            harmonics.append(views["sh"][index] * (_MIRROR if mirrored else 1))
    kappas = views["kappa"]
    mean = np.average(np.array(directions, np.float64), axis=0, weights=kappas)
    length = float(np.linalg.norm(mean))
    return Reading(
        direction=(mean / max(length, 1e-6)).astype(np.float32),
        # Views that disagree say so; views that agree are no independent proof.
        kappa=float(np.exp(np.log(kappas).mean())) * length**2,
        sh=np.mean(harmonics, axis=0).astype(np.float32),
        directionality=float(views["directionality"].mean()),
        softness_rad=float(views["softness"].mean()),
    )


def _pad(array: FloatArray) -> FloatArray:
    top, left = (SIDE_PX - array.shape[0]) // 2, (SIDE_PX - array.shape[1]) // 2
    out = np.zeros((SIDE_PX, SIDE_PX, *array.shape[2:]), np.float32)
    out[top : top + array.shape[0], left : left + array.shape[1]] = array
    return out
