"""The one door to GObject introspection: the modules, versions chosen."""

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
from gi.repository import Babl, Gegl, Gimp, Gio, GLib, GObject  # noqa: E402 - after the versions

__all__ = ["Babl", "GLib", "GObject", "Gegl", "Gimp", "Gio"]

_started = False


def start_gegl() -> None:
    """Start GEGL once; at import it would register its operations twice."""
    global _started
    if not _started:
        Gegl.init(None)
        _started = True
