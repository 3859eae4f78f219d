"""The three ways a procedure is called: with a dialog, with the last values, and by a script."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Protocol, Sequence, Tuple, TypeVar

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import Cancelled, CycloramaError
from cyclorama.protocol.messages import ProgressMade, Result
from gimp3.call import Call, StatusBar, new_worker
from gimp3.worker import Ticket, Worker, finish

__all__ = ["Attention", "attend", "unattended"]

_T = TypeVar("_T")


class _Surface(Protocol):
    def on_progress(self, progress: ProgressMade) -> None: ...

    def on_start(self, ticket: Ticket) -> None: ...


class Attention:
    """Where progress is shown, and what can stop the work: a dialog or the status bar."""

    def __init__(self, surface: _Surface) -> None:
        self._surface = surface

    def finish(
        self, worker: Worker, job: str, options: Dict[str, Any], arrays: Sequence[ArrayData]
    ) -> Result:
        """Do a job to its end; see :func:`gimp3.worker.finish`."""
        surface = self._surface
        return finish(worker, job, options, arrays, surface.on_progress, surface.on_start)


Work = Callable[[Worker, Attention], _T]


def attend(
    call: Call,
    title: str,
    ok: str,
    about: str,
    names: Sequence[str],
    work: Work[_T],
    models: Tuple[str, ...] = (),
) -> _T:
    """Ask for arguments if a person is there, then do the work, and let them try again when it fails.

    Parameters
    ----------
    call : Call
    title, ok, about : str
        Of the dialog, its button, and a paragraph above the arguments.
    names : sequence of str
        Arguments to ask for.
    work : callable
        Does it; the image is touched only when all has been computed.
    models : tuple of str
        Parts of the work whose model can be chosen.

    Raises
    ------
    Cancelled
        If the person gave up.
    CycloramaError
        If it failed and nobody is there to try again.
    """
    if not call.interactive:
        return unattended(title, work)
    # GTK needs a display; a call by a script must work without one.
    from gimp3.dialog import WorkDialog

    dialog = WorkDialog(call, title, ok)
    dialog.explain(about)
    dialog.place(names)
    if models:
        dialog.offer_models(models)
    try:
        while dialog.ask():
            worker = new_worker()
            dialog.set_cancel(worker.cancel)
            dialog.say("Starting…")
            try:
                return work(worker, Attention(dialog))
            except Cancelled:
                dialog.done("Stopped. Nothing was changed.")
            except CycloramaError as error:
                dialog.fail(error)
            finally:
                worker.close()
        raise Cancelled
    finally:
        dialog.close()


def unattended(title: str, work: Work[_T]) -> _T:
    """Do the work with progress in the status bar.

    Raises
    ------
    CycloramaError
        If it failed.
    """
    bar, worker = StatusBar(title), new_worker()
    try:
        result: List[_T] = [work(worker, Attention(bar))]
    finally:
        worker.close()
        bar.close()
    return result[0]
