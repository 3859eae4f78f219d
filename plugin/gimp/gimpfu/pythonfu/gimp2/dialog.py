"""The dialog of a classic procedure on GIMP 2.10: GTK 2 and GIMP's own selectors, by ctypes."""

from __future__ import annotations

import ctypes as c
from dataclasses import dataclass
from typing import Any, Callable, Optional

from pythonfu import conversion, register
from pythonfu.gimp2.library import Color, c_char_p, c_double, c_int, c_void_p, library
from pythonfu.registry import Field, Form, Parameter

OK, CANCEL = -5, -6
FILL, EXPAND = 4, 1
GUTTER = 6
ACTIONS = {register.PF_FILE: 0, register.PF_FILENAME: 0, register.PF_DIRNAME: 2}
RESOURCES = {
    register.PF_FONT: "font", register.PF_BRUSH: "brush", register.PF_PATTERN: "pattern",
    register.PF_GRADIENT: "gradient", register.PF_PALETTE: "palette",
}  # fmt: skip
ITEMS = {13: "image", 14: "layer", 15: "channel", 16: "drawable", 19: "vectors"}
#: GTK 2 is in this process; GTK 3 cannot join it.
started = False


class Toolkit:
    """Functions of GTK 2 and of GIMP's widgets by name, with their types at the call."""

    def __init__(self) -> None:
        libraries = (library("gtk-x11", "2.0"), library("gimpui", "2.0"), library("gimpwidgets", "2.0"),
                     library("gobject", "2.0"))  # fmt: skip
        self._libraries = libraries

    def __call__(self, name: str, result: Any, *arguments: Any) -> Any:
        """Call a function; whole numbers are ints, fractions doubles, text UTF-8, the rest pointers."""
        function = next(getattr(one, name) for one in self._libraries if hasattr(one, name))
        kinds: dict[type, Any] = {bool: c_int, int: c_int, float: c_double, bytes: c_char_p}
        function.restype = result
        function.argtypes = [kinds.get(type(one), c_void_p) for one in arguments]
        return function(*arguments)


@dataclass(frozen=True)
class Widget:
    """A widget's pointer, and how to ask for its value."""

    pointer: Any
    value: Callable[[], Any]


def _pointer(number: Any) -> Any:
    return c_void_p(number)


def _entry(gtk: Toolkit, field: Field, value: Any) -> Widget:
    made = _pointer(gtk("gtk_entry_new", c_void_p))
    gtk("gtk_entry_set_text", None, made, ("" if value is None else str(value)).encode())
    return Widget(made, lambda: gtk("gtk_entry_get_text", c_char_p, made).decode())


def _number(gtk: Toolkit, field: Field, value: Any) -> Widget:
    """Return a slider or a spinner; fractions where the plug-in counts in fractions."""
    real = field.pf in (3, register.PF_SLIDER) or (
        field.pf == register.PF_SPINNER and register.is_real(field)
    )
    limits: list[Any] = [*(field.extra or (-2147483648, 2147483647)), 0.1 if real else 1]
    low, high, *step = limits
    numbers = (float(low), float(high), float(step[0] or 1))
    if field.pf == register.PF_SLIDER:
        made = _pointer(gtk("gtk_hscale_new_with_range", c_void_p, *numbers))
        gtk("gtk_range_set_value", None, made, float(value or 0))
        gtk("gtk_widget_set_size_request", None, made, 180, -1)
        return Widget(made, lambda: gtk("gtk_range_get_value", c_double, made))
    made = _pointer(gtk("gtk_spin_button_new_with_range", c_void_p, *numbers))
    gtk("gtk_spin_button_set_digits", None, made, 2 if real else 0)
    gtk("gtk_spin_button_set_value", None, made, float(value or 0))
    read = "gtk_spin_button_get_value"
    return Widget(made, lambda: (float if real else round)(gtk(read, c_double, made)))


def _toggle(gtk: Toolkit, field: Field, value: Any) -> Widget:
    made = _pointer(gtk("gtk_check_button_new", c_void_p))
    gtk("gtk_toggle_button_set_active", None, made, bool(value))
    return Widget(made, lambda: bool(gtk("gtk_toggle_button_get_active", c_int, made)))


def _list(gtk: Toolkit, field: Field, value: Any) -> Widget:
    made = _pointer(gtk("gtk_combo_box_text_new", c_void_p))
    rows = register.choices(field)
    for label, _ in rows:
        gtk("gtk_combo_box_text_append_text", None, made, label.encode())
    at = [one for _, one in rows].index(value) if value in [one for _, one in rows] else 0
    gtk("gtk_combo_box_set_active", None, made, at)
    return Widget(made, lambda: rows[max(gtk("gtk_combo_box_get_active", c_int, made), 0)][1])


def _text(gtk: Toolkit, field: Field, value: Any) -> Widget:
    buffer = _pointer(gtk("gtk_text_buffer_new", c_void_p, None))
    gtk("gtk_text_buffer_set_text", None, buffer, ("" if value is None else str(value)).encode(), -1)
    made = _pointer(gtk("gtk_text_view_new_with_buffer", c_void_p, buffer))
    gtk("gtk_widget_set_size_request", None, made, 260, 90)

    def read() -> str:
        first, last = (c.create_string_buffer(256) for _ in range(2))
        gtk("gtk_text_buffer_get_bounds", None, buffer, first, last)
        return str(gtk("gtk_text_buffer_get_text", c_char_p, buffer, first, last, False).decode())

    return Widget(made, read)


