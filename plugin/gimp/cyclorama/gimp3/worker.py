"""The worker, as GIMP's main loop sees it: jobs are sent, answers arrive by a timer, and the window stays alive.

Connecting (and starting the worker) happens on a thread that touches nothing of GIMP; everything else is on the main
thread.
"""

from __future__ import annotations

import queue
import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

from gi.repository import GLib

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.client import Client
from cyclorama.protocol.errors import Cancelled, CycloramaError, error_of
from cyclorama.protocol.messages import Failed, JobCancelled, ProgressMade, Result

__all__ = ["Outcome", "Ticket", "Worker", "finish"]

_POLL_MS = 25

#: How a job ended.
Outcome = Union[Result, CycloramaError, Cancelled]
OnProgress = Callable[[ProgressMade], None]
OnEnd = Callable[[Outcome], None]


class Ticket:
    """One job that was asked for, until it has ended.

    Parameters
    ----------
    on_progress : callable
        Gets each :class:`ProgressMade`.
    on_end : callable
        Gets the :class:`Result`, or the error, or ``Cancelled``; once.
    """

    def __init__(self, on_progress: OnProgress, on_end: OnEnd) -> None:
        self.on_progress, self.on_end = on_progress, on_end
        self.job_id: Optional[str] = None
        self.ended = False

    def end(self, outcome: Outcome) -> None:
        """Tell how it ended, unless that has been told."""
        if not self.ended:
            self.ended = True
            self.on_end(outcome)


class Worker:
    """A worker that is connected to in the background, and jobs that wait for it; lost, it is looked for again.

    Parameters
    ----------
    connect : callable
        Returns a connected client; runs on a thread of its own.
    on_ready : callable
        Gets what the worker can do, each time that it is reached.
    """

    def __init__(
        self,
        connect: Callable[[], Client],
        on_ready: Callable[[Dict[str, Any]], None] = lambda capabilities: None,
    ) -> None:
        self._connect, self._on_ready = connect, on_ready
        self._client: Optional[Client] = None
        self._connecting = self._closed = False
        self._arrived: queue.Queue[Union[Client, CycloramaError]] = queue.Queue()
        self._waiting: List[Tuple[Ticket, str, Dict[str, Any], Sequence[ArrayData]]] = []
        self._running: Dict[str, Ticket] = {}
        self._source = GLib.timeout_add(_POLL_MS, self._poll)
        self._reach()

    def submit(
        self,
        job: str,
        options: Dict[str, Any],
        arrays: Sequence[ArrayData],
        on_progress: OnProgress,
        on_end: OnEnd,
    ) -> Ticket:
        """Ask for a job, now or as soon as the worker is connected; it never ends before this returns."""
        ticket = Ticket(on_progress, on_end)
        self._waiting.append((ticket, job, options, arrays))
        if self._client is None:
            self._reach()
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Stop a job; it ends at once as far as its listener is concerned."""
        self._waiting = [entry for entry in self._waiting if entry[0] is not ticket]
        if ticket.job_id is not None and self._client is not None:
            self._running.pop(ticket.job_id, None)
            try:
                self._client.cancel(ticket.job_id)
            except CycloramaError:
                # Gone already: then nothing runs any more.
                pass
        ticket.end(Cancelled())

    def close(self) -> None:
        """Hang up; the worker stops what it does for us, and stays for the next caller."""
        self._closed = True
        GLib.source_remove(self._source)
        if self._client is not None:
            self._client.close()

    def _reach(self) -> None:
        if not self._connecting:
            self._connecting = True
            threading.Thread(target=self._connect_aside, daemon=True).start()

    def _connect_aside(self) -> None:
        try:
            client = self._connect()
        except CycloramaError as error:
            self._arrived.put(error)
            return
        except Exception as error:
            self._arrived.put(
                CycloramaError(f"The worker cannot be started: {error}.", "Run `cyclorama doctor`.")
            )
            return
        if self._closed:
            client.close()
        self._arrived.put(client)

    def _poll(self) -> bool:
        if self._client is None:
            self._greet()
        if self._client is not None:
            self._send_waiting()
            self._listen(self._client)
        return True

    def _greet(self) -> None:
        try:
            arrived = self._arrived.get_nowait()
        except queue.Empty:
            return
        self._connecting = False
        if isinstance(arrived, CycloramaError):
            self._fail_all(arrived)
            return
        self._client = arrived
        if arrived.welcome is not None:
            self._on_ready(arrived.welcome.capabilities)

    def _send_waiting(self) -> None:
        while self._waiting and self._client is not None:
            ticket, job, options, arrays = self._waiting.pop(0)
            try:
                ticket.job_id = self._client.submit(job, options, arrays)
            except CycloramaError as error:
                ticket.end(error)
            else:
                self._running[ticket.job_id] = ticket

    def _listen(self, client: Client) -> None:
        try:
            message = client.poll()
            while message is not None:
                self._dispatch(message)
                message = client.poll()
        except CycloramaError as error:
            self._client = None
            client.close()
            self._fail_all(error)

    def _dispatch(self, message: Any) -> None:
        ticket = self._running.get(getattr(message, "job_id", ""))
        if ticket is None:
            return
        if isinstance(message, ProgressMade):
            ticket.on_progress(message)
            return
        if isinstance(message, (Result, Failed, JobCancelled)):
            del self._running[message.job_id]
            ticket.end(_outcome(message))

    def _fail_all(self, error: CycloramaError) -> None:
        tickets = [*self._running.values(), *(entry[0] for entry in self._waiting)]
        self._running.clear()
        self._waiting.clear()
        for ticket in tickets:
            ticket.end(error)


def finish(
    worker: Worker,
    job: str,
    options: Dict[str, Any],
    arrays: Sequence[ArrayData],
    on_progress: OnProgress,
    on_start: Callable[[Ticket], None] = lambda ticket: None,
) -> Result:
    """Ask for a job and run GIMP's main loop until it has ended.

    Raises
    ------
    CycloramaError
        If the job failed, or the worker is gone.
    Cancelled
        If somebody cancelled the ticket that ``on_start`` was given.
    """
    loop = GLib.MainLoop()
    outcomes: List[Outcome] = []

    def on_end(outcome: Outcome) -> None:
        outcomes.append(outcome)
        loop.quit()

    on_start(worker.submit(job, options, arrays, on_progress, on_end))
    loop.run()
    outcome = outcomes[0]
    if isinstance(outcome, Result):
        return outcome
    raise outcome


def _outcome(message: Union[Result, Failed, JobCancelled]) -> Outcome:
    if isinstance(message, Failed):
        return error_of(message.code, message.message, message.hint)
    return Cancelled() if isinstance(message, JobCancelled) else message
