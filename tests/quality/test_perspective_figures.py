"""The horizon is as good on real photographs as when it was released."""

import json
from pathlib import Path

import pytest
from measure_perspective import figures, panoramas, york

BASELINE = json.loads((Path(__file__).parent / "baselines.json").read_text("utf-8"))["perspective"]


@pytest.mark.data
@pytest.mark.slow
def test_streets_and_rooms_with_known_focal_length(data):
    found = figures(york(data)[::3], focal_known=True)
    wanted = BASELINE["york_every_third"]
    assert found["pitch_mean_deg"] <= wanted["pitch_mean_deg"] + 0.05
    assert found["roll_mean_deg"] <= wanted["roll_mean_deg"] + 0.02
    assert found["horizon_auc"] >= wanted["horizon_auc"] - 0.01


@pytest.mark.data
@pytest.mark.slow
def test_confidence_tells_lines_from_texture(data):
    found = figures(panoramas(data)[::3], focal_known=True)
    assert found["confident_pitch_mean_deg"] < 0.6 * found["pitch_mean_deg"]
    assert found["pitch_mean_deg"] < 0.75 * found["level_pitch_mean_deg"]
