"""Where the worker listens: a small file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

from cyclorama.protocol.errors import ProtocolError

__all__ = ["Endpoint", "endpoint_path", "read_endpoint", "remove_endpoint", "write_endpoint"]

_NAME = "worker.json"


@dataclass(frozen=True)
class Endpoint:
    """How to reach a worker.

    Parameters
    ----------
    port : int
        TCP port on the loopback address.
    token : str
        Proof that a client can read the owner's files.
    pid : int
        The worker's process.
    version : str
        Version of the engine.
    """

    port: int
    token: str
    pid: int
    version: str


def endpoint_path() -> Path:
    """Return where this person's worker writes its endpoint.

    ``$CYCLORAMA_RUNTIME`` names another folder. Otherwise it is the session's runtime folder, the cache folder where
    there is none, and the local application folder on Windows.
    """
    given = os.environ.get("CYCLORAMA_RUNTIME")
    if given:
        return Path(given) / _NAME
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(local) / "cyclorama" / _NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "cyclorama" / _NAME
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "cyclorama" / _NAME
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cyclorama" / _NAME


def read_endpoint(path: Path) -> Optional[Endpoint]:
    """Return what the file says, or None if there is none.

    Raises
    ------
    ProtocolError
        If other people can write it, or it cannot be understood.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(65536)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ProtocolError(f"The worker's address {path} cannot be read: {error.strerror}.") from error
    if sys.platform != "win32" and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise ProtocolError(
            f"The worker's address {path} is not private to you.", "Delete that file and try again."
        )
    try:
        found = json.loads(text.decode("utf-8"))
        endpoint = Endpoint(int(found["port"]), str(found["token"]), int(found["pid"]), str(found["version"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ProtocolError(
            f"The worker's address {path} cannot be understood.", "Delete that file and try again."
        ) from error
    return endpoint


def write_endpoint(path: Path, endpoint: Endpoint) -> None:
    """Write the file, whole and for its owner only.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    # Private from its first moment, not after a change of mode.
    descriptor = os.open(str(partial), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(endpoint), file)
        os.replace(str(partial), str(path))
    except BaseException:
        partial.unlink()
        raise


def remove_endpoint(path: Path, endpoint: Endpoint) -> None:
    """Remove the file if it still is this worker's."""
    try:
        if read_endpoint(path) == endpoint:
            path.unlink()
    except (OSError, ProtocolError):
        pass
