"""Putting a plug-in into an editor, and taking it out again: exactly what was put there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyclorama import __version__
from cyclorama.installation.changes import Change, apply
from cyclorama.installation.editors import Editor
from cyclorama.installation.kritarc import with_plugin, without_plugin
from cyclorama.installation.layout import ENDPOINT_NAME, KRITA_MODULE, plan
from cyclorama.protocol.errors import DocumentError

__all__ = ["Outcome", "install", "installed", "uninstall"]

_MANIFEST = "installed.json"
_SAVED_SUFFIX = ".yours"


@dataclass(frozen=True)
class Outcome:
    """What was done to an editor.

    Parameters
    ----------
    editor : Editor
        Which.
    folder : Path
        Folder of the plug-in.
    written, removed : int
        Numbers of files.
    kept : tuple of str
        Files that a person had changed: kept under another name, or left where they are.
    switched : bool
        Whether Krita's settings were changed to load the plug-in, or not to load it any more.
    """

    editor: Editor
    folder: Path
    written: int = 0
    removed: int = 0
    kept: tuple[str, ...] = ()
    switched: bool = False


def install(editor: Editor, python: str = sys.executable) -> Outcome:
    """Put the plug-in into an editor, or bring it up to date.

    Parameters
    ----------
    editor : Editor
        From :func:`~cyclorama.installation.editors.find_editors`.
    python : str
        The engine's Python; the running one by default.

    Raises
    ------
    DocumentError
        If a file cannot be written; everything is then as it was before.
    """
    files = plan(editor, python)
    before = installed(editor)
    old: Mapping[str, str] = before.get("files", {}) if before else {}
    manifest = {
        "version": __version__,
        "python": python,
        "files": {file.target: _hash(file.data) for file in files},
        "settings": str(editor.settings) if editor.program == "krita" else "",
    }
    changes, kept = [], []
    for file in files:
        path = editor.resources / file.target
        if _changed(path, old.get(file.target), file.data):
            kept.append(file.target + _SAVED_SUFFIX)
            changes.append(Change(path.with_name(path.name + _SAVED_SUFFIX), path.read_bytes()))
        changes.append(Change(path, file.data, 0o755 if file.executable else 0o644))
    stale = [target for target in old if target not in manifest["files"]]
    removed, left = _removals(editor, {target: old[target] for target in stale})
    changes += removed
    switch = _switch(editor, on=True)
    known = set(before["folders"]) if before else set()
    made = _would_make([change.path for change in changes if change.data is not None], editor.resources)
    manifest["folders"] = sorted(known | {path.relative_to(editor.resources).as_posix() for path in made})
    text = json.dumps(manifest, indent=1).encode("utf-8")
    apply([*changes, *switch, Change(_manifest_path(editor), text)])
    return Outcome(editor, editor.plugin_folder, len(files), len(removed), (*kept, *left), bool(switch))


def uninstall(editor: Editor) -> Outcome:
    """Take out what :func:`install` put in; files that a person changed since are left, and said.

    Raises
    ------
    DocumentError
        If the plug-in is not there, or a file cannot be removed; everything is then as it was before.
    """
    manifest = installed(editor)
    if manifest is None:
        raise DocumentError(f"Cyclorama's plug-in is not in {editor.name} ({editor.plugin_folder}).")
    removed, left = _removals(editor, manifest["files"])
    switch = _switch(editor, on=False)
    own = [Change(path, None) for path in (_manifest_path(editor), editor.plugin_folder / ENDPOINT_NAME)]
    apply([*removed, *switch, *(change for change in own if change.path.exists())])
    _remove_folders(editor, manifest)
    return Outcome(editor, editor.plugin_folder, 0, len(removed), left, bool(switch))


def installed(editor: Editor) -> dict[str, Any] | None:
    """Return what is noted of an installed plug-in (``version``, ``python``, ``files``, ``folders``), or None.

    Raises
    ------
    DocumentError
        If the note cannot be read.
    """
    path = _manifest_path(editor)
    try:
        found = json.loads(path.read_text("utf-8"))
        if not all(isinstance(found[name], kind) for name, kind in (("files", dict), ("folders", list))):
            raise ValueError("a field is missing")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            f"The note of what was installed, {path}, cannot be read: {error}.",
            f"Delete the folder {editor.plugin_folder} and install again.",
        ) from error
    manifest: dict[str, Any] = found
    return manifest


def _manifest_path(editor: Editor) -> Path:
    return editor.plugin_folder / _MANIFEST


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _changed(path: Path, noted: str | None, new: bytes) -> bool:
    """Return whether a file is there that is neither what was installed nor what will be."""
    try:
        found = _hash(path.read_bytes())
    except OSError:
        return False
    return found not in (noted, _hash(new))


def _removals(editor: Editor, files: Mapping[str, str]) -> tuple[list[Change], tuple[str, ...]]:
    removed, left = [], []
    for target, noted in files.items():
        path = editor.resources / target
        if not path.is_file():
            continue
        if _hash(path.read_bytes()) == noted:
            removed.append(Change(path, None))
        else:
            left.append(target)
    return removed, tuple(left)


def _switch(editor: Editor, *, on: bool) -> list[Change]:
    """Return the change of Krita's settings, if there is one to make."""
    if editor.program != "krita" or editor.settings is None:
        return []
    path = editor.settings
    there = path.is_file()
    text = path.read_bytes().decode("utf-8", "surrogateescape") if there else ""
    new = with_plugin(text, KRITA_MODULE) if on else without_plugin(text, KRITA_MODULE)
    if new == text:
        return []
    mode = path.stat().st_mode & 0o777 if there else 0o600
    return [Change(path, new.encode("utf-8", "surrogateescape") if new else None, mode)]


def _would_make(paths: list[Path], root: Path) -> set[Path]:
    """Return the folders below ``root`` that must be made for these files."""
    return {
        folder for path in paths for folder in path.parents if root in folder.parents and not folder.exists()
    }


def _remove_folders(editor: Editor, manifest: Mapping[str, Any]) -> None:
    """Remove the folders that were made, where nothing is left in them but what Python compiled of ours."""
    folders = [editor.resources / name for name in manifest["folders"]]
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        compiled = folder / "__pycache__"
        if compiled.is_dir() and not any(path.is_file() for path in folder.iterdir()):
            shutil.rmtree(compiled, ignore_errors=True)
        with suppress(OSError):
            os.rmdir(folder)
