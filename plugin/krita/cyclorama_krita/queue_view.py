"""The jobs of all documents: how far each is, and a button to stop it."""

from __future__ import annotations

from typing import Any, Callable, Dict, Sequence

from .job_queue import Job
from .qt import QtWidgets

__all__ = ["QueueView"]


class QueueView(QtWidgets.QWidget):  # type: ignore[misc]
    """One row for each job.

    Parameters
    ----------
    on_cancel : callable
        Gets the job's number.
    """

    def __init__(self, on_cancel: Callable[[int], None]) -> None:
        super().__init__()
        self.setObjectName("cyclorama_queue")
        self._on_cancel = on_cancel
        self._rows: Dict[int, _Row] = {}
        self._column = QtWidgets.QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Show these jobs and no others."""
        numbers = {job.number for job in jobs}
        for number in [number for number in self._rows if number not in numbers]:
            self._rows.pop(number).deleteLater()
        for job in jobs:
            if job.number not in self._rows:
                self._rows[job.number] = _Row(job, self._on_cancel)
                self._column.addWidget(self._rows[job.number])
            self._rows[job.number].show_job(job)
        self.setVisible(bool(jobs))


class _Row(QtWidgets.QWidget):  # type: ignore[misc]
    """Title, progress and cancel of one job."""

    def __init__(self, job: Job, on_cancel: Callable[[int], None]) -> None:
        super().__init__()
        self._title = QtWidgets.QLabel()
        self._title.setWordWrap(True)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setMaximumHeight(self.fontMetrics().height())
        cancel: Any = QtWidgets.QToolButton()
        cancel.setObjectName("cyclorama_cancel")
        cancel.setText("Cancel")
        number = job.number
        cancel.clicked.connect(lambda: on_cancel(number))
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self._title, 0, 0, 1, 2)
        grid.addWidget(self._bar, 1, 0)
        grid.addWidget(cancel, 1, 1)

    def show_job(self, job: Job) -> None:
        """Show where the job stands."""
        self._title.setText(f"{job.title}: {job.document}\n{job.message}")
        self._bar.setValue(int(1000 * job.fraction))
