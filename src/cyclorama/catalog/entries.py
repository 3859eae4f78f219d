"""The catalogue's values: what is known of a model, and of each of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from cyclorama.catalog.locate import models_folder, user_models_folder
from cyclorama.protocol.errors import ModelCorrupt, ModelMissing
from cyclorama.runtime.hashing import file_sha256

__all__ = [
    "COMMERCIAL",
    "LOADED_SUFFIXES",
    "SMALL_FILE_BYTES",
    "TASKS",
    "WEIGHT_SUFFIXES",
    "ModelEntry",
    "ModelFile",
]

TASKS = ("segmentation", "matting", "plate", "backdrop", "ranking", "light", "shadow")
#: May work made with the model be sold? ``"terms"``: yes, under conditions that the licence names.
COMMERCIAL = ("yes", "terms", "no")
#: ``.onnx_data`` holds the numbers of a large ``.onnx`` beside it, nothing else.
WEIGHT_SUFFIXES = (".onnx", ".safetensors", ".onnx_data")
LOADED_SUFFIXES = (*WEIGHT_SUFFIXES, ".json", ".txt", ".model", ".jinja")
#: Settings and vocabularies; anything larger under such a name is no settings file.
SMALL_FILE_BYTES = 32_000_000
_ORIGINS = ("catalogue", "added")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ModelFile:
    """One file of a model.

    Parameters
    ----------
    name : str
        Path under the model's folder, with forward slashes.
    bytes : int
        Size; 0 if no public source tells it.
    sha256 : str
        Hash, in hexadecimal digits; empty if no public source tells it.
    url : str
        Where it can be fetched; empty for what ships with the package or was added by hand.
    md5 : str
        A hash that was published before SHA-256; checked when a person pins the file, never instead of it.
    about_bytes : int
        Size for people where ``bytes`` is not known exactly.

    Raises
    ------
    ModelCorrupt
        If the name leaves the model's folder or is of no kind that is loaded, or a value is malformed.
    """

    name: str
    bytes: int = 0
    sha256: str = ""
    url: str = ""
    md5: str = ""
    about_bytes: int = 0

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.name).parts
        inside = (
            bool(parts) and not self.name.startswith("/") and "\\" not in self.name and ":" not in self.name
        )
        if not inside or any(part.startswith(".") for part in parts):
            raise ModelCorrupt(f"The file name {self.name!r} leaves the model's folder.")
        if not self.name.endswith(LOADED_SUFFIXES):
            raise ModelCorrupt(
                f"The file {self.name!r} is of a kind that is never loaded: weights are .onnx or .safetensors."
            )
        if self.sha256 and not _SHA256.fullmatch(self.sha256):
            raise ModelCorrupt(
                f"The hash of {self.name} is {self.sha256!r}; 64 hexadecimal digits were wanted."
            )
        if self.bytes < 0 or self.about_bytes < 0:
            raise ModelCorrupt(f"The size of {self.name} is negative.")

    @property
    def is_weights(self) -> bool:
        """Whether it holds weights, not settings."""
        return self.name.endswith(WEIGHT_SUFFIXES)


@dataclass(frozen=True)
class ModelEntry:
    """One model.

    Parameters
    ----------
    id : str
        Name; also the name of its folder.
    task : str
        One of ``TASKS``.
    adapter : str
        ``module:class`` that runs it, imported on use.
    license : str
        SPDX identifier, or the licence's own name.
    source : str
        Where it comes from: the script that made it, or an address.
    files : tuple of ModelFile
        All its files; the first names the model in a document's provenance.
    summary : str
        What it is, in a few words.
    commercial : str
        One of ``COMMERCIAL``.
    terms : str
        What the licence, or the data behind the weights, asks of a person.
    memory_mb : int
        Main or graphics memory that a run takes, about; 0 if nobody measured it.
    input : str
        What goes in and comes out: the contract of the adapter.
    devices : tuple of str
        Where it runs in bearable time: ``"cpu"``, ``"gpu"``.
    rank : int
        Order of recommendation within a task, the best first; 0 is never recommended.
    checked : str
        ``"published"`` if these very files were run, ``"contract"`` if only the adapter was, on a small network of
        the same architecture.
    parameters : mapping
        What the adapter needs to know of this member of its family.
    make : str
        How a person makes the files, where nobody publishes them in a form that is loaded.
    origin : str
        ``"catalogue"``, or ``"added"`` by the person.

    Raises
    ------
    ModelCorrupt
        If a field is malformed.
    """

    id: str
    task: str
    adapter: str
    license: str
    source: str
    files: tuple[ModelFile, ...]
    summary: str = ""
    commercial: str = "yes"
    terms: str = ""
    memory_mb: int = 0
    input: str = ""
    devices: tuple[str, ...] = ("cpu", "gpu")
    rank: int = 0
    checked: str = "published"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    make: str = ""
    origin: str = "catalogue"

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ModelCorrupt(
                f"A model is called {self.id!r}; small letters, digits, '.', '_' and '-' were wanted."
            )
        for name, value, known in (
            ("task", self.task, TASKS),
            ("commercial", self.commercial, COMMERCIAL),
            ("checked", self.checked, ("published", "contract")),
            ("origin", self.origin, _ORIGINS),
        ):
            if value not in known:
                raise ModelCorrupt(
                    f"The {name} of {self.id} is {value!r}; one of {', '.join(known)} was wanted."
                )
        if self.adapter.count(":") != 1 or not self.adapter.startswith("cyclorama."):
            raise ModelCorrupt(
                f"The adapter of {self.id} is {self.adapter!r}; cyclorama.module:Class was wanted."
            )
        names = [file.name for file in self.files]
        if not names or len(set(names)) != len(names):
            raise ModelCorrupt(f"The files of {self.id} are {names}; at least one, each once, was wanted.")

    @classmethod
    def of_mapping(cls, values: Mapping[str, Any], origin: str = "catalogue") -> ModelEntry:
        """Make an entry from a table of the catalogue.

        Raises
        ------
        ModelCorrupt, KeyError, TypeError
            If a field is unknown, missing or malformed.
        """
        given: dict[str, Any] = {
            key: tuple(value) if key == "devices" else value for key, value in values.items()
        }
        files = tuple(ModelFile(**file) for file in given.pop("files"))
        return cls(**{**given, "files": files, "origin": origin})

    @property
    def bytes(self) -> int:
        """Size of all files, of some perhaps only about."""
        return sum(file.bytes or file.about_bytes for file in self.files)

    @property
    def is_exact(self) -> bool:
        """Whether the size of every file is known to the byte."""
        return all(file.bytes for file in self.files)

    @property
    def is_builtin(self) -> bool:
        """Whether it ships with the package."""
        return self.origin == "catalogue" and not self.make and not any(file.url for file in self.files)

    @property
    def is_pinned(self) -> bool:
        """Whether the hash of every file is known."""
        return all(file.sha256 for file in self.files)

    @property
    def provenance(self) -> dict[str, Any]:
        """What a document remembers of the model that ran."""
        return {"id": self.id, "sha256": self.files[0].sha256}

    @property
    def state(self) -> str:
        """Where it stands, for people: ``"built in"``, ``"unpinned"``, ``"here"`` or ``"-"``."""
        if self.is_builtin:
            return "built in"
        if not self.is_pinned:
            return "unpinned"
        return "here" if self.is_installed() else "-"

    @property
    def folder(self) -> Path:
        """Where its files lie, or would lie."""
        if self.is_builtin:
            return models_folder() / "builtin" / self.id
        return user_models_folder() / self.id

    def as_mapping(self) -> dict[str, Any]:
        """Return the entry as plain values."""
        return asdict(self)

    def pinned(self, pins: Mapping[str, tuple[int, str]]) -> ModelEntry:
        """Return the entry with sizes and hashes filled in where the catalogue has none.

        Parameters
        ----------
        pins : mapping of str to (int, str)
            Size and SHA-256 by file name; a hash of the catalogue is never replaced.
        """
        files = tuple(
            file
            if file.sha256 or file.name not in pins
            else replace(file, bytes=pins[file.name][0], sha256=pins[file.name][1])
            for file in self.files
        )
        return replace(self, files=files)

    def path(self, name: str | None = None) -> Path:
        """Return the path of one of its files, the first by default."""
        return self.folder / (name or self.files[0].name)

    def is_installed(self) -> bool:
        """Whether every file is there, at its size where that is known; :meth:`verify` looks inside."""
        for file in self.files:
            path = self.path(file.name)
            if not path.is_file() or (file.bytes and path.stat().st_size != file.bytes):
                return False
        return True

    def verify(self) -> None:
        """Compare every file with its size and hash.

        Raises
        ------
        ModelMissing, ModelCorrupt
            If a file is absent or differs.
        """
        hint = "Install the package again." if self.is_builtin else f"Run: cyclorama models pull {self.id}"
        for file in self.files:
            path = self.path(file.name)
            if not path.is_file():
                raise ModelMissing(f"The model file {path} is not there.", hint)
            found = file_sha256(path)
            if found != file.sha256:
                raise ModelCorrupt(
                    f"The model file {path} has SHA-256 {found[:12]}...; {file.sha256[:12] or 'none'}... was wanted.",
                    hint,
                )
