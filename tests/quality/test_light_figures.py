"""The light estimate is as good as when it was released, and its confidence means something."""

import json
from pathlib import Path

import pytest
from measure_light import mixed_figures, real_figures, rendered_figures

BASELINE = json.loads((Path(__file__).parent / "baselines.json").read_text("utf-8"))["light"]


@pytest.mark.data
def test_real_objects_under_one_light(data):
    found = real_figures(data)
    assert found["mean_deg"] <= BASELINE["light_psm"]["mean_deg"] + 0.5
    assert found["mean_deg"] < 0.7 * found["constant_mean_deg"]
    assert found["mean_deg"] < found["search_mean_deg"]
    assert found["left_right"] == 1.0
    first, second, third = (found[f"kappa_third_{n}_mean_deg"] for n in (1, 2, 3))
    assert first < second < third


@pytest.mark.data
def test_real_objects_under_several_lamps(data):
    found = mixed_figures(data)
    assert found["mean_deg"] <= BASELINE["light_mixes"]["mean_deg"] + 0.5
    assert found["mean_deg"] < found["constant_mean_deg"]
    assert found["left_right"] >= 0.97


@pytest.mark.slow
def test_rendered_solids_that_nothing_was_fitted_on():
    found = rendered_figures(4)
    assert found["mean_deg"] <= BASELINE["rendered"]["mean_deg"] + 1.0
    assert found["mean_deg"] < 0.75 * found["constant_mean_deg"]
    # Where it says that it is sure, it is better.
    first, second, third = (found[f"kappa_third_{n}_mean_deg"] for n in (1, 2, 3))
    assert first < second < third
