"""Make an environment and run the main job in it; standard library only, the same on every system."""

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "install" / "sample" / "photo.jpg"


def main() -> int:
    """Return the exit code of the job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environment", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--photo", type=Path, default=SAMPLE)
    arguments = parser.parse_args()
    python = make_environment(arguments.environment)
    arguments.output.mkdir(parents=True, exist_ok=True)
    outputs = [arguments.output / f"{arguments.photo.stem}.{suffix}" for suffix in ("ora", "psd", "png")]
    sheet = arguments.output / f"{arguments.photo.stem}-sheet.png"
    command = [str(python), "-m", "cyclorama", "replace", str(arguments.photo), "--candidates", "3"]
    command += ["--contact-sheet", str(sheet)]
    for path in outputs:
        command += ["-o", str(path)]
    return subprocess.run(command, check=False).returncode


def environment_python(folder: Path) -> Path:
    """Return where the Python of an environment lies."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment(folder: Path, *, editable: bool = True) -> Path:
    """Return the Python of an environment with the package in it; made anew when pyproject.toml has changed.

    Editable, it runs what lies in this checkout; otherwise it has a copy, and is made anew for every other checkout.
    """
    python = environment_python(folder)
    stamp = folder / "installed"
    wanted = (ROOT / "pyproject.toml").read_text("utf-8") + ("" if editable else _contents())
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    print("Setting up (once): ONNX Runtime, NumPy, Pillow ...", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    # Not compiled ahead: a third less to write, and Python compiles what it uses.
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    try:
        subprocess.run(
            [
                *install,
                "-c",
                str(ROOT / "install" / "constraints.txt"),
                *(["-e"] if editable else []),
                str(ROOT),
            ],
            check=True,
        )
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"The packages could not be installed (pip said {error.returncode}). Is the package index reachable?"
        )
    stamp.write_text(wanted, "utf-8")
    return python


def _contents() -> str:
    """Return a line that is another one for other sources."""
    made = hashlib.sha256()
    for folder in ("src", "plugin"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                made.update(path.relative_to(ROOT).as_posix().encode("utf-8") + path.read_bytes())
    return f"# {made.hexdigest()}\n"


if __name__ == "__main__":
    sys.exit(main())
