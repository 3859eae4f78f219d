"""Small SAM and SAM 2 pairs from the real classes, exported under the contracts of the published pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_networks import export


def sam(folder: Path, size: tuple[int, int] = (683, 1024)) -> Any:
    """Export a random SAM as MobileSAM is published; the encoder for pictures of one size. Returns the torch model."""
    import torch
    from transformers import (
        SamConfig,
        SamMaskDecoderConfig,
        SamModel,
        SamPromptEncoderConfig,
        SamVisionConfig,
    )

    vision = SamVisionConfig(
        hidden_size=32, output_channels=32, num_hidden_layers=2, num_attention_heads=2, image_size=1024, patch_size=16,
        mlp_dim=32, window_size=14, global_attn_indexes=[], num_pos_feats=16,
    )  # fmt: skip
    prompt = SamPromptEncoderConfig(hidden_size=32, image_size=1024, patch_size=16, mask_input_channels=4)
    decoder = SamMaskDecoderConfig(
        hidden_size=32, mlp_dim=32, num_hidden_layers=2, num_attention_heads=2, attention_downsample_rate=2,
        iou_head_depth=2, iou_head_hidden_dim=32,
    )  # fmt: skip
    torch.manual_seed(3)
    config = SamConfig(
        vision_config=vision.to_dict(),
        prompt_encoder_config=prompt.to_dict(),
        mask_decoder_config=decoder.to_dict(),
    )
    model = SamModel(config).eval()

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.vision = model.vision_encoder

        def forward(self, input_image: Any) -> Any:
            mean, std = torch.tensor([123.675, 116.28, 103.53]), torch.tensor([58.395, 57.12, 57.375])
            pixels = ((input_image - mean) / std).permute(2, 0, 1)[None]
            pixels = torch.nn.functional.pad(pixels, (0, 1024 - size[1], 0, 1024 - size[0]))
            return self.vision(pixels).last_hidden_state

    class Decoder(torch.nn.Module):
        """As published: points and the corners of boxes come in one list, told apart by their labels."""

        def __init__(self) -> None:
            super().__init__()
            self.prompt, self.mask = model.prompt_encoder, model.mask_decoder
            self.wide = model.get_image_wide_positional_embeddings()

        def forward(
            self,
            image_embeddings: Any,
            point_coords: Any,
            point_labels: Any,
            mask_input: Any,
            has_mask_input: Any,
            orig_im_size: Any,
        ) -> Any:
            sparse = self.prompt.shared_embedding(point_coords[:, None] + 0.5, (1024, 1024))
            labels = point_labels[:, None, :, None]
            sparse = torch.where(labels == -1, self.prompt.not_a_point_embed.weight, sparse)
            for number in range(4):
                sparse = sparse + self.prompt.point_embed[number].weight * (labels == number)
            dense = self.prompt.no_mask_embed.weight.reshape(1, -1, 1, 1).expand(1, -1, 64, 64)
            dense = dense + 0 * has_mask_input.sum() * mask_input.mean()
            masks, quality = self.mask(
                image_embeddings=image_embeddings,
                image_positional_embeddings=self.wide,
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
                multimask_output=True,
            )[:2]
            full = torch.nn.functional.interpolate(
                masks[:, 0], (1024, 1024), mode="bilinear", align_corners=False
            )
            return full[..., : size[0], : size[1]] + 0 * orig_im_size.sum(), quality[:, 0], masks[:, 0]

    export(
        Encoder().eval(),
        (torch.zeros(*size, 3),),
        folder / "encoder.onnx",
        ["input_image"],
        ["image_embeddings"],
    )
    points = torch.export.Dim.DYNAMIC
    names = [
        "image_embeddings",
        "point_coords",
        "point_labels",
        "mask_input",
        "has_mask_input",
        "orig_im_size",
    ]
    examples = (
        torch.zeros(1, 32, 64, 64), torch.zeros(1, 3, 2), torch.ones(1, 3), torch.zeros(1, 1, 256, 256), torch.zeros(1),
        torch.tensor(size, dtype=torch.float32),
    )  # fmt: skip
    export(
        Decoder().eval(), examples, folder / "decoder.onnx", names, ["masks", "iou_predictions", "low_res_masks"],
        dynamic_shapes=({}, {1: points}, {1: points}, {}, {}, {}),
    )  # fmt: skip
    return model


def sam2(folder: Path) -> Any:
    """Export a random SAM 2 as the ONNX community does; returns the torch model."""
    import torch
    from transformers import (
        Sam2Config,
        Sam2HieraDetConfig,
        Sam2MaskDecoderConfig,
        Sam2Model,
        Sam2PromptEncoderConfig,
        Sam2VisionConfig,
    )

    hiera = Sam2HieraDetConfig(
        hidden_size=8, num_attention_heads=1, blocks_per_stage=[1, 1, 1, 1], embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 2, 4], window_size_per_stage=[8, 4, 8, 4], global_attention_blocks=[],
        image_size=[1024, 1024],
    )  # fmt: skip
    vision = Sam2VisionConfig(
        backbone_config=hiera, backbone_channel_list=[64, 32, 16, 8], fpn_hidden_size=32
    )
    config = Sam2Config(
        vision_config=vision,
        prompt_encoder_config=Sam2PromptEncoderConfig(hidden_size=32, mask_input_channels=4),
        mask_decoder_config=Sam2MaskDecoderConfig(
            hidden_size=32, mlp_dim=32, num_attention_heads=2, iou_head_depth=2, iou_head_hidden_dim=32
        ),
    )
    torch.manual_seed(3)
    model = Sam2Model(config).eval()

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixel_values: Any) -> Any:
            return tuple(self.model.get_image_embeddings.__wrapped__(self.model, pixel_values))

    class Decoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, points: Any, labels: Any, boxes: Any, first: Any, second: Any, third: Any) -> Any:
            encoder = self.model.prompt_encoder
            sparse = encoder._embed_points(points, labels, pad=False)
            # Boxes only widen the list of points; an empty list of boxes leaves it as it is.
            corners = encoder.shared_embedding(boxes.reshape(1, 1, -1, 2) + 0.5, (1024, 1024))
            sparse = torch.cat([sparse, corners], dim=2)
            dense = encoder.no_mask_embed.weight.reshape(1, -1, 1, 1).expand(1, -1, 64, 64)
            masks, quality, _, present = self.model.mask_decoder(
                image_embeddings=third, image_positional_embeddings=self.model.get_image_wide_positional_embeddings(),
                sparse_prompt_embeddings=sparse, dense_prompt_embeddings=dense, multimask_output=True,
                high_resolution_features=[first, second],
            )  # fmt: skip
            return quality, masks, present

    parts = [f"image_embeddings.{number}" for number in range(3)]
    export(
        Encoder().eval(),
        (torch.zeros(1, 3, 1024, 1024),),
        folder / "vision_encoder.onnx",
        ["pixel_values"],
        parts,
    )
    with torch.no_grad():
        features = tuple(model.get_image_embeddings(torch.zeros(1, 3, 1024, 1024)))
    dynamic = torch.export.Dim.DYNAMIC
    export(
        Decoder().eval(),
        (torch.zeros(1, 1, 3, 2), torch.ones(1, 1, 3, dtype=torch.int64), torch.zeros(1, 2, 4), *features),
        folder / "prompt_encoder_mask_decoder.onnx",
        ["input_points", "input_labels", "input_boxes", *parts],
        ["iou_scores", "pred_masks", "object_score_logits"],
        dynamic_shapes=({2: dynamic}, {2: dynamic}, {1: dynamic}, {}, {}, {}),
    )
    return model
