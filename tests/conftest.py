"""What all tests share: real photographs, and the folder with ground truth where there is one."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "install" / "sample" / "photo.jpg"


def shared_data() -> Path | None:
    """Return the folder of photographs with ground truth, or None."""
    given = os.environ.get("CYCLORAMA_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data"
    return folder if (folder / "index.csv").is_file() else None


@pytest.fixture(scope="session")
def data() -> Path:
    folder = shared_data()
    if folder is None:
        pytest.skip("the photographs with ground truth are not here (set CYCLORAMA_DATA)")
    return folder


@pytest.fixture(scope="session")
def data_rows(data: Path) -> list[dict[str, str]]:
    with (data / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240607)


@pytest.fixture(scope="session")
def sample_photo() -> Path:
    return SAMPLE
