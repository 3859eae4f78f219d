"""A person's own models: put beside the pulled ones, and taken away."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cyclorama.catalog.entries import LOADED_SUFFIXES, WEIGHT_SUFFIXES, ModelEntry, ModelFile
from cyclorama.catalog.install import alone
from cyclorama.catalog.locate import user_models_folder
from cyclorama.catalog.registry import find_model, forget, known_models, remember
from cyclorama.catalog.transfer import PARTIAL, copied, partial_path
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["add", "remove"]


def add(
    name: str,
    files: tuple[Path, ...],
    like: ModelEntry,
    *,
    license: str = "",
    commercial: str = "terms",
    parameters: Mapping[str, Any] | None = None,
    report: Report = silent,
) -> ModelEntry:
    """Put a person's own files beside the pulled models, to be run by the adapter of a known one.

    Parameters
    ----------
    name : str
        Id of the new model.
    files : tuple of Path
        Copies are taken, in the order of the files of ``like``; or one folder that diffusers wrote.
    like : ModelEntry
        A model of the same family: its adapter, task and parameters are taken over.
    license, commercial : str
        What the person knows of the licence.
    parameters : mapping, optional
        Replace single parameters of ``like``.
    report : callable
        Receives progress.

    Returns
    -------
    ModelEntry
        Known from now on, with the hashes of these files.

    Raises
    ------
    InputError
        If the name is taken, a file is missing or their number differs.
    ModelCorrupt
        If the name or a file's kind cannot be used.
    DownloadError
        If a copy cannot be written.
    """
    if any(entry.id == name for entry in known_models()):
        raise InputError(
            f"There is a model {name!r} already.", f"Choose another name, or: cyclorama models remove {name}"
        )
    sources = _of_folder(files[0]) if len(files) == 1 and files[0].is_dir() else _in_order(files, like)
    entry = replace(
        like,
        id=name,
        files=tuple(ModelFile(target, path.stat().st_size) for target, path in sources.items()),
        license=license or "unknown",
        commercial=commercial,
        terms="" if license else "Nobody has said under which licence these files may be used.",
        source="added by hand",
        rank=0,
        checked="contract",
        summary=f"own model, run like {like.id}",
        parameters={**like.parameters, **(parameters or {})},
        origin="added",
    )
    with alone(entry, report):
        checked = []
        for number, file in enumerate(entry.files):
            report(Progress("models", number / len(entry.files), f"Copying {file.name}"))
            size, digest = copied(sources[file.name], file, entry.path(file.name), partial_path(entry, file))
            checked.append(replace(file, bytes=size, sha256=digest))
        entry = replace(entry, files=tuple(checked))
        remember(entry)
    return entry


def _in_order(files: tuple[Path, ...], like: ModelEntry) -> dict[str, Path]:
    """Return files under the names of those that they stand for."""
    known_files = like.files
    # Numbers beside a network are a matter of size: a small one holds them itself.
    alone_stands = tuple(file for file in like.files if not file.name.endswith(".onnx_data"))
    if len(files) == len(alone_stands):
        known_files = alone_stands
    if len(files) != len(known_files):
        wanted = ", ".join(file.name for file in like.files)
        raise InputError(f"{like.id} has {len(like.files)} files ({wanted}); {len(files)} were given.")
    for path in files:
        if not path.is_file():
            raise InputError(f"{path} is not a file; a model file was wanted.")
    names = [
        known.name if path.suffix == Path(known.name).suffix else path.name
        for path, known in zip(files, known_files, strict=True)
    ]
    return dict(zip(names, files, strict=True))


def _of_folder(folder: Path) -> dict[str, Path]:
    """Return what of a folder is ever loaded, by its path inside; pickles and notes stay behind."""
    if not (folder / "model_index.json").is_file():
        raise InputError(f"{folder} has no model_index.json; a folder that diffusers wrote was wanted.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {
        path.relative_to(folder).as_posix(): path for path in paths if path.name.endswith(LOADED_SUFFIXES)
    }
    found = {
        name: path for name, path in found.items() if not any(p.startswith(".") for p in name.split("/"))
    }
    if not any(name.endswith(WEIGHT_SUFFIXES) for name in found):
        raise InputError(
            f"{folder} has no weights in .safetensors.", "Save it again with safe_serialization=True."
        )
    # The index comes first: it names the model in a document's provenance.
    return {"model_index.json": found.pop("model_index.json"), **found}


def remove(name: str) -> int:
    """Delete a pulled or added model's files, what was begun of it, and its pins.

    Returns
    -------
    int
        Bytes that became free.

    Raises
    ------
    InputError
        If it ships with the package.
    ModelMissing
        If there is no such model.
    """
    entry = find_model(name)
    if entry.is_builtin:
        raise InputError(f"{name} ships with Cyclorama and stays.")
    freed = 0
    with alone(entry, silent):
        for folder in (entry.folder, user_models_folder() / PARTIAL / entry.id):
            freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            shutil.rmtree(folder, ignore_errors=True)
        forget(name)
    return freed
