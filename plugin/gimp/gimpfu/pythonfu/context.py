"""The functions of ``gimp``: colours, messages, progress, folders, data, gradients."""

from __future__ import annotations

import os
import sys
from typing import Any, Sequence

from pythonfu import conversion
from pythonfu.backend import backend, call
from pythonfu.item import delete
from pythonfu.procedures import invoke
from pythonfu.registry import PlugIn

directory = backend().folder("user")
data_directory = backend().folder("data")
locale_directory = backend().folder("locale")
sysconf_directory = backend().folder("sysconf")
plug_in_directory = backend().folder("plug-in")

__all__ = ["delete"]


def main(init: Any = None, quit: Any = None, query: Any = None, run: Any = None) -> None:
    """Answer GIMP with these functions: before, after, what is offered, and running it."""
    backend().main(PlugIn(init, quit, query, run))


def quit() -> None:
    """End the plug-in."""
    sys.exit(0)


exit = quit


def message(text: Any) -> None:
    """Show a message."""
    call("gimp-message", str(conversion.text(text) if isinstance(text, (bytes, str)) else text))


def progress_init(text: Any = "") -> None:
    """Begin a progress bar."""
    invoke("gimp-progress-init", text, -1)


def progress_update(fraction: Any) -> None:
    """Move the progress bar, [0, 1]."""
    invoke("gimp-progress-update", fraction)


def progress_install(*_: Any) -> None:
    """Refuse: the progress of other plug-ins cannot be taken over from Python."""
    raise NotImplementedError(
        "gimp.progress_install has no counterpart; the progress shows in GIMP's own bar"
    )


progress_uninstall = progress_install


def displays_flush() -> None:
    """Show what changed."""
    call("gimp-displays-flush")


def displays_reconnect(old: Any, new: Any) -> None:
    """Show another image in the views of one."""
    invoke("gimp-displays-reconnect", old, new)


def default_display() -> Any:
    """Return no particular display."""
    return None


def get_foreground() -> Any:
    """Return the foreground colour."""
    return invoke("gimp-context-get-foreground")


def get_background() -> Any:
    """Return the background colour."""
    return invoke("gimp-context-get-background")


def set_foreground(*color: Any) -> None:
    """Set the foreground colour: a colour, or red, green, blue."""
    invoke("gimp-context-set-foreground", color[0] if len(color) == 1 else color)


def set_background(*color: Any) -> None:
    """Set the background colour: a colour, or red, green, blue."""
    invoke("gimp-context-set-background", color[0] if len(color) == 1 else color)


def context_push() -> None:
    """Remember the context."""
    call("gimp-context-push")


def context_pop() -> None:
    """Return to the context remembered last."""
    call("gimp-context-pop")


def gradients_get_list(filter: str = "") -> tuple[str, ...]:
    """Return the gradients' names."""
    return tuple(call("gimp-gradients-get-list", filter)[1])


def fonts_get_list(filter: str = "") -> tuple[str, ...]:
    """Return the fonts' names."""
    return tuple(call("gimp-fonts-get-list", filter)[1])


def fonts_refresh() -> None:
    """Look for fonts again."""
    call("gimp-fonts-refresh")


def context_get_gradient() -> Any:
    """Return the name of the gradient in use."""
    return invoke("gimp-context-get-gradient")


def context_set_gradient(name: str) -> None:
    """Use a gradient."""
    invoke("gimp-context-set-gradient", name)


gradients_get_gradient, gradients_set_gradient = context_get_gradient, context_set_gradient


def _samples(flat: Sequence[float]) -> list[tuple[float, ...]]:
    return [tuple(flat[k : k + 4]) for k in range(0, len(flat), 4)]


def gradient_get_uniform_samples(
    name: str, num_samples: int, reverse: bool = False
) -> list[tuple[float, ...]]:
    """Return colours at equal distances: red, green, blue, alpha in [0, 1]."""
    return _samples(invoke("gimp-gradient-get-uniform-samples", name, num_samples, reverse)[1])


