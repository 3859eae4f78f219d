"""Which models do the work: arguments of the procedures, and what of them a job is told."""

from __future__ import annotations

from typing import Any, Callable, Dict

from cyclorama.protocol.options import ModelOptions, describe, from_mapping
from gimp3.arguments import add_argument, argument_name

__all__ = ["model_arguments", "model_options"]


def model_arguments(*parts: str) -> Callable[[Any], None]:
    """Return what declares the models of some parts of the work, and the device, as arguments of a procedure."""

    def declare(procedure: Any) -> None:
        for entry in describe(ModelOptions):
            if entry.name in (*parts, "device"):
                add_argument(procedure, entry)

    return declare


def model_options(config: Any, *parts: str) -> Dict[str, str]:
    """Return the choice of models for some parts of the work, and the device, as a job takes them.

    Raises
    ------
    InputError
        If a value cannot be used.
    """
    names = (*parts, "device")
    chosen = {name: config.get_property(argument_name(name)) or "" for name in names}
    from_mapping(ModelOptions, chosen)
    return chosen
