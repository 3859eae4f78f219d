"""Cast shadows against path-traced ones: `python tests/quality/measure_shadows.py [--truth DIR]`.

The truth (``tests/quality/shadow_truth``) was rendered by ``models/training/shadows/render.py``. The product gets what
it would have: the outline in the picture, the camera and the light. Compared is the share of the key light that the
ground loses, where the thing itself does not hide the ground.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective, world_from_camera
from cyclorama.core.resampling import resize
from cyclorama.documents.read import read_image
from cyclorama.shadows.ground import coarse_alpha, ground_of
from cyclorama.shadows.occlusion import block_light
from cyclorama.shadows.standing import stand
from cyclorama.shadows.volume import builtin_volume_network

ROOT = Path(__file__).resolve().parents[2]
TRUTH = ROOT / "tests" / "quality" / "shadow_truth"
#: Shadows of which less is seen (share of the picture) are left out: a pixel decides their overlap.
LEAST_SHARE = 0.002


def cases(folder: Path) -> list[dict]:
    """Return the set-ups with their pictures ``alpha`` and ``shadow``, [0, 1]."""
    drawn = json.loads((folder / "setups.json").read_text("utf-8"))
    for case in drawn["setups"]:
        case["size"] = tuple(drawn["size"])
        for name in ("alpha", "shadow"):
            case[name] = read_image(folder / f"{case['seed']:03d}-{name}.png").pixels[..., 0]
    return drawn["setups"]


def camera_of(case: dict) -> Perspective:
    height, width = case["size"]
    middle = (width / 2, height / 2)
    return Perspective(case["size"], case["focal_px"], middle, case["pitch_rad"], case["roll_rad"], 1.0)


def predicted(case: dict, long_side: int = 900) -> FloatArray:
    """Share of the key light lost, as the product computes it, on the truth's grid."""
    camera, alpha = camera_of(case), case["alpha"]
    box = Box.of_mask(alpha > 0.01)
    layer = ObjectLayer("thing", Image(np.zeros((*box.size, 3), np.float32)), Matte(alpha[box.slices]), box)
    # The pictures are small: a finer canvas shows what a photograph would.
    canvas = tuple(4 * side for side in case["size"])
    ground = ground_of(camera.scaled(canvas), canvas, long_side)
    fine = resize(coarse_alpha(layer, case["size"], case["size"]), ground.camera.size, "bicubic")
    fine = np.clip(fine, 0, 1)
    volume = builtin_volume_network()(fine, ground)
    if volume is None or stand(fine, (), ground) is None:
        return np.zeros(case["size"], np.float32)
    light = np.array(case["light_world"], np.float32)
    assert np.allclose(ground.rotation, world_from_camera(camera), atol=1e-4)
    return resize(block_light(volume, fine, ground, light, case["softness_rad"]), case["size"], "area")


def overlaps(case: dict, found: FloatArray) -> dict[str, float]:
    """Overlap of hard shadows (more than half the light lost) and of soft ones, on ground that is seen."""
    seen = case["alpha"] < 0.5
    true = case["shadow"]
    hard, mine = (true > 0.5) & seen, (found > 0.5) & seen
    both, either = (hard & mine).sum(), (hard | mine).sum()
    return {
        "both": float(both),
        "either": float(either),
        "area": float((hard & seen).mean()),
        "iou": float(both / max(either, 1)),
        "soft_iou": float(
            (np.minimum(true, found) * seen).sum() / max((np.maximum(true, found) * seen).sum(), 1e-6)
        ),
        "iou_with_hidden": float(
            ((true > 0.5) & (found > 0.5)).sum() / max(((true > 0.5) | (found > 0.5)).sum(), 1)
        ),
    }


def figures(found: list[tuple[dict, dict[str, float]]]) -> dict[str, float]:
    used = [overlap for _, overlap in found if overlap["area"] >= LEAST_SHARE]
    return {
        "set_ups": len(found),
        "with_visible_shadow": len(used),
        "iou_mean": float(np.mean([o["iou"] for o in used])),
        "iou_median": float(np.median([o["iou"] for o in used])),
        "iou_pooled": sum(o["both"] for _, o in found) / sum(o["either"] for _, o in found),
        "soft_iou_mean": float(np.mean([o["soft_iou"] for _, o in found])),
        "iou_with_hidden_mean": float(np.mean([o["iou_with_hidden"] for _, o in found])),
        "share_above_0.7": float(np.mean([o["iou"] > 0.7 for o in used])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--truth", type=Path, default=TRUTH, help="folder that render.py wrote")
    parser.add_argument("--each", action="store_true", help="also print every set-up")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    given = parser.parse_args()
    found = []
    for case in cases(given.truth):
        overlap = overlaps(case, predicted(case))
        found.append((case, overlap))
        if given.each:
            print(
                f"{case['seed']:5d} {case['kind']:8s} "
                + "  ".join(f"{k} {v:.3f}" for k, v in overlap.items())
            )
    for key, value in figures(found).items():
        print(f"{key:24s} {value:8.3f}")
    if given.json:
        given.json.write_text(json.dumps(figures(found), indent=1), "utf-8")


if __name__ == "__main__":
    main()
