"""The models reach an installed wheel, not only a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cyclorama.catalog import builtin_models, models_folder
from cyclorama.installation.layout import plugin_sources

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_checkout_finds_its_models_and_plug_ins():
    assert models_folder() == ROOT / "models"
    assert plugin_sources() == ROOT / "plugin"


def test_a_wheel_carries_its_models_and_plug_ins_and_finds_them(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; it is in the dev extra")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    for entry in builtin_models():
        assert {f"cyclorama/models/builtin/{entry.id}/{file.name}" for file in entry.files} <= names
    sources = [path for path in (ROOT / "plugin").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {f"cyclorama/{path.relative_to(ROOT).as_posix()}" for path in sources} <= names
    code = (
        "from cyclorama.catalog import *; print(models_folder()); [entry.verify() for entry in builtin_models()]\n"
        "from cyclorama.installation.layout import plugin_sources; print(plugin_sources())"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    found = [Path(line) for line in done.stdout.splitlines()]
    assert found == [tmp_path / "site" / "cyclorama" / name for name in ("models", "plugin")]
