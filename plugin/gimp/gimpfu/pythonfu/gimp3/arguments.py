"""Arguments of a GIMP 3 procedure for the parameters of a classic one, and the values in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Optional

from pythonfu import register
from pythonfu.backend import GimpError
from pythonfu.conversion import color, whole
from pythonfu.gimp3 import values
from pythonfu.gimp3.binding import Gimp, GLib, GObject
from pythonfu.kinds import Plain
from pythonfu.registry import Field, FileHandler, Installed, Parameter

READWRITE = GObject.ParamFlags.READWRITE
IMAGE, DRAWABLE, LAYER = 13, 16, 14
RESOURCES = {
    register.PF_FONT: "font", register.PF_BRUSH: "brush", register.PF_PATTERN: "pattern",
    register.PF_GRADIENT: "gradient", register.PF_PALETTE: "palette",
}  # fmt: skip
FILES = {register.PF_FILE: "SAVE", register.PF_FILENAME: "SAVE", register.PF_DIRNAME: "CREATE_FOLDER"}
OBJECTS = {11: "item", 12: "display", 13: "image", 14: "layer", 15: "channel", 16: "drawable", 19: "path"}
TAKEN = ("run-mode", "image", "drawables", "file", "options", "procedure")


@dataclass(frozen=True)
class Slot:
    """One argument: its name in GIMP 3, what the plug-in said, and the kind that the plug-in gets."""

    name: str
    field: Field
    letter: str


@dataclass(frozen=True)
class Layout:
    """How the parameters are spread: what GIMP 3 itself hands over, and the rest.

    Parameters
    ----------
    on_image : bool
        The first parameter is the image.
    drawable : str or None
        Kind of the second, where that is the drawable.
    names : int
        How many names of the file the plug-in wants.
    handler : FileHandler or None
        For a procedure that opens or exports files.
    slots : tuple of Slot
        The rest.
    """

    on_image: bool
    drawable: Optional[str]
    names: int
    handler: Optional[FileHandler]
    slots: tuple[Slot, ...]


def layout(installed: Installed) -> Layout:
    """Return how a procedure's parameters are spread."""
    fields = fields_of(installed)
    on_image, drawable, names = bool(fields) and fields[0].pf == IMAGE, None, 0
    at = 1 if on_image else 0
    if on_image and len(fields) > 1 and fields[1].pf in (DRAWABLE, LAYER):
        drawable = "w" if fields[1].pf == DRAWABLE else "l"
        at = 2
    if installed.handler is not None:
        while len(fields) > at and names < 2 and fields[at].pf in (4, *FILES):
            names, at = names + 1, at + 1
    handler = installed.handler if names else None
    return Layout(on_image, drawable, names, handler, tuple(_slots(fields[at:])))


def fields_of(installed: Installed) -> tuple[Field, ...]:
    """Return the parameters without the run mode, as fields."""
    if installed.fields is not None:
        return installed.fields
    parameters = installed.parameters[1:] if installed.has_run_mode else installed.parameters
    return tuple(Field(parameter.kind, parameter.name, parameter.label) for parameter in parameters)


def argument_name(name: str, used: list[str]) -> str:
    """Return a name that GIMP 3 takes and that is not in use: small letters, digits, dashes."""
    plain = re.sub("[^a-z0-9-]+", "-", name.lower()).strip("-") or "argument"
    plain = plain if plain[0].isalpha() else "argument-" + plain
    found, k = plain, 2
    while found in used or found in TAKEN:
        found, k = f"{plain}-{k}", k + 1
    return found


def _slots(fields: tuple[Field, ...]) -> list[Slot]:
    used: list[str] = []
    slots = []
    for field in fields:
        used.append(argument_name(field.name, used))
        slots.append(
            Slot(used[-1], field, Parameter(register.stored_kind(field), field.name, field.label).letter)
        )
    return slots


