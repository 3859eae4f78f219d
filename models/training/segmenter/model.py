"""The segmenter network: an EfficientNet-Lite0 encoder, a small pyramid, and heads that write their own masks.

Every location of three pyramid levels says how likely it is the middle of an object, its box, how good its mask will
be, and the weights of a tiny per-object network. That tiny network, applied to the shared mask features and to the
coordinates relative to the location, draws the mask. A second head draws the salient foreground at half size.

References
----------
Tan and Le, "EfficientNet", ICML 2019 (encoder; the Lite variant has no squeeze-excitation and uses ReLU6).
Tian et al., "Conditional Convolutions for Instance Segmentation", ECCV 2020 (masks).
Tian et al., "FCOS", ICCV 2019 (boxes from locations).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
MASK_FEATURES, MASK_HIDDEN = 16, 8
LAYERS = ((MASK_FEATURES + 2, MASK_HIDDEN), (MASK_HIDDEN, MASK_HIDDEN), (MASK_HIDDEN, 1))
PARAMETERS = sum(i * o + o for i, o in LAYERS)
# kernel, stride, expansion, width, repeats
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def _pad_for(x: Tensor, kernel: int, stride: int) -> Tensor:
    """Pad as the encoder was trained: symmetric, except that stride 2 pads one pixel less before than after."""
    before, after = (kernel // 2, kernel // 2) if stride == 1 else ((kernel - 2) // 2, (kernel - 1) // 2)
    return functional.pad(x, (before, after, before, after))


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project: with the batch norms folded into the convolutions."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.expand = nn.Conv2d(inputs, middle, 1) if expansion > 1 else None
        self.depthwise = nn.Conv2d(
            middle, middle, kernel, stride, groups=middle, padding=kernel // 2 if stride == 1 else 0
        )
        self.project = nn.Conv2d(middle, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.relu6(self.expand(x))
        kernel, stride = self.depthwise.kernel_size[0], self.depthwise.stride[0]
        if stride == 1:
            y = self.depthwise(y)
        elif self.training:
            # The same numbers: on CPUs the gradient of a strided depthwise convolution is a hundred times slower.
            weight, bias = self.depthwise.weight, self.depthwise.bias
            y = functional.conv2d(_pad_for(y, kernel, stride), weight, bias, groups=len(weight))[
                ..., ::2, ::2
            ]
        else:
            y = self.depthwise(_pad_for(y, kernel, stride))
        y = functional.relu6(y)
        y = self.project(y)
        return x + y if self.residual else y


class Encoder(nn.Module):
    """EfficientNet-Lite0 without its classifier; returns features at strides 2, 4, 8, 16, 32."""

    widths = (16, 24, 40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2)
        blocks, inputs, self.taps = [], 32, []
        for kernel, stride, expansion, outputs, repeats in STAGES:
            for i in range(repeats):
                blocks.append(InvertedResidual(inputs, outputs, kernel, stride if i == 0 else 1, expansion))
                inputs = outputs
            if outputs in self.widths:
                self.taps.append(len(blocks) - 1)
        self.blocks = nn.ModuleList(blocks)

    def freeze_for_fine_tuning(self) -> None:
        """Keep what is generic and dear to train: everything up to stride 4, and all depthwise kernels."""
        frozen = [self.stem, *self.blocks[: self.taps[1] + 1], *(b.depthwise for b in self.blocks)]
        for module in frozen:
            module.requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = functional.relu6(self.stem(_pad_for(x, 3, 2)))
        found = []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in self.taps:
                found.append(x)
        return found

    def load_imagenet(self, state: Mapping[str, Tensor], eps: float = 1e-3) -> None:
        """Take the weights of the published classifier, folding each batch norm into its convolution."""

        def fold(conv: nn.Conv2d, weight: str, norm: str) -> None:
            scale = state[norm + ".weight"] / torch.sqrt(state[norm + ".running_var"] + eps)
            conv.weight.data.copy_(state[weight + ".weight"] * scale[:, None, None, None])
            conv.bias.data.copy_(state[norm + ".bias"] - state[norm + ".running_mean"] * scale)

        fold(self.stem, "_conv_stem", "_bn0")
        for i, block in enumerate(self.blocks):
            at = f"_blocks.{i}."
            if block.expand is not None:
                fold(block.expand, at + "_expand_conv", at + "_bn0")
            fold(block.depthwise, at + "_depthwise_conv", at + "_bn1")
            fold(block.project, at + "_project_conv", at + "_bn2")


class ConvNorm(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        )


class GlobalContext(nn.Module):
    """One transformer block over the coarsest level: every part of the picture sees every other."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.position = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.position(x)
        batch, width, height, columns = x.shape
        t = x.flatten(2).transpose(1, 2)
        q, k, v = (
            self.qkv(self.norms[0](t))
            .view(batch, -1, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
            .unbind(0)
        )
        attention = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(width // self.heads), dim=-1)
        t = t + self.out((attention @ v).transpose(1, 2).flatten(2))
        t = t + self.down(functional.gelu(self.up(self.norms[1](t))))
        return t.transpose(1, 2).reshape(batch, width, height, columns)


class Heads(nn.Module):
    """Predictions of one kind for all levels: shared convolutions, a batch norm for each level."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(3)])
        self.norms = nn.ModuleList(
            [nn.ModuleList([nn.BatchNorm2d(width) for _ in STRIDES]) for _ in range(3)]
        )
        self.where = nn.Conv2d(width, 6, 1)  # objectness, mask quality, left, top, right, bottom
        self.what = nn.Conv2d(width, PARAMETERS, 1)
        nn.init.normal_(self.what.weight, std=0.01)
        nn.init.normal_(self.where.weight, std=0.01)
        self.where.bias.data = torch.tensor([-4.0, 0.0, 1.0, 1.0, 1.0, 1.0])

    def forward(self, x: Tensor, level: int) -> tuple[Tensor, Tensor]:
        def tower(i: int, y: Tensor) -> Tensor:
            return functional.relu(self.norms[i][level](self.convs[i](y)))

        x = tower(0, x)
        return self.where(tower(1, x)).flatten(2).transpose(1, 2), self.what(tower(2, x)).flatten(
            2
        ).transpose(1, 2)


class SegmenterNet(nn.Module):
    """Picture in, locations and shared mask features out.

    Parameters
    ----------
    width : channels of the pyramid.

    Notes
    -----
    Input: float (N, 3, H, W), sRGB in [0, 1], H and W multiples of 32. Outputs, with L = locations of strides 8, 16
    and 32, row by row:

    - where (N, L, 6): objectness logit, mask-quality logit, log distances left, top, right, bottom in strides
    - what (N, L, 233): weights of the mask network of each location
    - shared (N, 16, H/4, W/4): mask features
    - foreground (N, 1, H/2, W/2): salience logit
    """

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.encoder = Encoder()
        _, w4, w8, w16, w32 = self.encoder.widths
        self.lateral = nn.ModuleList(
            [
                nn.Conv2d(w4, 64, 1),
                nn.Conv2d(w8, width, 1),
                nn.Conv2d(w16, width, 1),
                nn.Conv2d(w32, 2 * width, 1),
            ]
        )
        self.context = nn.Sequential(GlobalContext(2 * width), GlobalContext(2 * width))
        self.reduce = nn.Conv2d(2 * width, width, 1)
        self.smooth = nn.ModuleList([ConvNorm(64, 64), ConvNorm(width, width), ConvNorm(width, width)])
        self.to_fine = nn.Conv2d(width, 64, 1)
        self.shared = nn.Sequential(ConvNorm(64, 48), nn.Conv2d(48, MASK_FEATURES, 1))
        self.heads = Heads(width)
        self.fine = nn.Conv2d(64, 24, 1)
        self.foreground = nn.Sequential(
            ConvNorm(24 + self.encoder.widths[0], 24), nn.Conv2d(24, 1, 3, padding=1)
        )
        self.register_buffer("mean", torch.tensor(MEAN)[None, :, None, None])
        self.register_buffer("std", torch.tensor(STD)[None, :, None, None])

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        f2, f4, f8, f16, f32 = self.encoder((picture - self.mean) / self.std)
        p5 = self.reduce(self.context(self.lateral[3](f32)))
        p4 = self.smooth[2](self.lateral[2](f16) + _double(p5))
        p3 = self.smooth[1](self.lateral[1](f8) + _double(p4))
        p2 = self.smooth[0](self.lateral[0](f4) + _double(self.to_fine(p3)))
        heads = [self.heads(p, i) for i, p in enumerate((p3, p4, p5))]
        foreground = self.foreground(torch.cat((_double(self.fine(p2)), f2), dim=1))
        return (
            torch.cat([h[0] for h in heads], 1),
            torch.cat([h[1] for h in heads], 1),
            self.shared(p2),
            foreground,
        )


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def locations(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Centers (L, 2) as x, y in pixels and strides (L,) of all locations, in the order of the network's outputs."""
    centers, strides = [], []
    for s in STRIDES:
        y, x = torch.meshgrid(
            (torch.arange(height // s) + 0.5) * s, (torch.arange(width // s) + 0.5) * s, indexing="ij"
        )
        centers.append(torch.stack((x, y), -1).reshape(-1, 2))
        strides.append(torch.full((len(centers[-1]),), float(s)))
    return torch.cat(centers), torch.cat(strides)


def draw_masks(parameters: Tensor, shared: Tensor, centers: Tensor, strides: Tensor) -> Tensor:
    """Mask logits (K, h, w) of K objects.

    Parameters
    ----------
    parameters : (K, 233) rows of `what`; shared : (K, 16, h, w) mask features of each object's picture.
    centers, strides : (K, 2) and (K,) of the locations that the rows come from.
    """
    count, _, h, w = shared.shape
    y, x = torch.meshgrid((torch.arange(h) + 0.5) * 4, (torch.arange(w) + 0.5) * 4, indexing="ij")
    reach = (strides * 8)[:, None, None]
    offsets = torch.stack(((x - centers[:, :1, None]) / reach, (y - centers[:, 1:, None]) / reach), 1)
    values, at = torch.cat((offsets.to(shared.dtype), shared), 1).flatten(2), 0
    for i, (inputs, outputs) in enumerate(LAYERS):
        weight = parameters[:, at : at + inputs * outputs].view(count, outputs, inputs)
        bias = parameters[:, at + inputs * outputs : at + inputs * outputs + outputs, None]
        at += inputs * outputs + outputs
        values = torch.bmm(weight, values) + bias
        if i + 1 < len(LAYERS):
            values = functional.relu(values)
    return values.view(count, h, w)
