"""What the menus of GIMP 2.10 offer, declared from the options that everything else is declared from."""

from __future__ import annotations

from typing import Any, Callable, List, Sequence, Tuple, Type

from pythonfu import register
from pythonfu.backend import GimpError, backend
from pythonfu.procedures import invoke
from shared.models import LICENCE_WISHES, PARTS

from cyclorama.protocol.errors import CycloramaError, InputError
from cyclorama.protocol.options import (
    ModelOptions,
    ReplaceOptions,
    SplitOptions,
    describe,
    from_mapping,
    to_mapping,
)
from gimp2 import work
from gimp2.layers import one_undo_step

MENU = "<Image>/Layer/Cyclorama"
IMAGE, LAYER, DRAWABLE, STRING = 13, 14, 16, 4
#: Options that the editor decides, not the person.
DECIDED = ("blend_space",)
#: What is asked for by each command.
SPLIT, REPLACE = (SplitOptions, ModelOptions), (ReplaceOptions, ModelOptions)


def parameters(kinds: Sequence[Type[Any]]) -> List[Tuple[Any, ...]]:
    """Return the parameters of ``register`` for options classes."""
    return [_parameter(entry) for kind in kinds for entry in _asked(kind)]


def _asked(kind: Type[Any]) -> List[Any]:
    """Return the fields of an options class that a person is asked for."""
    return [entry for entry in describe(kind) if entry.name not in DECIDED]


def _parameter(entry: Any) -> Tuple[Any, ...]:
    name, label, default = entry.name.replace("_", "-"), entry.metadata["label"], entry.default
    low, high, choices = (entry.metadata[key] for key in ("low", "high", "choices"))
    if entry.name in PARTS:
        return STRING, name, f"{PARTS[entry.name]}: model", default
    if choices:
        return register.PF_OPTION, name, label, choices.index(default), choices
    if isinstance(default, bool):
        return register.PF_TOGGLE, name, label, default
    if isinstance(default, int):
        return register.PF_SPINNER, name, label, default, (low, high, 1)
    if isinstance(default, float):
        return register.PF_SLIDER, name, label, default, (low, high, (high - low) / 100)
    return STRING, name, label, default


def options(kinds: Sequence[Type[Any]], values: Sequence[Any]) -> List[Any]:
    """Return the options for the values of `parameters`; raise InputError for one that is out of range."""
    left, made = list(values), []
    for kind in kinds:
        entries = _asked(kind)
        given = {entry.name: _value(entry, value) for entry, value in zip(entries, left)}
        left = left[len(entries) :]
        made.append(from_mapping(kind, given))
    return made


def _value(entry: Any, value: Any) -> Any:
    choices = entry.metadata["choices"]
    if not choices:
        return type(entry.default)("" if value is None else value)
    if not 0 <= int(value) < len(choices):
        raise InputError(f"{entry.metadata['label']} is {value}; 0 to {len(choices) - 1} was wanted.")
    return choices[int(value)]


def _told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with its errors as GIMP's: one sentence, and what to do."""

    def run(*values: Any) -> Any:
        try:
            return command(*values)
        except CycloramaError as error:
            raise GimpError(str(error)) from error

    return run


def split(image: Any, layer: Any, *values: Any) -> Any:
    """Turn a layer into a group of one layer per object and a plate; return the group."""
    chosen, models = options(SPLIT, values)
    with work.Worker("Split into Object Layers") as worker:
        source = work.Source.of(image, layer)
        found = worker.split(source, chosen, models)
        stack = [*work.objects(found), work.plate(found)]
        with one_undo_step(image):
            return source.insert(stack, found, {"split": {**to_mapping(chosen), **to_mapping(models)}})


def background(image: Any, layer: Any, *values: Any) -> Any:
    """Split a layer, make a background that fits its light, and put both into the image; return the group."""
    chosen, models = options(REPLACE, values)
    with work.Worker("New Background") as worker:
        source = work.Source.of(image, layer)
        found = worker.split(source, SplitOptions(), models)
        made = worker.replace(found, chosen, models)
        stack = [*work.objects(found), *work.background(made), work.plate(found).hidden()]
        with one_undo_step(image):
            recipe = {"split": SplitOptions(), "replace": chosen, "models": models}
            return source.insert(stack, found, {name: to_mapping(own) for name, own in recipe.items()})


def models(licence: Any) -> str:
    """Show which models can be chosen on this machine, and which are worth fetching; return the same as text."""
    wish = list(LICENCE_WISHES)[int(licence)]
    with work.Worker("Models") as worker:
        text = worker.models(wish).as_text()
    invoke("gimp-message", text)
    return text


COMMANDS = (
    ("cyclorama-split", "Split into Object Layers...", SPLIT, split,
     "Every object gets a layer of its own; what lies behind them is filled in."),
    ("cyclorama-new-background", "New Background...", REPLACE, background,
     "A background that fits the light on the subject, with shadows."),
)  # fmt: skip
AUTHORS = ("The Cyclorama authors", "Apache-2.0", "2026")


def register_all() -> None:
    """Register the commands."""
    backend()
    for name, label, kinds, command, blurb in COMMANDS:
        register.register(
            "plug-in-" + name, blurb, blurb, *AUTHORS, label, "RGB*, GRAY*",
            [(IMAGE, "image", "Image", None), (DRAWABLE, "drawable", "Layer", None), *parameters(kinds)],
            [(LAYER, "group", "The group")], _told(command), menu=MENU,
        )  # fmt: skip
    blurb = "Which models can be chosen on this machine, and which are worth fetching."
    wishes = tuple(LICENCE_WISHES.values())
    register.register(
        "plug-in-cyclorama-models", blurb, blurb, *AUTHORS, "Models...", "",
        [(register.PF_OPTION, "licence", "Licence", 0, wishes)],
        [(STRING, "models", "The list")], _told(models), menu=MENU,
    )  # fmt: skip
