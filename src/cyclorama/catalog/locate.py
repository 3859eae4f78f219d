"""Find the folders of models: what ships with the package, and what a person pulled."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cyclorama.protocol.errors import ModelMissing

__all__ = ["builtin_model_path", "models_folder", "user_models_folder"]


def models_folder() -> Path:
    """Return the folder that holds ``catalog.toml`` and ``builtin/``.

    Raises
    ------
    ModelMissing
        If neither the wheel's own folder nor the checkout's is there.
    """
    package = Path(__file__).resolve().parent.parent
    # A wheel carries the folder inside the package; an editable install finds it beside src/.
    for folder in (package / "models", package.parent.parent / "models"):
        if (folder / "builtin").is_dir():
            return folder
    raise ModelMissing("The models that ship with Cyclorama are not installed.", "Install the package again.")


def user_models_folder() -> Path:
    """Return the folder of pulled models, whether or not it exists.

    ``CYCLORAMA_MODELS`` names it; otherwise it lies where the system keeps a program's data: under
    ``$XDG_DATA_HOME`` or ``~/.local/share``, ``~/Library/Application Support``, or ``%LOCALAPPDATA%``.
    """
    given = os.environ.get("CYCLORAMA_MODELS")
    if given:
        return Path(given).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Cyclorama" / "models"
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / "Cyclorama" / "models"
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "cyclorama" / "models"


def builtin_model_path(name: str, file: str = "model.onnx") -> Path:
    """Return the path of a built-in model's file.

    Parameters
    ----------
    name : str
        Folder under ``models/builtin``.
    file : str
        File inside it.

    Raises
    ------
    ModelMissing
        If it is not there.
    """
    path = models_folder() / "builtin" / name / file
    if not path.is_file():
        raise ModelMissing(
            f"The built-in model {name}/{file} is not installed.", "Install the package again."
        )
    return path
