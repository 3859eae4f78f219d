"""Fetch one file: resumed after a break, hashed as it comes, in place only when it is whole and right.

References
----------
.. [1] RFC 9110, "HTTP Semantics", sections 13.1.5 (If-Range), 14.2 (Range), 14.4 (Content-Range), 15.5.17 (416).
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cyclorama.catalog.beginnings import begun, discard, forget_note, range_headers, size_of, write_note
from cyclorama.catalog.http import Response, request
from cyclorama.protocol.errors import DownloadError, ModelCorrupt

__all__ = ["Wanted", "announced_bytes", "fetch", "out_of_room", "require_space"]

_CHUNK = 1 << 18
_ATTEMPTS = 5
_MOST_BYTES = 64_000_000_000
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
#: How long to wait before each new attempt; an attempt that brought bytes starts the count again.
_WAITS_S = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Wanted:
    """What a file must be.

    Parameters
    ----------
    url : str
        Where it is.
    bytes : int
        Its size; 0 if nobody knows.
    sha256 : str
        Its hash; empty if it is being pinned.
    trusted_host : str
        Host of a mirror that the person named.
    most_bytes : int
        More than this is never accepted where the size is unknown.
    """

    url: str
    bytes: int = 0
    sha256: str = ""
    trusted_host: str = ""
    most_bytes: int = _MOST_BYTES


class _Interrupted(Exception):
    """The transfer ended early; another attempt may go on."""


class _WrongBytes(Exception):
    """The file is complete, and not the one that was promised."""


def announced_bytes(wanted: Wanted) -> int:
    """Return the size that a server announces, without fetching the file; 0 if it does not say.

    Raises
    ------
    DownloadError
        If the server cannot be reached or does not have it.
    """
    try:
        with request(wanted.url, method="HEAD", trusted_host=wanted.trusted_host) as answer:
            _require_success(answer, wanted.url)
            return answer.length() or 0
    except (_Interrupted, ConnectionError) as error:
        raise DownloadError(f"{wanted.url} cannot be fetched: {error}.", "Check the connection.") from error


def fetch(
    wanted: Wanted,
    target: Path,
    partial: Path,
    progress: Callable[[int], None],
    *,
    wait: Callable[[float], None] = time.sleep,
) -> tuple[int, str]:
    """Fetch a file.

    Parameters
    ----------
    wanted : Wanted
        What is wanted.
    target : Path
        Where it appears when it is whole and its hash is right, and not before.
    partial : Path
        Where its beginning lies until then, also between two runs; a note on the server's version lies beside it.
    progress : callable
        Gets the number of bytes here so far, after every piece; raises to stop.
    wait : callable
        Sleeps some seconds between attempts.

    Returns
    -------
    size : int
    sha256 : str
        Of what was put in place.

    Raises
    ------
    DownloadError
        If the server cannot be reached, does not have the file, keeps breaking off, or the disk is full.
    ModelCorrupt
        If what it sends is not what was wanted; it is thrown away.
    """
    failures, restarts, before = 0, 0, -1
    while True:
        reason: Exception
        try:
            size, digest = _attempt(wanted, partial, progress)
            os.replace(partial, target)
            forget_note(partial)
            return size, digest
        except _Interrupted as error:
            reason = error
            here = size_of(partial)
            failures, before = (0 if here > before >= 0 else failures + 1), here
        except _WrongBytes as error:
            # A resumed file may have been begun from another version: once more, from the start.
            resumed = restarts == 0 and "resumed" in str(error)
            discard(partial)
            if not resumed:
                raise ModelCorrupt(
                    f"{wanted.url} sent something else: {error}; it was thrown away.",
                    "The server or something on the way has another file; do not use it.",
                ) from error
            reason, restarts = error, restarts + 1
        except OSError as error:
            raise out_of_room(partial, error) from error
        if failures >= _ATTEMPTS:
            raise DownloadError(
                f"{wanted.url} cannot be fetched: {reason}.",
                "Check the connection and run the command again; what is here is kept.",
            ) from reason
        wait(_WAITS_S[min(failures, len(_WAITS_S) - 1)])


def require_space(folder: Path, size: int) -> None:
    """Check that a file of this size fits, before it is fetched.

    Raises
    ------
    DownloadError
        If it does not.
    """
    free = shutil.disk_usage(folder).free
    if size > free:
        raise DownloadError(
            f"{size / 1e6:.0f} MB are wanted in {folder}, {free / 1e6:.0f} MB are free.",
            "Free some space, or name another folder in CYCLORAMA_MODELS.",
        )


def out_of_room(partial: Path, error: OSError) -> DownloadError:
    """Explain why a file cannot be written; on a full disk its beginning is removed, so that the disk is usable."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with suppress(OSError):
            discard(partial)
        return DownloadError(
            f"There is no room for {partial.name.removesuffix('.part')} in {partial.parent}; it was removed again.",
            "Free some space, or name another folder in CYCLORAMA_MODELS.",
        )
    return DownloadError(f"{partial} cannot be written: {error.strerror or error}.")


