"""Jobs of all documents: each is a generator that yields requests to the worker and gets their results.

Everything runs on Krita's own thread, from a timer; what a job does between two requests is done at once.
"""

from __future__ import annotations

import itertools
import traceback
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Generator, List, Mapping, Optional, Sequence, Tuple, Union

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.client import Client
from cyclorama.protocol.errors import Cancelled, CycloramaError, error_of
from cyclorama.protocol.messages import Failed, JobCancelled, ProgressMade, Result

from .qt import QtCore

__all__ = ["Answer", "Job", "JobQueue", "Request", "Work"]

#: A preview has to follow a drag: half a tick is what it waits.
_TICK_MS = 20


@dataclass(frozen=True)
class Request:
    """What a job asks of the worker.

    Parameters
    ----------
    job : str
        Name of the worker's job.
    options : mapping
    arrays : sequence of ArrayData
    share : (float, float)
        The part of the whole job's progress, in [0, 1], that this request fills.
    """

    job: str
    options: Mapping[str, Any]
    arrays: Sequence[ArrayData] = ()
    share: Tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True)
class Answer:
    """What the worker gave: plain values, and pictures by name."""

    result: Dict[str, Any]
    arrays: Dict[str, ArrayData]


#: Gets the answer of a quick question, or why there is none.
OnAnswer = Callable[[Union[Answer, CycloramaError]], None]
#: Yields requests, is sent their answers; what it does after the last one is the job's effect.
Work = Generator[Request, Answer, None]


@dataclass
class Job:
    """One job, as a person sees it.

    Parameters
    ----------
    number : int
        Unique while Krita runs.
    title, document : str
        What is done, and to which picture.
    key : str
        Identity of the document.
    work : generator
        What is done.
    picture : ArrayData or None
        How its result looks so far.
    """

    number: int
    title: str
    document: str
    key: str
    work: Work
    fraction: float = 0.0
    message: str = "Waiting"
    job_id: str = ""
    share: Tuple[float, float] = (0.0, 1.0)
    picture: Optional[ArrayData] = None
    error: Optional[CycloramaError] = None
    on_failed: Optional[Callable[[Job], None]] = field(default=None, repr=False)


