"""The life of the worker process: lock, log, signals, server."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import socket
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType

from cyclorama.installation import Places, find_editors, installed
from cyclorama.installation.editors import runs_in_sandbox
from cyclorama.installation.layout import ENDPOINT_NAME
from cyclorama.protocol.endpoint import endpoint_path, read_endpoint
from cyclorama.protocol.errors import CycloramaError, DocumentError, ProtocolError
from cyclorama.worker.lock import WorkerLock

__all__ = ["IDLE_S", "log_path", "run_worker", "running_worker"]

IDLE_S = 15 * 60.0
_LOCK_S = 10.0
_LOOK_S = 0.05
_LOG_BYTES = 1 << 20

_log = logging.getLogger("cyclorama.worker")


def log_path() -> Path:
    """Return where the worker writes what happened: beside its endpoint."""
    return endpoint_path().with_name("worker.log")


def run_worker(*, idle_s: float = IDLE_S, record: Path | None = None, announce: bool = True) -> int:
    """Serve until idle, told to leave, or stopped; if a worker is there already, leave at once.

    Parameters
    ----------
    idle_s : float
        Leave after this many seconds in which nothing was said or computed.
    record : Path, optional
        Folder for recorded conversations.
    announce : bool
        Print a line when ready, for whoever started it in a terminal.

    Returns
    -------
    int
        Exit code: 0.

    Raises
    ------
    DocumentError
        If the endpoint cannot be written.
    """
    path = endpoint_path()
    lock = WorkerLock(path.with_name("worker.lock"))
    try:
        if not _acquire(lock, path):
            if announce:
                print(f"A worker is already running (port {_port(path)}).", flush=True)
            return 0
        _open_log()
        _serve(path, idle_s, record, announce)
    except OSError as error:
        raise _explained(path, error) from error
    return 0


def running_worker(path: Path) -> bool:
    """Return whether somebody answers at the endpoint in ``path``."""
    try:
        endpoint = read_endpoint(path)
        if endpoint is None:
            return False
        with socket.create_connection(("127.0.0.1", endpoint.port), timeout=2):
            return True
    except (OSError, CycloramaError):
        return False


def _acquire(lock: WorkerLock, path: Path) -> bool:
    """Take the lock; False if its holder answers, or does not let go."""
    until = time.monotonic() + _LOCK_S
    while not lock.acquire():
        # Its holder may be starting up, or about to leave.
        if running_worker(path) or time.monotonic() > until:
            return False
        time.sleep(_LOOK_S)
    return True


def _serve(path: Path, idle_s: float, record: Path | None, announce: bool) -> None:
    # Imported under the lock: of two starters the loser ends without loading the networks' runtime.
    from cyclorama.worker.server import Server

    if record is not None:
        record.mkdir(parents=True, exist_ok=True)
    server = Server(idle_s, record)

    def leave(number: int, frame: FrameType | None) -> None:
        server.stop()

    def ready() -> None:
        if announce:
            print(f"Worker ready on port {server.endpoint.port}.", flush=True)
        else:
            _let_go_of_errors()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
    server.serve((path, *_sandbox_paths()), ready)
    if server.computing:
        # A network's own threads cannot be told to stop, and would abort the process when Python ends around them.
        logging.shutdown()
        os._exit(0)


def _sandbox_paths() -> tuple[Path, ...]:
    """Return where editors in a sandbox look for the endpoint: they see the plug-in's folder, not the usual place."""
    places = Places.here()
    try:
        inside = [e for e in find_editors(places) if runs_in_sandbox(e, places) and installed(e) is not None]
    except (CycloramaError, OSError) as error:
        _log.warning("editors in sandboxes were not looked for: %s", error)
        return ()
    return tuple(editor.plugin_folder / ENDPOINT_NAME for editor in inside)


def _open_log() -> None:
    """Log to a small file that turns over; without room for it, the worker works all the same."""
    logging.raiseExceptions = False
    handler: logging.Handler = logging.NullHandler()
    with contextlib.suppress(OSError):
        handler = RotatingFileHandler(log_path(), maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)


def _let_go_of_errors() -> None:
    """Stop writing to stderr: whoever started us reads it until now, and a pipe that nobody reads would fill up."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _port(path: Path) -> str:
    try:
        endpoint = read_endpoint(path)
    except ProtocolError:
        endpoint = None
    return "unknown" if endpoint is None else str(endpoint.port)


def _explained(path: Path, error: OSError) -> DocumentError:
    reason = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "your share of the disk is full",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "the folder may not be written",
    }.get(error.errno or 0, error.strerror or str(error))
    return DocumentError(
        f"The worker cannot write its address {path}: {reason}.",
        "Free some space or name another folder in CYCLORAMA_RUNTIME.",
    )
