"""Tiny models of the real classes, with random weights, as folders: what the adapters are tried on.

Every class, argument and file is that of the published models; only widths and depths are small. Tokenizers know the
256 bytes and nothing else, so nothing is downloaded.
"""

import copy
import json
import warnings
from pathlib import Path

import torch
import transformers
from diffusers import (
    AutoencoderKL,
    AutoencoderKLFlux2,
    AutoencoderKLQwenImage,
    AutoencoderTiny,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinInpaintPipeline,
    Flux2Transformer2DModel,
    QwenImageInpaintPipeline,
    QwenImageTransformer2DModel,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLInpaintPipeline,
    UNet2DConditionModel,
    ZImageInpaintPipeline,
    ZImageTransformer2DModel,
)

CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_characters() -> list[str]:
    """The 256 characters by which byte-level tokenizers write bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + place) for place in range(len(others))]


def clip_tokenizer():
    letters = byte_characters()
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return transformers.CLIPTokenizer(
        vocab={word: place for place, word in enumerate(words)}, merges=[], model_max_length=77
    )


def qwen_tokenizer():
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>",
               "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>"]  # fmt: skip
    vocab = {word: place for place, word in enumerate([*byte_characters(), *special])}
    made = transformers.Qwen2Tokenizer(vocab=vocab, merges=[], extra_special_tokens=special[1:])
    made.chat_template = CHAT
    return made


def clip_text(tokenizer, *, projection=False):
    config = transformers.CLIPTextConfig(
        hidden_size=32, intermediate_size=37, num_attention_heads=4, num_hidden_layers=5, layer_norm_eps=1e-5,
        vocab_size=len(tokenizer), bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id, projection_dim=32, hidden_act="gelu" if projection else "quick_gelu",
    )  # fmt: skip
    kind = transformers.CLIPTextModelWithProjection if projection else transformers.CLIPTextModel
    return kind(config)


def kl(latents=4, **changes):
    return AutoencoderKL(
        in_channels=3, out_channels=3, block_out_channels=[32, 64], latent_channels=latents,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2, **changes,
    )  # fmt: skip


UNET = {
    "block_out_channels": (32, 64), "layers_per_block": 1, "sample_size": 32, "out_channels": 4,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
}  # fmt: skip
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def stable_diffusion(channels=9):
    tokenizer = clip_tokenizer()
    return StableDiffusionInpaintPipeline(
        vae=kl(), text_encoder=clip_text(tokenizer), tokenizer=tokenizer,
        unet=UNet2DConditionModel(in_channels=channels, cross_attention_dim=32, **UNET),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **BETAS),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def stable_diffusion_xl(channels=9):
    tokenizer = clip_tokenizer()
    unet = UNet2DConditionModel(
        in_channels=channels, cross_attention_dim=64, attention_head_dim=(2, 4), use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=8, transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=80, **UNET,
    )  # fmt: skip
    return StableDiffusionXLInpaintPipeline(
        vae=kl(sample_size=128), unet=unet, tokenizer=tokenizer, tokenizer_2=copy.deepcopy(tokenizer),
        text_encoder=clip_text(tokenizer), text_encoder_2=clip_text(tokenizer, projection=True),
        scheduler=EulerDiscreteScheduler(timestep_spacing="leading", steps_offset=1, **BETAS),
        add_watermarker=False,
    )  # fmt: skip


def z_image():
    tokenizer = qwen_tokenizer()
    transformer = ZImageTransformer2DModel(
        all_patch_size=(2,), all_f_patch_size=(1,), in_channels=16, dim=32, n_layers=2, n_refiner_layers=1,
        n_heads=2, n_kv_heads=2, qk_norm=True, cap_feat_dim=16, axes_dims=[8, 4, 4], axes_lens=[640, 64, 64],
    )  # fmt: skip
    for token in (transformer.x_pad_token, transformer.cap_pad_token):
        torch.nn.init.ones_(token)  # left empty by the constructor
    vae = kl(16, scaling_factor=0.3611, shift_factor=0.1159)
    return ZImageInpaintPipeline(
        transformer=transformer, vae=vae, scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        text_encoder=transformers.Qwen3Model(qwen3(tokenizer, 2)), tokenizer=tokenizer,
    )  # fmt: skip


def flux2_klein():
    tokenizer = qwen_tokenizer()
    transformer = Flux2Transformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=3 * 16, timestep_guidance_channels=256,
        axes_dims_rope=[4, 4, 4, 4], guidance_embeds=False,
    )  # fmt: skip
    vae = AutoencoderKLFlux2(
        sample_size=32, block_out_channels=(8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        use_quant_conv=False, use_post_quant_conv=False,
    )  # fmt: skip
    vae.bn.running_mean.normal_(std=0.2)
    vae.bn.running_var.uniform_(0.5, 2)
    return Flux2KleinInpaintPipeline(
        transformer=transformer, vae=vae, tokenizer=tokenizer, is_distilled=True,
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        # The pipeline reads layers 9, 18 and 27.
        text_encoder=transformers.Qwen3ForCausalLM(qwen3(tokenizer, 28)),
    )  # fmt: skip


def qwen3(tokenizer, layers):
    return transformers.Qwen3Config(
        hidden_size=16, intermediate_size=16, num_hidden_layers=layers, num_attention_heads=2,
        num_key_value_heads=2, head_dim=8, vocab_size=len(tokenizer), max_position_embeddings=1024,
        pad_token_id=tokenizer.pad_token_id, bos_token_id=None, eos_token_id=None,
    )  # fmt: skip


def qwen_parts():
    tokenizer = qwen_tokenizer()
    transformer = QwenImageTransformer2DModel(
        patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=16, guidance_embeds=False, axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    vae = AutoencoderKLQwenImage(
        base_dim=8, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1, temperal_downsample=[False, True],
        latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.5, 0.7, 1.0, 2.0],
    )  # fmt: skip
    ids = {name: tokenizer.convert_tokens_to_ids(f"<|{name}|>")
           for name in ("vision_start", "vision_end", "image_pad", "video_pad")}  # fmt: skip
    config = transformers.Qwen2_5_VLConfig(
        text_config={
            "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
            "num_key_value_heads": 2, "vocab_size": len(tokenizer), "max_position_embeddings": 8192,
            "rope_parameters": {"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1e6},
            "pad_token_id": tokenizer.pad_token_id, "bos_token_id": None, "eos_token_id": None,
        },
        vision_config={
            "depth": 2, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16,
        },
        image_token_id=ids["image_pad"], video_token_id=ids["video_pad"],
        vision_start_token_id=ids["vision_start"], vision_end_token_id=ids["vision_end"],
    )  # fmt: skip
    return {
        "transformer": transformer, "vae": vae, "tokenizer": tokenizer,
        "scheduler": FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=0.02),
        "text_encoder": transformers.Qwen2_5_VLForConditionalGeneration(config),
    }  # fmt: skip


def qwen_image():
    return QwenImageInpaintPipeline(**qwen_parts())


class ImagesOnlyProcessor(transformers.Qwen2VLProcessor):
    """The real processor without its half for films, which needs torchvision."""

    def check_argument_for_proper_class(self, argument_name, argument):
        return type(argument)


def qwen_edit_processor():
    return ImagesOnlyProcessor(
        image_processor=transformers.Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=56 * 56),
        tokenizer=qwen_tokenizer(),
        video_processor=None,
        chat_template=CHAT,
    )


MAKERS = {
    "sd9": stable_diffusion,
    "sd4": lambda: stable_diffusion(4),
    "sdxl9": stable_diffusion_xl,
    "sdxl4": lambda: stable_diffusion_xl(4),
    "z_image": z_image,
    "flux2_klein": flux2_klein,
    "qwen_image": qwen_image,
}


def save_tiny(name: str, folder: Path) -> Path:
    """Make a tiny model, always with the same weights, and save it as published models are."""
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipe = MAKERS[name]()
        for part in pipe.components.values():
            if isinstance(part, torch.nn.Module):
                part.eval()
        pipe.save_pretrained(folder / name, safe_serialization=True)
    return folder / name


def save_tiny_qwen_edit(folder: Path) -> Path:
    """Save Qwen-Image-Edit, whose processor is the one part that is not written: see :func:`qwen_edit_processor`."""
    made = save_tiny("qwen_image", folder).rename(folder / "qwen_image_edit")
    index = json.loads((made / "model_index.json").read_text())
    index["_class_name"] = "QwenImageEditInpaintPipeline"
    index["processor"] = ["transformers", "Qwen2VLProcessor"]
    (made / "model_index.json").write_text(json.dumps(index))
    (made / "processor").mkdir()
    return made


def save_tiny_decoder(folder: Path) -> Path:
    torch.manual_seed(0)
    AutoencoderTiny(
        encoder_block_out_channels=(8, 8), decoder_block_out_channels=(8, 8), num_encoder_blocks=(1, 1),
        num_decoder_blocks=(1, 1), latent_channels=4,
    ).save_pretrained(folder, safe_serialization=True)  # fmt: skip
    return folder
