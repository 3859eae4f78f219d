"""Independent jobs on two threads: array work leaves Python's lock, so that a second core helps."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from cyclorama.protocol.progress import Progress, Report

__all__ = ["MOST_THREADS", "side_by_side"]

#: More would need more memory than large photographs leave, and array work gains little from it.
MOST_THREADS = 2

Result = TypeVar("Result")


def side_by_side(
    jobs: Sequence[Callable[[Report], Result]], report: Report, most_threads: int = MOST_THREADS
) -> list[Result]:
    """Run jobs that do not need each other.

    Parameters
    ----------
    jobs : sequence of callable
        Each is given a report of its own, and counts alike for the progress of the whole.
    report : callable
        Called by one thread at a time, with a fraction that never falls; what it raises stops all jobs at their next
        report.
    most_threads : int
        1 where the jobs' memory counts for more than their time.

    Returns
    -------
    list
        The jobs' results, in their order; the same whatever the number of threads. The first error is raised.
    """
    joint = _Joint(report, len(jobs))
    threads = min(len(jobs), os.cpu_count() or 1, most_threads)
    if threads < 2:
        return [job(joint.of(number)) for number, job in enumerate(jobs)]
    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(joint.guarded, job, number) for number, job in enumerate(jobs)]
    if joint.error is not None:
        raise joint.error
    return [future.result() for future in running]


class _Joint:
    """One report out of many, and one reason to stop for all."""

    def __init__(self, report: Report, jobs: int) -> None:
        self.error: BaseException | None = None
        self._report = report
        self._lock = threading.Lock()
        self._done = [0.0] * jobs

    def of(self, number: int) -> Report:
        """Return the report of one job."""

        def part(progress: Progress) -> None:
            with self._lock:
                if self.error is not None:
                    raise self.error
                self._done[number] = max(self._done[number], min(max(progress.fraction, 0.0), 1.0))
                whole = sum(self._done) / len(self._done)
                self._report(Progress(progress.stage, whole, progress.message, progress.preview))

        return part

    def guarded(self, job: Callable[[Report], Result], number: int) -> Result:
        """Run a job; what it raises first is what all end with."""
        try:
            return job(self.of(number))
        except BaseException as error:
            self.error = self.error or error
            raise
