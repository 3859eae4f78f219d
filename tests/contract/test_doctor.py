"""The doctor, in a home folder of its own: what it says is so, and its exit code says whether all is well."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    own = {"HOME": str(home), "PYTHONPATH": str(ROOT / "src"), "CYCLORAMA_RUNTIME": str(home / "run")}
    return subprocess.run(
        [sys.executable, "-m", "cyclorama", *arguments],
        env={**kept, **own, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders of Linux")
def test_what_works_and_what_does_not(tmp_path):
    settings = tmp_path / ".config/GIMP/3.0"
    settings.mkdir(parents=True)
    assert run(tmp_path, "install", "gimp").returncode == 0
    done = run(tmp_path, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)
    assert told["well"]
    texts = {finding["name"]: finding["text"] for finding in told["findings"]}
    assert "ran on CPUExecutionProvider" in texts["computing"]
    assert "started and answered" in texts["worker"]
    assert "none is running" in texts["worker now"]
    assert sys.executable in texts["GIMP 3.0"]

    (settings / "plug-ins/cyclorama/shared/worker_process.py").unlink()
    (tmp_path / "run").mkdir(exist_ok=True)
    (tmp_path / "run/worker.json").write_text("{}")
    (tmp_path / "run/worker.json").chmod(0o600)
    done = run(tmp_path, "doctor")
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAULT")]
    assert [line.split()[1] for line in lines] == ["worker", "GIMP"]
    assert "worker_process.py changed or gone" in lines[1]
    assert done.returncode == 7
    assert "cyclorama install gimp" in done.stdout