class JobQueue(QtCore.QObject):  # type: ignore[misc]
    """Sends jobs to the worker and takes its answers.

    Parameters
    ----------
    connect : callable
        Returns a client, or None while the worker is still starting; raises ``CycloramaError``.

    Attributes
    ----------
    changed : signal ()
        A job came, went, or moved on.
    """

    changed = QtCore.pyqtSignal()

    def __init__(self, connect: Callable[[], Optional[Client]]) -> None:
        super().__init__()
        self._connect = connect
        self._client: Optional[Client] = None
        self._numbers = itertools.count(1)
        self._unsent: List[Tuple[Job, Request]] = []
        self._questions: List[Tuple[Request, OnAnswer]] = []
        self._asked: Dict[str, OnAnswer] = {}
        self._jobs: List[Job] = []
        self._waking = False
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def jobs(self) -> Tuple[Job, ...]:
        """Jobs that have not ended, oldest first."""
        return tuple(self._jobs)

    def start(self, title: str, document: str, key: str, work: Work, on_failed: Callable[[Job], None]) -> Job:
        """Begin a job; ``on_failed`` hears of it if it ends with an error."""
        self._drop_if_gone()
        job = Job(next(self._numbers), title, document, key, work, on_failed=on_failed)
        self._jobs.append(job)
        self._advance(job, None)
        self._timer.start()
        self.changed.emit()
        return job

    def ask(self, question: Request, on_answer: OnAnswer) -> None:
        """Ask for something quick, which is no job of the list and does not wait for those."""
        self._drop_if_gone()
        self._questions.append((question, on_answer))
        self._timer.start()

    @property
    def connected(self) -> bool:
        """Whether a worker can answer at once."""
        return self._client is not None

    def wake(self) -> None:
        """Connect ahead of the first job."""
        if self._client is None and not self._waking:
            self._waking = True
            self._timer.start()

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the worker said it can do; empty before the first conversation."""
        welcome = None if self._client is None else self._client.welcome
        return {} if welcome is None else welcome.capabilities

    def cancel(self, number: int) -> None:
        """Stop a job; the document stays as it is."""
        job = next((job for job in self._jobs if job.number == number), None)
        if job is None:
            return
        if job.job_id and self._client is not None:
            try:
                self._client.cancel(job.job_id)
            except CycloramaError as error:
                self._lose(error)
        self._end(job)

    def _tick(self) -> None:
        try:
            self._send()
            while self._client is not None:
                message = self._client.poll(0.0)
                if message is None:
                    break
                self._take(message)
        except CycloramaError as error:
            self._lose(error)
        if not (self._jobs or self._waking or self._questions or self._asked):
            self._timer.stop()

    def _send(self) -> None:
        if (self._unsent or self._waking or self._questions) and self._client is None:
            self._client = self._connect()
            if self._client is not None:
                self._waking = False
                self.changed.emit()
        while self._unsent and self._client is not None:
            job, request = self._unsent.pop(0)
            job.job_id = self._client.submit(request.job, dict(request.options), request.arrays)
            job.share = request.share
        while self._questions and self._client is not None:
            question, on_answer = self._questions.pop(0)
            number = self._client.submit(question.job, dict(question.options), question.arrays)
            self._asked[number] = on_answer

    def _take(self, message: Any) -> None:
        identity = getattr(message, "job_id", None)
        if identity in self._asked:
            self._take_answer(identity, message)
            return
        job = next((job for job in self._jobs if job.job_id == identity), None)
        # Cancelled here already: what the worker still says of it is of no interest.
        if job is None:
            return
        if isinstance(message, ProgressMade):
            low, high = job.share
            job.fraction = low + (high - low) * message.fraction
            job.message = (message.message or message.stage).capitalize()
            job.picture = message.arrays[0] if message.arrays else job.picture
            self.changed.emit()
        elif isinstance(message, Result):
            self._advance(job, _answer_of(message))
        elif isinstance(message, Failed):
            self._fail(job, error_of(message.code, message.message, message.hint))
        elif isinstance(message, JobCancelled):
            self._end(job)

    def _take_answer(self, identity: str, message: Any) -> None:
        if isinstance(message, Result):
            self._asked.pop(identity)(_answer_of(message))
        elif isinstance(message, Failed):
            self._asked.pop(identity)(error_of(message.code, message.message, message.hint))

    def _advance(self, job: Job, answer: Optional[Answer]) -> None:
        """Let a job go on to its next request, or to its end."""
        job.job_id = ""
        try:
            request = next(job.work) if answer is None else job.work.send(answer)
        except StopIteration:
            self._end(job)
        except Cancelled:
            self._end(job)
        except CycloramaError as error:
            self._fail(job, error)
        except Exception as error:
            # Krita shows a window of its own for what escapes from here, and the job would stand in the list for ever.
            self._fail(
                job, CycloramaError(f"A fault in the plug-in: {error!r}.", traceback.format_exc(limit=-1))
            )
        else:
            self._unsent.append((job, request))

    def _fail(self, job: Job, error: CycloramaError) -> None:
        job.error = error
        self._end(job)
        if job.on_failed is not None:
            job.on_failed(job)

    def _end(self, job: Job) -> None:
        job.work.close()
        self._unsent = [entry for entry in self._unsent if entry[0] is not job]
        if job in self._jobs:
            self._jobs.remove(job)
        self.changed.emit()

    def _lose(self, error: CycloramaError) -> None:
        """The worker is gone: every job ends with its sentence, and the next one starts it anew."""
        if self._client is not None:
            self._client.close()
        self._client = None
        self._waking = False
        for job in self.jobs:
            self._fail(job, error)
        waiting = [on_answer for _, on_answer in self._questions] + list(self._asked.values())
        self._questions, self._asked = [], {}
        for on_answer in waiting:
            on_answer(error)

    def _drop_if_gone(self) -> None:
        """Forget a worker that left while nobody asked: the next job starts another."""
        try:
            if self._client is not None and not self._jobs and not self._asked:
                self._client.poll(0.0)
        except CycloramaError as error:
            self._lose(error)


def _answer_of(message: Result) -> Answer:
    return Answer(message.result, {array.name: array for array in message.arrays})
