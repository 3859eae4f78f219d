"""The catalogue: what ``models/catalog.toml`` says of each model."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cyclorama.catalog.locate import models_folder
from cyclorama.protocol.errors import ModelCorrupt, ModelMissing
from cyclorama.runtime.hashing import file_sha256

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ModelEntry", "ModelFile", "builtin_models"]


@dataclass(frozen=True)
class ModelFile:
    """One file of a model.

    Parameters
    ----------
    name : str
        Path under the model's folder.
    bytes : int
        Size.
    sha256 : str
        Hash, in hexadecimal digits.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class ModelEntry:
    """One model.

    Parameters
    ----------
    id : str
        Name; for a built-in model also its folder under ``models/builtin``.
    task : str
        What it is for, in a few words.
    adapter : str
        ``module:class`` that runs it, imported on use.
    license : str
        SPDX identifier.
    source : str
        Where it comes from: the script that made it, or an address.
    files : tuple of ModelFile
        All its files.
    """

    id: str
    task: str
    adapter: str
    license: str
    source: str
    files: tuple[ModelFile, ...]

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)

    @property
    def provenance(self) -> dict[str, Any]:
        """What a document remembers of the model that ran."""
        return {"id": self.id, "sha256": self.files[0].sha256}

    def as_mapping(self) -> dict[str, Any]:
        """Return the entry as plain values."""
        return asdict(self)

    def path(self, name: str | None = None) -> Path:
        """Return the path of one of its files, the first by default."""
        return models_folder() / "builtin" / self.id / (name or self.files[0].name)

    def verify(self) -> None:
        """Compare every file with its size and hash.

        Raises
        ------
        ModelMissing, ModelCorrupt
            If a file is absent or differs.
        """
        for file in self.files:
            path = self.path(file.name)
            if not path.is_file():
                raise ModelMissing(f"The model file {path} is not there.", "Install the package again.")
            found = file_sha256(path)
            if found != file.sha256:
                raise ModelCorrupt(
                    f"The model file {path} has SHA-256 {found[:12]}...; {file.sha256[:12]}... was wanted.",
                    "Install the package again.",
                )


def builtin_models() -> tuple[ModelEntry, ...]:
    """Return the entries of the models that ship with the package.

    Raises
    ------
    ModelCorrupt
        If the catalogue cannot be read.
    """
    path = models_folder() / "catalog.toml"
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("model", [])
        return tuple(
            ModelEntry(**{**entry, "files": tuple(ModelFile(**file) for file in entry["files"])})
            for entry in entries
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelCorrupt(
            f"The catalogue {path} cannot be read: {error}", "Install the package again."
        ) from error
