"""MODNet: semantics at low resolution, detail at high resolution, and their fusion.

References
----------
.. [1] Z. Ke et al., "MODNet: Real-Time Trimap-Free Portrait Matting via Objective Decomposition", AAAI 2022: figure 2
   and section 3 (branches S, D and F; channel attention as SE blocks).
.. [2] M. Sandler et al., "MobileNetV2", CVPR 2018 (the backbone: inverted residuals).
.. [3] X. Pan et al., "IBN-Net", ECCV 2018 (half batch, half instance normalization).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class _HalfAndHalf(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.split = channels // 2
        self.batch = nn.BatchNorm2d(self.split)
        self.instance = nn.InstanceNorm2d(channels - self.split)

    def forward(self, given: Tensor) -> Tensor:
        one, other = given[:, : self.split], given[:, self.split :]
        return torch.cat([self.batch(one), self.instance(other)], 1)


class _Step(nn.Sequential):
    def __init__(self, given: int, made: int, side: int = 3, stride: int = 1, *, plain: bool = False) -> None:
        layers: list[nn.Module] = [nn.Conv2d(given, made, side, stride, side // 2)]
        super().__init__(*layers if plain else [*layers, _HalfAndHalf(made), nn.ReLU()])


class _Inverted(nn.Sequential):
    """Widen, filter each channel, narrow: stride 2."""

    def __init__(self, given: int, made: int) -> None:
        wide = 2 * given
        super().__init__(
            nn.Conv2d(given, wide, 1), nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, wide, 3, 2, 1, groups=wide), nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, made, 1), nn.BatchNorm2d(made),
        )  # fmt: skip


class _Attention(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gate = nn.Sequential(
            nn.Linear(channels, channels // 2), nn.ReLU(), nn.Linear(channels // 2, channels), nn.Sigmoid()
        )

    def forward(self, given: Tensor) -> Tensor:
        return given * self.gate(given.mean((2, 3)))[..., None, None]


def _scaled(given: Tensor, factor: float) -> Tensor:
    return functional.interpolate(given, scale_factor=factor, mode="bilinear")


class ModNet(nn.Module):
    """Alpha for pictures whose sides are multiples of 32."""

    def __init__(self, channels: tuple[int, ...] = (4, 6, 8, 12, 16), steepness: float = 60.0) -> None:
        super().__init__()
        widths = (3, *channels)
        self.backbone = nn.ModuleList(
            _Inverted(given, made) for given, made in zip(widths, channels, strict=False)
        )
        c2, c4, c8, c16, c32 = channels
        self.attention = _Attention(c32)
        self.low16, self.low8 = _Step(c32, c16, 5), _Step(c16, c8, 5)
        detail = 8
        self.to2, self.down2 = _Step(c2, detail, 1), _Step(detail + 3, detail, stride=2)
        self.to4, self.mix4 = _Step(c4, detail, 1), _Step(2 * detail, 2 * detail)
        self.high4 = nn.Sequential(_Step(2 * detail + c8 + 3, 2 * detail), _Step(2 * detail, detail))
        self.high2 = nn.Sequential(_Step(2 * detail, 2 * detail), _Step(2 * detail, detail))
        self.low4, self.join2 = _Step(c8, detail, 5), _Step(2 * detail, detail)
        self.last = nn.Sequential(_Step(detail + 3, detail // 2), _Step(detail // 2, 1, 1, plain=True))
        with torch.no_grad():
            self.last[1][0].weight.mul_(steepness)

    def forward(self, picture: Tensor) -> Tensor:
        seen, now = [], picture
        for stage in self.backbone:
            now = stage(now)
            seen.append(now)
        low8 = self.low8(_scaled(self.low16(_scaled(self.attention(now), 2)), 2))
        small2, small4 = _scaled(picture, 0.5), _scaled(picture, 0.25)
        at2 = self.to2(seen[0])
        at4 = self.mix4(torch.cat([self.down2(torch.cat([small2, at2], 1)), self.to4(seen[1])], 1))
        low4 = _scaled(low8, 2)
        at4 = self.high4(torch.cat([at4, low4, small4], 1))
        at2 = self.high2(torch.cat([_scaled(at4, 2), at2], 1))
        joined = self.join2(torch.cat([_scaled(self.low4(low4), 2), at2], 1))
        return torch.sigmoid(self.last(torch.cat([_scaled(joined, 2), picture], 1)))
