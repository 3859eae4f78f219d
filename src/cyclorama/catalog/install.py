"""Bring models onto this machine, and pin those whose hash nobody published."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from cyclorama.catalog.download import Wanted, announced_bytes, require_space
from cyclorama.catalog.entries import ModelEntry, ModelFile
from cyclorama.catalog.http import is_offline
from cyclorama.catalog.locate import user_models_folder
from cyclorama.catalog.locking import locked
from cyclorama.catalog.registry import remember_pins
from cyclorama.catalog.sources import folder_candidates, remote_address
from cyclorama.catalog.transfer import PARTIAL, partial_path, size_of, transfer
from cyclorama.protocol.errors import DownloadError, InputError, ModelUnpinned
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.hashing import file_sha256

__all__ = ["FilePin", "alone", "expected_bytes", "pin", "pull", "unpinned_hint"]


@dataclass(frozen=True)
class FilePin:
    """What a person agreed to take a file for.

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


def expected_bytes(entry: ModelEntry, folder: Path | None = None) -> int:
    """Return how many bytes are not here yet, asking the server where the catalogue does not know; 0 if none.

    Raises
    ------
    DownloadError
        If a server must be asked and cannot be reached.
    """
    total = 0
    for file in entry.files:
        if not _is_right(entry.path(file.name), file):
            total += file.bytes or file.about_bytes or _announced(entry, file, folder)
    return total


def pull(entry: ModelEntry, *, folder: Path | None = None, report: Report = silent) -> int:
    """Bring a model's files onto this machine; what is here and right is left alone.

    Parameters
    ----------
    entry : ModelEntry
        The model.
    folder : Path, optional
        Take the files from here; otherwise from the mirror, the Hugging Face cache, or their addresses.
    report : callable
        Receives progress; raises ``Cancelled`` to stop, and a later call goes on from there.

    Returns
    -------
    int
        Bytes that were brought.

    Raises
    ------
    ModelUnpinned
        If the hash of a file is not known.
    DownloadError, ModelCorrupt
        If a file cannot be fetched, or is not the one that was promised.
    """
    if entry.is_builtin:
        entry.verify()
        return 0
    if not entry.is_pinned:
        raise ModelUnpinned(
            f"No public hash of {entry.id} is known, so it is not fetched blindly.", unpinned_hint(entry)
        )
    with alone(entry, report):
        missing = [file for file in entry.files if not _is_right(entry.path(file.name), file)]
        _bring(entry, missing, folder, report)
    return sum(entry.path(file.name).stat().st_size for file in missing)


def unpinned_hint(entry: ModelEntry) -> str:
    """Return what a person can do about a model whose hash nobody published."""
    return entry.make or f"To trust what its server sends now: cyclorama models pin {entry.id}"


def pin(entry: ModelEntry, *, folder: Path | None = None, report: Report = silent) -> tuple[FilePin, ...]:
    """Fetch a model whose hash nobody published, and keep the hash of what came: trust on first use.

    Parameters and errors are those of :func:`pull`.

    Returns
    -------
    tuple of FilePin
        What was pinned now, to be shown to the person.

    Raises
    ------
    InputError
        If every file's hash is known already.
    ModelCorrupt
        If a file does not have the MD5 that was published.
    """
    if entry.is_pinned:
        raise InputError(f"{entry.id} is pinned already.", f"Run: cyclorama models pull {entry.id}")
    with alone(entry, report):
        missing = [
            file for file in entry.files if not (file.sha256 and _is_right(entry.path(file.name), file))
        ]
        found = _bring(entry, missing, folder, report)
        remember_pins(entry.id, {file.name: found[file.name] for file in entry.files if not file.sha256})
    return tuple(FilePin(file.name, *found[file.name]) for file in entry.files if not file.sha256)


def alone(entry: ModelEntry, report: Report) -> AbstractContextManager[None]:
    """Hold the lock of one model: two processes that want it take turns.

    Raises
    ------
    DownloadError
        If the folder of models cannot be written.
    """

    def waiting() -> None:
        report(Progress("models", 0.0, f"Another process is fetching {entry.id}"))

    try:
        return locked(user_models_folder() / PARTIAL / f"{entry.id}.lock", waiting)
    except OSError as error:
        raise DownloadError(f"{user_models_folder()} cannot be written: {error.strerror}.") from error


def _bring(
    entry: ModelEntry, files: list[ModelFile], folder: Path | None, report: Report
) -> dict[str, tuple[int, str]]:
    """Bring files one by one; returns the size and hash of each."""
    total = sum(file.bytes or file.about_bytes for file in files)
    try:
        (user_models_folder() / PARTIAL).mkdir(parents=True, exist_ok=True)
        require_space(user_models_folder(), total - sum(size_of(partial_path(entry, file)) for file in files))
        done, found = 0, {}
        for file in files:
            partial_path(entry, file).parent.mkdir(parents=True, exist_ok=True)
            entry.path(file.name).parent.mkdir(parents=True, exist_ok=True)
            told = _told(entry, file, report, done, max(total, 1))
            found[file.name] = transfer(entry, file, folder, told)
            done += found[file.name][0]
    except OSError as error:
        raise DownloadError(f"{user_models_folder()} cannot be written: {error.strerror}.") from error
    with suppress(OSError):
        shutil.rmtree(user_models_folder() / PARTIAL / entry.id)
    report(Progress("models", 1.0, f"{entry.id} is here"))
    return found


def _announced(entry: ModelEntry, file: ModelFile, folder: Path | None) -> int:
    candidates = folder_candidates(entry, file, folder)
    if candidates:
        return candidates[0].stat().st_size
    if is_offline():
        return 0
    url, host = remote_address(entry, file)
    return announced_bytes(Wanted(url, trusted_host=host))


def _told(entry: ModelEntry, file: ModelFile, report: Report, done: int, total: int) -> Callable[[int], None]:
    last = 0.0

    def progress(here: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 0.1 or here == file.bytes:
            last = now
            text = f"{entry.id}: {(done + here) / 1e6:.1f} of {total / 1e6:.1f} MB"
            report(Progress("models", min((done + here) / total, 1.0), text))

    return progress


def _is_right(path: Path, file: ModelFile) -> bool:
    if not path.is_file() or (file.bytes and path.stat().st_size != file.bytes):
        return False
    return not file.sha256 or file_sha256(path) == file.sha256
