"""Mattes and plates of real photographs are as good as when they were released."""

import json
from pathlib import Path

import pytest
from measure_matting import plate_figures, segment_figures, trimap_figures

BASELINE = json.loads((Path(__file__).parent / "baselines.json").read_text("utf-8"))["matting"]
#: All 13 photographs with measured alpha; four plates.
MATTES, PLATES = 13, 4


@pytest.mark.data
@pytest.mark.slow
def test_given_trimaps_are_solved_as_well_as_by_the_reference(data):
    pytest.importorskip("pymatting", reason="the reference is part of the extra: dev")
    found = trimap_figures(data, MATTES)
    assert found["sad"] <= 1.10 * found["pymatting_sad"]
    assert found["mse"] <= 1.10 * found["pymatting_mse"]
    assert found["sad"] <= 1.03 * BASELINE["trimap"]["sad"]


@pytest.mark.data
@pytest.mark.slow
def test_coarse_segments_become_fine_mattes(data):
    found = segment_figures(data, MATTES)
    assert found["sad"] < 0.6 * found["segment_sad"]
    assert found["sad"] <= 1.03 * BASELINE["segment"]["sad"]
    assert found["mse"] <= 1.03 * BASELINE["segment"]["mse"]


@pytest.mark.data
@pytest.mark.slow
def test_plates_are_about_as_near_to_the_truth_as_a_blur_and_far_less_blurred(data):
    pytest.importorskip("skimage", reason="the reference is part of the extra: dev")
    found = plate_figures(data, PLATES)
    # Texture in the wrong place costs more than none: a blur is hard to beat in decibels.
    assert found["psnr_db"] >= found["biharmonic_psnr_db"] - 2.5
    assert found["texture"] > 2 * found["biharmonic_texture"]
    assert 0.5 < found["texture"] < 1.3
