"""The dialog of Select ▸ Objects: the objects that were found, with a box to tick for each."""

from __future__ import annotations

from typing import Any, List, Tuple

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gtk  # noqa: E402

from cyclorama.protocol.errors import Cancelled, CycloramaError  # noqa: E402
from cyclorama.protocol.messages import Result  # noqa: E402
from gimp3.call import Call, new_worker  # noqa: E402
from gimp3.dialog import WorkDialog  # noqa: E402
from gimp3.objects import FoundObject, found_objects, objects_request, select_objects  # noqa: E402
from gimp3.pixels import dtype_of, picture_of  # noqa: E402
from gimp3.thumbnails import Subject, fitting_size, grey, thumbnail  # noqa: E402
from gimp3.worker import Outcome  # noqa: E402

__all__ = ["ObjectsDialog"]

_MOST_HEIGHT, _MOST_WIDTH = 320, 440


class ObjectsDialog:
    """Finds objects when it opens, and selects those that are ticked.

    Parameters
    ----------
    call : Call
    layer : Gimp.Layer
        Where to look.
    """

    def __init__(self, call: Call, layer: Any) -> None:
        self._call, self._layer = call, layer
        self._found: List[FoundObject] = []
        self._ticks: List[Any] = []
        self._worker = new_worker()
        self.dialog = WorkDialog(call, "Select Objects", "_Select")
        self.dialog.set_cancel(self._worker.cancel)
        self._image = Gtk.Image(valign=Gtk.Align.START)
        self._list = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=4)
        again = Gtk.Button.new_with_mnemonic("_Find Again")
        again.connect("clicked", lambda _button: self._search())
        right = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=8)
        right.pack_start(self._list, False, False, 0)
        self.dialog.place(["threshold", "max-objects"], right)
        self.dialog.offer_models(("segmenter",), self._worker, right)
        right.pack_start(again, False, False, 0)
        self.dialog.place(["operation"], right)
        row = Gtk.Box(spacing=16)
        row.pack_start(self._image, False, False, 0)
        row.pack_start(right, True, True, 0)
        for widget in (self._image, self._list, again, right, row):
            widget.show()
        self.dialog.content.pack_start(row, True, True, 0)
        self._picture = picture_of(layer, "image", dtype_of(call.image))
        self._size = fitting_size(*self._picture.size, _MOST_HEIGHT, _MOST_WIDTH)
        self._image.set_from_pixbuf(thumbnail(self._picture, self._size))
        self._search()

    def run(self) -> None:
        """Ask until something was selected.

        Raises
        ------
        Cancelled
            If the person gave up.
        """
        try:
            while self.dialog.ask():
                chosen = self._chosen()
                if chosen:
                    select_objects(self._call, self._layer, chosen)
                    return
                self.dialog.done("Tick at least one object.")
            raise Cancelled
        finally:
            self._worker.close()
            self.dialog.close()

    def _chosen(self) -> List[FoundObject]:
        return [own for own, tick in zip(self._found, self._ticks) if tick.get_active()]

    def _search(self) -> None:
        try:
            options, arrays = objects_request(self._call, self._layer)
        except CycloramaError as error:
            self.dialog.fail(error)
            return
        for tick in self._ticks:
            tick.destroy()
        self._found, self._ticks = [], []
        self.dialog.say("Looking for objects…")
        ticket = self._worker.submit("objects", options, arrays, self.dialog.on_progress, self._take)
        self.dialog.on_start(ticket)

    def _take(self, outcome: Outcome) -> None:
        if not isinstance(outcome, Result):
            if isinstance(outcome, CycloramaError):
                self.dialog.fail(outcome)
            return
        try:
            self._found = found_objects(outcome)
        except CycloramaError as error:
            self.dialog.fail(error)
            return
        self.dialog.done()
        for own in self._found:
            tick = Gtk.CheckButton.new_with_label(f"{own.name} ({own.score:.0%})".replace("%", " %"))
            tick.set_active(True)
            tick.connect("toggled", lambda _tick: self._show())
            tick.show()
            self._list.pack_start(tick, False, False, 0)
            self._ticks.append(tick)
        self._show()

    def _show(self) -> None:
        """Show the picture grey where it would not be selected."""
        small = thumbnail(self._picture, self._size)
        layers = [(own.box, *self._cut(own)) for own in self._chosen()]
        subject = Subject(self._picture.size, layers, self._size)
        self._image.set_from_pixbuf(subject.over(grey(small)))

    def _cut(self, own: FoundObject) -> Tuple[Any, Any]:
        return picture_of(self._layer, own.name, self._picture.dtype, own.box), own.mask
