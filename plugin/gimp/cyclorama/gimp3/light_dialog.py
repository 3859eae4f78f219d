"""The dialog of Light and Perspective, and of Shadows from Light."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Union

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gtk  # noqa: E402
from shared.light import Light  # noqa: E402

from cyclorama.protocol.errors import Cancelled, CycloramaError  # noqa: E402
from cyclorama.protocol.messages import Result  # noqa: E402
from gimp3.call import Call, new_worker  # noqa: E402
from gimp3.dialog import WorkDialog  # noqa: E402
from gimp3.document import OpenDocument  # noqa: E402
from gimp3.interaction import Attention  # noqa: E402
from gimp3.light_command import light_of, light_request  # noqa: E402
from gimp3.light_panel import LightPanel  # noqa: E402
from gimp3.pixels import dtype_of, picture_of  # noqa: E402
from gimp3.thumbnails import fitting_size, thumbnail  # noqa: E402
from gimp3.worker import Outcome, Worker  # noqa: E402

__all__ = ["LightDialog"]

_MOST_HEIGHT, _MOST_WIDTH = 380, 480

Apply = Callable[[Worker, Attention, Light], List[Any]]


class LightDialog:
    """Shows the light of a picture and lets a person move it.

    Parameters
    ----------
    call : Call
    title, ok : str
    shown : Gimp.Layer or OpenDocument
        A layer whose light is read first, or a document that has one.
    noted : Light, optional
        What is known of a layer's light already: it is shown, and read anew only when that is asked for.
    """

    def __init__(
        self,
        call: Call,
        title: str,
        ok: str,
        shown: Union[Any, OpenDocument],
        noted: Optional[Light] = None,
    ) -> None:
        self._call = call
        self._worker = new_worker()
        self.dialog = WorkDialog(call, title, ok)
        self.dialog.set_cancel(self._worker.cancel)
        self._panel = LightPanel(call, self.dialog, lambda _light: None)
        row = Gtk.Box(spacing=16)
        row.pack_start(self._panel.left, False, False, 0)
        row.pack_start(self._panel.right, True, True, 0)
        self._panel.numbers.show()
        self._panel.right.pack_start(self._panel.numbers, False, False, 0)
        row.show()
        self.dialog.explain(
            "Drag the handle on the ball to where the light comes from, and the line to the horizon."
        )
        self.dialog.content.pack_start(row, True, True, 0)
        self._start(shown, noted)

    def run(self, apply: Apply) -> List[Any]:
        """Ask until the light was applied.

        Raises
        ------
        Cancelled
            If the person gave up.
        """
        try:
            while self.dialog.ask():
                if self._panel.light is None:
                    continue
                try:
                    return apply(self._worker, Attention(self.dialog), self._panel.light)
                except Cancelled:
                    self.dialog.done("Stopped. Nothing was changed.")
                except CycloramaError as error:
                    self.dialog.fail(error)
            raise Cancelled
        finally:
            self._worker.close()
            self.dialog.close()

    def _start(self, shown: Union[Any, OpenDocument], noted: Optional[Light]) -> None:
        self._call.config.set_property("read-light", True)
        opened = shown if isinstance(shown, OpenDocument) else None
        layer = opened.layer if opened is not None else shown
        picture = picture_of(layer, "image", dtype_of(self._call.image))
        size = fitting_size(*picture.size, _MOST_HEIGHT, _MOST_WIDTH)
        self._panel.set_picture(thumbnail(picture, size))
        if opened is not None:
            self._panel.set_light(opened.light)
            return
        again = Gtk.Button.new_with_mnemonic("_Read from the Picture")
        again.connect("clicked", lambda _button: self._read(layer))
        again.show()
        self._panel.right.pack_start(again, False, False, 0)
        if noted is None:
            self._read(layer)
        else:
            self._panel.set_light(noted)

    def _read(self, layer: Any) -> None:
        if self.dialog.busy:
            return
        options, arrays = light_request(self._call, layer)
        self.dialog.say("Reading the light…")
        ticket = self._worker.submit("light", options, arrays, self.dialog.on_progress, self._take)
        self.dialog.on_start(ticket)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Result):
            self._panel.set_light(light_of(outcome))
            # What a person should know: subjects that are lit differently, light that cannot be read.
            self.dialog.done("\n".join(outcome.result.get("notes") or []))
        elif isinstance(outcome, CycloramaError):
            self.dialog.fail(outcome)
