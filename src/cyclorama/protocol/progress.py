"""Progress of a job, and the one channel through which it is told and stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

__all__ = ["Progress", "Report", "silent", "span"]


@dataclass(frozen=True)
class Progress:
    """Where a job stands.

    Parameters
    ----------
    stage : str
        Name of the running stage, for example ``"matte"``.
    fraction : float
        Share done, in [0, 1]; never falls within a job.
    message : str
        A few words for a person.
    preview : Any
        How the result looks so far, if a stage can tell: an array (h, w, 3) of sRGB values in [0, 1], small.
    """

    stage: str
    fraction: float
    message: str = ""
    preview: Any = None


#: Called often by every stage; it raises ``Cancelled`` to stop the job.
Report = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Take a report and do nothing with it."""


def span(report: Report, start: float, stop: float) -> Report:
    """Map a stage's own 0..1 onto a part of the whole job.

    Parameters
    ----------
    report : callable
        Receiver of the whole job's progress.
    start, stop : float
        The part of the whole job, in [0, 1], that the stage fills.

    Returns
    -------
    callable
        A report for the stage.
    """

    def scaled(progress: Progress) -> None:
        inner = min(max(progress.fraction, 0.0), 1.0)
        report(Progress(progress.stage, start + (stop - start) * inner, progress.message, progress.preview))

    return scaled
