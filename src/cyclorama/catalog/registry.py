"""Which models are known: the catalogue that ships, what a person added, and which hashes a person pinned."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cyclorama.catalog.entries import ModelEntry
from cyclorama.catalog.locate import models_folder, user_models_folder
from cyclorama.protocol.errors import DownloadError, ModelCorrupt, ModelMissing

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = [
    "added_models",
    "builtin_models",
    "find_model",
    "forget",
    "known_models",
    "remember",
    "remember_pins",
    "shipped_models",
]

_ADDED, _PINS = "added.json", "pins.json"


def builtin_models() -> tuple[ModelEntry, ...]:
    """Return the entries of the models that ship with the package.

    Raises
    ------
    ModelCorrupt
        If the catalogue cannot be read.
    """
    return tuple(entry for entry in shipped_models() if entry.is_builtin)


def known_models() -> tuple[ModelEntry, ...]:
    """Return all entries, the person's pins applied: what ships, what can be pulled, what was added.

    Raises
    ------
    ModelCorrupt
        If the catalogue or the person's own lists cannot be read.
    """
    pins = _read_user_file(_PINS)
    entries = (*shipped_models(), *added_models())
    try:
        return tuple(entry.pinned(_sizes_and_hashes(pins.get(entry.id, {}))) for entry in entries)
    except (TypeError, ValueError, KeyError) as error:
        raise _unreadable(user_models_folder() / _PINS, error) from error


def added_models() -> tuple[ModelEntry, ...]:
    """Return the entries that the person added.

    Raises
    ------
    ModelCorrupt
        If their list cannot be read.
    """
    path = user_models_folder() / _ADDED
    try:
        tables = _read_user_file(_ADDED).values()
        return tuple(ModelEntry.of_mapping(_without_origin(table), "added") for table in tables)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, error) from error


def find_model(name: str) -> ModelEntry:
    """Return the entry of a model.

    Raises
    ------
    ModelMissing
        If no model has this name; the sentence names the nearest.
    """
    known = {entry.id: entry for entry in known_models()}
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        raise ModelMissing(f"There is no model {name!r}.", f"{meant}See: cyclorama models list")
    return known[name]


def remember(entry: ModelEntry) -> None:
    """Put a model into the person's own list.

    Raises
    ------
    DownloadError
        If the list cannot be written.
    """
    _write_user_file(_ADDED, {**_read_user_file(_ADDED), entry.id: _without_origin(entry.as_mapping())})


def forget(name: str) -> None:
    """Take a model out of the person's own lists, if it is there."""
    for file in (_ADDED, _PINS):
        tables = _read_user_file(file)
        if tables.pop(name, None) is not None:
            _write_user_file(file, tables)


def remember_pins(name: str, pins: Mapping[str, tuple[int, str]]) -> None:
    """Keep the sizes and hashes that a person accepted for a model's files.

    Raises
    ------
    DownloadError
        If they cannot be written.
    """
    table = {file: {"bytes": size, "sha256": digest} for file, (size, digest) in pins.items()}
    _write_user_file(_PINS, {**_read_user_file(_PINS), name: table})


def shipped_models() -> tuple[ModelEntry, ...]:
    """Return the catalogue's entries as they are published, without the person's pins and models.

    Raises
    ------
    ModelCorrupt
        If the catalogue cannot be read.
    """
    path = models_folder() / "catalog.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("model", [])
        entries = tuple(ModelEntry.of_mapping(table) for table in tables)
    except (OSError, KeyError, TypeError, ValueError, ModelCorrupt) as error:
        raise ModelCorrupt(
            f"The catalogue {path} cannot be read: {error}", "Install the package again."
        ) from error
    if len({entry.id for entry in entries}) != len(entries):
        raise ModelCorrupt(f"The catalogue {path} cannot be read: it names a model twice.")
    return entries


def _read_user_file(name: str) -> dict[str, Any]:
    path = user_models_folder() / name
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(value, dict):
        raise _unreadable(path, "a JSON object was wanted")
    return value


def _write_user_file(name: str, value: Mapping[str, Any]) -> None:
    folder = user_models_folder()
    partial = folder / f".{name}.{secrets.token_hex(4)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", "utf-8")
        os.replace(partial, folder / name)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise DownloadError(f"{folder / name} cannot be written: {error.strerror}.") from error


def _sizes_and_hashes(table: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    return {file: (int(pin["bytes"]), str(pin["sha256"])) for file, pin in table.items()}


def _without_origin(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != "origin"}


def _unreadable(path: Path, error: object) -> ModelCorrupt:
    return ModelCorrupt(f"The list {path} cannot be read: {error}.", "Mend or remove that file.")
