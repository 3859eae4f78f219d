"""``import gobject``: PyGTK 2's names, with GLib and GObject behind them."""

from pythonfu.toolkit import Names as _Names
from pythonfu.toolkit import load as _load

_libraries = [one for one in (_load("GObject", "2.0"), _load("GLib", "2.0")) if one is not None]
_names = _Names("gobject", "G_", _libraries, {})


def __getattr__(name: str) -> object:
    return getattr(_names, name)