def _color(gtk: Toolkit, field: Field, value: Any) -> Widget:
    color = Color(*conversion.color(value if value is not None else (0, 0, 0)))
    made = _pointer(gtk("gimp_color_button_new", c_void_p, field.label.encode(), 60, 20, c.byref(color), 0))

    def read() -> Any:
        found = Color()
        gtk("gimp_color_button_get_color", None, made, c.byref(found))
        return conversion.from_plain("c", (found.r, found.g, found.b, found.a))

    return Widget(made, read)


def _resource(gtk: Toolkit, field: Field, value: Any) -> Widget:
    kind = RESOURCES[field.pf]
    more = (-1.0, -1, -1) if kind == "brush" else ()
    named = str(value).encode() if value else None
    made = _pointer(gtk(f"gimp_{kind}_select_button_new", c_void_p, field.label.encode(), named, *more))
    pointers = (None, None, None) if kind == "brush" else ()
    read = f"gimp_{kind}_select_button_get_{kind}"
    return Widget(made, lambda: (gtk(read, c_char_p, made, *pointers) or b"").decode())


def _file(gtk: Toolkit, field: Field, value: Any) -> Widget:
    made = _pointer(gtk("gtk_file_chooser_button_new", c_void_p, field.label.encode(), ACTIONS[field.pf]))
    if value:
        gtk("gtk_file_chooser_set_filename", c_int, made, str(value).encode())
    return Widget(
        made,
        lambda: (gtk("gtk_file_chooser_get_filename", c_char_p, made) or str(value or "").encode()).decode(),
    )


def _item(gtk: Toolkit, field: Field, value: Any) -> Widget:
    made = _pointer(gtk(f"gimp_{ITEMS[field.pf]}_combo_box_new", c_void_p, None, None))
    letter = Parameter(field.pf, "", "").letter

    def read() -> Any:
        number = c_int(-1)
        gtk("gimp_int_combo_box_get_active", c_int, made, c.byref(number))
        return conversion.from_plain(letter, number.value)

    return Widget(made, read)


MAKERS: dict[int, Callable[[Toolkit, Field, Any], Widget]] = {
    **dict.fromkeys((0, 1, 2, 3, register.PF_SLIDER, register.PF_SPINNER), _number),
    **dict.fromkeys((register.PF_OPTION, register.PF_RADIO), _list),
    **dict.fromkeys(RESOURCES, _resource),
    **dict.fromkeys(ACTIONS, _file),
    **dict.fromkeys(ITEMS, _item),
    register.PF_TOGGLE: _toggle,
    register.PF_TEXT: _text,
    10: _color,
}


def ask(form: Form) -> Optional[list[Any]]:
    """Show the dialog; return the values, or None when the person cancels."""
    global started
    gtk = Toolkit()
    gtk("gimp_ui_init", None, form.name.encode(), False)
    started = True
    dialog = _pointer(gtk("gtk_dialog_new", c_void_p))
    gtk("gtk_window_set_title", None, dialog, form.title.encode())
    gtk("gtk_dialog_add_button", c_void_p, dialog, b"gtk-cancel", CANCEL)
    gtk("gtk_dialog_add_button", c_void_p, dialog, b"gtk-ok", OK)
    gtk("gtk_dialog_set_default_response", None, dialog, OK)
    box = _pointer(gtk("gtk_dialog_get_content_area", c_void_p, dialog))
    if form.blurb:
        _pack(gtk, box, _label(gtk, form.blurb))
    table = _pointer(gtk("gtk_table_new", c_void_p, len(form.fields), 2, False))
    for where in ("row", "col"):
        gtk(f"gtk_table_set_{where}_spacings", None, table, GUTTER)
    gtk("gtk_container_set_border_width", None, table, 2 * GUTTER)
    _pack(gtk, box, table)
    widgets = []
    for row, (field, value) in enumerate(zip(form.fields, form.values)):
        widgets.append(MAKERS.get(field.pf, _entry)(gtk, field, value))
        _attach(gtk, table, _label(gtk, field.label), 0, row, FILL)
        _attach(gtk, table, widgets[-1].pointer, 1, row, FILL | EXPAND)
    gtk("gtk_widget_show_all", None, dialog)
    accepted = gtk("gtk_dialog_run", c_int, dialog) == OK
    values = [widget.value() for widget in widgets] if accepted else None
    gtk("gtk_widget_destroy", None, dialog)
    return values


def _label(gtk: Toolkit, text: str) -> Any:
    return _pointer(gtk("gtk_label_new_with_mnemonic", c_void_p, text.encode()))


def _pack(gtk: Toolkit, box: Any, widget: Any) -> None:
    gtk("gtk_box_pack_start", None, box, widget, False, False, GUTTER)


def _attach(gtk: Toolkit, table: Any, widget: Any, column: int, row: int, how: int) -> None:
    place = (column, column + 1, row, row + 1)
    gtk("gtk_table_attach", None, table, widget, *place, how, FILL, 0, 0)
