"""The shipped segmenter is as good on real photographs as when it was released."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="scoring needs scipy (install the extra: dev)")

HERE = Path(__file__).resolve().parent
SCRIPT = HERE.parents[1] / "models" / "training" / "segmenter" / "evaluate.py"
BASELINE = json.loads((HERE / "baselines.json").read_text("utf-8"))["segmentation"]

#: Figures where less is better; all others may not fall.
ERRORS = {"sad", "mse", "objects_per_picture", "pictures_with_objects", "proposals_per_object"}


@pytest.fixture(scope="module")
def figures(data, tmp_path_factory):
    """Every sixth photograph of the development sets: `evaluate.py` without --limit prints the card's figures."""
    out = tmp_path_factory.mktemp("segmentation") / "figures.json"
    command = [sys.executable, str(SCRIPT), "--data", str(data), "--limit", "12", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text("utf-8"))


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BASELINE))
def test_no_figure_is_worse_than_at_release(figures, name):
    for figure, wanted in BASELINE[name].items():
        found = figures[name][figure]
        slack = 0.02 * max(wanted, 0.1)  # rounding differs between processors
        if figure in ERRORS:
            assert found <= wanted + slack, f"{name} {figure}: {found:.4f}, {wanted:.4f} at release"
        else:
            assert found >= wanted - slack, f"{name} {figure}: {found:.4f}, {wanted:.4f} at release"
