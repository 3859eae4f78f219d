"""Which files a plug-in consists of, and where each belongs in an editor's folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cyclorama import __version__
from cyclorama.installation.editors import Editor
from cyclorama.protocol.errors import DocumentError

__all__ = ["ENDPOINT_NAME", "KRITA_MODULE", "PlacedFile", "plan", "plugin_sources"]

#: The worker's address, for an editor that cannot see the usual place.
ENDPOINT_NAME = "worker.json"
KRITA_MODULE = "cyclorama_krita"
_PACKAGE = Path(__file__).resolve().parent.parent
_LEFT_OUT = {".pyc", ".pyo"}


@dataclass(frozen=True)
class PlacedFile:
    """One file.

    Parameters
    ----------
    target : str
        Where it goes, under the editor's resources, with slashes.
    data : bytes
        What is in it.
    executable : bool
        Whether the editor starts it as a program.
    """

    target: str
    data: bytes
    executable: bool = False


def plugin_sources() -> Path:
    """Return the folder of the plug-ins' sources: inside an installed wheel, or beside ``src`` in a checkout.

    Raises
    ------
    DocumentError
        If neither is there.
    """
    for folder in (_PACKAGE / "plugin", _PACKAGE.parent.parent / "plugin"):
        if (folder / "shared").is_dir():
            return folder
    raise DocumentError(
        "The plug-ins that ship with Cyclorama are not installed.", "Install the package again."
    )


def plan(editor: Editor, python: str) -> tuple[PlacedFile, ...]:
    """Return all files of the plug-in for an editor.

    Parameters
    ----------
    editor : Editor
        For whom.
    python : str
        Path of the engine's Python, recorded for the plug-in.

    Raises
    ------
    DocumentError
        If there is no plug-in for this editor.
    """
    sources = plugin_sources()
    folder = editor.plugin_folder.relative_to(editor.resources).as_posix()
    if editor.program == "krita":
        files = _tree(sources / "krita" / KRITA_MODULE, folder)
        files += _single(sources / "krita" / f"{KRITA_MODULE}.desktop", "pykrita")
        files += _single(sources / "krita" / f"{KRITA_MODULE}.action", "actions")
    elif editor.version.startswith("2."):
        files = _tree(sources / "gimp" / "cyclorama2", folder, main="cyclorama.py")
        files += _tree(sources / "gimp" / "gimpfu", folder)
    else:
        files = _tree(sources / "gimp" / "cyclorama", folder, main="cyclorama.py")
        files += _classic_bindings(editor, sources)
    if not files:
        raise DocumentError(
            f"This version of Cyclorama has no plug-in for {editor.name}.",
            "Use GIMP 3, or the files it writes.",
        )
    return tuple([*files, *_packages(sources, folder), _engine(editor, folder, python)])


def _classic_bindings(editor: Editor, sources: Path) -> list[PlacedFile]:
    """Return the bindings for classic Python-fu, and what tells GIMP 3's plug-ins where they are."""
    bindings = _tree(sources / "gimp" / "gimpfu", "gimpfu")
    # A separator in front: the folder is added to what the variable holds.
    line = f"{os.pathsep} PYTHONPATH={editor.resources / 'gimpfu'}\n"
    return [*bindings, PlacedFile("environ/gimpfu.env", line.encode("utf-8"))] if bindings else []


def _packages(sources: Path, folder: str) -> list[PlacedFile]:
    """Return what every plug-in carries: the protocol under its real name, and what the plug-ins share."""
    inner = f"{folder}/cyclorama"
    return [
        *_tree(sources / "shared", f"{folder}/shared"),
        *_single(_PACKAGE / "__init__.py", inner),
        *_tree(_PACKAGE / "protocol", f"{inner}/protocol"),
    ]


def _engine(editor: Editor, folder: str, python: str) -> PlacedFile:
    recorded = {"python": python, "version": __version__, "sandbox": editor.sandbox}
    return PlacedFile(f"{folder}/engine.json", (json.dumps(recorded, indent=2) + "\n").encode("utf-8"))


def _tree(source: Path, target: str, main: str = "") -> list[PlacedFile]:
    files = []
    for path in sorted(source.rglob("*")):
        inner = path.relative_to(source)
        if path.is_file() and path.suffix not in _LEFT_OUT and "__pycache__" not in inner.parts:
            name = inner.as_posix()
            files.append(
                PlacedFile(str(PurePosixPath(target) / name), path.read_bytes(), executable=name == main)
            )
    return files


def _single(source: Path, folder: str) -> list[PlacedFile]:
    return [PlacedFile(f"{folder}/{source.name}", source.read_bytes())] if source.is_file() else []
