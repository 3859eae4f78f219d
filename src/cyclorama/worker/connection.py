"""One client: a thread that reads, a thread that writes, and neither ever computes."""

from __future__ import annotations

import contextlib
import hmac
import logging
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Protocol

from cyclorama.protocol.codec import MAX_PAYLOAD_BYTES, Decoder, Encoder
from cyclorama.protocol.conversation import CLIENT, WORKER, Conversation
from cyclorama.protocol.errors import CycloramaError, InputError, ProtocolError
from cyclorama.protocol.messages import (
    PROTOCOL_VERSIONS,
    Accepted,
    Cancel,
    Failed,
    Hello,
    ListModels,
    Message,
    Ping,
    Pong,
    ProgressMade,
    Shutdown,
    Submit,
    Welcome,
)
from cyclorama.protocol.recording import Recorder
from cyclorama.worker.jobs import JOBS
from cyclorama.worker.tasks import Task

__all__ = ["Connection", "Host"]

_GREETING_S = 10.0
_SEND_S = 60.0
_LINGER_S = 1.0
_MOST_WAITING_MESSAGES = 64

_log = logging.getLogger("cyclorama.worker")


class Host(Protocol):
    """What a connection asks of the server."""

    token: str

    def welcome(self) -> Welcome:
        """Return the greeting."""
        ...

    def models(self) -> Message:
        """Return the list of models."""
        ...

    def enqueue(self, task: Task) -> None:
        """Put a task in the queue."""
        ...

    def withdraw(self, task: Task) -> None:
        """Cancel a task."""
        ...

    def waiting(self) -> int:
        """Return how many jobs wait or run."""
        ...

    def leave_when_idle(self) -> None:
        """Leave as soon as no job is left."""
        ...

    def stir(self) -> None:
        """Note that somebody said something."""
        ...


