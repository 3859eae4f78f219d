"""The one interface through which the front reaches GIMP, and the choice of who implements it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol, Sequence

from pythonfu.kinds import Plain, Signature

if TYPE_CHECKING:
    from pythonfu.registry import Form, PlugIn


#: Without a display there are no windows: what asks for one gets none, what closes one has nothing to do.
NEEDS_DISPLAY: dict[str, list[Plain]] = {
    "gimp-display-new": [-1],
    "gimp-display-delete": [],
    "gimp-displays-flush": [],
}


class GimpError(RuntimeError):
    """A procedure failed; the text is GIMP's own."""


class ProcedureMissingError(AttributeError):
    """GIMP has no such procedure; the text says what took its place."""


class Backend(Protocol):
    """What a GIMP must give to the front.

    Attributes
    ----------
    version : tuple of int
        Of the GIMP that runs.
    """

    version: tuple[int, int, int]

    def signature(self, name: str) -> Signature:
        """Return what a procedure takes and gives; raise `ProcedureMissingError`."""

    def call(self, name: str, run_mode: int, arguments: Sequence[Plain]) -> list[Plain]:
        """Run a procedure; arguments and results as its signature says, without the run mode. Raise `GimpError`."""

    def procedure_names(self) -> list[str]:
        """Return the names of all procedures."""

    def describe(self, name: str) -> dict[str, Any]:
        """Return a procedure's blurb, help, author, copyright, date, and its parameters' names."""

    def read_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool) -> bytes:
        """Return the 8-bit samples of a box (x, y, width, height), row by row, channels interleaved."""

    def write_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool, data: bytes) -> None:
        """Write what `read_pixels` reads."""

    def let_go(self) -> None:
        """Write what is held here to GIMP."""

    def merge_shadow(self, drawable: int, undo: bool) -> None:
        """Take over what was written to the shadow."""

    def folder(self, which: str) -> str:
        """Return a folder: ``user``, ``data``, ``locale``, ``sysconf``, ``plug-in``, or ``cache``."""

    def get_data(self, name: str) -> bytes | None:
        """Return the bytes stored under a name, for as long as GIMP runs, or None."""

    def set_data(self, name: str, data: bytes) -> None:
        """Store bytes under a name."""

    def main(self, plug_in: PlugIn) -> None:
        """Answer GIMP, which started this process to ask what the plug-in offers, or to run it."""

    def ask(self, form: Form) -> list[Any] | None:
        """Show the dialog of a procedure; return the values, or None when the person cancels."""


_chosen: Backend | None = None


def backend() -> Backend:
    """Return the back end for the GIMP that started this process."""
    global _chosen
    if _chosen is None:
        from pythonfu.cached import Cached

        chosen: Any = Cached(_gimp2() if _is_gimp2() else _gimp3())
        _chosen = chosen
    return _chosen


def use(chosen: Backend) -> None:
    """Take this back end; for tests."""
    global _chosen
    _chosen = chosen


def _is_gimp2() -> bool:
    """Tell by the command line: GIMP 3 puts the version of its protocol before the two file descriptors."""
    if "gi.repository.Gimp" in sys.modules:
        return False
    if len(sys.argv) > 1 and sys.argv[1] == "-gimp":
        return len(sys.argv) == 6
    return False


def _gimp2() -> Backend:
    from pythonfu.gimp2.host import Gimp2

    return Gimp2()


def _gimp3() -> Backend:
    from pythonfu.gimp3.host import Gimp3

    return Gimp3()


def call(name: str, *arguments: Plain) -> list[Any]:
    """Run a procedure without a dialog, plain values in and out."""
    return backend().call(name, 1, arguments)
