"""Architectures as their papers print them, with few channels: what an adapter's contract is tested on.

No library that can be installed here has these networks, so the published layers are written down once more, in torch.
Weights are random but fixed, and the last layer is made steep, so that there is something to see.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch


def steepen(last: torch.nn.Conv2d, logits: torch.Tensor, spread: float = 4.0) -> None:
    """Scale a last layer so that these logits, which it gave, would have mean 0 and the spread."""
    with torch.no_grad():
        gain = spread / logits.std()
        last.weight.mul_(gain)
        last.bias.sub_(logits.mean()).mul_(gain)


def export_traced(module: Any, examples: tuple[Any, ...], path: Path, names: list[str], **more: Any) -> None:
    """Export by tracing, which takes a fraction of the new exporter's time; the first names are the inputs."""
    given = len(examples)
    with torch.no_grad():
        torch.onnx.export(
            module, examples, path, input_names=names[:given], output_names=names[given:], dynamo=False,
            opset_version=17, **more,
        )  # fmt: skip
