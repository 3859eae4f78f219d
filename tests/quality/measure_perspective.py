"""Figures of the perspective estimate: `python tests/quality/measure_perspective.py [--data DIR] [--every K]`.

Development sets: ``perspective_york`` (streets and rooms, horizon from hand-drawn lines) with known and with unknown
focal length, and ``views_hdri`` (views of panoramas, indoors and in nature, exact camera).
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

from cyclorama.documents.read import read_image
from cyclorama.perspective.estimate import estimate_perspective

ROOT = Path(__file__).resolve().parents[2]
#: From this confidence on lines decide alone; below, what is usual for such pictures counts as well.
SURE = 0.6
#: A pitch that lines give is wrong if it is farther off than this: then it was right to abstain.
WRONG_DEG = 4.0


@dataclass(frozen=True)
class View:
    path: Path
    focal_px: float
    pitch_deg: float
    roll_deg: float
    horizon_left: float
    horizon_right: float


def york(data: Path) -> list[View]:
    folder = data / "dev" / "perspective_york"
    out = []
    for row in _rows(folder / "horizon_vp.csv"):
        # This set's z axis points forward, so a camera that looks up has up_z > 0.
        up = [float(row[f"up_{axis}"]) for axis in "xyz"]
        out.append(
            View(
                folder / "images" / f"{row['id']}.jpg",
                float(row["focal_px"]),
                math.degrees(math.asin(up[2])),
                math.degrees(math.atan2(up[0], up[1])),
                float(row["horizon_y_at_x0"]),
                float(row["horizon_y_at_right"]),
            )
        )
    return out


def panoramas(data: Path) -> list[View]:
    folder = data / "dev" / "views_hdri"
    return [
        View(
            folder / "images" / f"{row['id']}.jpg",
            float(row["focal_px"]),
            float(row["pitch_deg"]),
            float(row["roll_deg"]),
            float(row["horizon_y_left"]),
            float(row["horizon_y_right"]),
        )
        for row in _rows(folder / "views.csv")
    ]


def figures(views: list[View], focal_known: bool) -> dict[str, float]:
    """Return mean and median errors, the horizon's AUC, and the errors of saying 'level' every time."""
    errors, confidences, level, insisting = [], [], [], []
    for view in views:
        image = read_image(view.path)
        height, width = image.size
        focal = 36 * view.focal_px / max(image.size) if focal_known else None
        found = estimate_perspective(image, focal_35mm=focal)
        lines = estimate_perspective(image, focal_35mm=focal, abstain=False)
        insisting.append(abs(math.degrees(lines.pitch_rad) - view.pitch_deg))
        pitch, roll = math.degrees(found.pitch_rad), math.degrees(found.roll_rad)
        tilt = math.tan(found.roll_rad) * width / 2
        ends = (found.horizon_px - tilt, found.horizon_px + tilt)
        horizon = max(abs(a - b) for a, b in zip(ends, (view.horizon_left, view.horizon_right), strict=True))
        errors.append((abs(pitch - view.pitch_deg), abs(roll - view.roll_deg), horizon / height))
        confidences.append(found.confidence)
        level.append((abs(view.pitch_deg), abs(view.roll_deg)))
    error, sure = np.array(errors), np.array(confidences) >= SURE
    wrong = np.array(insisting) > WRONG_DEG
    return {
        "photographs": len(views),
        "pitch_mean_deg": float(error[:, 0].mean()),
        "pitch_median_deg": float(np.median(error[:, 0])),
        "roll_mean_deg": float(error[:, 1].mean()),
        "roll_median_deg": float(np.median(error[:, 1])),
        "horizon_auc": area_under_curve(error[:, 2], 0.25),
        "confident_share": float(sure.mean()),
        "confident_pitch_mean_deg": float(error[sure, 0].mean()) if sure.any() else math.nan,
        "abstained_share": float((~sure).mean()),
        "abstained_rightly": float(wrong[~sure].mean()) if not sure.all() else math.nan,
        "confident_but_wrong": float(wrong[sure].mean()) if sure.any() else math.nan,
        "insisting_pitch_mean_deg": float(np.mean(insisting)),
        "level_pitch_mean_deg": float(np.mean([pitch for pitch, _ in level])),
        "level_roll_mean_deg": float(np.mean([roll for _, roll in level])),
    }


def area_under_curve(errors: np.ndarray, limit: float) -> float:
    """Area under the share of errors below a threshold, thresholds from 0 to the limit, scaled to [0, 1]."""
    return float(np.clip(1 - errors / limit, 0, 1).mean())


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("CYCLORAMA_DATA", ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--data", type=Path, default=Path(default), help="folder of photographs with ground truth"
    )
    parser.add_argument("--every", type=int, default=1, metavar="K", help="every K-th photograph only")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    given = parser.parse_args()
    sets = {
        "york": (york(given.data), True),
        "york, focal unknown": (york(given.data), False),
        "views_hdri": (panoramas(given.data), True),
    }
    found = {name: figures(views[:: given.every], known) for name, (views, known) in sets.items()}
    for name, values in found.items():
        for key, value in values.items():
            print(f"{name:20s} {key:26s} {value:8.3f}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
