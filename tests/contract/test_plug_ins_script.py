"""The one script for people without a shell: into the editors' folders of a fresh home, and out again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the script of Linux and macOS")


def run(home: Path, *arguments: str, script: str = "plug-ins") -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT / "src"),
        "CYCLORAMA_RUNTIME": str(home / "run"),
    }
    command = [str(ROOT / "install" / script), "--python", sys.executable, *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False, input="\n"
    )


def test_in_checked_and_out_again(tmp_path):
    settings = tmp_path / ".config/GIMP/3.0"
    settings.mkdir(parents=True)
    done = run(tmp_path, "gimp")
    assert done.returncode == 0, done.stdout + done.stderr
    assert os.access(settings / "plug-ins/cyclorama/cyclorama.py", os.X_OK)
    assert "All is well." in done.stdout
    assert "seen by GIMP" in done.stdout or "at its next start" in done.stdout
    done = run(tmp_path, "gimp", "--uninstall", script="plug-ins.command")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Done." in done.stdout
    assert [path for path in settings.rglob("*") if path.is_file()] == []


def test_without_an_editor_it_says_what_to_do(tmp_path):
    done = run(tmp_path, "gimp")
    assert done.returncode == 3
    assert "Start GIMP once" in done.stderr
    assert run(tmp_path, "photoshop").returncode == 2


def test_the_scripts_of_the_other_systems_call_the_same_program():
    for name in ("plug-ins", "plug-ins.ps1"):
        assert "plug_ins.py" in (ROOT / "install" / name).read_text()
    assert "plug-ins.ps1" in (ROOT / "install" / "plug-ins.cmd").read_text()
    for name in ("plug-ins", "plug-ins.command"):
        assert os.access(ROOT / "install" / name, os.X_OK)
        if shutil.which("sh"):
            subprocess.run(["sh", "-n", str(ROOT / "install" / name)], check=True)
