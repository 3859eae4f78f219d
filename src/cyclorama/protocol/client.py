"""The client's end of a conversation with the worker: sockets and threads of the standard library only.

A reader thread takes what the worker says; the owner of the client asks for it with :meth:`Client.poll`, from a timer
of the editor's main loop, or blocks in :meth:`Client.wait`. Nothing of an editor is ever touched off its main thread.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
import uuid
from collections import deque
from typing import Any, Callable, Deque, Dict, Optional, Sequence, Union

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.codec import Decoder, Encoder
from cyclorama.protocol.conversation import CLIENT, WORKER, Conversation
from cyclorama.protocol.endpoint import Endpoint
from cyclorama.protocol.errors import Cancelled, CycloramaError, ProtocolError, error_of
from cyclorama.protocol.messages import (
    FINAL,
    PROTOCOL_VERSIONS,
    Cancel,
    Failed,
    Hello,
    JobCancelled,
    ListModels,
    Message,
    Models,
    Ping,
    Pong,
    ProgressMade,
    Result,
    Shutdown,
    Submit,
    Welcome,
)
from cyclorama.protocol.recording import Recorder

__all__ = ["Client"]

_SEND_S = 60.0
_POLL_S = 0.1
_CANCEL_S = 5.0

_GONE = "The worker stopped in the middle of the conversation; the document was not changed."
_GONE_HINT = "Try again: it will be started anew. If it stops again, run `cyclorama doctor`."


class Client:
    """A conversation with a worker.

    Parameters
    ----------
    connection : socket
        Connected.
    name : str
        Who is calling, for the worker's log: "GIMP 3.0", "Krita 5.2".
    recorder : Recorder, optional
        Writes down everything that is said.
    """

    def __init__(self, connection: socket.socket, name: str, recorder: Optional[Recorder] = None) -> None:
        self.name = name
        self.welcome: Optional[Welcome] = None
        self._socket = connection
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Reads wait as long as it takes; a worker that takes no bytes for this long is lost.
        self._socket.settimeout(_SEND_S)
        self._recorder = recorder
        self._encoder = Encoder()
        self._conversation = Conversation()
        self._sending = threading.Lock()
        self._noting = threading.Lock()
        self._incoming: queue.Queue[Union[Message, CycloramaError]] = queue.Queue()
        self._set_aside: Deque[Message] = deque()
        self._ended: Optional[CycloramaError] = None
        self._reason: Optional[CycloramaError] = None
        self._reader = threading.Thread(target=self._read, name="cyclorama-client", daemon=True)
        self._reader.start()

    @classmethod
    def connect(
        cls, endpoint: Endpoint, name: str, timeout_s: float = 10.0, recorder: Optional[Recorder] = None
    ) -> Client:
        """Connect and exchange greetings.

        Raises
        ------
        ProtocolError
            If nobody answers, or the worker refuses the token or the version.
        """
        try:
            connection = socket.create_connection(("127.0.0.1", endpoint.port), timeout=timeout_s)
        except OSError as error:
            raise ProtocolError(
                f"The worker cannot be reached on port {endpoint.port}: {error.strerror or error}.",
                "Start it with `cyclorama worker`.",
            ) from error
        client = cls(connection, name, recorder)
        try:
            client._send(Hello(PROTOCOL_VERSIONS, name, endpoint.token))
            answer = client.poll(timeout_s)
            if not isinstance(answer, Welcome):
                raise ProtocolError(f"The worker did not greet within {timeout_s:g} s.", _GONE_HINT)
            client.welcome = answer
        except BaseException:
            client.close()
            raise
        return client

    def submit(self, job: str, options: Dict[str, Any], arrays: Sequence[ArrayData] = ()) -> str:
        """Ask for a job and return its id; answers come through :meth:`poll` or :meth:`wait`.

        Raises
        ------
        ProtocolError
            If the worker is gone.
        """
        job_id = uuid.uuid4().hex
        self._send(Submit(job_id, job, dict(options), tuple(arrays)))
        return job_id

    def poll(self, timeout_s: float = 0.0) -> Optional[Message]:
        """Return the next message of the worker, or None if there is none within ``timeout_s``.

        Raises
        ------
        ProtocolError
            If the conversation has ended, and all that came before was returned.
        """
        if self._set_aside:
            return self._set_aside.popleft()
        return self._next(timeout_s)

    def wait(self, job_id: str, on_progress: Optional[Callable[[ProgressMade], None]] = None) -> Result:
        """Block until a job has ended; what belongs to other jobs is kept for :meth:`poll`.

        Parameters
        ----------
        job_id : str
            From :meth:`submit`.
        on_progress : callable, optional
            Gets each :class:`ProgressMade`; raises ``Cancelled`` to stop the job.

        Raises
        ------
        CycloramaError
            Of the class that the worker named, if the job failed.
        Cancelled
            If the job was stopped.
        ProtocolError
            If the worker is gone.
        """
        while True:
            message = self._next_of(job_id, _POLL_S)
            if isinstance(message, ProgressMade) and on_progress is not None:
                try:
                    on_progress(message)
                except Cancelled:
                    self._stop(job_id)
                    raise
            elif isinstance(message, Result):
                return message
            elif isinstance(message, Failed):
                raise error_of(message.code, message.message, message.hint)
            elif isinstance(message, JobCancelled):
                raise Cancelled

    def run(
        self,
        job: str,
        options: Dict[str, Any],
        arrays: Sequence[ArrayData] = (),
        on_progress: Optional[Callable[[ProgressMade], None]] = None,
    ) -> Result:
        """Submit a job and wait for it."""
        return self.wait(self.submit(job, options, arrays), on_progress)

    def cancel(self, job_id: str) -> None:
        """Ask that a job be stopped; its last message then is ``JobCancelled``, unless it has just ended."""
        self._send(Cancel(job_id))

    def ping(self, timeout_s: float = 5.0) -> float:
        """Return the seconds until the worker answered."""
        asked = time.monotonic()
        self._ask(Ping(), Pong, timeout_s)
        return time.monotonic() - asked

    def list_models(self, timeout_s: float = 10.0) -> Sequence[Dict[str, Any]]:
        """Return the models on the worker's machine."""
        answer = self._ask(ListModels(), Models, timeout_s)
        assert isinstance(answer, Models)
        return answer.models

    def shutdown(self) -> None:
        """Ask the worker to leave when no job is left."""
        self._send(Shutdown())

    def close(self) -> None:
        """Hang up; the worker stops this client's jobs."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, question: Message, wanted: Any, timeout_s: float) -> Message:
        self._send(question)
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            message = self._next(_POLL_S)
            if isinstance(message, wanted):
                return message  # type: ignore[no-any-return]
            if message is not None:
                self._set_aside.append(message)
        raise ProtocolError(f"The worker did not answer within {timeout_s:g} s.", _GONE_HINT)

    def _next_of(self, job_id: str, timeout_s: float) -> Optional[Message]:
        for number, message in enumerate(self._set_aside):
            if getattr(message, "job_id", None) == job_id:
                del self._set_aside[number]
                return message
        message_ = self._next(timeout_s)
        if message_ is None or getattr(message_, "job_id", None) == job_id:
            return message_
        self._set_aside.append(message_)
        return None

    def _next(self, timeout_s: float) -> Optional[Message]:
        if self._ended is not None:
            raise self._ended
        try:
            found = self._incoming.get(timeout=timeout_s) if timeout_s > 0 else self._incoming.get_nowait()
        except queue.Empty:
            return None
        if isinstance(found, CycloramaError):
            self._ended = found
            raise found
        return found

    def _stop(self, job_id: str) -> None:
        """Cancel a job and take what it still says."""
        self.cancel(job_id)
        until = time.monotonic() + _CANCEL_S
        while time.monotonic() < until:
            if isinstance(self._next_of(job_id, _POLL_S), FINAL):
                return

    def _send(self, message: Message) -> None:
        if self._reason is not None:
            # The first write after the other end has closed would seem to succeed.
            raise self._reason
        pieces = self._encoder.encode(message)
        with self._sending:
            with self._noting:
                self._conversation.note(CLIENT, message)
            try:
                for piece in pieces:
                    if self._recorder is not None:
                        self._recorder.record(CLIENT, piece)
                    self._socket.sendall(piece)
            except OSError as error:
                # The worker may have said why, before it hung up.
                self._reader.join(_POLL_S * 10)
                raise self._reason or ProtocolError(_GONE, _GONE_HINT) from error

    def _read(self) -> None:
        decoder = Decoder()
        try:
            while True:
                self._take(decoder)
                message = decoder.next_event()
                while message is not None:
                    with self._noting:
                        self._conversation.note(WORKER, message)
                    if isinstance(message, Failed) and not message.job_id:
                        raise error_of(message.code, message.message, message.hint)
                    self._incoming.put(message)
                    message = decoder.next_event()
        except CycloramaError as error:
            self._reason = error
        except MemoryError:
            self._reason = ProtocolError("The result does not fit in memory.", "Work on a smaller picture.")
        except (OSError, ValueError):
            self._reason = ProtocolError(_GONE, _GONE_HINT)
        assert self._reason is not None
        self._incoming.put(self._reason)

    def _take(self, decoder: Decoder) -> None:
        target = decoder.buffer()
        try:
            count = self._socket.recv_into(target)
        except TimeoutError:
            return
        if count == 0:
            raise ConnectionResetError
        if self._recorder is not None:
            self._recorder.record(WORKER, target[:count])
        decoder.buffer_filled(count)
