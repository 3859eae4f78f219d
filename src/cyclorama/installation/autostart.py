"""Starting the worker with the session, for editors in a sandbox: they can reach it, but cannot start it."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclorama.installation.changes import Change, apply
from cyclorama.installation.editors import Places
from cyclorama.protocol.errors import InputError

__all__ = ["add_autostart", "autostart_path", "remove_autostart"]

_ENTRY = """[Desktop Entry]
Type=Application
Name=Cyclorama worker
Comment=Computes for the Cyclorama plug-ins of GIMP and Krita
Exec={python} -m cyclorama worker --quiet --idle-minutes 0
Terminal=false
NoDisplay=true
"""


def autostart_path(places: Places) -> Path:
    """Return where the session looks for what to start.

    Raises
    ------
    InputError
        Elsewhere than on Linux, where editors start the worker themselves.
    """
    if not places.system.startswith("linux"):
        raise InputError(
            "Starting with the session is for Flatpak and Snap on Linux.",
            "Here the editors start the worker.",
        )
    return places.config / "autostart" / "cyclorama-worker.desktop"


def add_autostart(places: Places, python: str = sys.executable) -> Path:
    """Have the worker started with the session from now on, and return the file that says so.

    Raises
    ------
    InputError, DocumentError
        If this is not Linux, or the file cannot be written.
    """
    path = autostart_path(places)
    entry = _ENTRY.format(python=_quoted(python))
    apply([Change(path, entry.encode("utf-8"))])
    return path


def remove_autostart(places: Places) -> bool:
    """Take it back; False if there was nothing to take back."""
    path = autostart_path(places)
    if not path.is_file():
        return False
    apply([Change(path, None)])
    return True


def _quoted(argument: str) -> str:
    """Quote as the Desktop Entry Specification asks (the Exec key)."""
    for sign in ("\\", '"', "`", "$"):
        argument = argument.replace(sign, "\\" + sign)
    return '"' + argument.replace("\\", "\\\\").replace("%", "%%") + '"'
