"""One job on its way through the worker: who asked, whether it is still wanted, how it ended."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from cyclorama.protocol.errors import Cancelled, CycloramaError
from cyclorama.protocol.messages import Failed, JobCancelled, Message, ProgressMade, Result, Submit
from cyclorama.protocol.progress import Progress
from cyclorama.worker.jobs import JOBS, Job, Request
from cyclorama.worker.pictures import array_of_preview

__all__ = ["Task"]

_PROGRESS_INTERVAL_S = 0.1

_log = logging.getLogger("cyclorama.worker")


class Task:
    """A submitted job.

    Parameters
    ----------
    message : Submit
        What was asked.
    send : callable
        Takes what is to be said to the client; must not block.
    """

    def __init__(self, message: Submit, send: Callable[[Message], None]) -> None:
        self.job_id = message.job_id
        self.name = message.job
        self._message: Submit | None = message
        self._send = send
        self._lock = threading.Lock()
        self._ended = False
        self._fraction = 0.0
        self._told = float("-inf")
        self._preview: Any = None

    @property
    def job(self) -> Job:
        """What is to be done."""
        return JOBS[self.name]

    @property
    def ended(self) -> bool:
        """Whether its last message was sent."""
        return self._ended

    def cancel(self) -> None:
        """Stop: the client is told at once, the computation ends at its next report."""
        self._end(JobCancelled(self.job_id))

    def tell_place(self, before: int) -> None:
        """Tell the client that it waits."""
        jobs = "1 job" if before == 1 else f"{before} jobs"
        self._tell(Progress("queue", 0.0, f"Waiting for {jobs}"), time.monotonic())

    def run(self) -> None:
        """Do the job and tell the client how it ended; whatever goes wrong ends this job only."""
        message, self._message = self._message, None
        if message is None or self._ended:
            return
        started = time.monotonic()
        try:
            arrays = {array.name: array for array in message.arrays}
            request = Request(message.options, arrays, self._report)
            del message, arrays
            reply = self.job.run(request)
            self._end(Result(self.job_id, reply.result, reply.arrays))
        except Cancelled:
            self.cancel()
        except CycloramaError as error:
            self._end(Failed(self.job_id, error.code, error.message, error.hint))
        except MemoryError:
            text = "The picture does not fit in this machine's memory."
            self._end(
                Failed(self.job_id, "device", text, "Close other programs, or work on a smaller picture.")
            )
        except Exception as error:
            _log.error("job %s failed:\n%s", self.name, traceback.format_exc())
            text = f"A fault of Cyclorama's in {self.name}: {type(error).__name__}: {error}"
            self._end(Failed(self.job_id, "error", text, "Please report it with the worker's log."))
        _log.info("%s ended after %.2f s", self.name, time.monotonic() - started)

    def _report(self, progress: Progress) -> None:
        if self._ended:
            raise Cancelled
        self._tell(progress, time.monotonic())

    def _tell(self, progress: Progress, now: float) -> None:
        self._fraction = min(max(self._fraction, progress.fraction), 1.0)
        # A picture that comes too soon after the last word waits for the next one.
        self._preview = self._preview if progress.preview is None else progress.preview
        if now - self._told < _PROGRESS_INTERVAL_S:
            return
        self._told = now
        preview, self._preview = self._preview, None
        with self._lock:
            if not self._ended:
                arrays = () if preview is None else (array_of_preview(preview),)
                self._send(
                    ProgressMade(self.job_id, progress.stage, self._fraction, progress.message, arrays)
                )

    def _end(self, message: Message) -> None:
        """Send the last message, unless there was one."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._send(message)
