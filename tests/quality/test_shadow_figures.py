"""Cast shadows match path-traced ones as well as when they were released."""

import json
from pathlib import Path

from measure_shadows import TRUTH, cases, figures, overlaps, predicted

BASELINE = json.loads((Path(__file__).parent / "baselines.json").read_text("utf-8"))["shadows"]


def test_overlap_with_path_traced_shadows():
    found = figures([(case, overlaps(case, predicted(case))) for case in cases(TRUTH)])
    assert found["set_ups"] >= 50
    for name in ("iou_mean", "iou_pooled", "soft_iou_mean", "iou_with_hidden_mean"):
        assert found[name] >= BASELINE[name] - 0.01, name
