"""One file of a model onto this machine: from a folder, another program's cache, or the network."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from cyclorama.catalog.download import Wanted, fetch, out_of_room, require_space
from cyclorama.catalog.entries import SMALL_FILE_BYTES, ModelEntry, ModelFile
from cyclorama.catalog.http import is_loopback
from cyclorama.catalog.locate import user_models_folder
from cyclorama.catalog.sources import folder_candidates, huggingface_cached, remote_address
from cyclorama.protocol.errors import DownloadError, ModelCorrupt

__all__ = ["PARTIAL", "copied", "partial_path", "size_of", "transfer"]

#: Folder of beginnings and locks, beside the models.
PARTIAL = ".partial"


def transfer(
    entry: ModelEntry, file: ModelFile, folder: Path | None, told: Callable[[int], None]
) -> tuple[int, str]:
    """Bring one file, and put it in place if it is the right one.

    Parameters
    ----------
    entry, file
        Which file of which model.
    folder : Path or None
        Take it from here and nowhere else.
    told : callable
        Gets the number of bytes that are here.

    Returns
    -------
    size : int
    sha256 : str

    Raises
    ------
    DownloadError, ModelCorrupt
        If it cannot be had, or is another.
    """
    target, partial = entry.path(file.name), partial_path(entry, file)
    for path in folder_candidates(entry, file, folder):
        return copied(path, file, target, partial)
    if folder is not None:
        raise DownloadError(f"{folder} has no {file.name} for {entry.id}.", f"It is published at {file.url}")
    cached = huggingface_cached(file)
    if cached is not None:
        return _linked(cached, file, target, partial)
    url, host = remote_address(entry, file)
    most = SMALL_FILE_BYTES if not file.is_weights else Wanted("").most_bytes
    wanted = Wanted(url, file.bytes, file.sha256, host, most)
    if not file.sha256 and not url.startswith("https:") and not is_loopback(url):
        raise DownloadError(
            f"{url} is not encrypted, and no hash says what should come; nothing is pinned from it."
        )
    size, digest = fetch(wanted, target, partial, told, wait=_patiently(told, partial))
    _require_md5(file, target)
    return size, digest


def copied(path: Path, file: ModelFile, target: Path, partial: Path) -> tuple[int, str]:
    """Copy a file, and put the copy in place if it is the right one.

    Returns
    -------
    size : int
    sha256 : str

    Raises
    ------
    DownloadError, ModelCorrupt
        If there is no room, or the file is another.
    """
    digest, size = hashlib.sha256(), 0
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        require_space(partial.parent, path.stat().st_size)
        with path.open("rb") as given, partial.open("wb") as copy:
            while chunk := given.read(1 << 20):
                copy.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as error:
        raise out_of_room(partial, error) from error
    if file.sha256 and digest.hexdigest() != file.sha256:
        partial.unlink()
        raise ModelCorrupt(
            f"{path} has SHA-256 {digest.hexdigest()[:12]}...; {file.sha256[:12]}... was wanted; it is not used.",
            f"The right file is published at {file.url}" if file.url else "",
        )
    os.replace(partial, target)
    _require_md5(file, target)
    return size, digest.hexdigest()


def _linked(path: Path, file: ModelFile, target: Path, partial: Path) -> tuple[int, str]:
    """Share the bytes with another program's cache where the disk can; that cache never changes a file."""
    partial.unlink(missing_ok=True)
    try:
        os.link(path, partial)
    except OSError:
        return copied(path, file, target, partial)
    os.replace(partial, target)
    return target.stat().st_size, file.sha256


def _require_md5(file: ModelFile, target: Path) -> None:
    if not file.md5 or file.sha256:
        return
    digest = hashlib.md5(usedforsecurity=False)
    with target.open("rb") as content:
        while chunk := content.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() != file.md5:
        target.unlink()
        raise ModelCorrupt(
            f"{file.name} has MD5 {digest.hexdigest()}; {file.md5} was published; it was thrown away.",
            "The server or something on the way has another file; do not use it.",
        )


def _patiently(told: Callable[[int], None], partial: Path) -> Callable[[float], None]:
    """Sleep in short pieces, so that the person can stop between two attempts."""

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            told(size_of(partial))
            time.sleep(min(0.1, seconds))

    return wait


def partial_path(entry: ModelEntry, file: ModelFile) -> Path:
    """Return where a file's beginning lies until it is whole."""
    return user_models_folder() / PARTIAL / entry.id / (file.name + ".part")


def size_of(path: Path) -> int:
    """Return the size of a file; 0 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
