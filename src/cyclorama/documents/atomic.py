"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cyclorama.protocol.errors import DocumentError

__all__ = ["replacing", "require_room"]

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, or save elsewhere."),
    errno.EDQUOT: ("your share of the disk is full", "Free some space, or save elsewhere."),
    errno.EFBIG: ("the file would be larger than is allowed there", "Save on another disk."),
    errno.EACCES: ("the folder may not be written", "Choose a folder that you own."),
    errno.EPERM: ("the folder may not be written", "Choose a folder that you own."),
    errno.EROFS: ("the disk is read-only", "Choose another disk."),
    errno.ENOENT: ("its folder does not exist", "Make the folder first."),
    errno.ENOTDIR: ("its folder is a file", "Choose a folder."),
    errno.ENAMETOOLONG: ("its name is too long", "Choose a shorter name."),
}


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file that takes the place of ``path`` when the block ends well.

    Until then it lies beside it under another name. On any error, and when the person stops the job, it is removed
    and an existing ``path`` stays as it was.

    Parameters
    ----------
    path : Path
        What to write; a symbolic link is followed.

    Yields
    ------
    binary file
        Open for writing; can seek.

    Raises
    ------
    DocumentError
        If the folder is missing or not writeable, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise DocumentError(
            f"{path} is a folder; the name of a file was wanted.", "Add a name such as result.ora."
        )
    partial = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with _created(partial, target) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
        _sync_folder(target.parent)
    except BaseException as error:
        with suppress(OSError):
            partial.unlink()
        if isinstance(error, OSError):
            raise _explained(path, error) from error
        raise


def require_room(path: Path) -> None:
    """Raise as :func:`replacing` would, if a file cannot be made at ``path``; nothing is left there.

    Raises
    ------
    DocumentError
        If the folder is missing or not writeable, or ``path`` is a folder.
    """
    with suppress(_Given), replacing(path):
        raise _Given


class _Given(Exception):
    """The file could be made."""


def _created(partial: Path, target: Path) -> BinaryIO:
    # A plain new file, so that its permissions are those of any other, not a temporary file's.
    file = partial.open("x+b")
    with suppress(OSError, AttributeError):
        os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
    return file


def _sync_folder(folder: Path) -> None:
    # So that the new name outlives a power cut; not every system lets a folder be opened.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explained(path: Path, error: OSError) -> DocumentError:
    reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), "Save elsewhere."))
    return DocumentError(f"{path} cannot be written: {reason}; nothing was changed.", hint)
