"""Find the folder of models, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from cyclorama.protocol.errors import ModelMissing

__all__ = ["builtin_model_path", "models_folder"]


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
