"""``import gtk``: PyGTK 2's names, with GTK 3 behind them."""

from pythonfu.toolkit import gtk_names as _gtk_names

_names = _gtk_names()
gdk = _names.gdk
__path__: list[str] = []


def __getattr__(name: str) -> object:
    return getattr(_names, name)


import sys as _sys  # noqa: E402 - last, so that the module is whole

_sys.modules.setdefault("gtk.gdk", gdk)
