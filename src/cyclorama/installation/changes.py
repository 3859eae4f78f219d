"""Changes to files that happen together or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cyclorama.protocol.errors import DocumentError

__all__ = ["Change", "apply"]

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is full",
    errno.EFBIG: "the disk allows no file of that size",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the folder may not be written",
    errno.EPERM: "the folder may not be written",
    errno.ENOTDIR: "a file is where a folder is needed",
    errno.EISDIR: "a folder is where a file is needed",
}


@dataclass(frozen=True)
class Change:
    """One file to write, or to remove.

    Parameters
    ----------
    path : Path
        Which.
    data : bytes or None
        Its new contents; None removes it.
    mode : int
        Its permissions.
    """

    path: Path
    data: bytes | None
    mode: int = 0o644


def apply(changes: Sequence[Change]) -> tuple[Path, ...]:
    """Make all changes; if one fails, take back those that were made.

    Returns
    -------
    tuple of Path
        Folders that were made, outermost first.

    Raises
    ------
    DocumentError
        If a file cannot be written or removed; all files are then as they were.
    """
    folders: list[Path] = []
    parts: list[tuple[Path, Change]] = []
    undone: list[tuple[Path, Path | None]] = []
    current = changes[0].path if changes else Path()
    try:
        # All contents lie on the disk before the first file is touched: a full disk shows here.
        for change in changes:
            current = change.path
            if change.data is not None:
                _make_folders(change.path.parent, folders)
                parts.append((_written(change), change))
        for part, change in parts:
            current = change.path
            undone.append((change.path, _aside(change.path)))
            os.replace(part, change.path)
        for change in changes:
            current = change.path
            if change.data is None:
                undone.append((change.path, _aside(change.path)))
    except BaseException as error:
        _take_back(parts, undone, folders)
        if isinstance(error, OSError):
            reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
            raise DocumentError(
                f"{current} cannot be changed: {reason}; everything is as it was before.",
                "Free some space or ask for the right to write there, and try again.",
            ) from error
        raise
    for _, kept in undone:
        if kept is not None:
            with suppress(OSError):
                kept.unlink()
    return tuple(folders)


def _written(change: Change) -> Path:
    assert change.data is not None
    part = _beside(change.path)
    # An editor that remembers its plug-ins by time must see that this one is new, even within the same second.
    stamp = time.time()
    with suppress(OSError):
        stamp = max(stamp, change.path.stat().st_mtime + 1)
    try:
        part.write_bytes(change.data)
        part.chmod(change.mode)
        os.utime(part, (stamp, stamp))
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return part


def _aside(path: Path) -> Path | None:
    """Move a file out of the way, and say where to; None if there is none."""
    if not path.exists() and not path.is_symlink():
        return None
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder is where a file is needed")
    kept = _beside(path)
    os.replace(path, kept)
    return kept


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _take_back(
    parts: Sequence[tuple[Path, Change]], undone: Sequence[tuple[Path, Path | None]], folders: Sequence[Path]
) -> None:
    for path, kept in reversed(undone):
        with suppress(OSError):
            if kept is None:
                path.unlink()
            else:
                os.replace(kept, path)
    for part, _ in parts:
        with suppress(OSError):
            part.unlink()
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()
