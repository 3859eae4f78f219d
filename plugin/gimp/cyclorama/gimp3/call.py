"""One call of a procedure, and how progress is told where there is no dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Sequence

from gi.repository import Gimp
from shared.worker_process import connect_or_start, read_engine

from cyclorama.protocol.client import Client
from cyclorama.protocol.messages import ProgressMade
from gimp3.worker import Ticket, Worker

__all__ = ["Call", "StatusBar", "new_worker"]


@dataclass(frozen=True)
class Call:
    """What GIMP gives to a procedure.

    Parameters
    ----------
    procedure : Gimp.ImageProcedure
    run_mode : Gimp.RunMode
    image : Gimp.Image
    drawables : sequence of Gimp.Drawable
    config : Gimp.ProcedureConfig
        The arguments.
    """

    procedure: Any
    run_mode: Any
    image: Any
    drawables: Sequence[Any]
    config: Any

    @property
    def interactive(self) -> bool:
        """Whether a dialog may be shown."""
        return bool(self.run_mode == Gimp.RunMode.INTERACTIVE)

    def value(self, name: str) -> Any:
        """Return an argument."""
        return self.config.get_property(name)


class StatusBar:
    """Progress in the status bar; its Cancel button ends the plug-in's process, and with it the job."""

    def __init__(self, text: str) -> None:
        Gimp.progress_init(text)

    def on_progress(self, progress: ProgressMade) -> None:
        """Show where the job stands."""
        Gimp.progress_update(progress.fraction)
        if progress.message:
            Gimp.progress_set_text(progress.message)

    def on_start(self, ticket: Ticket) -> None:
        """Take the ticket of the job; nothing here can cancel it."""

    def close(self) -> None:
        """Take the bar away."""
        Gimp.progress_end()


def new_worker(on_ready: Callable[[Dict[str, Any]], None] = lambda capabilities: None) -> Worker:
    """Return the worker, which is being connected to or started; ``on_ready`` gets what it can do."""
    version = ".".join(str(part) for part in (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION, Gimp.MICRO_VERSION))

    def connect() -> Client:
        return connect_or_start(read_engine(), f"GIMP {version}")

    return Worker(connect, on_ready)
