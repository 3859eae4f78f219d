"""The network: a small residual tower over colour, outline and guessed normals, pooled inside the outline.

References
----------
.. [1] K. He et al., "Deep residual learning for image recognition", CVPR 2016.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["CHANNELS", "LightNet"]

#: Root of linear colour over its mean (3), outline (1), normals (3).
CHANNELS = 7
_OUTPUTS = 9 + 3 + 3


class _Block(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(after)
        same = before == after and stride == 1
        self.skip = (
            nn.Identity()
            if same
            else nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        )

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.norm1(self.first(x)))
        return functional.relu(self.norm2(self.second(y)) + self.skip(x))


class LightNet(nn.Module):
    """Light from a subject.

    ``forward`` takes float32 (n, 7, 64, 64) and gives sh (n, 9) luminance over its first coefficient, direction
    (n, 3) unit, kappa (n,), directionality (n,) in [0, 1], softness (n,) in rad.
    """

    def __init__(self, widths: tuple[int, ...] = (32, 64, 128, 256)) -> None:
        super().__init__()
        a, b, c, d = widths
        self.stem = nn.Sequential(nn.Conv2d(CHANNELS, a, 4, 2, 1, bias=False), nn.BatchNorm2d(a), nn.ReLU())
        self.tower = nn.Sequential(
            _Block(a, b, 2),
            _Block(b, b, 1),
            _Block(b, c, 2),
            _Block(c, c, 1),
            _Block(c, d, 2),
            _Block(d, d, 1),
        )
        self.head = nn.Sequential(nn.Linear(2 * d, 192), nn.ReLU(), nn.Dropout(0.1), nn.Linear(192, _OUTPUTS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        field = self.tower(self.stem(x))
        inside = functional.avg_pool2d(x[:, 3:4], 16)
        pooled = (field * inside).sum((2, 3)) / (inside.sum((2, 3)) + 1e-3)
        out = self.head(torch.cat([pooled, field.mean((2, 3))], 1)).float()
        sh = torch.cat([torch.ones_like(out[:, :1]), out[:, 1:9]], 1)
        direction = out[:, 9:12] / out[:, 9:12].norm(dim=1, keepdim=True).clamp(min=1e-6)
        kappa = torch.exp(out[:, 12].clamp(-2.5, 6.0))
        return sh, direction, kappa, torch.sigmoid(out[:, 13]), 1.25 * torch.sigmoid(out[:, 14])
