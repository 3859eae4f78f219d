"""A procedure's dialog with a line below that tells progress and what went wrong, and a Cancel that stops the job."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("GimpUi", "3.0")

from gi.repository import GimpUi, GObject, Gtk  # noqa: E402

from cyclorama.protocol.errors import CycloramaError  # noqa: E402
from cyclorama.protocol.messages import ProgressMade  # noqa: E402
from gimp3.call import Call  # noqa: E402
from gimp3.model_choice import ModelChoice  # noqa: E402
from gimp3.worker import Ticket, Worker  # noqa: E402

__all__ = ["WorkDialog"]

_STOPS = (Gtk.ResponseType.CANCEL, Gtk.ResponseType.DELETE_EVENT)


class WorkDialog:
    """GIMP's dialog of a procedure's arguments, which stays while the work is done.

    Parameters
    ----------
    call : Call
        Whose arguments are shown.
    title, ok : str
        Of the window; of the button that does it.
    """

    def __init__(self, call: Call, title: str, ok: str) -> None:
        GimpUi.init("cyclorama")
        self._call = call
        self.window = GimpUi.ProcedureDialog.new(call.procedure, call.config, title)
        self.window.set_ok_label(ok)
        self._ticket: Optional[Ticket] = None
        self._cancel: Any = None
        self.content = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=8, border_width=10)
        self._bar = Gtk.ProgressBar(show_text=False)
        self._message = Gtk.Label(xalign=0, wrap=True, selectable=True, max_width_chars=60)
        self._form: List[Any] = []
        self._folds: List[Any] = []
        self._models: Optional[ModelChoice] = None
        area = self.window.get_content_area()
        area.pack_start(self.content, True, True, 0)
        below = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=4, border_width=10)
        below.pack_start(self._message, False, False, 0)
        below.pack_start(self._bar, False, False, 0)
        area.pack_start(below, False, False, 0)
        self.content.show()
        below.show()
        self._message.show()
        self._bar.show()
        self._bar.set_opacity(0)
        self.window.connect("response", self._on_response)
        # The window must outlive a click on its close button.
        self.window.connect("delete-event", lambda *_: True)

    def explain(self, text: str) -> None:
        """Add a paragraph."""
        label = Gtk.Label(label=text, xalign=0, wrap=True, max_width_chars=56)
        label.show()
        self.content.pack_start(label, False, False, 0)

    def widget(self, name: str) -> Any:
        """Return GIMP's widget of an argument, for the caller to place."""
        found = self.window.get_widget(name, GObject.TYPE_NONE)
        found.set_visible(True)
        return found

    def place(self, names: Sequence[str], box: Any = None, alive: bool = False) -> None:
        """Add GIMP's widgets of arguments, one below the other; those that stay alive can be used during a job."""
        for name in names:
            widget = self.widget(name)
            (box or self.content).pack_start(widget, False, False, 0)
            if not alive:
                self._form.append(widget)

    def fold(self, label: str, inside: Any, box: Any = None) -> None:
        """Add a folded part; of all only one is open at a time, so that the window fits small screens."""
        expander = Gtk.Expander.new_with_mnemonic(label)
        expander.add(inside)
        inside.show()
        expander.show()
        expander.connect("notify::expanded", self._on_folded)
        (box or self.content).pack_start(expander, False, False, 0)
        self._folds.append(expander)

    def offer_models(self, parts: Tuple[str, ...], worker: Optional[Worker] = None, box: Any = None) -> None:
        """Add the folded part in which models are chosen; see :class:`gimp3.model_choice.ModelChoice`."""
        self._models = ModelChoice(self._call, parts, worker)
        self._form.append(self._models.widget)
        self.fold("Mo_dels", self._models.widget, box)

    def _on_folded(self, expander: Any, _spec: Any) -> None:
        if expander.get_expanded():
            for other in self._folds:
                if other is not expander:
                    other.set_expanded(False)
        # As small as it can be again; GTK itself only lets windows grow.
        self.window.resize(1, 1)

    def ask(self) -> bool:
        """Let the person choose; return False if they gave up."""
        return bool(self.window.run())

    def close(self) -> None:
        """Take the window away."""
        if self._models is not None:
            self._models.close()
        self.window.destroy()

    def on_start(self, ticket: Ticket) -> None:
        """Take the ticket of a job that Cancel shall stop; the form is greyed until it ends."""
        self._ticket = ticket
        self._set_busy(True)

    def on_progress(self, progress: ProgressMade) -> None:
        """Show where the job stands."""
        self._bar.set_opacity(1)
        self._bar.set_fraction(progress.fraction)
        self.say(progress.message or progress.stage)

    def say(self, text: str) -> None:
        """Show a sentence below the form."""
        self._message.set_text(text)

    def done(self, text: str = "") -> None:
        """Show that no job runs any more."""
        self._ticket = None
        self._set_busy(False)
        self._bar.set_opacity(0)
        self.say(text)

    def fail(self, error: CycloramaError) -> None:
        """Show what went wrong and what to do about it."""
        self.done()
        self._message.set_text(f"⚠ {error.message}" + (f"\n{error.hint}" if error.hint else ""))

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._ticket is not None and not self._ticket.ended

    def set_cancel(self, cancel: Any) -> None:
        """Set what stops a ticket: the worker's ``cancel``."""
        self._cancel = cancel

    def stop(self) -> None:
        """Stop the job that runs, if any."""
        if self._ticket is not None and self.busy:
            self._cancel(self._ticket)

    def _set_busy(self, busy: bool) -> None:
        for widget in self._form:
            widget.set_sensitive(not busy)
        self.window.set_response_sensitive(Gtk.ResponseType.OK, not busy)

    def _on_response(self, _window: Any, response: int) -> None:
        if response in _STOPS:
            self.stop()
