"""LaMa's generator: convolutions of which a part sees the whole picture, by its spectrum.

References
----------
.. [1] R. Suvorov et al., "Resolution-robust Large Mask Inpainting with Fourier Convolutions", WACV 2022: section 2.1
   (fast Fourier convolution, after L. Chi et al., NeurIPS 2020), section 3 (down, residual blocks, up).
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional


def _conv(given: int, made: int, side: int = 3, stride: int = 1) -> nn.Module:
    return nn.Conv2d(given, made, side, stride, side // 2, bias=False, padding_mode="reflect")


class _Spectral(nn.Module):
    """Narrow, convolve the real spectrum point by point, widen."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.narrow = nn.Sequential(nn.Conv2d(channels, half, 1, bias=False), nn.BatchNorm2d(half), nn.ReLU())
        self.mix = nn.Sequential(
            nn.Conv2d(2 * half, 2 * half, 1, bias=False), nn.BatchNorm2d(2 * half), nn.ReLU()
        )
        self.widen = nn.Conv2d(half, channels, 1, bias=False)

    def forward(self, given: Tensor) -> Tensor:
        small = self.narrow(given)
        spectrum = torch.view_as_real(torch.fft.rfftn(small, dim=(-2, -1), norm="ortho"))
        batch, count, rows, columns, _ = spectrum.shape
        mixed = self.mix(spectrum.permute(0, 1, 4, 2, 3).reshape(batch, 2 * count, rows, columns))
        parts = mixed.reshape(batch, count, 2, rows, columns).permute(0, 1, 3, 4, 2).contiguous()
        back = torch.fft.irfftn(torch.view_as_complex(parts), s=small.shape[-2:], dim=(-2, -1), norm="ortho")
        return self.widen(small + back)


class _Fourier(nn.Module):
    """Fast Fourier convolution of local and global channels, each normalized and through ReLU."""

    def __init__(self, channels: int, share: float = 0.75) -> None:
        super().__init__()
        wide = int(channels * share)
        near = channels - wide
        self.near_near, self.near_wide = _conv(near, near), _conv(near, wide)
        self.wide_near, self.wide_wide = _conv(wide, near), _Spectral(wide)
        self.norm_near, self.norm_wide = nn.BatchNorm2d(near), nn.BatchNorm2d(wide)

    def forward(self, near: Tensor, wide: Tensor) -> tuple[Tensor, Tensor]:
        one = self.near_near(near) + self.wide_near(wide)
        other = self.near_wide(near) + self.wide_wide(wide)
        return functional.relu(self.norm_near(one)), functional.relu(self.norm_wide(other))


class Lama(nn.Module):
    """What the published file holds: picture [0, 1] and mask in, the filled picture 0 to 255 out."""

    def __init__(self, channels: int = 4, blocks: int = 2) -> None:
        super().__init__()
        widths = [channels * 2**k for k in range(4)]
        self.begin = nn.Sequential(
            nn.ReflectionPad2d(3), nn.Conv2d(4, channels, 7), nn.BatchNorm2d(channels), nn.ReLU()
        )
        self.down = nn.Sequential(
            *(
                nn.Sequential(_conv(given, made, stride=2), nn.BatchNorm2d(made), nn.ReLU())
                for given, made in itertools.pairwise(widths)
            )
        )
        self.near = widths[-1] // 4
        self.blocks = nn.ModuleList(_Fourier(widths[-1]) for _ in range(2 * blocks))
        self.up = nn.Sequential(
            *(
                nn.Sequential(
                    nn.ConvTranspose2d(given, made, 3, 2, 1, output_padding=1),
                    nn.BatchNorm2d(made),
                    nn.ReLU(),
                )
                for given, made in itertools.pairwise(widths[::-1])
            )
        )
        self.end = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(channels, 3, 7), nn.Sigmoid())
        with torch.no_grad():
            self.end[1].weight.mul_(8)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        now = self.down(self.begin(torch.cat([image * (1 - mask), mask], 1)))
        near, wide = now[:, : self.near], now[:, self.near :]
        for first, second in zip(self.blocks[::2], self.blocks[1::2], strict=True):
            one, other = second(*first(near, wide))
            near, wide = near + one, wide + other
        made = self.end(self.up(torch.cat([near, wide], 1)))
        return (mask * made + (1 - mask) * image) * 255
