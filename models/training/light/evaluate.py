"""Errors on held-out renders by kind, side and confidence: `python evaluate.py model.onnx --data DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from samples import Samples, plain, targets
from solids import KINDS
from train import HELD_OUT_SEED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=HELD_OUT_SEED)
    given = parser.parse_args()
    samples = Samples(given.data, {given.seed})
    session = onnxruntime.InferenceSession(str(given.model), providers=["CPUExecutionProvider"])
    count, found, true, shares, kappas, told = int(samples.starts[-1]), [], [], [], [], []
    for start in range(0, count, 100):
        pixels, sh, _ = plain(samples.take(np.arange(start, min(start + 100, count))))
        names = ["direction", "kappa", "directionality"]
        direction, kappa, share = session.run(names, {"pixels": pixels.numpy()})
        _, light, true_share = (value.numpy() for value in targets(torch.as_tensor(sh)))
        for store, value in zip(
            (found, true, shares, kappas, told), (direction, light, true_share, kappa, share), strict=True
        ):
            store.append(value)
    direction, light, share, kappa, guess = map(np.concatenate, (found, true, shares, kappas, told))
    error = np.degrees(np.arccos(np.clip((direction * light).sum(1), -1, 1)))
    clear = share > 0.3

    def tell(name: str, chosen: np.ndarray) -> None:
        part = error[chosen & clear]
        if len(part) == 0:
            return
        print(f"{name:24s} {len(part):5d} pictures  mean {part.mean():5.1f}  median {np.median(part):5.1f}")

    tell("directionality > 0.3", clear)
    tell("lit from behind", light[:, 2] < -0.3)
    tell("lit from near the camera", light[:, 2] > 0.85)
    kinds = samples.column("kind")
    for index, kind in enumerate(KINDS):
        tell(kind, kinds == index)
    order = np.argsort(-kappa)
    for number, third in enumerate(np.array_split(order, 3), 1):
        tell(f"confidence, third {number}", np.isin(np.arange(count), third))
    correlation = np.corrcoef(guess, share)[0, 1]
    print(f"directionality: mean error {np.abs(guess - share).mean():.3f}, correlation {correlation:.2f}")


if __name__ == "__main__":
    main()
