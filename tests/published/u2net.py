"""U²-Net: a U of small U's.

References
----------
.. [1] X. Qin et al., "U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection", Pattern Recognition
   106, 2020: figure 2 (RSU-L, RSU-4F), table 1 (stages), section 3.2 (side outputs and their fusion).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class _Step(nn.Sequential):
    """Convolution, batch normalization, ReLU."""

    def __init__(self, given: int, made: int, dilation: int = 1) -> None:
        super().__init__(
            nn.Conv2d(given, made, 3, padding=dilation, dilation=dilation), nn.BatchNorm2d(made), nn.ReLU()
        )


def _like(small: Tensor, large: Tensor) -> Tensor:
    return functional.interpolate(small, size=large.shape[2:], mode="bilinear")


class _Block(nn.Module):
    """RSU-L, or RSU-4F where nothing is pooled and windows widen instead."""

    def __init__(self, levels: int, given: int, inner: int, made: int, *, pooled: bool = True) -> None:
        super().__init__()
        self.pooled = pooled
        self.first = _Step(given, made)
        widths = [made] + [inner] * (levels - 1)
        wide = [1] * levels if pooled else [2**k for k in range(levels)]
        self.down = nn.ModuleList(_Step(widths[k], inner, wide[k]) for k in range(levels - 1))
        self.bottom = _Step(inner, inner, 2 if pooled else wide[-1])
        ends = [made] + [inner] * (levels - 2)
        self.up = nn.ModuleList(_Step(2 * inner, ends[k], wide[k]) for k in range(levels - 1))

    def forward(self, picture: Tensor) -> Tensor:
        start = self.first(picture)
        seen, now = [], start
        for number, step in enumerate(self.down):
            if number and self.pooled:
                now = functional.max_pool2d(now, 2, stride=2, ceil_mode=True)
            now = step(now)
            seen.append(now)
        now = self.bottom(now)
        for step, there in zip(reversed(self.up), reversed(seen), strict=True):
            now = step(torch.cat([_like(now, there), there], 1))
        return now + start


class U2Net(nn.Module):
    """Six encoder and five decoder stages; seven maps, the fused one first, each through a sigmoid."""

    def __init__(self, inner: int = 4, made: int = 8, steepness: float = 40.0) -> None:
        super().__init__()
        kinds = [(7, True), (6, True), (5, True), (4, True), (4, False), (4, False)]
        self.encoder = nn.ModuleList(
            _Block(levels, 3 if k == 0 else made, inner, made, pooled=pooled)
            for k, (levels, pooled) in enumerate(kinds)
        )
        self.decoder = nn.ModuleList(
            _Block(levels, 2 * made, inner, made, pooled=pooled) for levels, pooled in kinds[:5]
        )
        self.sides = nn.ModuleList(nn.Conv2d(made, 1, 3, padding=1) for _ in kinds)
        self.fuse = nn.Conv2d(6, 1, 1)
        with torch.no_grad():
            self.fuse.weight.mul_(steepness)

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        seen, now = [], picture
        for number, stage in enumerate(self.encoder):
            if number:
                now = functional.max_pool2d(now, 2, stride=2, ceil_mode=True)
            now = stage(now)
            seen.append(now)
        outputs = [now]
        for stage, there in zip(reversed(self.decoder), reversed(seen[:-1]), strict=True):
            now = stage(torch.cat([_like(now, there), there], 1))
            outputs.insert(0, now)
        maps = [_like(side(own), picture) for side, own in zip(self.sides, outputs, strict=True)]
        return tuple(torch.sigmoid(found) for found in (self.fuse(torch.cat(maps, 1)), *maps))
