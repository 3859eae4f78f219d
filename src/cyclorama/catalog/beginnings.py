"""The beginning of a file that is being fetched, and what is known of it between two runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

__all__ = ["begun", "discard", "forget_note", "range_headers", "size_of", "write_note"]

_CHUNK = 1 << 18


def begun(url: str, size: int, sha256: str, partial: Path) -> tuple[int, hashlib._Hash]:
    """Return size and running hash of what an earlier attempt left, or nothing if it was for another file."""
    digest = hashlib.sha256()
    if size_of(partial) <= 0:
        return 0, digest
    note = _read_note(partial)
    same = note.get("url") == url and note.get("sha256") == sha256
    # Without a hash only the server's own word can say that the rest belongs to the beginning.
    if not same or not (sha256 or note.get("etag")) or (size and size_of(partial) > size):
        discard(partial)
        return 0, digest
    here = 0
    with partial.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            here += len(chunk)
    return here, digest


def range_headers(partial: Path, here: int) -> dict[str, str]:
    """Return the request headers that ask for the rest, if it is still the same version."""
    if here == 0:
        return {}
    etag = _read_note(partial).get("etag", "")
    # A weak validator may stand for other bytes, and If-Range refuses it.
    return {"Range": f"bytes={here}-", **({"If-Range": etag} if etag else {})}


def write_note(url: str, sha256: str, partial: Path, etag: str) -> None:
    """Remember of which version of which file the beginning is."""
    note = {"url": url, "sha256": sha256, "etag": "" if etag.startswith("W/") else etag}
    _note(partial).write_text(json.dumps(note), "utf-8")


def _read_note(partial: Path) -> dict[str, str]:
    try:
        note = json.loads(_note(partial).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _note(partial: Path) -> Path:
    return partial.with_name(partial.name + ".json")


def discard(partial: Path) -> None:
    """Remove the beginning and its note."""
    partial.unlink(missing_ok=True)
    forget_note(partial)


def forget_note(partial: Path) -> None:
    """Remove the note: the file is whole."""
    _note(partial).unlink(missing_ok=True)


def size_of(path: Path) -> int:
    """Return the size of a file; -1 if it is not there."""
    try:
        return path.stat().st_size
    except OSError:
        return -1
