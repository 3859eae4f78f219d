"""Figures of the light estimate: `python tests/quality/measure_light.py [--data DIR] [--rendered N] [--calibrate]`.

Real photographs of objects under one measured lamp (development set ``light_psm``), sums of them (``light_mixes``), and
solids rendered here by other code than the network's training set.
`--calibrate` fits the constants of the confidence on the rendered solids (needs scipy) and prints them.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rendered_objects import KINDS, render

from cyclorama.core.color import LUMINANCE_WEIGHTS, luminance
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.documents.read import read_image
from cyclorama.lighting.direction import find_direction
from cyclorama.lighting.estimate import estimate_lighting
from cyclorama.lighting.fusion import fuse_readings, fusion_features
from cyclorama.lighting.network import builtin_light_network
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


@dataclass(frozen=True)
class Case:
    """A subject with its measured light, and what the estimators say: network, search, both."""

    true: np.ndarray
    network: np.ndarray
    search: np.ndarray
    fused: np.ndarray
    kappa: float


def read_case(image: Image, matte: Matte, true: np.ndarray) -> Case:
    subject = read_subject(image, matte)
    assert subject is not None
    fit = find_direction(subject)
    assert fit is not None
    reading = builtin_light_network()([subject])[0]
    found = estimate_lighting(image, [matte])
    return Case(true / np.linalg.norm(true), reading.direction, fit.direction, found.direction, found.kappa)


def summary(cases: list[Case]) -> dict[str, float]:
    """Errors of each estimator beside the constant, share of right sides, errors by thirds of the confidence."""
    error = np.array([angle_deg(case.fused, case.true) for case in cases])
    thirds = np.array_split(np.argsort([-case.kappa for case in cases]), 3)
    aside = [case for case in cases if abs(case.true[0]) > 0.1]
    return {
        "pictures": len(cases),
        "mean_deg": float(error.mean()),
        "median_deg": float(np.median(error)),
        "network_mean_deg": float(np.mean([angle_deg(case.network, case.true) for case in cases])),
        "search_mean_deg": float(np.mean([angle_deg(case.search, case.true) for case in cases])),
        "constant_mean_deg": float(np.mean([angle_deg(CONSTANT, case.true) for case in cases])),
        "left_right": float(np.mean([case.fused[0] * case.true[0] > 0 for case in aside])),
        **{f"kappa_third_{n + 1}_mean_deg": float(error[part].mean()) for n, part in enumerate(thirds)},
    }


def real_figures(data: Path) -> dict[str, float]:
    """Photographs under a single lamp."""
    return summary([read_case(image, matte, true) for _, image, matte, true in photographs(data)])


def mixed_figures(data: Path, mixes: int = 8) -> dict[str, float]:
    """Real photographs under several coloured lamps at once: light adds up, so sums of photographs are photographs.

    Lamps of this set differ in brightness; the grey ball, on which each has a pixel that faces it, evens them out.
    The truth is the direction of the first harmonics of all lamps together.
    """
    shots: dict[str, list[tuple[Image, Matte, np.ndarray]]] = {}
    for name, image, matte, true in photographs(data):
        shots.setdefault(name.split()[0], []).append((image, matte, true / np.linalg.norm(true)))
    strength = np.array([np.percentile(luminance(image.pixels), 99.5) for image, _, _ in shots["gray"]])
    rng = np.random.default_rng(11)
    cases = []
    for group in shots.values():
        matte = group[0][1]
        for _ in range(mixes):
            weight = rng.dirichlet(np.full(len(group), 0.5))
            color = weight[:, None] * np.exp(rng.normal(0, 0.25, (len(group), 3)))
            parts = zip(color, strength, group, strict=True)
            mixed = sum(c / s * image.pixels for c, s, (image, _, _) in parts)
            true = np.einsum("k,kj->j", color @ LUMINANCE_WEIGHTS, np.stack([t for _, _, t in group]))
            picture = Image((mixed / np.percentile(mixed, 99.8)).clip(0, 1).astype(np.float32), "linear")
            cases.append(read_case(picture, matte, true))
    return summary(cases)


def rendered_figures(count: int, first_seed: int = 5000) -> dict[str, float]:
    """Return figures over count x 4 kinds x 2 lights of solids that no constant was fitted on."""
    cases, tints, shares = [], [], []
    for seed in range(first_seed, first_seed + count):
        for kind in KINDS:
            for item in render(kind, seed, 2):
                cases.append(read_case(item.image, item.matte, item.direction))
                found = estimate_lighting(item.image, [item.matte])
                ratio = found.key_color / found.ambient_color
                tints.append((math.log(ratio[0] / ratio[2]), item.tint))
                shares.append((float(found.key_color @ LUMINANCE_WEIGHTS), item.share))
    return {
        **summary(cases),
        "tint_correlation": float(np.corrcoef(np.array(tints).T)[0, 1]),
        "share_correlation": float(np.corrcoef(np.array(shares).T)[0, 1]),
        "share_bias": float(np.mean([a - b for a, b in shares])),
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
                    reading = builtin_light_network()([subject])[0]
                    features.append(fusion_features(subject, fit, reading))
                    cosines.append(float(fuse_readings(subject, fit, reading).vector @ item.direction))
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
        figures["light_mixes"] = mixed_figures(given.data)
    if given.rendered:
        figures["rendered"] = rendered_figures(given.rendered)
    for name, values in figures.items():
        for key, value in values.items():
            print(f"{name:12s} {key:24s} {value:8.3f}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
