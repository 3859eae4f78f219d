"""The worker process: one listener, all clients, one queue; it leaves when nobody has needed it for a while."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from cyclorama import __version__, pipeline
from cyclorama.backdrop.scenes import SCENES
from cyclorama.catalog import known_models
from cyclorama.protocol.endpoint import Endpoint, remove_endpoint, write_endpoint
from cyclorama.protocol.errors import CycloramaError
from cyclorama.protocol.messages import PROTOCOL_VERSIONS, Message, Models, Welcome
from cyclorama.protocol.recording import Recorder
from cyclorama.runtime.onnx_session import available_devices
from cyclorama.worker.connection import Connection
from cyclorama.worker.jobs import JOBS
from cyclorama.worker.lanes import Lane
from cyclorama.worker.tasks import Task

__all__ = ["Server"]

_MOST_CLIENTS = 64
_LOOK_S = 0.25
_LINGER_S = 2.0

_log = logging.getLogger("cyclorama.worker")


class Server:
    """Listens on a random loopback port and serves until idle, told to leave, or stopped.

    Parameters
    ----------
    idle_s : float
        Leave when nothing was said and nothing was computed for this long.
    record : Path, optional
        Folder in which each conversation is written down.
    """

    def __init__(self, idle_s: float, record: Path | None = None) -> None:
        self.token = secrets.token_urlsafe(32)
        self._idle_s = idle_s
        self._record = record
        self._connections: set[Connection] = set()
        self._lock = threading.Lock()
        self._stirred = time.monotonic()
        self._leaving = False
        self._stop = threading.Event()
        self._ready = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._long = Lane("long jobs", self._warm_up)
        self._quick = Lane("quick jobs")
        self.endpoint = Endpoint(self._listener.getsockname()[1], self.token, os.getpid(), __version__)

    @property
    def computing(self) -> bool:
        """Whether a job, or what was one, still computes."""
        return self._long.computing or self._quick.computing

    def serve(self, paths: tuple[Path, ...], on_ready: Callable[[], None]) -> None:
        """Write the endpoint to ``paths``, serve, and take the files away in the end.

        Raises
        ------
        OSError
            If the first endpoint file cannot be written.
        """
        threading.Thread(target=self._accept, name="listener", daemon=True).start()
        try:
            write_endpoint(paths[0], self.endpoint)
            for path in paths[1:]:
                self._publish(path)
            _log.info("listening on port %d", self.endpoint.port)
            on_ready()
            self._ready.set()
            while not self._stop.wait(_LOOK_S) and not self._done():
                pass
        finally:
            for path in paths:
                remove_endpoint(path, self.endpoint)
            self._listener.close()
            with self._lock:
                connections = list(self._connections)
            for connection in connections:
                connection.hang_up()
            until = time.monotonic() + _LINGER_S
            while self._ready.is_set() and self.computing and time.monotonic() < until:
                time.sleep(0.02)
            _log.info("left")

    def stop(self) -> None:
        """Leave now; running jobs are cancelled."""
        self._stop.set()

    def welcome(self) -> Welcome:
        """Return the greeting: what this worker can do, and where it computes."""
        capabilities = {
            "version": __version__,
            "jobs": list(JOBS),
            "scenes": {name: scene.description for name, scene in SCENES.items()},
        }
        return Welcome(PROTOCOL_VERSIONS[0], capabilities, available_devices()[0])

    def models(self) -> Message:
        """Return the list of models."""
        return Models(tuple({**entry.as_mapping(), "state": entry.state} for entry in known_models()))

    def enqueue(self, task: Task) -> None:
        """Put a task in its lane."""
        (self._quick if task.job.quick else self._long).put(task)

    def withdraw(self, task: Task) -> None:
        """Cancel a task, wherever it is."""
        task.cancel()
        (self._quick if task.job.quick else self._long).forget(task)

    def waiting(self) -> int:
        """Return how many jobs wait or run."""
        return self._long.length + self._quick.length

    def leave_when_idle(self) -> None:
        """Leave as soon as no job is left."""
        self._leaving = True

    def stir(self) -> None:
        """Note that somebody said something."""
        self._stirred = time.monotonic()

    def _done(self) -> bool:
        if self.waiting():
            self.stir()
            return False
        return self._leaving or time.monotonic() - self._stirred > self._idle_s

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if len(self._connections) >= _MOST_CLIENTS:
                    connection.close()
                    continue
                self._connections.add(Connection(connection, self, self._forget, self._recorder()))

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            self._connections.discard(connection)

    def _recorder(self) -> Recorder | None:
        if self._record is None:
            return None
        return Recorder(
            self._record / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}.conversation"
        )

    def _publish(self, path: Path) -> None:
        # A copy for an editor in a sandbox; that it cannot be written must not keep the worker from the others.
        with contextlib.suppress(OSError):
            write_endpoint(path, self.endpoint)

    def _warm_up(self) -> None:
        # Not before the address is written: a worker that cannot be found must not load anything.
        self._ready.wait()
        try:
            pipeline.warm_up()
        except CycloramaError as error:
            # Said again to whoever asks for a job that needs it.
            _log.error("%s", error)
