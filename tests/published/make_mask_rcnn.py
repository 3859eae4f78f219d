"""Make ``tests/data/mask_rcnn``: torchvision's Mask R-CNN, small and untrained, with the contract of the zoo's export.

    python tests/published/make_mask_rcnn.py

Needs torchvision, which nothing else here does; so what it makes is kept: the network, and what torchvision itself
finds in a photograph: boxes, labels, scores, and masks inside the boxes.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Pillow
from torch import Tensor, nn
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.rpn import AnchorGenerator
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests" / "data" / "mask_rcnn"
#: The zoo's recipe: BGR, 0 to 255, less this; shorter side 800, zeros to multiples of 32.
MEAN_BGR = np.float32([102.9801, 115.9465, 122.7717])
SHORT_SIDE, WIDTH, CLASSES = 800, 4, 81


class _Pyramid(nn.Module):
    """A few strided convolutions under torchvision's feature pyramid."""

    def __init__(self) -> None:
        super().__init__()
        widths = [3, WIDTH, WIDTH, 2 * WIDTH, 2 * WIDTH, 4 * WIDTH]
        self.stages = nn.ModuleList(
            nn.Sequential(nn.Conv2d(given, made, 3, 2, 1), nn.ReLU())
            for given, made in itertools.pairwise(widths)
        )
        self.out_channels = 4 * WIDTH
        self.pyramid = FeaturePyramidNetwork(widths[2:], self.out_channels)

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        now, seen = picture / 100, {}
        for number, stage in enumerate(self.stages):
            now = stage(now)
            if number:
                seen[str(number - 1)] = now
        return self.pyramid(seen)


class _Boxes(nn.Module):
    """Scores that are spread, so that there is something to rank."""

    def __init__(self) -> None:
        super().__init__()
        self.scores, self.boxes = nn.Linear(32, CLASSES), nn.Linear(32, 4 * CLASSES)
        with torch.no_grad():
            self.scores.weight.mul_(16)
            self.scores.bias.mul_(0)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor]:
        return self.scores(seen), self.boxes(seen)


class AsInTheZoo(nn.Module):
    """One prepared picture (3, H, W) in; boxes, labels, scores and masks inside their boxes out."""

    def __init__(self) -> None:
        super().__init__()
        scales = tuple((size,) for size in (64, 128, 256, 512))
        names = [str(k) for k in range(4)]
        self.model = MaskRCNN(
            _Pyramid(), rpn_anchor_generator=AnchorGenerator(scales, ((0.5, 1.0, 2.0),) * 4),
            box_roi_pool=MultiScaleRoIAlign(names, 7, 2), mask_roi_pool=MultiScaleRoIAlign(names, 14, 2),
            rpn_pre_nms_top_n_test=60, rpn_post_nms_top_n_test=30, box_detections_per_img=8,
            box_head=nn.Sequential(nn.Flatten(), nn.Linear(49 * 4 * WIDTH, 32), nn.ReLU()),
            box_predictor=_Boxes(), mask_head=nn.Sequential(nn.Conv2d(4 * WIDTH, 8, 3, padding=1), nn.ReLU()),
            mask_predictor=nn.Sequential(nn.ConvTranspose2d(8, 8, 2, 2), nn.ReLU(), nn.Conv2d(8, CLASSES, 1)),
        )  # fmt: skip

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        batch = picture[None]
        seen = self.model.backbone(batch)
        images = ImageList(batch, [(picture.shape[1], picture.shape[2])])
        proposals, _ = self.model.rpn(images, seen)
        found, _ = self.model.roi_heads(seen, proposals, images.image_sizes)
        return found[0]["boxes"], found[0]["labels"], found[0]["scores"], found[0]["masks"]


def prepared(photo: Pillow.Image) -> tuple[np.ndarray, tuple[float, float]]:
    """The zoo's own preprocessing, by Pillow; and how many pixels of the input one of the photograph is."""
    ratio = SHORT_SIDE / min(photo.size)
    size = tuple(int(ratio * side) for side in photo.size)
    pixels = np.asarray(photo.resize(size, Pillow.BILINEAR), np.float32)[..., ::-1] - MEAN_BGR
    rows, columns = (-(-side // 32) * 32 for side in size[::-1])
    out = np.zeros((3, rows, columns), np.float32)
    out[:, : size[1], : size[0]] = pixels.transpose(2, 0, 1)
    return out, (size[0] / photo.size[0], size[1] / photo.size[1])


def main() -> None:
    torch.manual_seed(3)
    network = AsInTheZoo().eval()
    photo = Pillow.open(ROOT / "install" / "sample" / "photo.jpg").convert("RGB").resize((200, 150))
    pixels, (across, down) = prepared(photo)
    with torch.no_grad():
        # The mask head is made steep, so that there is something to see.
        _, labels, _, flat = network(torch.from_numpy(pixels))
        logits, last = torch.logit(flat), network.model.roi_heads.mask_predictor[-1]
        gain = 3 / logits.std()
        last.weight.mul_(gain)
        last.bias.sub_(logits.mean()).mul_(gain)
        boxes, labels, scores, masks = network(torch.from_numpy(pixels))
    boxes = boxes / torch.tensor([across, down, across, down])
    print(
        f"{len(scores)} found, scores {scores.numpy().round(2)}, labels {labels.numpy()}, masks {masks.std():.2f}"
    )
    TARGET.mkdir(parents=True, exist_ok=True)
    photo.save(TARGET / "photo.png")
    found = {"boxes": boxes, "labels": labels, "scores": scores, "masks": masks}
    np.savez_compressed(TARGET / "found.npz", **{name: value.numpy() for name, value in found.items()})
    torch.onnx.export(
        network, (torch.from_numpy(pixels),), TARGET / "model.onnx", dynamo=False, opset_version=16,
        input_names=["image"], output_names=["boxes", "labels", "scores", "masks"],
        dynamic_axes={"image": {1: "height", 2: "width"}},
    )  # fmt: skip


if __name__ == "__main__":
    main()