def add_run_mode(procedure: Any) -> None:
    """Give a procedure the run mode as its first argument."""
    mode = Gimp.RunMode
    procedure.add_enum_argument(
        "run-mode", "Run mode", "The run mode", mode.__gtype__, mode.NONINTERACTIVE, READWRITE
    )


def limits(field: Field, low: float, high: float) -> tuple[Any, Any]:
    """Return the range of a slider or a spinner; the default is in it."""
    extra = field.extra if isinstance(field.extra, (tuple, list)) and len(field.extra) >= 2 else (low, high)
    default = field.default if isinstance(field.default, (int, float)) else low
    return min(extra[0], default), max(extra[1], default)


def add(procedure: Any, slot: Slot) -> None:
    """Add the argument for a slot."""
    field = slot.field
    label = field.label or field.name
    texts = (slot.name, label, label.replace("_", ""))
    if field.pf == register.PF_TOGGLE:
        procedure.add_boolean_argument(*texts, bool(field.default), READWRITE)
    elif field.pf in RESOURCES:
        getattr(procedure, f"add_{RESOURCES[field.pf]}_argument")(*texts, True, None, True, READWRITE)
    elif field.pf in FILES:
        action = getattr(Gimp.FileChooserAction, FILES[field.pf])
        procedure.add_file_argument(*texts, action, True, values.file_of(field.default), READWRITE)
    elif field.pf == register.PF_RADIO and slot.letter == "s":
        nicks = nicks_of(field)
        choice = Gimp.Choice.new()
        for k, (nick, (text, _)) in enumerate(zip(nicks, register.choices(field))):
            choice.add(nick, k, text, text)
        procedure.add_choice_argument(*texts, choice, nicks[_chosen(field)], READWRITE)
    else:
        ADD.get(slot.letter, _add_string)(procedure, texts, field)


def nicks_of(field: Field) -> list[str]:
    """Return a text for each choice: the value, where it is text and no other's."""
    found: list[str] = []
    for k, (_, value) in enumerate(register.choices(field)):
        nick = str(value)
        found.append(nick if nick and nick not in found else f"choice-{k}")
    return found


def _chosen(field: Field) -> int:
    rows = [value for _, value in register.choices(field)]
    return rows.index(field.default) if field.default in rows else 0


def _add_int(procedure: Any, texts: tuple[str, ...], field: Field) -> None:
    if field.pf == register.PF_OPTION:
        low, high = 0, max(len(register.choices(field)) - 1, 0)
    elif field.pf == register.PF_RADIO:
        numbers = [int(value) for _, value in register.choices(field)]
        low, high = min(numbers), max(numbers)
    else:
        low, high = limits(field, -(2**31), 2**31 - 1) if field.extra else (-(2**31), 2**31 - 1)
    default = min(max(_default_number(field), int(low)), int(high))
    procedure.add_int_argument(*texts, int(low), int(high), default, READWRITE)


def _default_number(field: Field) -> int:
    """Return a whole default; a list's may be one of its labels."""
    labels = [text for text, _ in register.choices(field)] if field.pf == register.PF_OPTION else []
    return labels.index(field.default) if field.default in labels else whole(field.default)


def _add_float(procedure: Any, texts: tuple[str, ...], field: Field) -> None:
    low, high = (
        limits(field, -GLib.MAXDOUBLE, GLib.MAXDOUBLE) if field.extra else (-GLib.MAXDOUBLE, GLib.MAXDOUBLE)
    )
    procedure.add_double_argument(*texts, float(low), float(high), float(field.default or 0), READWRITE)


def _add_color(procedure: Any, texts: tuple[str, ...], field: Field) -> None:
    default = values.color_of(color(field.default) if field.default is not None else (0.0, 0.0, 0.0, 1.0))
    procedure.add_color_argument(*texts, True, default, READWRITE)


def _add_string(procedure: Any, texts: tuple[str, ...], field: Field) -> None:
    procedure.add_string_argument(*texts, "" if field.default is None else str(field.default), READWRITE)


