"""The scene, to be picked from those that the worker knows or typed."""

from __future__ import annotations

from typing import Any, Callable, Mapping

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import GObject, Gtk  # noqa: E402

__all__ = ["SceneChoice"]


class SceneChoice:
    """A combo box that is bound to the argument ``scene``.

    Parameters
    ----------
    config : Gimp.ProcedureConfig
    on_change : callable
        Called after each change.
    """

    def __init__(self, config: Any, on_change: Callable[[], None]) -> None:
        self._combo = Gtk.ComboBoxText.new_with_entry()
        self._combo.append_text("auto")
        entry = self._combo.get_child()
        flags = GObject.BindingFlags.BIDIRECTIONAL | GObject.BindingFlags.SYNC_CREATE
        config.bind_property("scene", entry, "text", flags)
        config.connect("notify::scene", lambda *_: on_change())
        spec = config.find_property("scene")
        self._combo.set_tooltip_text(spec.blurb)
        label = Gtk.Label(label=spec.nick, xalign=0)
        label.set_mnemonic_widget(self._combo)
        self.widget = Gtk.Box(spacing=12)
        self.widget.pack_start(label, False, False, 0)
        self.widget.pack_start(self._combo, True, True, 0)
        self.widget.show_all()

    def offer(self, scenes: Mapping[str, str]) -> None:
        """List scenes and their descriptions."""
        text = self._combo.get_child().get_text()
        self._combo.remove_all()
        for name in ("auto", *scenes):
            self._combo.append_text(name)
        self._combo.get_child().set_text(text)
