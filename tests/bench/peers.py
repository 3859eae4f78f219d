"""Other programs to measure against, each in an environment of its own: none of them is a dependency of Cyclorama."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cyclorama" / "peers"
PACKAGES = {
    "opencv": ["opencv-python-headless==4.10.0.84", "numpy<3"],
    "rembg": ["rembg[cpu]==2.0.65", "onnx==1.17.0", "numpy<3"],
}


def peer_python(name: str) -> Path:
    """Return the Python of a peer's environment; it is made by venv and pip when it is not there."""
    folder = CACHE / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES[name]]
        subprocess.run(install, check=True, stdout=sys.stderr)
        (folder / "complete").touch()
    return python


def run_peer(name: str, program: str, *arguments: str | Path, threads: int = 1) -> str:
    """Run a program's text in a peer's environment and return what it prints."""
    count = str(threads)
    limits = {"OMP_NUM_THREADS": count, "NUMBA_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | limits
    command = [str(peer_python(name)), "-c", program, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


if __name__ == "__main__":
    for peer in sys.argv[1:] or PACKAGES:
        print(peer, peer_python(peer))
