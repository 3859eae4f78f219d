"""Make an engine of one's own and put the plug-ins into the editors; standard library only, on every system."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from demo import environment_python, make_environment

EDITORS = ("gimp", "krita")
NOT_FOUND = 3


def main() -> int:
    """Return 0 if at least one editor got its plug-in, or lost it."""
    parser = argparse.ArgumentParser(prog="plug-ins", description=__doc__)
    parser.add_argument("editors", nargs="*", metavar="EDITOR", help="gimp or krita; both if none is named")
    parser.add_argument(
        "--uninstall", action="store_true", help="take the plug-ins out again; the engine stays"
    )
    parser.add_argument("--python", type=Path, help="a Python that has Cyclorama already; no engine is made")
    arguments = parser.parse_args()
    unknown = set(arguments.editors) - set(EDITORS)
    if unknown:
        parser.error(f"unknown editor {sorted(unknown)[0]}; gimp and krita are known")
    # Not beside this folder: it may be deleted after the installation, and the plug-ins go on working.
    python = arguments.python or _engine(arguments.uninstall)
    codes = [
        _run(python, "install", editor, *(["--uninstall"] * arguments.uninstall))
        for editor in arguments.editors or EDITORS
    ]
    if 0 not in codes:
        return codes[0]
    wrong = [code for code in codes if code not in (0, NOT_FOUND)]
    if not arguments.uninstall:
        print("\nChecking:", flush=True)
        wrong.append(_run(python, "doctor"))
    return max(wrong, default=0)


def _engine(uninstall: bool) -> Path:
    """Return the engine's Python; to take plug-ins out, one that is there will do, whatever its version."""
    python = environment_python(engine_folder())
    if uninstall and python.exists():
        return python
    return make_environment(engine_folder(), editable=False)


def engine_folder() -> Path:
    """Return where this system keeps a program's files for one person."""
    if os.name == "nt":
        return (
            Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Cyclorama" / "engine"
        )
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Cyclorama" / "engine"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "cyclorama" / "engine"


def _run(python: Path, *arguments: str) -> int:
    return subprocess.run([str(python), "-m", "cyclorama", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
