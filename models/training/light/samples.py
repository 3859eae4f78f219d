"""Shards of rendered solids as batches: turned, mirrored, moved, tinted, with their light turned along."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from cyclorama.core.spherical_harmonics import basis, fibonacci_sphere

__all__ = ["Batch", "Samples", "augmented", "network_input", "plain", "targets"]

LUMINANCE = torch.tensor([0.2126, 0.7152, 0.0722])
#: input (n, 7, 64, 64), sh (n, 9, 3), softness (n,)
Batch = tuple[Tensor, Tensor, Tensor]

#: How many times more often than their share pictures with light from near the camera are taken.
_FRONTAL = 2.5
_POINTS = fibonacci_sphere(48)
_FIT = torch.from_numpy(np.linalg.pinv(basis(_POINTS)).astype(np.float32))


class Samples:
    """All shards of a folder; :meth:`refresh` takes up those that were rendered since."""

    def __init__(self, folder: Path, seeds: set[int]) -> None:
        self.folder, self.seeds = folder, seeds
        self._known: set[str] = set()
        self._parts: list[dict[str, np.ndarray]] = []
        self.refresh()

    def refresh(self) -> int:
        """Load new shards; return how many pictures there are."""
        for path in sorted(self.folder.glob("*.npz")):
            if int(path.stem.split("-")[0]) in self.seeds and path.name not in self._known:
                self._known.add(path.name)
                with np.load(path) as file:
                    self._parts.append({k: file[k] for k in file.files})
        self.starts = np.cumsum([0] + [len(p["sh"]) for p in self._parts])
        # Light from near the camera is common in photographs and rare on a sphere.
        _, direction, _ = targets(torch.from_numpy(self.column("sh")))
        weight = 1 + _FRONTAL * ((direction[:, 2].numpy() - 0.7) / 0.2).clip(0, 1)
        self._chances = np.cumsum(weight / weight.sum())
        return int(self.starts[-1])

    def take(self, index: np.ndarray) -> dict[str, Tensor]:
        """Return chosen pictures."""
        part = np.searchsorted(self.starts, index, side="right") - 1
        out = {}
        for name in ("pixels", "normals", "sh", "softness"):
            picked = [self._parts[p][name][i - self.starts[p]] for p, i in zip(part, index, strict=True)]
            out[name] = torch.from_numpy(np.stack(picked))
        return out

    def column(self, name: str) -> np.ndarray:
        """Return one array over all pictures."""
        return np.concatenate([part[name] for part in self._parts])

    def batches(self, rng: np.random.Generator, size: int) -> Iterator[Batch]:
        """Endless augmented batches."""
        while True:
            index = np.minimum(np.searchsorted(self._chances, rng.random(size)), self.starts[-1] - 1)
            random = torch.Generator().manual_seed(int(rng.integers(2**31)))
            yield augmented(self.take(index), random)


def _linear(coded: Tensor) -> Tensor:
    return torch.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def network_input(rgb: Tensor, mask: Tensor, normals: Tensor) -> Tensor:
    """As :func:`cyclorama.lighting.network.features`, for batches (n, c, h, w)."""
    bright = (rgb * LUMINANCE.view(1, 3, 1, 1)).sum(1, keepdim=True)
    mean = (bright * mask).sum((2, 3), keepdim=True) / (mask.sum((2, 3), keepdim=True) + 1e-6)
    color = torch.sqrt((rgb / (mean + 1e-4)).clamp(0, 9)) * mask
    return torch.cat([color, mask, normals * mask], 1)


def _fields(raw: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    pixels = raw["pixels"].permute(0, 3, 1, 2).float() / 255
    return (
        _linear(pixels[:, :3]),
        (pixels[:, 3:] > 0.5).float(),
        raw["normals"].permute(0, 3, 1, 2).float() / 127,
    )


def plain(raw: dict[str, Tensor]) -> Batch:
    """Pictures as they are."""
    return network_input(*_fields(raw)), raw["sh"], raw["softness"]


def turned_sh(sh: Tensor, rotation: Tensor) -> Tensor:
    """Turn light (n, 9, 3) by orthogonal matrices (n, 3, 3), mirrors among them."""
    seen = torch.einsum("pj,njk->npk", torch.from_numpy(_POINTS), rotation)
    values = torch.from_numpy(basis(seen.numpy())) @ sh
    return torch.einsum("qp,npc->nqc", _FIT, values)


def augmented(raw: dict[str, Tensor], random: torch.Generator) -> Batch:
    """Mirror, turn about the view axis, shift and scale; tint, bend the tone curve, drop the colour."""
    n = len(raw["sh"])

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=random)

    def chance(share: float) -> Tensor:
        return torch.rand(n, generator=random) < share

    angle = torch.where(chance(0.2), torch.rand(n, generator=random) * 2 * math.pi, 0.28 * normal(n))
    flip = 1 - 2 * chance(0.5).float()
    c, s = torch.cos(angle), torch.sin(angle)
    rotation = torch.zeros(n, 3, 3)
    rotation[:, 0, 0], rotation[:, 0, 1] = c * flip, -s
    rotation[:, 1, 0], rotation[:, 1, 1] = s * flip, c
    rotation[:, 2, 2] = 1
    # Pictures have y down: mirror the turn's off-diagonal; grid_sample wants the inverse.
    plane = rotation[:, :2, :2] * torch.tensor([[1.0, -1], [-1, 1]])
    grow = torch.exp(0.12 * normal(n)).view(n, 1, 1)
    affine = torch.cat([plane.transpose(1, 2) * grow, 0.05 * normal(n, 2, 1)], 2)
    rgb, mask, normals = _fields(raw)
    grid = functional.affine_grid(affine, [n, 1, *rgb.shape[2:]], align_corners=False)
    moved = functional.grid_sample(
        torch.cat([rgb * mask, mask, normals * mask], 1), grid, align_corners=False
    )
    cover = moved[:, 3:4].clamp(min=0.05)
    rgb, mask = moved[:, :3] / cover, (moved[:, 3:4] > 0.5).float()
    normals = torch.einsum("nij,njhw->nihw", rotation, moved[:, 4:] / cover)
    tint = torch.exp(0.1 * normal(n, 3))
    rgb = rgb * tint.view(n, 3, 1, 1)
    sh = turned_sh(raw["sh"], rotation) * tint.view(n, 1, 3)
    gray = (rgb * LUMINANCE.view(1, 3, 1, 1)).sum(1, keepdim=True)
    rgb = torch.where(chance(0.15).view(n, 1, 1, 1), gray.expand_as(rgb), rgb)
    rgb = rgb.clamp(1e-5, 1.5) ** torch.exp(0.13 * normal(n)).view(n, 1, 1, 1)
    return network_input(rgb, mask, normals), sh, raw["softness"]


def targets(sh: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Luminance sh (n, 9) over its first coefficient, direction (n, 3), directionality (n,)."""
    light = sh @ LUMINANCE
    light = light / light[:, :1].clamp(min=1e-4)
    vector = torch.stack([light[:, 3], light[:, 1], light[:, 2]], 1)
    length = vector.norm(dim=1)
    return light, vector / length.clamp(min=1e-6)[:, None], length / math.sqrt(3)
