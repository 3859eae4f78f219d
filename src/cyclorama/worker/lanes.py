"""Where jobs wait and run: one queue for all clients, and a second lane for what answers in a moment."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

from cyclorama.worker.tasks import Task

__all__ = ["Lane"]

_log = logging.getLogger("cyclorama.worker")


class Lane:
    """A queue and the thread that works it off, one task at a time, in the order of submission.

    Parameters
    ----------
    name : str
        For the thread.
    first : callable, optional
        Done before the first task.
    """

    def __init__(self, name: str, first: Callable[[], None] | None = None) -> None:
        self._waiting: deque[Task] = deque()
        self._busy = False
        self._starting = first is not None
        self._changed = threading.Condition()
        self._first = first
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def length(self) -> int:
        """Tasks that wait or run, also such as were cancelled and have not yet stopped."""
        with self._changed:
            return len(self._waiting) + self._busy

    @property
    def computing(self) -> bool:
        """Whether its thread is at work now, also at what comes before the first task."""
        return self._busy or self._starting

    def put(self, task: Task) -> None:
        """Append a task; it is told its place if it has to wait."""
        with self._changed:
            before = len(self._waiting) + self._busy
            self._waiting.append(task)
            self._changed.notify()
        if before:
            task.tell_place(before)

    def forget(self, task: Task) -> None:
        """Take out a task that was cancelled before it began."""
        with self._changed:
            if task in self._waiting:
                self._waiting.remove(task)

    def _work(self) -> None:
        if self._first is not None:
            self._first()
            self._starting = False
        while True:
            with self._changed:
                while not self._waiting:
                    self._changed.wait()
                task = self._waiting.popleft()
                self._busy = True
            try:
                task.run()
            except Exception:
                # The next client's job must not suffer for this one.
                _log.exception("the end of a job could not be told")
            finally:
                with self._changed:
                    self._busy = False
            del task
