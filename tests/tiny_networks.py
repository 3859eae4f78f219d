"""Small networks with the contracts of large ones: built from the real classes where a library has them.

Weights are random but fixed; what matters is that inputs and outputs mean the same. Where no library has the class, a
few ONNX operators compute something that can be foretold under the same names, shapes and value ranges.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

#: Element types of ONNX.
_FLOAT, _INT64, _HALF = 1, 7, 10
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def export(
    module: Any,
    examples: tuple[Any, ...],
    path: Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    **more: Any,
) -> None:
    """Export with the new exporter, into one file without the exporter's notes."""
    import onnx
    import torch

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, examples, path, input_names=list(inputs), output_names=list(outputs), dynamo=True,
            external_data=False, verbose=False, **more,
        )  # fmt: skip
    model = onnx.load(path)
    del model.graph.value_info[:]
    for node in model.graph.node:
        del node.metadata_props[:]
    onnx.save(model, path)


def rf_detr(path: Path, side: int = 96) -> Any:
    """Export a random RF-DETR-Seg; returns the torch module, which gives boxes, logits and masks."""
    import torch
    from transformers import RfDetrConfig, RfDetrForInstanceSegmentation

    backbone = {
        "model_type": "rf_detr_dinov2", "hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2,
        "patch_size": 12, "image_size": side, "num_windows": 1, "out_indices": [1, 2, 3, 4],
    }  # fmt: skip
    config = RfDetrConfig(
        backbone_config=backbone, d_model=32, decoder_layers=2, decoder_self_attention_heads=2,
        decoder_cross_attention_heads=4, decoder_ffn_dim=64, decoder_n_points=2, num_queries=20, group_detr=1,
        num_labels=91, intermediate_size=64, auxiliary_loss=False,
    )  # fmt: skip
    torch.manual_seed(3)
    model = RfDetrForInstanceSegmentation(config).eval()
    # Untrained, every class is as unlikely as every other; spread them, so that there is something to rank.
    with torch.no_grad():
        model.model.class_embed.weight.mul_(12)
        model.model.class_embed.bias.fill_(-2)

    class Answers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixel_values: Any) -> Any:
            found = self.model(pixel_values)
            return found.pred_boxes, found.logits, found.pred_masks

    answers = Answers().eval()
    export(answers, (torch.randn(1, 3, side, side),), path, ["input"], ["dets", "labels", "masks"])
    return answers


class Graph:
    """A few ONNX operators in a row: calling it adds one and returns the name of what it gives."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def __call__(self, operator: str, *inputs: Any, name: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = name or f"value{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(operator, [self._named(value) for value in inputs], [name], **attributes)
        )
        return name

    def _named(self, value: Any) -> str:
        from onnx import numpy_helper

        if isinstance(value, str):
            return value
        name = f"constant{len(self.constants)}"
        array = np.asarray(value)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def save(self, path: Path, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        """Write it; inputs and outputs are (element type, shape) by name."""
        import onnx
        from onnx import helper

        infos = [
            [helper.make_tensor_value_info(name, *value) for name, value in side.items()]
            for side in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, path.stem, *infos, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.checker.check_model(model)
        onnx.save(model, path)


def prototype_rf_detr(
    path: Path,
    colors: Sequence[tuple[float, float, float]],
    side: int = 96,
    classes: Sequence[int] = (1, 17, 18),
) -> None:
    """Write a network with RF-DETR-Seg's contract whose query i fires on colour i (RGB in [0, 1])."""
    grid, count = side // 4, len(colors)
    wanted = (np.array(colors) - IMAGENET_MEAN) / IMAGENET_STD
    kinds = np.full((1, count, 91), -20.0)
    kinds[0, np.arange(count), list(classes)[:count]] = 0
    y, x = np.mgrid[:grid, :grid] / grid
    g = Graph()
    small = g("Unsqueeze", g("AveragePool", "input", kernel_shape=[4, 4], strides=[4, 4]), np.int64([1]))
    off = g("Sub", small, wanted.reshape(1, count, 3, 1, 1))
    away = g("ReduceSum", g("Mul", off, off), np.int64([2]), keepdims=0)
    masks = g("Sub", np.float32([6]), g("Mul", away, np.float32([8])), name="masks")
    inside = g("Cast", g("Greater", masks, np.float32([0])), to=_FLOAT)

    def most(values: Any) -> str:
        return g("ReduceMax", g("Mul", inside, values[None, None]), np.int64([2, 3]), keepdims=0)

    right, bottom = most(x + 1 / grid), most(y + 1 / grid)
    left, top = (g("Sub", np.float32([1]), most(1 - values)) for values in (x, y))
    sides = []
    for low, high in ((left, right), (top, bottom)):
        sides += [g("Mul", g("Add", low, high), np.float32([0.5])), g("Sub", high, low)]
    columns = [g("Unsqueeze", sides[place], np.int64([2])) for place in (0, 2, 1, 3)]
    g("Concat", *columns, axis=2, name="dets")
    cells = g("ReduceSum", inside, np.int64([2, 3]), keepdims=0)
    large = g("Cast", g("Greater", cells, np.float32([grid * grid * 0.01])), to=_FLOAT)
    fires = g("Mul", g("Sub", large, np.float32([0.5])), np.float32([8]))
    g("Add", g("Unsqueeze", fires, np.int64([2])), kinds, name="labels")
    outputs = {"dets": [1, count, 4], "labels": [1, count, 91], "masks": [1, count, grid, grid]}
    g.save(
        path,
        {"input": (_FLOAT, [1, 3, side, side])},
        {name: (_FLOAT, shape) for name, shape in outputs.items()},
    )


