"""Who may say what when: one table for both ends."""

from __future__ import annotations

from typing import Dict, FrozenSet, Optional, Tuple, Type

from cyclorama.protocol.errors import ProtocolError
from cyclorama.protocol.messages import (
    Accepted,
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

__all__ = ["Conversation"]

CLIENT, WORKER = "client", "worker"

#: (speaker, state of the connection, message) -> next state. What is not here is a breach.
_CONNECTION: Dict[Tuple[str, str, Type[Message]], str] = {
    (CLIENT, "new", Hello): "greeted",
    (WORKER, "greeted", Welcome): "open",
    (CLIENT, "open", Submit): "open",
    (CLIENT, "open", Cancel): "open",
    (CLIENT, "open", ListModels): "open",
    (CLIENT, "open", Ping): "open",
    (CLIENT, "open", Shutdown): "open",
    (WORKER, "open", Accepted): "open",
    (WORKER, "open", ProgressMade): "open",
    (WORKER, "open", Result): "open",
    (WORKER, "open", Failed): "open",
    (WORKER, "open", JobCancelled): "open",
    (WORKER, "open", Pong): "open",
    (WORKER, "open", Models): "open",
}

#: (state of the job, message) -> next state; a job begins as None and ends as "done".
_JOB: Dict[Tuple[Optional[str], Type[Message]], str] = {
    (None, Submit): "submitted",
    ("submitted", Accepted): "accepted",
    ("submitted", Failed): "done",
    ("accepted", ProgressMade): "accepted",
    ("accepted", Result): "done",
    ("accepted", Failed): "done",
    ("accepted", JobCancelled): "done",
    # A cancel may cross any answer on its way.
    ("submitted", Cancel): "submitted",
    ("accepted", Cancel): "accepted",
    ("done", Cancel): "done",
}


class Conversation:
    """The state of one connection, as either end keeps it."""

    def __init__(self) -> None:
        self._state = "new"
        self._jobs: Dict[str, str] = {}

    @property
    def open_jobs(self) -> FrozenSet[str]:
        """Jobs that wait for their end."""
        return frozenset(job for job, state in self._jobs.items() if state != "done")

    def note(self, speaker: str, message: Message) -> None:
        """Take note of a message.

        Parameters
        ----------
        speaker : {"client", "worker"}
            Who said it.
        message : Message
            What was said.

        Raises
        ------
        ProtocolError
            If it may not be said now.
        """
        if isinstance(message, Failed) and message.job_id == "" and speaker == WORKER:
            self._state = "closed"
            return
        kind = type(message)
        following = _CONNECTION.get((speaker, self._state, kind))
        if following is None:
            raise ProtocolError(
                f"The {speaker} said {kind.__name__}, which does not belong here ({self._state})."
            )
        job_id: Optional[str] = getattr(message, "job_id", None)
        if job_id is not None:
            self._note_job(job_id, kind)
        self._state = following

    def _note_job(self, job_id: str, kind: Type[Message]) -> None:
        state = self._jobs.get(job_id)
        following = _JOB.get((state, kind))
        if following is None:
            raise ProtocolError(
                f"{kind.__name__} was said of job {job_id!r}, which is {state or 'unknown'}; it does not belong here."
            )
        self._jobs[job_id] = following
