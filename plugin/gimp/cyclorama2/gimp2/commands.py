"""What the menus of GIMP 2.10 offer, declared from the options that everything else is declared from."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence, Tuple, Type

from pythonfu import register
from pythonfu.backend import GimpError, backend

from cyclorama.protocol.errors import CycloramaError
from cyclorama.protocol.options import ReplaceOptions, SplitOptions, describe, from_mapping, to_mapping
from gimp2 import work
from gimp2.layers import one_undo_step

MENU = "<Image>/Layer/Cyclorama"
IMAGE, LAYER, DRAWABLE, STRING = 13, 14, 16, 4
#: Options that the editor decides, not the person.
DECIDED = ("blend_space",)


def parameters(kind: Type[Any]) -> List[Tuple[Any, ...]]:
    """Return the parameters of ``register`` for an options class."""
    rows: List[Tuple[Any, ...]] = []
    for entry in describe(kind):
        if entry.name not in DECIDED:
            rows.append(_parameter(entry))
    return rows


def _parameter(entry: Any) -> Tuple[Any, ...]:
    name, label, default = entry.name.replace("_", "-"), entry.metadata["label"], entry.default
    low, high = entry.metadata["low"], entry.metadata["high"]
    if isinstance(default, bool):
        return register.PF_TOGGLE, name, label, default
    if isinstance(default, int):
        return register.PF_SPINNER, name, label, default, (low, high, 1)
    if isinstance(default, float):
        return register.PF_SLIDER, name, label, default, (low, high, (high - low) / 100)
    return STRING, name, label, default


def options(kind: Type[Any], values: Sequence[Any]) -> Any:
    """Return the options for the values of `parameters`; raise InputError for one that is out of range."""
    names = [entry.name for entry in describe(kind) if entry.name not in DECIDED]
    given: Dict[str, Any] = dict(zip(names, values))
    for entry in describe(kind):
        if entry.name in given:
            given[entry.name] = type(entry.default)(given[entry.name])
    return from_mapping(kind, given)


def _told(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command with its errors as GIMP's: one sentence, and what to do."""

    def run(image: Any, layer: Any, *values: Any) -> Any:
        try:
            return command(image, layer, *values)
        except CycloramaError as error:
            raise GimpError(str(error)) from error

    return run


def split(image: Any, layer: Any, *values: Any) -> Any:
    """Turn a layer into a group of one layer per object and a plate; return the group."""
    chosen = options(SplitOptions, values)
    with work.Worker("Split into Object Layers") as worker:
        source = work.Source.of(image, layer)
        found = worker.split(source, chosen)
        stack = [*work.objects(found), work.plate(found)]
        with one_undo_step(image):
            return source.insert(stack, found, {"split": to_mapping(chosen)})


def background(image: Any, layer: Any, *values: Any) -> Any:
    """Split a layer, make a background that fits its light, and put both into the image; return the group."""
    chosen = options(ReplaceOptions, values)
    with work.Worker("New Background") as worker:
        source = work.Source.of(image, layer)
        found = worker.split(source, SplitOptions())
        made = worker.replace(found, chosen, source.dtype)
        stack = [*work.objects(found), *work.background(made), work.plate(found).hidden()]
        with one_undo_step(image):
            return source.insert(
                stack, found, {"split": to_mapping(SplitOptions()), "replace": to_mapping(chosen)}
            )


COMMANDS = (
    ("cyclorama-split", "Split into Object Layers...", SplitOptions, split,
     "Every object gets a layer of its own; what lies behind them is filled in."),
    ("cyclorama-new-background", "New Background...", ReplaceOptions, background,
     "A background that fits the light on the subject, with shadows."),
)  # fmt: skip


def register_all() -> None:
    """Register the commands."""
    backend()
    for name, label, kind, command, blurb in COMMANDS:
        register.register(
            "plug-in-" + name, blurb, blurb, "The Cyclorama authors", "Apache-2.0", "2026", label, "RGB*, GRAY*",
            [(IMAGE, "image", "Image", None), (DRAWABLE, "drawable", "Layer", None), *parameters(kind)],
            [(LAYER, "group", "The group")], _told(command), menu=MENU,
        )  # fmt: skip
