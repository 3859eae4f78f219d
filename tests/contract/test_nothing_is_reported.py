"""Everything stays on this machine: libraries that report on use are told not to."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = (
    "from cyclorama import Image, SplitOptions\n"
    "from cyclorama.pipeline import find_objects\n"
    "import numpy as np\n"
    "find_objects(Image(np.random.default_rng(0).random((64, 64, 3), np.float32)))\n"
)


@pytest.mark.skipif(os.name == "nt", reason="the reports of other systems lie elsewhere")
def test_the_runtime_of_networks_writes_no_reports(tmp_path):
    kept = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
    environment = {"HOME": str(tmp_path), **{name: os.environ[name] for name in kept if name in os.environ}}
    subprocess.run([sys.executable, "-c", RUN], env=environment, cwd=ROOT, check=True, capture_output=True)
    assert [str(path) for path in tmp_path.rglob("*") if path.is_file()] == []
