"""The part of a dialog in which models are chosen: what is here to pick from, and what is worth fetching."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gtk, Pango  # noqa: E402
from shared.models import LICENCE_WISHES, PARTS, ModelOffers  # noqa: E402

from cyclorama.protocol.errors import CycloramaError  # noqa: E402
from cyclorama.protocol.messages import Result  # noqa: E402
from cyclorama.protocol.options import BUILTIN  # noqa: E402
from gimp3.arguments import argument_name  # noqa: E402
from gimp3.call import Call, new_worker  # noqa: E402
from gimp3.worker import Outcome, Worker  # noqa: E402

__all__ = ["ModelChoice"]


class ModelChoice:
    """Lists of models; the worker is asked for them when they are first shown.

    Parameters
    ----------
    call : Call
        Whose arguments hold the choice.
    parts : sequence of str
        Parts of the work whose model can be chosen here.
    worker : Worker or None
        That of the dialog; one of its own if there is none.
    """

    def __init__(self, call: Call, parts: Tuple[str, ...], worker: Optional[Worker] = None) -> None:
        self._config, self._parts, self._worker, self._own = call.config, parts, worker, worker is None
        self._offers: Optional[ModelOffers] = None
        self.asked: Tuple[str, str] = ("", "")
        self._lists: Dict[str, _ChoiceList] = {}
        self._rows = 0
        self._grid = Gtk.Grid(row_spacing=6, column_spacing=12, margin_top=6)
        for part in parts:
            self._add_list(part, PARTS[part], self._show)
        self._add_list("device", "Runs on", self.ask)
        self._wish = Gtk.ComboBoxText(hexpand=True)
        self._wish.set_tooltip_text("What the licence of recommended models must allow.")
        for word, shown in LICENCE_WISHES.items():
            self._wish.append(word, shown.capitalize())
        self._wish.set_active(0)
        self._wish.connect("changed", lambda _combo: self.ask())
        self._attach("Licence", self._wish)
        self._advice = _small_label(selectable=True)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=8)
        box.pack_start(self._grid, False, False, 0)
        box.pack_start(self._advice, False, False, 0)
        box.show_all()
        self.widget = box
        box.connect("map", lambda _box: self.ask())

    def close(self) -> None:
        """Hang up, if the worker is not the dialog's."""
        if self._own and self._worker is not None:
            self._worker.close()
            self._worker = None

    def _add_list(self, name: str, label: str, on_change: Callable[[], None]) -> None:
        found = _ChoiceList(self._config, argument_name(name), on_change)
        self._lists[name] = found
        self._attach(label, found.combo)

    def _attach(self, label: str, combo: Any) -> None:
        self._rows += 1
        words = Gtk.Label(label=label, xalign=0)
        words.set_mnemonic_widget(combo)
        self._grid.attach(words, 0, self._rows, 1, 1)
        self._grid.attach(combo, 1, self._rows, 1, 1)

    def ask(self) -> None:
        """Ask for the list, once for each device and wish."""
        wish = (self._lists["device"].value, self._wish.get_active_id())
        if not self.widget.get_mapped() or wish == self.asked:
            return
        self.asked = wish
        if self._worker is None:
            self._worker = new_worker()
        self._advice.set_text("Asking what this machine can run…")
        options = {"device": wish[0], "licence": wish[1]}
        self._worker.submit("models", options, (), lambda _progress: None, self._take)

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Result):
            self._offers = ModelOffers.of(outcome.result)
            for part in self._parts:
                here, absent = self._offers.usable(part), self._offers.worth_fetching(part)
                self._lists[part].offer([(own.id, own.label) for own in here], [own.label for own in absent])
            shown = {name: name.upper() if len(name) < 5 else name for name in self._offers.devices}
            shown["auto"] = "Automatic"
            self._lists["device"].offer(list(shown.items()))
            self._advice.set_text(self._offers.advice(self._parts))
        elif isinstance(outcome, CycloramaError):
            self.asked = ("", "")
            self._advice.set_text(f"⚠ {outcome.message}" + (f"\n{outcome.hint}" if outcome.hint else ""))
        self._show()

    def _show(self) -> None:
        """Tell of each choice what a person should know."""
        for part in self._parts:
            found = self._offers.find(part, self._lists[part].value) if self._offers else None
            if found is not None:
                self._lists[part].combo.set_tooltip_text(found.details)


class _ChoiceList:
    """A combo box for an argument that holds a word; a word that is not in the list is added to it.

    Parameters
    ----------
    config : Gimp.ProcedureConfig
    name : str
        Of the argument.
    on_change : callable
        Called after each change.
    """

    def __init__(self, config: Any, name: str, on_change: Callable[[], None]) -> None:
        self._config, self._name, self._on_change = config, name, on_change
        self._filling = False
        self.combo = Gtk.ComboBoxText(hexpand=True)
        self.combo.set_tooltip_text(config.find_property(name).blurb)
        self.combo.set_cell_data_func(self.combo.get_cells()[0], self._draw)
        self._rows: List[Tuple[str, str]] = []
        self._absent: Sequence[str] = ()
        self.offer([])
        self.combo.connect("changed", self._on_picked)
        config.connect(f"notify::{name}", lambda *_: self._on_set())

    @property
    def value(self) -> str:
        """The word that is chosen."""
        return self._config.get_property(self._name) or ""

    def offer(self, rows: List[Tuple[str, str]], absent: Sequence[str] = ()) -> None:
        """List words and what is shown for them; below them, grey, what cannot be chosen yet."""
        self._rows, self._absent = rows, absent
        self._filling = True
        self.combo.remove_all()
        if self.value not in dict(rows):
            usual = {BUILTIN: "Built in", "auto": "Automatic"}
            rows = [*rows, (self.value, usual.get(self.value, self.value))]
        for word, shown in rows:
            self.combo.append(word, shown)
        for shown in absent:
            self.combo.append(None, shown)
        self.combo.set_active_id(self.value)
        self._filling = False

    @staticmethod
    def _draw(_layout: Any, cell: Any, model: Any, row: Any) -> None:
        cell.set_property("sensitive", model.get_value(row, 1) is not None)

    def _on_picked(self, combo: Any) -> None:
        word = combo.get_active_id()
        if not self._filling and word is not None and word != self.value:
            self._config.set_property(self._name, word)

    def _on_set(self) -> None:
        if self.combo.get_active_id() != self.value:
            self.offer(self._rows, self._absent)
        self._on_change()


def _small_label(selectable: bool = False) -> Any:
    label = Gtk.Label(xalign=0, wrap=True, max_width_chars=44, selectable=selectable)
    label.set_line_wrap_mode(Pango.WrapMode.WORD_CHAR)
    attributes = Pango.AttrList()
    attributes.insert(Pango.attr_scale_new(0.85))
    label.set_attributes(attributes)
    return label