def gradient_get_custom_samples(
    name: str, positions: Sequence[float], reverse: bool = False
) -> list[tuple[float, ...]]:
    """Return colours at places in [0, 1]: red, green, blue, alpha in [0, 1]."""
    return _samples(invoke("gimp-gradient-get-custom-samples", name, len(positions), positions, reverse)[1])


def gradients_sample_uniform(num_samples: int, reverse: bool = False) -> list[tuple[float, ...]]:
    """Return colours of the gradient in use at equal distances."""
    return gradient_get_uniform_samples(context_get_gradient(), num_samples, reverse)


def gradients_sample_custom(positions: Sequence[float], reverse: bool = False) -> list[tuple[float, ...]]:
    """Return colours of the gradient in use at places in [0, 1]."""
    return gradient_get_custom_samples(context_get_gradient(), positions, reverse)


def get_data(name: str) -> Any:
    """Return the bytes that were stored under a name.

    Raises
    ------
    GimpError
        If there are none.
    """
    from pythonfu.backend import GimpError
    from pythonfu.parasite import PixelBytes

    data = backend().get_data(name)
    if data is None:
        raise GimpError(f"no data is stored under {name!r}")
    return PixelBytes(data)


def set_data(name: str, data: Any) -> None:
    """Store bytes under a name, for as long as GIMP runs."""
    backend().set_data(name, conversion.octets(data))


def vectors_import_from_file(
    image: Any, svg_file: str, merge: bool = False, scale: bool = False
) -> list[Any]:
    """Take the paths of an SVG file into an image."""
    from pythonfu.item import item_of

    return [
        item_of(number)
        for number in call("gimp-vectors-import-from-file", image.ID, svg_file, merge, scale)[1]
    ]


def vectors_import_from_string(image: Any, svg: str, merge: bool = False, scale: bool = False) -> list[Any]:
    """Take the paths of an SVG text into an image."""
    from pythonfu.item import item_of

    found = call("gimp-vectors-import-from-string", image.ID, svg, len(svg.encode("utf-8")), merge, scale)
    return [item_of(number) for number in found[1]]


def domain_register(name: str, path: str = "") -> None:
    """Nothing to do: a plug-in translates itself with ``gettext``."""


def personal_rc_file(name: str) -> str:
    """Return a path in the user's own folder of GIMP."""
    return os.path.join(directory, name)


def gtkrc() -> str:
    """Return the path of the user's GTK 2 style."""
    return personal_rc_file("gtkrc")


def user_directory(type: int = 0) -> str:
    """Return the home folder; desktop, documents and the like lie in it."""
    return os.path.expanduser("~")


def get_progname() -> str:
    """Return the plug-in's file name."""
    return os.path.basename(sys.argv[0])


def gamma() -> float:
    """Return the display's gamma."""
    return 2.2


def tile_width() -> int:
    """Return the width of a tile, in pixels."""
    return 64


tile_height = tile_width


def tile_cache_size(kilobytes: int) -> None:
    """Nothing to do: the tiles are GEGL's."""


tile_cache_ntiles = tile_cache_size


def show_tool_tips() -> bool:
    """Return whether tool tips show."""
    return True


show_help_button = show_tool_tips


def check_size() -> int:
    """Return the size of the checks that stand for transparency."""
    return 1


check_type = check_size


def display_name() -> str:
    """Return the name of the screen."""
    return os.environ.get("DISPLAY", "")


def wm_class() -> str:
    """Return the window class."""
    return "Gimp"


def monitor_number() -> int:
    """Return the number of the monitor."""
    return 0


def export_image(
    image: Any, drawable: Any, format_name: str = "", capabilities: int = 0
) -> tuple[int, Any, Any]:
    """Return that the image is exported as it is."""
    return 1, image, drawable
