"""Mattes of whole photographs are as good as when they were released, and the page of figures tells what is stored."""

import json
from pathlib import Path

import pytest
from write_split import BASELINES, TARGET, text_of

BASELINE = json.loads(BASELINES.read_text("utf-8"))


@pytest.mark.data
@pytest.mark.slow
def test_whole_mattes_are_no_worse_than_at_release(data):
    pytest.importorskip("scipy", reason="scoring needs scipy (install the extra: dev)")
    from measure_whole import whole_figures

    found = whole_figures(Path(data), 13)
    for kind, wanted in BASELINE["whole_matte"].items():
        for figure in ("sad", "mse", "gradient", "connectivity"):
            assert found[kind][figure] <= 1.03 * wanted[figure], f"{kind} {figure}"


def test_the_page_tells_the_stored_figures():
    assert TARGET.read_text("utf-8") == text_of(BASELINE)