def _add_object(procedure: Any, texts: tuple[str, ...], field: Field) -> None:
    getattr(procedure, f"add_{OBJECTS[field.pf]}_argument")(*texts, True, READWRITE)


def _add_array(kind: str) -> Callable[..., None]:
    return lambda procedure, texts, field: getattr(procedure, f"add_{kind}_argument")(*texts, READWRITE)


ADD: dict[str, Callable[..., None]] = {
    **dict.fromkeys("ihb", _add_int), "f": _add_float, "c": _add_color, **dict.fromkeys("tdmlnwv", _add_object),
    "I": _add_array("int32_array"), "F": _add_array("double_array"), "S": _add_array("string_array"),
    "B": _add_array("bytes"),
}  # fmt: skip

RESULTS: dict[str, Callable[..., None]] = {
    **dict.fromkeys("ihb", lambda p, t: p.add_int_return_value(*t, -(2**31), 2**31 - 1, 0, READWRITE)),
    "f": lambda p, t: p.add_double_return_value(*t, -GLib.MAXDOUBLE, GLib.MAXDOUBLE, 0.0, READWRITE),
    "s": lambda p, t: p.add_string_return_value(*t, "", READWRITE),
    "c": lambda p, t: p.add_color_return_value(*t, True, values.color_of((0.0, 0.0, 0.0, 1.0)), READWRITE),
    "m": lambda p, t: p.add_image_return_value(*t, True, READWRITE),
    "l": lambda p, t: p.add_layer_return_value(*t, True, READWRITE),
    "w": lambda p, t: p.add_drawable_return_value(*t, True, READWRITE),
    "n": lambda p, t: p.add_channel_return_value(*t, True, READWRITE),
    "v": lambda p, t: p.add_path_return_value(*t, True, READWRITE),
    "t": lambda p, t: p.add_item_return_value(*t, True, READWRITE),
    "d": lambda p, t: p.add_display_return_value(*t, True, READWRITE),
    "S": lambda p, t: p.add_string_array_return_value(*t, READWRITE),
    "B": lambda p, t: p.add_bytes_return_value(*t, READWRITE),
}  # fmt: skip


def add_result(procedure: Any, result: Parameter, k: int) -> None:
    """Add a result; a file's loader has its image already."""
    if isinstance(procedure, Gimp.LoadProcedure) and k == 0:
        return
    if result.letter not in RESULTS:
        raise GimpError(f"results of type {result.kind} cannot be handed to GIMP 3")
    name = argument_name(result.name, [spec.name for spec in procedure.get_return_values()])
    name = "image-2" if name == "image" and isinstance(procedure, Gimp.LoadProcedure) else name
    RESULTS[result.letter](procedure, (name, result.label or name, result.label or name))


def read(config: Any, layout: Layout) -> list[tuple[str, Plain]]:
    """Return the values in a configuration, with their kinds."""
    return [(slot.letter, value_of(config, slot)) for slot in layout.slots]


def value_of(config: Any, slot: Slot) -> Plain:
    """Return the value in one argument."""
    spec = config.find_property(slot.name)
    value = config.get_property(slot.name)
    field = slot.field
    if field.pf == register.PF_RADIO and slot.letter == "s":
        nicks = nicks_of(field)
        return register.choices(field)[nicks.index(value)][1] if value in nicks else field.default  # type: ignore
    if field.pf in RESOURCES:
        return value.get_name() if value is not None else field.default
    if field.pf in FILES:
        return (value.get_path() or value.get_uri()) if value is not None else (field.default or "")
    if field.pf == 10 and value is not None and field.default is not None:
        # GIMP 3 loses the default of a colour on its way to the plug-in: transparent black stands for it.
        found = values.plain_color(value)
        return color(field.default) if found == (0.0, 0.0, 0.0, 0.0) else found
    return values.plain(spec, value)