def _attempt(wanted: Wanted, partial: Path, progress: Callable[[int], None]) -> tuple[int, str]:
    """Go on from what is here until the file is whole, or the connection breaks."""
    here, digest = begun(wanted.url, wanted.bytes, wanted.sha256, partial)
    if wanted.bytes and here == wanted.bytes:
        return _checked(wanted, here, digest.hexdigest(), resumed=True)
    try:
        answer = request(wanted.url, range_headers(partial, here), trusted_host=wanted.trusted_host)
    except ConnectionError as error:
        raise _Interrupted(f"the connection failed ({error})") from error
    with answer:
        if answer.status == 416:
            discard(partial)
            raise _Interrupted("the server's file is shorter than what is here")
        _require_success(answer, wanted.url)
        start = _start(answer, here)
        if start == 0:
            here, digest = 0, hashlib.sha256()
        total = _total(answer, start)
        _require_plausible(wanted, total)
        with partial.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            write_note(wanted.url, wanted.sha256, partial, answer.headers.get("etag", ""))
            here = _receive(answer, file, digest, here, wanted, progress)
    if total is not None and here < total:
        raise _Interrupted(f"the connection broke off after {here} of {total} bytes")
    return _checked(wanted, here, digest.hexdigest(), resumed=start > 0)


def _receive(
    answer: Response,
    file: BinaryIO,
    digest: hashlib._Hash,
    here: int,
    wanted: Wanted,
    progress: Callable[[int], None],
) -> int:
    limit = wanted.bytes or wanted.most_bytes
    progress(here)
    while True:
        try:
            chunk = answer.read(_CHUNK)
        except ConnectionError as error:
            raise _Interrupted(f"the connection broke off after {here} bytes ({error})") from error
        if not chunk:
            file.flush()
            os.fsync(file.fileno())
            return here
        here += len(chunk)
        if here > limit:
            raise _WrongBytes(f"more than the {limit} bytes that were wanted")
        file.write(chunk)
        # Before the next read, so that what a later run finds is what was hashed.
        file.flush()
        digest.update(chunk)
        progress(here)


def _checked(wanted: Wanted, size: int, digest: str, *, resumed: bool) -> tuple[int, str]:
    how = " (resumed)" if resumed else ""
    if wanted.bytes and size != wanted.bytes:
        raise _WrongBytes(f"{size} bytes where {wanted.bytes} were wanted{how}")
    if wanted.sha256 and digest != wanted.sha256:
        raise _WrongBytes(f"SHA-256 {digest[:12]}... where {wanted.sha256[:12]}... was wanted{how}")
    return size, digest


def _require_success(answer: Response, url: str) -> None:
    if answer.status in (200, 206):
        return
    if answer.status in (408, 429) or answer.status >= 500:
        raise _Interrupted(f"the server answers {answer.status}")
    hint = {
        401: "The file asks for an account; fetch it by hand and use: cyclorama models pull ID --from FOLDER",
        403: "The file asks for an account; fetch it by hand and use: cyclorama models pull ID --from FOLDER",
        404: "It was moved or removed; a mirror may have it (CYCLORAMA_MODELS_URL).",
        410: "It was removed; a mirror may have it (CYCLORAMA_MODELS_URL).",
    }.get(answer.status, "")
    raise DownloadError(f"{url} cannot be fetched: the server answers {answer.status}.", hint)


def _start(answer: Response, here: int) -> int:
    """Return at which byte the body begins; only where we asked it to, or at the start."""
    if answer.status != 206:
        return 0
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
    if found is None or int(found[1]) != here:
        raise DownloadError("The server answers with another part of the file than was asked for.")
    return here


def _total(answer: Response, start: int) -> int | None:
    length = answer.length()
    return None if length is None else start + length


def _require_plausible(wanted: Wanted, total: int | None) -> None:
    if total is None:
        return
    if wanted.bytes and total != wanted.bytes:
        raise _WrongBytes(f"{total} bytes are announced where {wanted.bytes} were wanted")
    if total > wanted.most_bytes and not wanted.bytes:
        raise _WrongBytes(f"{total} bytes are announced, more than the {wanted.most_bytes} that are accepted")
