#!/usr/bin/env python3
"""Convert a classic plug-in to Python 3, and put it where GIMP finds it.

    python3 convert.py PLUG_IN.py                          # prints the converted text
    python3 convert.py PLUG_IN.py --into ~/.config/GIMP/3.0

lib2to3 does the work; it is part of Python up to 3.12. What it leaves alone, `pythonfu.python2` brings back.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHEBANG = "#!/usr/bin/env python3\n"


class ConversionError(RuntimeError):
    """A plug-in that cannot be converted."""


def convert(text: str, name: str = "<plug-in>") -> str:
    """Return a plug-in's text for Python 3; text that Python 3 reads already comes back with its first line changed.

    Raises
    ------
    ConversionError
        If the text is neither Python 2 nor 3, or lib2to3 is not there.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(8).split("\n")
    if lines[0].startswith("#!"):
        lines = lines[1:]
    text = "\n".join(lines).rstrip() + "\n"
    return SHEBANG + _refactored(text, name)


def _refactored(text: str, name: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            from lib2to3.pgen2.parse import ParseError
            from lib2to3.refactor import RefactoringTool, get_fixers_from_package

            fixers = get_fixers_from_package("lib2to3.fixes")
    except ImportError:
        if _reads(text, name):
            return text
        raise ConversionError(
            f"{name} is written for Python 2, and this Python has no lib2to3; run this with Python 3.12 or older."
        ) from None
    try:
        return str(RefactoringTool(fixers).refactor_string(text, name))
    except ParseError:
        pass
    try:
        return str(RefactoringTool(fixers, {"print_function": True}).refactor_string(text, name))
    except ParseError as error:
        raise ConversionError(f"{name} is no Python that can be read: {error}") from error


def _reads(text: str, name: str) -> bool:
    try:
        compile(text, name, "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file in one piece."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    draft.write_text(text, "utf-8")
    draft.chmod(mode)
    os.replace(draft, path)


def install_bindings(settings: Path, bindings: Path = HERE) -> Path:
    """Tell GIMP's plug-ins where the bindings are; return the file that says it.

    Parameters
    ----------
    settings : Path
        GIMP's folder of the user, such as ``~/.config/GIMP/3.0`` or ``~/.config/GIMP/2.10``.
    bindings : Path
        The folder with ``gimpfu.py``.
    """
    file = settings / "environ" / "gimpfu.env"
    # A separator in front: the folder is added to what the variable holds.
    write(file, f"{os.pathsep} PYTHONPATH={bindings}\n")
    return file


def install_plug_in(source: Path, settings: Path) -> Path:
    """Convert a plug-in and put it into GIMP's folder of the user; return where it is.

    GIMP 3 wants a folder of the plug-in's name around it, GIMP 2.10 takes it either way.
    """
    name = source.stem
    place = settings / "plug-ins" / name / f"{name}.py"
    text = convert(_read(source), source.name)
    write(place, text, 0o644 | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return place


def _read(source: Path) -> str:
    data = source.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Convert a classic GIMP plug-in to Python 3.")
    parser.add_argument("plug_in", type=Path, nargs="+")
    parser.add_argument(
        "--into", type=Path, help="GIMP's folder of the user; the converted text is printed without it"
    )
    options = parser.parse_args()
    try:
        for plug_in in options.plug_in:
            if options.into is None:
                sys.stdout.write(convert(_read(plug_in), plug_in.name))
            else:
                sys.stdout.write(f"{install_plug_in(plug_in, options.into.expanduser())}\n")
    except (ConversionError, OSError) as error:
        sys.stderr.write(f"convert.py: {error}\n")
        return 1
    if options.into is not None:
        install_bindings(options.into.expanduser())
    return 0


if __name__ == "__main__":
    sys.exit(main())
