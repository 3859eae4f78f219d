"""Declared options as GIMP's procedure arguments, and back.

An option is declared once, in ``cyclorama.protocol.options``; its range, default, label and help become the argument's.
"""

from __future__ import annotations

from dataclasses import Field
from typing import Any, Dict, Sequence, Type, TypeVar

from gi.repository import Gimp, GObject

from cyclorama.protocol.options import describe

__all__ = ["add_argument", "add_arguments", "add_choice", "argument_name", "argument_names", "options_from"]

_T = TypeVar("_T")
_FLAGS = GObject.ParamFlags.READWRITE
#: Options that the plug-in decides itself.
HIDDEN = ("blend_space",)
#: Defaults that differ where a person is there to choose.
_DEFAULTS = {"candidates": 3}


def argument_name(option: str) -> str:
    """Return the PDB's name of an option: dashes for underscores."""
    return option.replace("_", "-")


def argument_names(kind: Type[Any]) -> Sequence[str]:
    """Return the arguments that an options class gives, in order."""
    return [argument_name(entry.name) for entry in describe(kind) if entry.name not in HIDDEN]


def add_arguments(procedure: Any, kind: Type[Any]) -> None:
    """Declare every option of a class as an argument of a procedure."""
    for entry in describe(kind):
        if entry.name not in HIDDEN:
            add_argument(procedure, entry)


def add_choice(
    procedure: Any, name: str, label: str, help: str, choices: Dict[str, str], default: str
) -> None:
    """Declare an argument that is one of some words.

    Parameters
    ----------
    choices : mapping of str to str
        Word and its label in a dialog.
    """
    words = Gimp.Choice.new()
    for number, (word, shown) in enumerate(choices.items()):
        words.add(word, number, shown, "")
    procedure.add_choice_argument(name, label, help, words, default, _FLAGS)


def options_from(kind: Type[_T], config: Any) -> _T:
    """Make the options of a class from a procedure's arguments.

    Raises
    ------
    InputError
        If a value cannot be used.
    """
    values = {}
    for entry in describe(kind):
        if entry.name not in HIDDEN:
            value = config.get_property(argument_name(entry.name))
            values[entry.name] = "" if value is None else value
    return kind(**values)


def add_argument(procedure: Any, entry: Field[Any]) -> None:
    """Declare one option as an argument of a procedure."""
    name, about = argument_name(entry.name), entry.metadata
    label, help, low, high = about["label"], about["help"], about["low"], about["high"]
    default = _DEFAULTS.get(entry.name, entry.default)
    if about["choices"]:
        choices = {word: word.capitalize() for word in about["choices"]}
        add_choice(procedure, name, label, help, choices, str(default))
    elif isinstance(entry.default, bool):
        procedure.add_boolean_argument(name, label, help, entry.default, _FLAGS)
    elif isinstance(entry.default, int):
        procedure.add_int_argument(name, label, help, low, high, default, _FLAGS)
    elif isinstance(entry.default, float):
        procedure.add_double_argument(name, label, help, low, high, default, _FLAGS)
    else:
        procedure.add_string_argument(name, label, help, entry.default, _FLAGS)
