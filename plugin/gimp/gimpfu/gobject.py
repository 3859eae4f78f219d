"""``import gobject``: PyGTK 2's names, with GLib and GObject behind them."""

from pythonfu.toolkit import gobject_names as _gobject_names

_names = _gobject_names()


def __getattr__(name: str) -> object:
    return getattr(_names, name)
