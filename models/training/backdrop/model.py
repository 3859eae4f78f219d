"""The two networks: a decoder that paints 32 px for every latent cell, and the conditioned denoiser."""

from __future__ import annotations

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from torch.nn import functional

from cyclorama.backdrop.codec import PATCH_PX, PatchCodec
from cyclorama.backdrop.conditioning import FEATURE_GROUPS, MAP_CHANNELS

LATENT_CHANNELS = 24
TOKEN_WIDTH = 128


class Residual(nn.Module):
    """Two 3 x 3 convolutions around a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.GroupNorm(8, width) for _ in range(2))
        self.convs = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        nn.init.zeros_(self.convs[1].weight)

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for norm, conv in zip(self.norms, self.convs, strict=False):
            h = conv(functional.silu(norm(h)))
        return x + h


class Decoder(nn.Module):
    """(B, C, h, w) to (B, 3, 32h, 32w), sRGB: the codec's linear answer, enlarged, plus what a network adds."""

    def __init__(self, codec: PatchCodec, widths: tuple[int, int, int, int] = (160, 96, 64, 32)) -> None:
        super().__init__()
        a, b, c, d = widths
        side = PATCH_PX
        order = np.arange(3 * side * side).reshape(side * side, 3).T.ravel()
        inverse = (codec.basis / codec.scale[:, None])[:, order]
        self.linear = nn.Conv2d(codec.channels, 3 * side * side, 1)
        self.linear.weight.data.copy_(torch.from_numpy(inverse.T.copy())[..., None, None])
        self.linear.bias.data.copy_(torch.from_numpy(codec.mean[order].copy()))
        self.linear.requires_grad_(False)

        def grow(i: int, o: int) -> list[nn.Module]:
            return [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(i, o, 3, padding=1)]

        self.body = nn.Sequential(
            nn.Conv2d(codec.channels, a, 3, padding=1),
            Residual(a),
            Residual(a),
            *grow(a, b),
            Residual(b),
            Residual(b),
            *grow(b, c),
            Residual(c),
            *grow(c, d),
            Residual(d),
            nn.GroupNorm(8, d),
            nn.SiLU(),
            nn.Conv2d(d, 48, 3, padding=1),
            nn.PixelShuffle(4),
        )
        nn.init.zeros_(self.body[-2].weight)

    def forward(self, z: Tensor) -> Tensor:
        coarse = functional.pixel_shuffle(self.linear(z), PATCH_PX)
        coarse = functional.interpolate(coarse, scale_factor=4, mode="bilinear", align_corners=False)
        return coarse + self.body(z)


class ConditionEncoder(nn.Module):
    """Each group of features to one token; a group that is not given to its learned null token."""

    def __init__(self) -> None:
        super().__init__()
        widths = list(FEATURE_GROUPS.values())
        self.widths = widths
        self.mlps = nn.ModuleList(
            nn.Sequential(nn.Linear(w, TOKEN_WIDTH), nn.SiLU(), nn.Linear(TOKEN_WIDTH, TOKEN_WIDTH))
            for w in widths
        )
        self.null = nn.Parameter(torch.randn(len(widths), TOKEN_WIDTH) * 0.02)

    def forward(self, features: Tensor, given: Tensor) -> Tensor:
        parts = features.split(self.widths, dim=1)
        tokens = torch.stack([mlp(part) for mlp, part in zip(self.mlps, parts, strict=False)], 1)
        return tokens * given[..., None] + self.null * (1 - given[..., None])


class FullPrecisionConv(nn.Conv2d):
    """Fine cells are a hundredth of the broad shapes: half precision would drown them in rounding."""

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float())


class Denoiser(nn.Module):
    """UNet of the diffusers library with the conditions attached; returns v."""

    def __init__(self, widths: tuple[int, int, int] = (96, 160, 160)) -> None:
        super().__init__()
        self.conditions = ConditionEncoder()
        self.unet = UNet2DConditionModel(
            sample_size=16,
            in_channels=LATENT_CHANNELS * 2 + MAP_CHANNELS,
            out_channels=LATENT_CHANNELS,
            block_out_channels=widths,
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=TOKEN_WIDTH,
            attention_head_dim=8,
            class_embed_type="projection",
            projection_class_embeddings_input_dim=TOKEN_WIDTH * len(FEATURE_GROUPS),
        )
        self.unet.conv_out = FullPrecisionConv(widths[0], LATENT_CHANNELS, 3, padding=1)

    def forward(self, noisy: Tensor, time: Tensor, maps: Tensor, features: Tensor, given: Tensor) -> Tensor:
        tokens = self.conditions(features, given)
        sample = torch.cat([noisy, maps], 1)
        return self.unet(sample, time, tokens, class_labels=tokens.flatten(1), return_dict=False)[0]
