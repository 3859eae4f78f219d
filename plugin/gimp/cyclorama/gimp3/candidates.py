"""The row of backgrounds to choose from: thumbnails, and below each how well it fits."""

from __future__ import annotations

from typing import Any, Callable, List, Optional

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gtk, Pango  # noqa: E402

__all__ = ["Candidates"]


class Candidates:
    """Pictures of which one is chosen.

    Parameters
    ----------
    on_choice : callable
        Gets the number of the chosen one.
    """

    def __init__(self, on_choice: Callable[[int], None]) -> None:
        self._on_choice = on_choice
        self._buttons: List[Any] = []
        self._row = Gtk.Box(spacing=6)
        self.widget = Gtk.ScrolledWindow()
        self.widget.set_policy(Gtk.PolicyType.AUTOMATIC, Gtk.PolicyType.NEVER)
        self.widget.set_overlay_scrolling(False)
        self.widget.add(self._row)
        self._row.show()

    @property
    def chosen(self) -> Optional[int]:
        """Which one; None while there are none."""
        for number, button in enumerate(self._buttons):
            if button.get_active():
                return number
        return None

    def clear(self) -> None:
        """Take all away."""
        for button in self._buttons:
            button.destroy()
        self._buttons = []
        self.widget.hide()

    def add(self, pixbuf: Any, words: str) -> None:
        """Append one; the first is chosen."""
        first = self._buttons[0] if self._buttons else None
        button = Gtk.RadioButton.new_from_widget(first)
        button.set_mode(False)
        button.set_tooltip_text(words)
        label = Gtk.Label(label=words.replace(", ", "\n"), justify=Gtk.Justification.CENTER)
        attributes = Pango.AttrList()
        attributes.insert(Pango.attr_scale_new(0.85))
        label.set_attributes(attributes)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=3)
        box.pack_start(Gtk.Image.new_from_pixbuf(pixbuf), False, False, 0)
        box.pack_start(label, False, False, 0)
        button.add(box)
        button.connect("toggled", self._on_toggled, len(self._buttons))
        self._buttons.append(button)
        self._row.pack_start(button, False, False, 0)
        button.show_all()
        self.widget.show()

    def _on_toggled(self, button: Any, number: int) -> None:
        if button.get_active():
            self._on_choice(number)