def red_salience(
    path: Path,
    mean: Sequence[float],
    std: Sequence[float],
    *,
    side: int | None,
    logits: bool = False,
    outputs: int = 1,
    half: bool = False,
) -> None:
    """Write a whole-picture network whose alpha is the red of its input, undone its normalization."""
    kind, dtype = (_HALF, np.float16) if half else (_FLOAT, np.float32)
    gain, bias = (20.0, -10.0) if logits else (1.0, 0.0)
    weight = np.zeros((1, 3, 1, 1), dtype)
    weight[0, 0] = std[0] * gain
    g = Graph()
    names = [f"map{number}" for number in range(outputs)]
    g("Conv", "input", weight, np.array([mean[0] * gain + bias], dtype), name=names[0])
    for name in names[1:]:
        # Side outputs say something else: whoever takes the wrong one is found out.
        g("Neg", names[0], name=name)
    size: list[Any] = ["h", "w"] if side is None else [side, side]
    g.save(path, {"input": (kind, [1, 3, *size])}, {name: (kind, [1, 1, *size]) for name in names})


def red_mask_rcnn(path: Path) -> None:
    """Write a network with the zoo's Mask R-CNN contract that finds what is redder than the rest (BGR in)."""
    g = Graph()
    bgr = g("Add", "image", np.float32([102.9801, 115.9465, 122.7717]).reshape(3, 1, 1))
    red, blue = (g("Gather", bgr, np.int64([channel]), axis=0) for channel in (2, 0))
    over = g("Sub", g("Sub", red, blue), np.float32([60]))
    inside = g("Cast", g("Greater", over, np.float32([0])), to=_FLOAT)
    shape = g("Shape", "image")

    def places(axis: int) -> str:
        count = g("Squeeze", g("Gather", shape, np.int64([axis])), np.int64([0]))
        return g("Cast", g("Range", np.array(0, np.int64), count, np.array(1, np.int64)), to=_FLOAT)

    across, down = places(2), g("Unsqueeze", places(1), np.int64([1]))

    def most(values: str) -> str:
        return g("ReduceMax", g("Mul", inside, values), np.int64([1, 2]), keepdims=0)

    many = np.float32([1e4])
    low = [g("Sub", many, most(g("Sub", many, values))) for values in (across, down)]
    high = [most(g("Add", values, np.float32([1]))) for values in (across, down)]
    found = g("Unsqueeze", g("Concat", *low, *high, axis=0), np.int64([0]))
    g("Concat", found, np.float32([[0, 0, 32, 32]]), axis=0, name="6568")
    g("Identity", np.int64([17, 3]), name="6570")
    g("Identity", np.float32([0.875, 0.01]), name="6572")
    chance = g("Unsqueeze", g("Sigmoid", g("Mul", over, np.float32([0.2]))), np.int64([0]))
    g(
        "RoiAlign",
        chance,
        "6568",
        np.int64([0, 0]),
        name="6887",
        output_height=28,
        output_width=28,
        sampling_ratio=2,
        coordinate_transformation_mode="half_pixel",
    )
    answers = {"6568": (_FLOAT, ["n", 4]), "6570": (_INT64, ["n"]), "6572": (_FLOAT, ["n"])}
    g.save(path, {"image": (_FLOAT, [3, "height", "width"])}, {**answers, "6887": (_FLOAT, ["n", 1, 28, 28])})


def mean_lama(path: Path, side: int = 64) -> None:
    """Write a network with LaMa's contract that fills with the mean of what is known, 0 to 255."""
    g = Graph()
    known = g("Sub", np.float32([1]), "mask")
    seen = g("Mul", "image", known)
    axes = np.int64([2, 3])
    mean = g("Div", g("ReduceSum", seen, axes), g("ReduceSum", known, axes))
    g("Mul", g("Add", seen, g("Mul", mean, "mask")), np.float32([255]), name="output")
    picture = (_FLOAT, [1, 3, side, side])
    g.save(path, {"image": picture, "mask": (_FLOAT, [1, 1, side, side])}, {"output": picture})


def vitmatte(path: Path, size: tuple[int, int] = (64, 96)) -> Any:
    """Export a random ViTMatte of a fixed size; returns the torch model."""
    import torch
    from transformers import VitDetConfig, VitMatteConfig, VitMatteForImageMatting

    backbone = VitDetConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, patch_size=16, num_channels=4, image_size=128,
        pretrain_image_size=128, out_features=["stage2"], window_block_indices=[], residual_block_indices=[],
    )  # fmt: skip
    config = VitMatteConfig(
        backbone_config=backbone,
        hidden_size=24,
        fusion_hidden_sizes=[32, 16, 16, 16],
        convstream_hidden_sizes=[8, 16, 24],
    )
    torch.manual_seed(3)
    model = VitMatteForImageMatting(config).eval()
    # Untrained, the head says one half everywhere.
    for weights in model.parameters():
        if weights.dim() > 1:
            torch.nn.init.normal_(weights, std=0.4)
    with torch.no_grad():
        model.decoder.matting_head.matting_convs[-1].weight.mul_(300)

    class Alphas(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixel_values: Any) -> Any:
            return self.model(pixel_values).alphas

    export(Alphas().eval(), (torch.randn(1, 4, *size),), path, ["pixel_values"], ["alphas"])
    return model
