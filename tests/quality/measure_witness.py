"""Does a background tell where its light comes from? `python tests/quality/measure_witness.py [--data DIR]`.

Asks the judge, which reads generated backgrounds, about views of panoramas with measured light: those that it has
learnt from (``background_hdri``) and those that it has not (``views_hdri``). See decision 36.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
from pathlib import Path

import numpy as np

from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.catalog.locate import builtin_model_path
from cyclorama.documents.read import read_image
from cyclorama.runtime.onnx_session import OnnxSession

ROOT = Path(__file__).resolve().parents[2]
#: What one says of a scene without looking: most light comes from above.
CONSTANT = np.array([0.0, 0.943, 0.333])
_ASIDE = 0.3


def figures(folder: Path) -> dict[str, float]:
    """Errors of the judge and of the constant against the mean direction of all light; share of right sides."""
    judge = BackdropJudge(OnnxSession(builtin_model_path("judge"), threads=1))
    with (folder / "views.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    true = np.array([[float(row[f"light_mean_{axis}"]) for axis in "xyz"] for row in rows])
    true /= np.linalg.norm(true, axis=1, keepdims=True)
    said = [judge(read_image(next((folder / "images").glob(row["id"] + ".*")))) for row in rows]
    direction = np.stack([judgement.direction for judgement in said])
    error = _angles_deg((direction * true).sum(axis=1))
    surest = np.argsort([-judgement.kappa for judgement in said])[: len(rows) // 3]
    aside = np.abs(true[:, 0]) > _ASIDE
    return {
        "views": len(rows),
        "median_deg": float(np.median(error)),
        "surest_third_median_deg": float(np.median(error[surest])),
        "constant_median_deg": float(np.median(_angles_deg(true @ CONSTANT))),
        "side_right": float((direction[aside, 0] * true[aside, 0] > 0).mean()),
        "with_a_side": int(aside.sum()),
    }


def _angles_deg(cosines: np.ndarray) -> np.ndarray:
    degrees: np.ndarray = np.degrees(np.arccos(cosines.clip(-1, 1)))
    return degrees


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--data", type=Path, default=Path(default), help="folder of photographs with ground truth"
    )
    given = parser.parse_args()
    for place in ("train/background_hdri", "dev/views_hdri"):
        for name, value in figures(given.data / place).items():
            print(f"{place:22s} {name:24s} {math.floor(value * 1000 + 0.5) / 1000:8}")


if __name__ == "__main__":
    main()
