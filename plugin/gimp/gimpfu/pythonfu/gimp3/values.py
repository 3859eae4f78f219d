"""Plain values to GIMP 3's and back, each by the specification of its parameter."""

from __future__ import annotations

import struct
from typing import Any, Callable

from pythonfu.backend import GimpError
from pythonfu.gimp3.binding import Babl, Gegl, Gimp, Gio, GLib, start_gegl
from pythonfu.kinds import Plain

#: Numbers that GIMP 3 counts otherwise than 2.10, by enumeration: 2.10's to 3's.
RENUMBERED = {
    "GimpFillType": {2: 3, 3: 4, 4: 5},
    "GimpConvertPaletteType": {2: 1, 3: 2, 4: 3},
    "GimpRepeatMode": {1: 2, 2: 3, 3: 1},
    "GimpLayerColorSpace": {2: 4},
    "GimpForegroundExtractMode": {1: 0},
    "GimpRotationType": {},
}
BACK = {kind: {new: old for old, new in rows.items()} for kind, rows in RENUMBERED.items()}

RESOURCES = ("GimpBrush", "GimpFont", "GimpGradient", "GimpPalette", "GimpPattern")
ITEMS = {
    "GimpItem": "t", "GimpDrawable": "w", "GimpLayer": "l", "GimpGroupLayer": "l", "GimpTextLayer": "l",
    "GimpChannel": "n", "GimpLayerMask": "n", "GimpSelection": "k", "GimpPath": "v", "GimpVectorLayer": "l",
    "GimpLinkLayer": "l",
}  # fmt: skip
LETTERS = {
    "gint": "i", "guint": "i", "gboolean": "i", "gdouble": "f", "gchararray": "s", "GFile": "s", "GeglColor": "c",
    "GimpImage": "m", "GimpDisplay": "d", "GimpParasite": "p", "GimpDoubleArray": "F", "GimpInt32Array": "I",
    "GBytes": "B", "GStrv": "S", "GimpColorArray": "C", "GimpUnit": "i", "GimpCoreObjectArray": "W",
    "GimpResource": "s", **ITEMS, **dict.fromkeys(RESOURCES, "s"),
}  # fmt: skip
SAMPLES = "R'G'B'A float"


def type_name(spec: Any) -> str:
    """Return the name of a parameter's type."""
    return str(spec.value_type.name)


def letter(spec: Any) -> str:
    """Return the kind of a parameter, as `pythonfu.kinds` writes it; an enumeration is a number."""
    return LETTERS.get(type_name(spec), "i")


def color_of(value: Any) -> Any:
    """Return a GEGL colour of red, green, blue, alpha in sRGB."""
    start_gegl()
    made = Gegl.Color.new("black")
    made.set_bytes(Babl.format(SAMPLES), GLib.Bytes.new(struct.pack("4f", *value)))
    return made


def plain_color(value: Any) -> tuple[float, ...]:
    """Return red, green, blue, alpha in sRGB; what 8 bits hold comes out as they hold it."""
    if value is None:
        return (0.0, 0.0, 0.0, 1.0)
    start_gegl()
    samples = struct.unpack("4f", value.get_bytes(Babl.format(SAMPLES)).get_data())
    return tuple(level / 255 if abs((level := round(s * 255)) - s * 255) < 0.01 else s for s in samples)


def item_of(number: int) -> Any:
    """Return an item by its number, None for none."""
    if number < 0:
        return None
    if not Gimp.Item.id_is_valid(number):
        raise GimpError(f"there is no item with the number {number}; it was removed")
    return Gimp.Item.get_by_id(number)


def image_of(number: int) -> Any:
    """Return an image by its number, None for none."""
    if number < 0:
        return None
    if not Gimp.Image.id_is_valid(number):
        raise GimpError(f"there is no image with the number {number}; it was closed")
    return Gimp.Image.get_by_id(number)


def file_of(path: Any) -> Any:
    """Return a file by path or by URI, None for none."""
    if not path:
        return None
    return Gio.File.new_for_uri(path) if "://" in path else Gio.File.new_for_path(path)


def resource_of(kind: str, name: Any) -> Any:
    """Return a brush, font, gradient, palette or pattern by its name; without a name, the one in use."""
    short = kind[len("Gimp") :]
    if not name:
        return getattr(Gimp, f"context_get_{short.lower()}")()
    found = getattr(Gimp, short).get_by_name(name)
    if found is None and kind == "GimpFont":
        found = _font_like(name)
    if found is None:
        raise GimpError(f"there is no {short.lower()} named {name!r}")
    return found


def _font_like(name: str) -> Any:
    """Return the font that a name of GIMP 2 means: GIMP 3 says Sans-serif, and writes the style with a space."""
    for other in (name.replace(",", ""), {"Sans": "Sans-serif"}.get(name, name), "Sans-serif"):
        found = Gimp.Font.get_by_name(other)
        if found is not None:
            return found
    return Gimp.context_get_font()


