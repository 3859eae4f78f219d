"""Figures of the light estimate: `python tests/quality/measure_light.py [--data DIR] [--rendered N] [--calibrate]`.

Real photographs of objects under one measured light (development set ``light_psm``), and solids rendered here.
`--calibrate` fits the constants of the confidence on the rendered solids (needs scipy) and prints them.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
from pathlib import Path

import numpy as np
from rendered_objects import KINDS, render

from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.documents.read import read_image
from cyclorama.lighting.confidence import confidence_features
from cyclorama.lighting.direction import find_direction
from cyclorama.lighting.estimate import estimate_lighting
from cyclorama.lighting.normals import read_subject

ROOT = Path(__file__).resolve().parents[2]
#: What one says without looking: light from above the camera.
CONSTANT = np.array([0.0, 0.4, 0.9]) / math.hypot(0.4, 0.9)


def angle_deg(a: np.ndarray, b: np.ndarray) -> float:
    cosine = float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


def photographs(data: Path) -> list[tuple[str, Image, Matte, np.ndarray]]:
    """Return (name, linear picture, matte, direction to the light) of the development set."""
    folder = data / "dev" / "light_psm"
    with (folder / "light.csv").open(newline="") as file:
        lights = list(csv.DictReader(file))
    out = []
    for item in sorted(path for path in folder.iterdir() if path.is_dir()):
        alpha = read_image(item / "mask.png").pixels[..., 0]
        for row in lights:
            # The samples of this set are linear, whatever the file says.
            samples = read_image(item / f"{int(row['light']):02d}.png").samples
            true = np.array([float(row[axis]) for axis in ("x_right", "y_up", "z_to_camera")])
            out.append((f"{item.name} {row['light']}", Image(samples, "linear"), Matte(alpha), true))
    return out


def real_figures(data: Path) -> dict[str, float]:
    errors, constant, side, kappas = [], [], [], []
    for _, image, matte, true in photographs(data):
        found = estimate_lighting(image, [matte])
        errors.append(angle_deg(found.direction, true))
        constant.append(angle_deg(CONSTANT, true))
        kappas.append(found.kappa)
        if abs(true[0]) > 0.1 * np.linalg.norm(true):
            side.append(float(found.direction[0] * true[0] > 0))
    return {
        "photographs": len(errors),
        "mean_deg": float(np.mean(errors)),
        "median_deg": float(np.median(errors)),
        "constant_mean_deg": float(np.mean(constant)),
        "left_right": float(np.mean(side)),
    }


def rendered_figures(count: int, first_seed: int = 5000) -> dict[str, float]:
    """Return figures over count x 4 kinds x 2 lights of solids that no constant was fitted on."""
    errors, constant, kappas, tints = [], [], [], []
    for seed in range(first_seed, first_seed + count):
        for kind in KINDS:
            for item in render(kind, seed, 2):
                found = estimate_lighting(item.image, [item.matte])
                errors.append(angle_deg(found.direction, item.direction))
                constant.append(angle_deg(CONSTANT, item.direction))
                kappas.append(found.kappa)
                ratio = found.key_color / found.ambient_color
                tints.append((math.log(ratio[0] / ratio[2]), item.tint))
    thirds = np.array_split(np.argsort(-np.array(kappas)), 3)
    error = np.array(errors)
    tint = np.array(tints)
    return {
        "objects": len(errors),
        "mean_deg": float(error.mean()),
        "median_deg": float(np.median(error)),
        "constant_mean_deg": float(np.mean(constant)),
        **{f"kappa_third_{n + 1}_mean_deg": float(error[part].mean()) for n, part in enumerate(thirds)},
        "tint_correlation": float(np.corrcoef(tint.T)[0, 1]),
    }


def calibrate(count: int) -> list[float]:
    """Fit ln kappa = weights . features by the likelihood of the true directions (von Mises-Fisher)."""
    from scipy.optimize import minimize

    features, cosines = [], []
    for seed in range(100, 100 + count):
        for kind in KINDS:
            for item in render(kind, seed, 2):
                subject = read_subject(item.image, item.matte)
                fit = None if subject is None else find_direction(subject)
                if subject is not None and fit is not None:
                    features.append(confidence_features(fit))
                    cosines.append(float(fit.direction @ item.direction))
    x, cosine = np.array(features), np.array(cosines)

    def loss(weights: np.ndarray) -> float:
        kappa = np.exp(np.clip(x @ weights, -3, 6))
        log_norm = np.log(kappa) - kappa - np.log1p(-np.exp(-2 * kappa))
        return float(-(log_norm + kappa * cosine).mean() + 0.004 * np.square(weights[1:]).sum())

    return [round(float(weight), 3) for weight in minimize(loss, np.zeros(x.shape[1])).x]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--data", type=Path, default=Path(default), help="folder of photographs with ground truth"
    )
    parser.add_argument(
        "--rendered", type=int, default=0, metavar="N", help="also measure 8 N rendered solids"
    )
    parser.add_argument(
        "--calibrate", type=int, default=0, metavar="N", help="fit the confidence on 8 N solids"
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    given = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    if given.calibrate:
        print("confidence weights", calibrate(given.calibrate))
        return
    if (given.data / "dev" / "light_psm").is_dir():
        figures["light_psm"] = real_figures(given.data)
    if given.rendered:
        figures["rendered"] = rendered_figures(given.rendered)
    for name, values in figures.items():
        for key, value in values.items():
            print(f"{name:12s} {key:24s} {value:8.3f}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
