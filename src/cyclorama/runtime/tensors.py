"""Named arrays in ``.safetensors`` files: the only door to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from cyclorama.protocol.errors import ModelCorrupt, ModelMissing

__all__ = ["load_tensors", "save_tensors"]


def load_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Read all arrays of a file.

    Raises
    ------
    ModelMissing, ModelCorrupt
        If the file is absent or is no safetensors file.
    """
    if not path.is_file():
        raise ModelMissing(f"The model file {path} is not there.", "Install the package again.")
    try:
        return dict(load_file(path))
    except (SafetensorError, OSError) as error:
        raise ModelCorrupt(
            f"The model file {path} cannot be read as safetensors ({error}).", "Install the package again."
        ) from error


def save_tensors(arrays: dict[str, NDArray[Any]], path: Path) -> None:
    """Write arrays to a file."""
    save_file(arrays, path)
