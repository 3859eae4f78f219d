"""``import gimpui``: the dialogs and selectors of classic Python-fu, on GTK 3."""

from __future__ import annotations

from typing import Any

import gimp  # first: it clears the way for gtk
import gtk
from pythonfu.toolkit import absent as _absent
from pythonfu.toolkit import load as _load

_there = _load("Gtk", "3.0") is not None


def gimp_ui_init(*_: Any) -> None:
    """Nothing to do: GTK 3 starts by itself."""


if _there:

    class Dialog(gtk.Dialog):
        """A dialog: title, role, parent, flags, help function, help identifier, buttons."""

        def __init__(
            self, title: str = "", role: str = "", parent: Any = None, flags: int = 0, help_func: Any = None,
            help_id: Any = None, buttons: Any = (), **_: Any,
        ) -> None:  # fmt: skip
            super().__init__(title=title)
            for k in range(0, len(buttons or ()), 2):
                self.add_button(buttons[k], buttons[k + 1])
            if not hasattr(type(self), "vbox"):
                self.vbox = self.get_content_area()

        def set_transient(self) -> None:
            """Nothing to do: the window manager keeps it in front."""

        def set_alternative_button_order(self, *_: Any) -> None:
            """Nothing to do: GTK 3 orders the buttons."""

    class ProgressBar(gtk.ProgressBar):
        """A progress bar."""

    class HintBox(gtk.Label):
        """A line of advice."""

        def __init__(self, text: str) -> None:
            super().__init__(label=text)
            self.set_line_wrap(True)

    class _Selector(gtk.ComboBoxText):
        """A list of images or items."""

        def __init__(self, default: Any = None, constraint: Any = None, data: Any = None) -> None:
            super().__init__()
            self._things = [one for one in self._all() if constraint is None or constraint(one, data)]
            for one in self._things:
                self.append_text(one.name)
            self.set_active(self._things.index(default) if default in self._things else 0)

        def _all(self) -> list[Any]:
            raise NotImplementedError

        def get_value(self) -> Any:
            """Return the image or item that is chosen."""
            at = self.get_active()
            return self._things[at] if 0 <= at < len(self._things) else None

        get_active_image = get_active_item = get_value

    class ImageSelector(_Selector):
        """A list of the images."""

        def _all(self) -> list[Any]:
            return gimp.image_list()

    class LayerSelector(_Selector):
        """A list of all layers."""

        def _all(self) -> list[Any]:
            return [layer for image in gimp.image_list() for layer in image.layers]

    class ChannelSelector(_Selector):
        """A list of all channels."""

        def _all(self) -> list[Any]:
            return [channel for image in gimp.image_list() for channel in image.channels]

    class DrawableSelector(_Selector):
        """A list of all layers and channels."""

        def _all(self) -> list[Any]:
            return [one for image in gimp.image_list() for one in image.layers + image.channels]

    class VectorsSelector(_Selector):
        """A list of all paths."""

        def _all(self) -> list[Any]:
            return [path for image in gimp.image_list() for path in image.vectors]

    ImageComboBox, LayerComboBox, ChannelComboBox = ImageSelector, LayerSelector, ChannelSelector
    DrawableComboBox, VectorsComboBox = DrawableSelector, VectorsSelector


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _absent(f"gimpui.{name}", "it has no such widget" if _there else "it is not there")