def nick_of(spec: Any, value: Plain) -> str:
    """Return the name of a choice: GIMP 3 names what 2.10 numbered, in the same order."""
    choice = Gimp.param_spec_choice_get_choice(spec)
    nicks = list(choice.list_nicks())
    if isinstance(value, str) and value in nicks:
        return value
    for nick in nicks:
        if isinstance(value, (int, float)) and choice.get_id(nick) == int(value):
            return str(nick)
    raise GimpError(f"{spec.name} is one of {', '.join(nicks)}, not {value!r}")


def _number(spec: Any, value: Any) -> Any:
    number = float(value) if type_name(spec) == "gdouble" else int(value)
    low, high = getattr(spec, "minimum", None), getattr(spec, "maximum", None)
    if low is not None and high is not None and not low <= number <= high:
        raise GimpError(f"{spec.name} lies in {low}..{high}; {number} does not")
    return number


def clamped(spec: Any, value: Any) -> Any:
    """Return a number in its range; filters of 2.10 took what was beyond for the end of it."""
    low, high = getattr(spec, "minimum", None), getattr(spec, "maximum", None)
    if low is None or high is None or not isinstance(value, (int, float)) or type_name(spec) == "gboolean":
        return value
    return min(max(value, low), high)


def _parasite(value: Any) -> Any:
    return None if value is None else Gimp.Parasite.new(value[0], int(value[1]), value[2])


WRITERS: dict[str, Callable[[Any], Any]] = {
    "gboolean": bool,
    "GFile": file_of,
    "GeglColor": color_of,
    "GimpImage": image_of,
    "GimpDisplay": lambda number: Gimp.Display.get_by_id(number) if number >= 0 else None,
    "GimpParasite": _parasite,
    "GBytes": lambda data: GLib.Bytes.new(bytes(data)),
    "GStrv": list,
    "GimpUnit": lambda number: Gimp.Unit.get_by_id(number),
    **dict.fromkeys(ITEMS, item_of),
}


def native(spec: Any, value: Any) -> Any:
    """Return what GIMP 3 wants for a plain value."""
    kind = type_name(spec)
    if kind in ("gint", "guint", "gdouble"):
        return _number(spec, value)
    if kind == "gchararray":
        return nick_of(spec, value) if spec.__gtype__.name == "GimpParamChoice" else str(value or "")
    if kind in RESOURCES:
        return resource_of(kind, value)
    if kind in WRITERS:
        return WRITERS[kind](value)
    if isinstance(value, int):
        return RENUMBERED.get(kind, {}).get(value, value)
    return value


def put(config: Any, spec: Any, value: Any) -> None:
    """Write a plain value into a procedure's configuration."""
    if type_name(spec) == "GimpCoreObjectArray":
        numbers = value if isinstance(value, (list, tuple)) else [value]
        find = image_of if spec.name == "images" else item_of
        config.set_core_object_array(spec.name, [find(number) for number in numbers if number >= 0])
    elif type_name(spec) == "GimpColorArray":
        config.set_color_array(spec.name, [color_of(color) for color in value])
    else:
        config.set_property(spec.name, native(spec, value))


def _number_of(thing: Any) -> Any:
    """Return an object's number; a resource's name."""
    return thing.get_name() if isinstance(thing, Gimp.Resource) else thing.get_id()


READERS: dict[str, Callable[[Any], Plain]] = {
    "gboolean": int,
    "GFile": lambda file: (file.get_path() or file.get_uri()) if file is not None else None,
    "GeglColor": plain_color,
    "GimpParasite": lambda p: None if p is None else (p.get_name(), p.get_flags(), bytes(p.get_data())),
    "GBytes": lambda data: b"" if data is None else bytes(data.get_data()),
    "GStrv": list,
    "GimpUnit": lambda unit: unit.get_id(),
    "GimpDoubleArray": list,
    "GimpInt32Array": list,
    "gchararray": lambda text: text,
    "gdouble": float,
}


def plain(spec: Any, value: Any) -> Plain:
    """Return the plain value of one of GIMP 3's."""
    kind = type_name(spec)
    if kind in READERS:
        return READERS[kind](value)
    if isinstance(value, list):
        return [_number_of(thing) for thing in value]
    if value is None or hasattr(value, "get_id"):
        return -1 if value is None else _number_of(value)
    number = int(value)
    return BACK.get(kind, {}).get(number, number)


def take(results: Any, k: int, spec: Any) -> Plain:
    """Return the k-th result of a procedure as a plain value."""
    if type_name(spec) == "GimpCoreObjectArray":
        return [_number_of(thing) for thing in results.get_core_object_array(k)]
    if type_name(spec) == "GimpColorArray":
        return [plain_color(color) for color in results.get_color_array(k)]
    return plain(spec, results.index(k))


def letters(specs: Any) -> str:
    """Return the kinds of parameters; the run mode and drawables in front are marked as what callers leave out."""
    written = "".join(letter(spec) for spec in specs if type_name(spec) != "GimpExportOptions")
    if specs and specs[0].name == "run-mode":
        written = "r" + written[1:]
    return written.replace("W", "I") if "W" in written and not written.startswith(("rmW", "mW")) else written
