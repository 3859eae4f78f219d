"""From a name to a model object: check the files, import the adapter, hand it a bundle."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path
from typing import Any

from cyclorama.catalog.entries import ModelEntry
from cyclorama.catalog.registry import find_model
from cyclorama.protocol.errors import ModelCorrupt, ModelIncompatible, ModelMissing, ModelUnpinned
from cyclorama.runtime.devices import require_device
from cyclorama.runtime.hashing import file_sha256
from cyclorama.runtime.model_bundle import ModelBundle

__all__ = ["bundle_of", "load_model"]

_SEEN = ".seen.json"


def load_model(name: str, task: str, *, device: str = "auto") -> Any:
    """Return a model object, made by the adapter that the catalogue names.

    Parameters
    ----------
    name : str
        Id in the catalogue, or of a model that the person added.
    task : str
        What it is wanted for; a model of another task is refused.
    device : str
        Where to run it; for networks of ONNX Runtime it is checked here, other runtimes' adapters look themselves.

    Raises
    ------
    ModelMissing, ModelUnpinned, ModelCorrupt, ModelIncompatible, DeviceError
        If it is unknown, not here, not what was promised, of another task, or the device is absent.
    """
    entry = find_model(name)
    if entry.task != task:
        raise ModelIncompatible(
            f"The model {name} is for {entry.task}; one for {task} was wanted.",
            f"See: cyclorama models list --task {task}",
        )
    if any(file.name.endswith(".onnx") for file in entry.files):
        require_device(device)
    bundle = bundle_of(entry, device=device)
    module, _, kind = entry.adapter.partition(":")
    try:
        adapter = getattr(importlib.import_module(module), kind)
    except (ImportError, AttributeError) as error:
        raise ModelIncompatible(
            f"The adapter {entry.adapter} of {name} cannot be imported: {error}.",
            'Models that run on torch need the extra: pip install "cyclorama[diffusion]"',
        ) from error
    return adapter.from_bundle(bundle)


def bundle_of(entry: ModelEntry, *, device: str = "auto") -> ModelBundle:
    """Return a model's files for its adapter, every one compared with its hash.

    Raises
    ------
    ModelMissing, ModelUnpinned, ModelCorrupt
        If a file is absent, differs, or nobody has said what it should be.
    """
    if not entry.is_pinned:
        raise ModelUnpinned(
            f"No public hash of {entry.id} is known, so it is not used.",
            f"To trust what its server sends now: cyclorama models pin {entry.id}",
        )
    if not all(entry.path(file.name).is_file() for file in entry.files):
        raise ModelMissing(
            f"The model {entry.id} is not on this machine.", f"Run: cyclorama models pull {entry.id}"
        )
    _verify_once(entry)
    return ModelBundle(
        id=entry.id,
        folder=entry.folder,
        sha256={file.name: file.sha256 for file in entry.files},
        device=device,
        parameters=entry.parameters,
    )


def _verify_once(entry: ModelEntry) -> None:
    """Read gigabytes only when a file's size or time has changed since its hash was last compared."""
    record = entry.folder / _SEEN
    try:
        seen = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        seen = {}
    fresh = {}
    for file in entry.files:
        stamp = _stamp(entry.path(file.name))
        mark = [*stamp, file.sha256]
        if seen.get(file.name) != mark and file_sha256(entry.path(file.name)) != file.sha256:
            raise ModelCorrupt(
                f"The model file {entry.path(file.name)} is not the one that the catalogue names.",
                f"Run: cyclorama models pull {entry.id}",
            )
        fresh[file.name] = mark
    if fresh != seen and not entry.is_builtin:
        try:
            partial = record.with_name(f"{_SEEN}.{os.getpid()}.part")
            partial.write_text(json.dumps(fresh), "utf-8")
            os.replace(partial, record)
        except OSError:  # a folder that may only be read: its files are hashed each time
            return


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