class Connection:
    """A client's connection.

    Parameters
    ----------
    connection : socket
        Accepted.
    host : Host
        The server.
    ended : callable
        Called once, when the client is gone.
    recorder : Recorder, optional
        Writes down everything that is said.
    """

    def __init__(
        self,
        connection: socket.socket,
        host: Host,
        ended: Callable[[Connection], None],
        recorder: Recorder | None = None,
    ) -> None:
        self._socket = connection
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = host
        self._ended = ended
        self._recorder = recorder
        self._conversation = Conversation()
        self._noting = threading.Lock()
        self._tasks: dict[str, Task] = {}
        # None is the end.
        self._outgoing: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._closed = self._refused = False
        self._client = "somebody"
        self._reader = threading.Thread(target=self._read, name="reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        # The writer first: a greeting that is refused must find somebody who says why.
        self._writer.start()
        self._reader.start()

    def hang_up(self) -> None:
        """Send what is left to say, then close; the client's jobs stop."""
        self._outgoing.put(None)
        self._writer.join(_LINGER_S)
        self._close()

    def _read(self) -> None:
        decoder = Decoder(max_payload_bytes=0)
        try:
            self._greet(decoder)
            decoder.max_payload_bytes = MAX_PAYLOAD_BYTES
            self._socket.settimeout(_SEND_S)
            while True:
                self._obey(self._next(decoder))
        except CycloramaError as error:
            _log.warning("%s: %s", self._client, error)
            self._refuse(error)
        except MemoryError:
            self._refuse(
                InputError("The picture does not fit in the worker's memory.", "Work on a smaller one.")
            )
        except (OSError, ValueError):
            pass
        finally:
            self._close()

    def _greet(self, decoder: Decoder) -> None:
        self._socket.settimeout(_GREETING_S)
        until = time.monotonic() + _GREETING_S
        hello = self._next(decoder, until)
        assert isinstance(hello, Hello)
        given = hello.token.encode("utf-8", "replace")
        # In constant time, so that nobody can find the token out letter by letter.
        if not hmac.compare_digest(given, self._host.token.encode("utf-8")):
            raise ProtocolError(
                "The worker does not know this client: its token is another.",
                "Close the editor's Cyclorama dialogs and try again.",
            )
        if not set(PROTOCOL_VERSIONS) & set(hello.versions):
            raise ProtocolError(
                f"{hello.client} speaks version {', '.join(map(str, hello.versions)) or 'none'} of the protocol; "
                f"the worker speaks {', '.join(map(str, PROTOCOL_VERSIONS))}.",
                "Run `cyclorama install` again, so that plug-in and engine are of one version.",
            )
        self._client = hello.client[:60]
        _log.info("%s connected", self._client)
        self._say(self._host.welcome())

    def _next(self, decoder: Decoder, until: float | None = None) -> Message:
        """Return the client's next message, noted."""
        while True:
            message = decoder.next_event()
            if message is not None:
                self._host.stir()
                with self._noting:
                    self._conversation.note(CLIENT, message)
                return message
            if until is not None and time.monotonic() > until:
                raise ProtocolError("The client did not greet in time.")
            target = decoder.buffer()
            try:
                count = self._socket.recv_into(target)
            except TimeoutError:
                continue
            if count == 0:
                raise ConnectionResetError
            if self._recorder is not None:
                self._recorder.record(CLIENT, target[:count])
            decoder.buffer_filled(count)

    def _obey(self, message: Message) -> None:
        if isinstance(message, Submit):
            self._submit(message)
        elif isinstance(message, Cancel):
            task = self._tasks.get(message.job_id)
            if task is not None:
                self._host.withdraw(task)
        elif isinstance(message, Ping):
            self._say(Pong(self._host.waiting()))
        elif isinstance(message, ListModels):
            self._say(self._host.models())
        elif isinstance(message, Shutdown):
            self._host.leave_when_idle()

    def _submit(self, message: Submit) -> None:
        if message.job not in JOBS:
            text = f"The worker has no job {message.job!r}; it knows {', '.join(JOBS)}."
            self._say(
                Failed(message.job_id, "input", text, "Update the engine, or install the plug-in again.")
            )
            return
        self._say(Accepted(message.job_id))
        self._tasks = {key: task for key, task in self._tasks.items() if not task.ended}
        task = Task(message, self._say)
        self._tasks[message.job_id] = task
        self._host.enqueue(task)

    def _say(self, message: Message) -> None:
        """Hand a message to the writer; never blocks. A client that does not listen gets no more progress."""
        if self._closed or self._refused:
            return
        if isinstance(message, ProgressMade) and self._outgoing.qsize() > _MOST_WAITING_MESSAGES:
            return
        with self._noting:
            self._conversation.note(WORKER, message)
            self._outgoing.put(message)

    def _refuse(self, error: CycloramaError) -> None:
        """Say why, hang up, and let the client read it: closing over unread bytes would destroy the answer."""
        self._say(Failed("", error.code, error.message, error.hint))
        self._refused = True
        self._outgoing.put(None)
        self._writer.join(_SEND_S)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(_LINGER_S)
            until = time.monotonic() + _LINGER_S
            while time.monotonic() < until and self._socket.recv(1 << 16):
                pass

    def _write(self) -> None:
        encoder = Encoder()
        while True:
            message = self._outgoing.get()
            if message is None:
                return
            try:
                for piece in encoder.encode(message):
                    if self._recorder is not None:
                        self._recorder.record(WORKER, piece)
                    self._socket.sendall(piece)
            except (OSError, ProtocolError) as error:
                _log.warning("%s cannot be told: %s", self._client, error)
                self._close()
                return

    def _close(self) -> None:
        """Close once, and stop this client's jobs."""
        with self._noting:
            if self._closed:
                return
            self._closed = True
        for task in list(self._tasks.values()):
            self._host.withdraw(task)
        self._outgoing.put(None)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if self._recorder is not None:
            self._recorder.close()
        _log.info("%s left", self._client)
        self._ended(self)
