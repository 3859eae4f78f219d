"""``gimpfu.register``, ``main`` and the running of what was registered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence

from pythonfu import kinds, registry
from pythonfu.backend import backend
from pythonfu.procedures import RUN_INTERACTIVE, RUN_NONINTERACTIVE, RUN_WITH_LAST_VALS
from pythonfu.registry import CancelError, Field, Form, Installed, Parameter

(
    PF_TOGGLE, PF_SLIDER, PF_SPINNER, PF_FONT, PF_FILE, PF_BRUSH, PF_PATTERN, PF_GRADIENT, PF_RADIO, PF_TEXT,
    PF_PALETTE, PF_FILENAME, PF_DIRNAME, PF_OPTION,
) = range(1000, 1014)  # fmt: skip

#: Types of the database by the names that ``register`` takes.
BASIC = {
    "PF_INT32": 0, "PF_INT": 0, "PF_INT16": 1, "PF_INT8": 2, "PF_FLOAT": 3, "PF_STRING": 4, "PF_VALUE": 4,
    "PF_COLOR": 10, "PF_COLOUR": 10, "PF_ITEM": 11, "PF_DISPLAY": 12, "PF_IMAGE": 13, "PF_LAYER": 14,
    "PF_CHANNEL": 15, "PF_DRAWABLE": 16, "PF_SELECTION": 17, "PF_VECTORS": 19,
    "PF_INT32ARRAY": 5, "PF_INT16ARRAY": 6, "PF_INT8ARRAY": 7, "PF_INTARRAY": 5, "PF_FLOATARRAY": 8,
    "PF_STRINGARRAY": 9,
}  # fmt: skip

#: What a special type is in the database.
STORED = {
    PF_TOGGLE: 0, PF_SLIDER: 3, PF_SPINNER: 0, PF_OPTION: 0, PF_RADIO: 4, PF_FONT: 4, PF_FILE: 4, PF_BRUSH: 4,
    PF_PATTERN: 4, PF_GRADIENT: 4, PF_TEXT: 4, PF_PALETTE: 4, PF_FILENAME: 4, PF_DIRNAME: 4,
}  # fmt: skip

WORDS = re.compile("[A-Za-z0-9_-]+")
FONT_SIZE = re.compile(r"\s\d+$")
OWN_PREFIXES = ("python-", "python_", "extension-", "extension_", "plug-in-", "plug_in_", "file-", "file_")


class RegisterError(RuntimeError):
    """A call of ``register`` that makes no sense."""


@dataclass(frozen=True)
class Registered:
    """What one call of ``register`` said."""

    installed: Installed
    function: Callable[..., Any]
    menu: str
    domain: Any
    on_query: Optional[Callable[[], Any]]
    on_run: Optional[Callable[[], Any]]


_registered: dict[str, Registered] = {}


def stored_kind(field: Field) -> int:
    """Return the type that a parameter has in the database."""
    if field.pf == PF_SPINNER and is_real(field):
        return 3
    if field.pf == PF_RADIO and all(isinstance(value, int) for _, value in choices(field)):
        return 0
    return STORED.get(field.pf, field.pf)


def is_real(field: Field) -> bool:
    """Return whether a spinner counts in fractions: anything about it is a float."""
    return any(isinstance(value, float) for value in (field.default, *(field.extra or ())))


def choices(field: Field) -> list[tuple[str, Any]]:
    """Return labels and values of radio buttons or of a list."""
    if field.pf == PF_OPTION:
        return [(str(label), k) for k, label in enumerate(field.extra or ())]
    rows = [row if isinstance(row, (tuple, list)) else (row, row) for row in field.extra or ()]
    return [(str(row[0]), row[1]) for row in rows]


def parse_fields(params: Sequence[Any]) -> list[Field]:
    """Return the parameters of a ``register`` call.

    Raises
    ------
    RegisterError
        For a parameter with less than a type, a name, a label and a default, or with a type or name that is none.
    """
    fields = []
    for row in params or ():
        if len(row) < 4:
            raise RegisterError(f"a parameter needs type, name, label and default; this one is {row!r}")
        if not isinstance(row[0], int) or (row[0] not in STORED and row[0] not in kinds.LETTERS):
            raise RegisterError(f"{row[0]!r} is no type of a parameter (in {row!r})")
        if not WORDS.fullmatch(str(row[1])):
            raise RegisterError(f"a parameter's name has letters, digits, - and _ only, unlike {row[1]!r}")
        extra = row[4] if len(row) > 4 else None
        if row[0] in (PF_RADIO, PF_OPTION) and not extra:
            raise RegisterError(f"{row[1]} has nothing to choose from")
        fields.append(Field(row[0], str(row[1]), str(row[2] or row[1]), row[3], extra))
    return fields


def split_menu(label: str, menu: Optional[str]) -> tuple[str, str, bool]:
    """Return label, menu, and whether the old form put the menu in front of the label."""
    if menu is not None or not label:
        return label or "", menu or "", False
    path, _, last = label.rpartition("/")
    return last, path, True


def implied_fields(menu: str) -> list[Field]:
    """Return the parameters that the old form leaves unsaid: they follow from the menu."""
    picture = [
        Field(13, "image", "Input image"),
        Field(16, "drawable", "Input drawable"),
    ]
    file = [
        Field(4, "filename", "The name of the file", ""),
        Field(4, "raw-filename", "The name of the file", ""),
    ]
    if menu.startswith("<Load>"):
        return file
    if menu.startswith("<Save>"):
        return picture + file
    return picture if menu.startswith("<Image>") else []


def register(
    proc_name: str,
    blurb: str,
    help: str,
    author: str,
    copyright: str,
    date: str,
    label: str,
    imagetypes: str,
    params: Sequence[Any],
    results: Sequence[Any],
    function: Callable[..., Any],
    menu: Optional[str] = None,
    domain: Any = None,
    on_query: Optional[Callable[[], Any]] = None,
    on_run: Optional[Callable[[], Any]] = None,
    run_mode_param: bool = True,
) -> None:
    """Offer a function as a procedure, with a menu entry and a dialog; both forms of the classic call work.

    Raises
    ------
    RegisterError
        If the call makes no sense.
    """
    if not WORDS.fullmatch(proc_name):
        raise RegisterError(f"a procedure's name has letters, digits, - and _ only, unlike {proc_name!r}")
    if not callable(function):
        raise RegisterError(f"{proc_name} has no function to run")
    fields = parse_fields(params)
    label, menu, old_form = split_menu(label, menu)
    if old_form:
        fields = implied_fields(menu) + fields
    name = registry.dashed(proc_name if proc_name.startswith(OWN_PREFIXES) else "python-fu-" + proc_name)
    run_mode = (Parameter(0, "run-mode", "The run mode"),) if run_mode_param else ()
    parameters = (*run_mode, *(Parameter(stored_kind(f), f.name, f.label.replace("_", "")) for f in fields))
    gives = tuple(Parameter(STORED.get(row[0], row[0]), str(row[1]), str(row[2])) for row in results or ())
    texts = [str(part or "") for part in (blurb, help, author, copyright, date, label, imagetypes)]
    installed = Installed(name, *texts[:7], registry.PLUGIN, parameters, gives, tuple(fields))  # type: ignore[arg-type, call-arg]
    _registered[name] = Registered(installed, function, menu, domain, on_query, on_run)


def query() -> None:
    """Install everything that was registered, and let the plug-ins add to it."""
    for name, registered in _registered.items():
        registry.install(registered.installed)
        if registered.menu:
            registry.menu_register(name, registered.menu)
    for registered in _registered.values():
        if registered.on_query is not None:
            registered.on_query()


def run(name: str, arguments: tuple[Any, ...]) -> Any:
    """Run what was registered under a name: ask first when a person started it."""
    registered = _registered[name]
    fields = registered.installed.fields or ()
    run_mode = RUN_NONINTERACTIVE
    if registered.installed.has_run_mode:
        run_mode, arguments = int(arguments[0]), arguments[1:]
    missing = fields[len(arguments) :]
    if run_mode == RUN_WITH_LAST_VALS and missing:
        arguments = (*arguments, *_remembered(name, fields)[len(arguments) :])
    elif run_mode == RUN_INTERACTIVE and missing:
        if registered.on_run is not None:
            registered.on_run()
        arguments = (*arguments, *_ask(registered, missing, len(arguments)))
    sized = [_sized_font(field, value) for field, value in zip(fields, arguments)]
    results = registered.function(*sized, *arguments[len(sized) :])
    if run_mode != RUN_NONINTERACTIVE:
        backend().call("gimp-displays-flush", RUN_NONINTERACTIVE, [])
    return results


def _sized_font(field: Field, value: Any) -> Any:
    """Return a font's name with the size that the plug-in expects in it: GIMP's own lists have names alone."""
    size = FONT_SIZE.search(str(field.default or "")) if field.pf == PF_FONT else None
    if size is None or not isinstance(value, str) or FONT_SIZE.search(value):
        return value
    return value + size.group()


def _ask(registered: Registered, missing: Sequence[Field], given: int) -> list[Any]:
    name = registered.installed.name
    values = _remembered(name, registered.installed.fields or ())[given:]
    title = registered.installed.label.replace("_", "").rstrip(".").strip() or name
    answers = backend().ask(Form(name, title, registered.installed.blurb, tuple(missing), tuple(values)))
    if answers is None:
        raise CancelError(f"{name} was cancelled")
    _remember(name, [*(field.default for field in (registered.installed.fields or ())[:given]), *answers])
    return answers


def _remembered(name: str, fields: Sequence[Field]) -> list[Any]:
    from pythonfu.shelf import shelf

    kept = shelf.get("python-fu-save--" + name)
    return kept if kept is not None and len(kept) == len(fields) else [field.default for field in fields]


def _remember(name: str, values: Sequence[Any]) -> None:
    """Keep what can be kept: images and layers of this moment cannot."""
    from pythonfu.shelf import shelf

    kept = [None if hasattr(value, "ID") else value for value in values]
    shelf["python-fu-save--" + name] = kept


def main() -> None:
    """Answer GIMP; to be called after the calls of ``register``."""
    from pythonfu.registry import PlugIn

    backend().main(PlugIn(query=query, run=run))
