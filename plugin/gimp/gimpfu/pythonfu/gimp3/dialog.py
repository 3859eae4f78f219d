"""The dialog of a classic procedure: GIMP 3's own, with lists and radio buttons where the plug-in names choices."""

from __future__ import annotations

from typing import Any, Optional

import gi

from pythonfu import conversion, register
from pythonfu.gimp3 import arguments, values
from pythonfu.gimp3.binding import Gimp
from pythonfu.registry import Form, Installed


def ask(form: Form, procedure: Any, config: Any) -> Optional[list[Any]]:
    """Show the dialog; return the values for the plug-in, or None when the person cancels."""
    gi.require_version("GimpUi", "3.0")
    from gi.repository import GimpUi

    GimpUi.init(form.name)
    slots = arguments.layout(Installed(form.name, fields=form.fields)).slots
    slots = tuple(slot for slot in slots if config.find_property(slot.name) is not None)
    _fill_in(form, slots, config)
    dialog = GimpUi.ProcedureDialog.new(procedure, config, form.title)
    for slot in slots:
        _widget(dialog, slot, GimpUi)
    dialog.fill([slot.name for slot in slots])
    accepted = dialog.run()
    dialog.destroy()
    if not accepted:
        return None
    return [conversion.from_plain(slot.letter, arguments.value_of(config, slot)) for slot in slots]


def _widget(dialog: Any, slot: arguments.Slot, ui: Any) -> None:
    """Make the widget of an argument that is not what GIMP would choose by itself."""
    field = slot.field
    if field.pf == register.PF_OPTION or (field.pf == register.PF_RADIO and slot.letter == "i"):
        store = ui.IntStore.new([text for text, _ in register.choices(field)])
        for row, (_, value) in zip(store, register.choices(field)):
            row[0] = int(value)
        make = dialog.get_int_combo if field.pf == register.PF_OPTION else dialog.get_int_radio
        make(slot.name, store)
    elif field.pf == register.PF_RADIO:
        dialog.get_widget(slot.name, ui.StringComboBox.__gtype__)
    elif field.pf == register.PF_SLIDER:
        dialog.get_scale_entry(slot.name, 1.0)
    elif field.pf == register.PF_TEXT:
        from gi.repository import Gtk

        view = dialog.get_widget(slot.name, Gtk.TextView.__gtype__)
        if view is not None:
            view.set_size_request(300, 100)


def _fill_in(form: Form, slots: tuple[arguments.Slot, ...], config: Any) -> None:
    """Put the names of brushes and the like, which GIMP 3 takes as objects, into the dialog."""
    for slot, value in zip(slots, form.values):
        if slot.field.pf in arguments.RESOURCES and config.get_property(slot.name) is None and value:
            kind = arguments.RESOURCES[slot.field.pf].capitalize()
            found = getattr(Gimp, kind).get_by_name(value)
            if found is not None:
                config.set_property(slot.name, found)
        elif slot.field.pf == 10 and slot.field.default is not None:
            config.set_property(
                slot.name, values.color_of(conversion.color(arguments.value_of(config, slot)))
            )
