"""Where the engine is: what the installer wrote beside the plug-in."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from cyclorama.protocol.endpoint import endpoint_path
from cyclorama.protocol.errors import DocumentError

__all__ = ["Engine", "read_engine"]

FILE_NAME = "engine.json"


@dataclass(frozen=True)
class Engine:
    """The recorded engine.

    Parameters
    ----------
    python : str
        Path of the Python that has the package.
    version : str
        Version of the package when the plug-in was installed.
    sandbox : str
        "" where the plug-in can start programs; "flatpak" or "snap" where the worker has to be started outside.
    endpoint : str
        File in which the worker writes its address; "" for the usual place.
    """

    python: str
    version: str = ""
    sandbox: str = ""
    endpoint: str = ""

    @property
    def endpoint_file(self) -> Path:
        """Where the worker's address is to be found."""
        return Path(self.endpoint) if self.endpoint else endpoint_path()


def read_engine(folder: Optional[Path] = None) -> Engine:
    """Read ``engine.json``.

    Parameters
    ----------
    folder : Path, optional
        The plug-in's folder; by default the one that holds ``shared``. ``$CYCLORAMA_PYTHON`` wins over the file.

    Raises
    ------
    DocumentError
        If there is none, or it cannot be understood.
    """
    override = os.environ.get("CYCLORAMA_PYTHON")
    if override:
        return Engine(override)
    folder = folder or Path(__file__).resolve().parent.parent
    path = folder / FILE_NAME
    try:
        found = json.loads(path.read_text("utf-8"))
        sandbox = _sandbox() or str(found.get("sandbox", ""))
        # A sandbox hides the usual place; the worker leaves its address in the plug-in's folder too.
        endpoint = str(folder / "worker.json") if sandbox else ""
        return Engine(str(found["python"]), str(found.get("version", "")), sandbox, endpoint)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DocumentError(
            f"The plug-in does not know where its engine is: {path} cannot be read.",
            "Run `cyclorama install` again.",
        ) from error


def _sandbox() -> str:
    """Return the sandbox that this process runs in; one folder may serve an editor inside and one outside."""
    if os.path.exists("/.flatpak-info"):
        return "flatpak"
    return "snap" if os.environ.get("SNAP") and os.environ.get("SNAP_NAME") else ""
