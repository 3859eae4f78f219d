"""BiRefNet: a Swin encoder at two scales, and a decoder that looks at the picture again at every level.

References
----------
.. [1] P. Zheng et al., "Bilateral Reference for High-Resolution Dichotomous Image Segmentation", CAAI AIR 2024:
   figure 2, section 3.2 (localization: features of two scales, context), 3.3 (reconstruction: deformable ASPP, inward
   reference by patches, outward reference by a gradient gate).
.. [2] X. Zhu et al., "Deformable ConvNets v2", CVPR 2019, equation 1 (modulated deformable convolution).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import SwinBackbone, SwinConfig


class _Deformable(nn.Module):
    """Samples wherever it wants to, and weighs what it finds."""

    def __init__(self, given: int, made: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.offset = nn.Conv2d(given, 2 * side * side, side, padding=side // 2)
        self.modulator = nn.Conv2d(given, side * side, side, padding=side // 2)
        self.weight = nn.Parameter(torch.randn(made, given, side * side) / (given * side * side) ** 0.5)

    def forward(self, given: Tensor) -> Tensor:
        count, channels, rows, columns = given.shape
        taps = self.side**2
        offset = self.offset(given).reshape(count, taps, 2, rows, columns)
        weight = 2 * torch.sigmoid(self.modulator(given))
        y, x = torch.meshgrid(torch.arange(float(rows)), torch.arange(float(columns)), indexing="ij")
        own = torch.arange(float(self.side)) - self.side // 2
        down = offset[:, :, 0] + own.repeat_interleave(self.side)[:, None, None] + y
        across = offset[:, :, 1] + own.repeat(self.side)[:, None, None] + x
        # To -1..1 between the centres of the first and the last pixel.
        grid = torch.stack([2 * across / max(columns - 1, 1) - 1, 2 * down / max(rows - 1, 1) - 1], -1)
        found = functional.grid_sample(
            given, grid.reshape(count, taps * rows, columns, 2), padding_mode="zeros", align_corners=True
        ).reshape(count, channels, taps, rows, columns)
        return torch.einsum("bctyx,oct->boyx", found * weight[:, None], self.weight)


class _Pyramid(nn.Module):
    """Deformable convolutions of sides 1, 3 and 7 beside each other, and the mean of all."""

    def __init__(self, channels: int, inner: int = 4) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            [nn.Conv2d(channels, inner, 1), *(_Deformable(channels, inner, side) for side in (1, 3, 7))]
        )
        self.mean = nn.Conv2d(channels, inner, 1)
        self.join = nn.Sequential(nn.Conv2d(5 * inner, channels, 1), nn.BatchNorm2d(channels), nn.ReLU())

    def forward(self, given: Tensor) -> Tensor:
        whole = self.mean(given.mean((2, 3), keepdim=True)).expand(-1, -1, *given.shape[2:])
        return self.join(torch.cat([*(branch(given) for branch in self.branches), whole], 1))


class _Decode(nn.Sequential):
    def __init__(self, given: int, made: int, inner: int = 8) -> None:
        super().__init__(
            nn.Conv2d(given, inner, 3, padding=1), nn.BatchNorm2d(inner), nn.ReLU(),
            _Pyramid(inner), nn.Conv2d(inner, made, 3, padding=1), nn.BatchNorm2d(made),
        )  # fmt: skip


def _gate(given: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(given, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 1, 1))


def _patches(picture: Tensor, like: Tensor) -> Tensor:
    """The picture as patches of the level's size, one upon the other."""
    count, channels, height, width = picture.shape
    rows, columns = like.shape[2:]
    parts = picture.reshape(count, channels, height // rows, rows, width // columns, columns)
    return parts.permute(0, 1, 2, 4, 3, 5).reshape(count, -1, rows, columns)


def _to(given: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(given, size=like.shape[2:], mode="bilinear", align_corners=True)


class BiRefNet(nn.Module):
    """Logits, of the picture's size."""

    def __init__(self, side: int = 128, embed: int = 4) -> None:
        super().__init__()
        stages = [f"stage{k}" for k in range(1, 5)]
        self.backbone = SwinBackbone(
            SwinConfig(
                image_size=side, embed_dim=embed, depths=[1, 1, 1, 1], num_heads=[1, 1, 2, 2], window_size=4,
                drop_path_rate=0.0, out_features=stages,
            )
        )  # fmt: skip
        widths = [2 * embed * 2**k for k in range(4)]
        self.squeeze = _Decode(sum(widths), widths[3])
        made = [*widths[:3], widths[3]]
        look = 4
        self.looks = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(3 * (4 * 2**k) ** 2, look, 3, padding=1), nn.Conv2d(look, look, 3, padding=1)
            )
            for k in range(4)
        )
        self.decoder = nn.ModuleList(_Decode(made[k] + look, made[max(k - 1, 0)]) for k in range(4))
        self.lateral = nn.ModuleList(nn.Conv2d(widths[k], made[k], 1) for k in range(3))
        self.gates = nn.ModuleList(_gate(made[k - 1]) for k in range(1, 4))
        self.look0 = nn.Sequential(nn.Conv2d(3, look, 3, padding=1), nn.Conv2d(look, look, 3, padding=1))
        self.last = nn.Conv2d(made[0] + look, 1, 1)

    def encode(self, picture: Tensor) -> list[Tensor]:
        small = functional.interpolate(picture, scale_factor=0.5, mode="bilinear", align_corners=True)
        pairs = zip(self.backbone(picture).feature_maps, self.backbone(small).feature_maps, strict=True)
        found = [torch.cat([one, _to(other, one)], 1) for one, other in pairs]
        found[3] = torch.cat([*(_to(own, found[3]) for own in found[:3]), found[3]], 1)
        return found

    def forward(self, picture: Tensor) -> Tensor:
        seen = self.encode(picture)
        now = self.squeeze(seen[3])
        for level in (3, 2, 1, 0):
            now = self.decoder[level](torch.cat([now, self.looks[level](_patches(picture, now))], 1))
            if level:
                now = now * torch.sigmoid(self.gates[level - 1](now))
                now = _to(now, seen[level - 1]) + self.lateral[level - 1](seen[level - 1])
        return self.last(torch.cat([_to(now, picture), self.look0(picture)], 1))
