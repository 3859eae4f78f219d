"""PyGTK 2's names on GTK 3, for plug-ins that draw windows of their own.

Constants are found by their names in C; classes are GTK 3's, with the arguments that PyGTK let one leave out. Where
GTK 3 or PyGObject is missing, every name stands for a class that says so when it is used: the plug-in registers, and
tells.
"""

from __future__ import annotations

import sys
from typing import Any, Optional

ADVICE = (
    "This plug-in draws windows of its own with PyGTK 2 ({name}), which is gone. GTK 3 stands in for it where "
    "PyGObject is installed (python3-gi and gir1.2-gtk-3.0 on Debian); {why}."
)


class MissingWidgetError(RuntimeError):
    """A widget that cannot be had."""


def absent(name: str, why: str) -> Any:
    """Return a class that can be derived from and asked for names, and that tells when it is made."""

    class Meta(type):
        def __getattr__(cls, inner: str) -> Any:
            if inner.startswith("__"):
                raise AttributeError(inner)
            return absent(f"{name}.{inner}", why)

        def __or__(cls, other: Any) -> Any:
            return cls

        __ror__ = __or__

    class Absent(metaclass=Meta):
        def __init__(self, *_: Any, **__: Any) -> None:
            raise MissingWidgetError(ADVICE.format(name=name, why=why))

    return Absent


def load(namespace: str, version: str) -> Optional[Any]:
    """Return a library by introspection, or None."""
    try:
        _import_gi()
        import gi

        clear_the_way()
        gi.require_version(namespace, version)
        return __import__(f"gi.repository.{namespace}", fromlist=[namespace])
    except (ImportError, ValueError):
        return None


#: What PyGObject takes for its predecessor, and puts dummies in the place of.
OLD_MODULES = ("gobject", "glib", "gtk", "gtk.gdk")


def _import_gi() -> None:
    """Import PyGObject while our modules with its predecessor's names are out of its sight."""
    if "gi" not in sys.modules:
        ours = {name: sys.modules.pop(name) for name in OLD_MODULES if name in sys.modules}
        __import__("gi")
        sys.modules.update(ours)


def clear_the_way() -> None:
    """Take PyGObject's dummies away, so that ``import gtk`` finds ours."""
    for name in OLD_MODULES:
        if type(sys.modules.get(name)).__name__ == "_DummyStaticModule":
            del sys.modules[name]


class Names:
    """Looks up a name of PyGTK: in libraries, then among their constants, then among stand-ins."""

    def __init__(self, title: str, prefix: str, libraries: list[Any], others: dict[str, Any]) -> None:
        self._title, self._prefix, self._libraries, self._others = title, prefix, libraries, others
        self._constants: Optional[dict[str, Any]] = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._others:
            return self._others[name]
        for library in self._libraries:
            if hasattr(library, name):
                return getattr(library, name)
        if name.isupper() and self._libraries:
            found = self._all_constants()
            if name in found:
                return found[name]
        why = "it has no such name" if self._libraries else "it is not there"
        return absent(f"{self._title}.{name}", why)

    def _all_constants(self) -> dict[str, Any]:
        if self._constants is None:
            kinds = [getattr(library, kind, None) for library in self._libraries for kind in dir(library)]
            found = {}
            for kind in kinds:
                for value in (getattr(kind, "__enum_values__", None) or {}).values():
                    found[value.value_name] = value
                for value in (getattr(kind, "__flags_values__", None) or {}).values():
                    found[value.first_value_name] = value
            self._constants = {name[len(self._prefix) :]: value for name, value in found.items() if name}
        return self._constants


def _packing(gtk: Any) -> None:
    """Let boxes be packed with the arguments that PyGTK had defaults for."""
    for name in ("pack_start", "pack_end"):
        plain = getattr(gtk.Box, name)

        def pack(
            self: Any, child: Any, expand: Any = True, fill: Any = True, padding: Any = 0, _plain: Any = plain
        ) -> None:
            _plain(self, child, bool(expand), bool(fill), int(padding))

        setattr(gtk.Box, name, pack)
    for name in ("add_with_viewport",):
        if not hasattr(gtk.ScrolledWindow, name):
            setattr(gtk.ScrolledWindow, name, gtk.ScrolledWindow.add)


def _bind_nothing(*_: Any) -> None:
    """Let a key of a plug-in's own window be; GTK 3 has no place for it, and the window has its buttons."""


_KEYS = {"binding_entry_add_signal": _bind_nothing, "binding_entry_remove": _bind_nothing}


def gobject_names() -> Names:
    """Return what stands for the module ``gobject``."""
    found = load("GObject", "2.0")
    libraries = [one for one in (found, load("GLib", "2.0")) if one is not None]

    def for_widgets(name: str, place: int) -> Any:
        """Return a function that passes over classes that stand for missing widgets."""

        def run(*arguments: Any) -> Any:
            kind = arguments[place]
            if found is not None and isinstance(kind, type) and issubclass(kind, found.Object):
                return getattr(found, name)(*arguments)
            return kind

        return run

    others = {"type_register": for_widgets("type_register", 0), "signal_new": for_widgets("signal_new", 1)}
    return Names("gobject", "G_", libraries, others)


def gtk_names() -> Names:
    """Return what stands for the module ``gtk``."""
    gtk, gdk, pixbuf = load("Gtk", "3.0"), load("Gdk", "3.0"), load("GdkPixbuf", "2.0")
    if gtk is None:
        return Names("gtk", "GTK_", [], {"gdk": Names("gtk.gdk", "GDK_", [], {}), **_KEYS})
    _packing(gtk)
    others = {
        "gdk": Names("gtk.gdk", "GDK_", [library for library in (gdk, pixbuf) if library is not None], {
            "pixbuf_new_from_file": pixbuf.Pixbuf.new_from_file if pixbuf is not None else None,
        }),
        "combo_box_new_text": gtk.ComboBoxText,
        "combo_box_entry_new_text": gtk.ComboBoxText.new_with_entry,
        "file_chooser_dialog": gtk.FileChooserDialog,
        "gtk_version": (2, 24, 0),
        "pygtk_version": (2, 24, 0),
        "TRUE": True,
        "FALSE": False,
        **_KEYS,
    }  # fmt: skip
    return Names("gtk", "GTK_", [gtk], others)
