"""The dialog of New Background: light and horizon to drag, a scene, and candidates to choose from."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gtk  # noqa: E402
from shared.light import Light  # noqa: E402
from shared.stack import contact_row  # noqa: E402

from cyclorama.protocol.errors import Cancelled, CycloramaError  # noqa: E402
from cyclorama.protocol.fit import fit_in_words  # noqa: E402
from cyclorama.protocol.messages import ProgressMade, Result  # noqa: E402
from gimp3.background import insert_background, replace_request  # noqa: E402
from gimp3.call import Call, new_worker  # noqa: E402
from gimp3.candidates import Candidates  # noqa: E402
from gimp3.dialog import WorkDialog  # noqa: E402
from gimp3.document import OpenDocument, from_group, from_split  # noqa: E402
from gimp3.light_panel import LightPanel  # noqa: E402
from gimp3.notes import group_of  # noqa: E402
from gimp3.pixels import dtype_of, picture_of  # noqa: E402
from gimp3.previews import Previews  # noqa: E402
from gimp3.scene_choice import SceneChoice  # noqa: E402
from gimp3.split import SPLIT_PARTS, SplitResult, pixel_form, split_options, split_request  # noqa: E402
from gimp3.thumbnails import Subject, fitting_size, thumbnail  # noqa: E402
from gimp3.worker import Outcome  # noqa: E402

__all__ = ["BackgroundDialog"]

_PICTURE_HEIGHT, _PICTURE_WIDTH = 340, 480
_THUMBNAIL_HEIGHT, _THUMBNAIL_WIDTH = 84, 132


class BackgroundDialog:
    """Finds the objects when it opens, shows the light at once while it is dragged, and inserts what was chosen.

    Parameters
    ----------
    call : Call
    layer : Gimp.Layer
        The photograph, or a layer of a group that was made of one.
    """

    def __init__(self, call: Call, layer: Any) -> None:
        self._call, self._layer = call, layer
        self._group = group_of(call.image, layer)
        self._opened: Optional[OpenDocument] = None
        # What the objects were found by, and whether backgrounds are to be made once they are found again.
        self._split_by: Dict[str, Any] = {}
        self._make_next = self._edited_since = False
        self._made: Optional[Result] = None
        self._made_for: Optional[Light] = None
        self._made_form: Dict[str, str] = {}
        call.config.set_property("read-light", True)
        self._worker = new_worker(self._on_ready)
        self.dialog = WorkDialog(call, "New Background", "_Insert")
        self.dialog.set_cancel(self._worker.cancel)
        self._panel = LightPanel(call, self.dialog, self._on_edit)
        self._candidates = Candidates(self._on_choice)
        self._scene = SceneChoice(call.config, self._on_place)
        for name in ("prompt", "seed"):
            call.config.connect(f"notify::{name}", lambda *_: self._on_place())
        self._make = Gtk.Button.new_with_mnemonic("_Make Backgrounds")
        self._halt = Gtk.Button.new_with_mnemonic("S_top")
        self._make.connect("clicked", lambda _button: self._start_making())
        self._halt.connect("clicked", lambda _button: self.dialog.stop())
        self._again = Gtk.Button.new_with_mnemonic("_Find Objects Again")
        self._again.connect("clicked", lambda _button: self._open())
        self._again.set_visible(self._group is None)
        self._lay_out()
        picture = picture_of(layer, "image", dtype_of(call.image))
        self._size = fitting_size(*picture.size, _PICTURE_HEIGHT, _PICTURE_WIDTH)
        self._subject: Optional[Subject] = None
        self._small: Optional[Subject] = None
        self._panel.set_picture(thumbnail(picture, self._size))
        self._previews = Previews(self._worker, self._size, self._show_background)
        self._open()

    def run(self) -> Any:
        """Ask until a background was inserted, and return its group.

        Raises
        ------
        Cancelled
            If the person gave up; the image is as it was.
        """
        try:
            while self.dialog.ask():
                chosen = self._candidates.chosen
                if self._opened is None or self._made is None or self._made_for is None or chosen is None:
                    continue
                if pixel_form(self._call) != self._made_form:
                    self.dialog.done("The edges were to be different: make backgrounds again.")
                    continue
                try:
                    return insert_background(self._call, self._opened, self._made_for, self._made, chosen)
                except CycloramaError as error:
                    self.dialog.fail(error)
            raise Cancelled
        finally:
            self._worker.close()
            self.dialog.close()

    def _lay_out(self) -> None:
        left, right = self._panel.left, self._panel.right
        # Room for three candidates, whatever the picture's shape.
        left.set_size_request(_PICTURE_WIDTH, -1)
        buttons = Gtk.Box(spacing=6)
        buttons.pack_start(self._make, False, False, 0)
        buttons.pack_start(self._halt, False, False, 0)
        buttons.show_all()
        left.pack_start(self._candidates.widget, True, True, 0)
        left.pack_end(buttons, False, False, 0)
        right.pack_start(self._scene.widget, False, False, 0)
        self.dialog.place(["prompt", "candidates", "seed"], right)
        self.dialog.fold("_Light in numbers", self._panel.numbers, right)
        self._fold("M_ore", ["shadows", "reflection", "light-wrap", "steps", "guidance"])
        objects = self._fold("O_bjects", ["max-objects", "threshold", "edge-width", "edges"])
        objects.pack_start(self._again, False, False, 0)
        parts = (*SPLIT_PARTS, "inpainter") if self._group is None else ("inpainter",)
        self.dialog.offer_models(parts, self._worker, right)
        row = Gtk.Box(spacing=16)
        row.pack_start(left, False, False, 0)
        row.pack_start(right, True, True, 0)
        row.show()
        self.dialog.content.pack_start(row, True, True, 0)
        self._show_state()

    def _fold(self, label: str, names: Sequence[str]) -> Any:
        """Add a folded part of the form, and return its box."""
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6, margin_top=6)
        self.dialog.place(names, box)
        self.dialog.fold(label, box, self._panel.right)
        return box

    def _open(self) -> None:
        """Get objects, plate and light: from the group, or by splitting."""
        if self._group is not None:
            self._take_document(from_group(self._call, self._layer, self._group))
            return
        try:
            options, arrays = split_request(self._call, self._layer)
        except CycloramaError as error:
            self._end_badly(error)
            return

        def on_end(outcome: Outcome) -> None:
            self._on_split(outcome, options)

        self.dialog.say("Looking for objects…")
        ticket = self._worker.submit("split", options, arrays, self.dialog.on_progress, on_end)
        self.dialog.on_start(ticket)
        self._show_state()

    def _on_split(self, outcome: Outcome, options: Dict[str, Any]) -> None:
        if isinstance(outcome, Result):
            self.dialog.done()
            self._split_by = options
            self._take_document(from_split(self._layer, SplitResult.of(outcome)))
            if self._make_next:
                self._start_making()
        else:
            self._end_badly(outcome)

    def _take_document(self, opened: OpenDocument) -> None:
        self._opened = opened
        height, width = opened.document["size"]
        arrays = opened.arrays
        layers = [
            (entry["box"], arrays[f"layer{number}.color"], arrays[f"layer{number}.matte"])
            for number, entry in enumerate(opened.document["layers"])
        ]
        self._size = fitting_size(height, width, _PICTURE_HEIGHT, _PICTURE_WIDTH)
        self._thumbnail_size = fitting_size(height, width, _THUMBNAIL_HEIGHT, _THUMBNAIL_WIDTH)
        self._subject = Subject((height, width), layers, self._size)
        self._small = Subject((height, width), layers, self._thumbnail_size)
        self._previews = Previews(self._worker, self._size, self._show_background)
        names = ", ".join(entry["name"] for entry in reversed(opened.document["layers"]))
        self.dialog.say(
            f"In front: {names}. Move the light or the horizon if they are wrong, then make backgrounds."
        )
        # Found again, objects keep the light that a person has set meanwhile.
        edited = None if self._call.value("read-light") else self._panel.light
        self._panel.set_light(edited or opened.light)
        self._show_background(thumbnail(arrays["plate"], self._size))
        self._show_state()

    def _on_edit(self, light: Light) -> None:
        self._edited_since = True
        self._previews.ask(light, self._place())
        self._show_state()

    def _on_place(self) -> None:
        if self._panel.light is not None and self._opened is not None:
            self._previews.ask(self._panel.light, self._place())

    def _place(self) -> Dict[str, Any]:
        """Return what a preview has to know of the wishes and of where the subject stands."""
        asked = {name: self._call.value(name) for name in ("scene", "prompt", "seed")}
        place = {**asked, "scene": asked["scene"] or "auto", "prompt": asked["prompt"] or ""}
        row = None if self._opened is None else contact_row(self._opened.document)
        return place if row is None else {**place, "contact_row": row}

    def _show_background(self, pixbuf: Any) -> None:
        if self._subject is not None:
            self._panel.set_picture(self._subject.over(pixbuf))

    def _start_making(self) -> None:
        light = self._panel.light
        if self._opened is None or light is None:
            # The search for objects was stopped or failed: try that again first.
            self._open()
            return
        try:
            if self._group is None and split_options(self._call) != self._split_by:
                # Other objects are wanted than those that were found.
                self._make_next = True
                self._open()
                return
            self._make_next = False
            options = replace_request(self._call, self._opened, light)
        except CycloramaError as error:
            self.dialog.fail(error)
            return
        self._made, self._made_for, self._made_form = None, light, pixel_form(self._call)
        self._candidates.clear()
        self.dialog.say("Making backgrounds…")
        self._edited_since = False
        ticket = self._worker.submit(
            "replace", options, self._opened.pictures(), self._on_painting, self._on_made
        )
        self.dialog.on_start(ticket)
        self._show_state()
        self._previews.ask(light, self._place())

    def _on_painting(self, progress: ProgressMade) -> None:
        self.dialog.on_progress(progress)
        # Whoever moves the light meanwhile wants to see that.
        if progress.arrays and not self._edited_since:
            self._show_background(thumbnail(progress.arrays[0], self._size))

    def _on_ready(self, capabilities: Dict[str, Any]) -> None:
        self._scene.offer(capabilities.get("scenes") or {})

    def _on_made(self, outcome: Outcome) -> None:
        if not isinstance(outcome, Result):
            self._end_badly(outcome)
            return
        self._made = outcome
        self.dialog.done("Choose one and insert it, or change something and make others.")
        arrays = {array.name: array for array in outcome.arrays}
        for number, candidate in enumerate(outcome.result["candidates"]):
            small = thumbnail(arrays[f"candidate{number}"], self._thumbnail_size)
            shown = small if self._small is None else self._small.over(small)
            self._candidates.add(shown, f"{candidate['scene']}, {fit_in_words(candidate['fit'])}")
        self._on_choice(0)
        self._show_state()

    def _on_choice(self, number: int) -> None:
        if self._made is not None:
            arrays = {array.name: array for array in self._made.arrays}
            self._show_background(thumbnail(arrays[f"candidate{number}"], self._size))

    def _end_badly(self, outcome: Outcome) -> None:
        self._make_next = False
        if isinstance(outcome, CycloramaError):
            self.dialog.fail(outcome)
        else:
            self.dialog.done("Stopped. Nothing was changed.")
        self._show_state()

    def _show_state(self) -> None:
        busy = self.dialog.busy
        self._make.set_sensitive(not busy)
        self._again.set_sensitive(not busy)
        self._make.set_label("_Make Backgrounds" if self._opened is not None or busy else "_Try Again")
        self._halt.set_sensitive(busy)
        self.dialog.window.set_response_sensitive(Gtk.ResponseType.OK, self._made is not None and not busy)
