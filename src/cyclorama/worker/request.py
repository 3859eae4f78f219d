"""What a job is given, with its checks, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from cyclorama.catalog.chosen import ChosenModels, warm_models
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ModelOptions, from_mapping
from cyclorama.protocol.progress import Report

__all__ = ["Reply", "Request"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class Request:
    """What a job is given.

    Parameters
    ----------
    options : mapping
        From the message.
    arrays : mapping of str to ArrayData
        Pictures by name.
    report : callable
        Takes progress; raises ``Cancelled`` to stop.
    """

    options: Mapping[str, Any]
    arrays: Mapping[str, ArrayData]
    report: Report

    def picture(self, name: str) -> ArrayData:
        """Return a picture of the message.

        Raises
        ------
        InputError
            If it is not there.
        """
        if name not in self.arrays:
            raise InputError(f"The picture {name!r} is missing from the message.")
        return self.arrays[name]

    def declared(self, kind: type[_T]) -> _T:
        """Return those of the options that ``kind`` declares; the others are the job's own."""
        names = {entry.name for entry in fields(kind)}  # type: ignore[arg-type]
        return from_mapping(kind, {name: value for name, value in self.options.items() if name in names})

    def chosen(self, *parts: str) -> ChosenModels:
        """Return the models that the options name for parts of the work, kept warm between jobs."""
        return warm_models(self.declared(ModelOptions), parts)

    def required(self, name: str) -> Any:
        """Return an option that must be there.

        Raises
        ------
        InputError
            If it is not.
        """
        if self.options.get(name) is None:
            raise InputError(f"The option {name!r} is missing from the message.")
        return self.options[name]

    def only(self, *kinds: type[Any], own: tuple[str, ...] = ()) -> None:
        """Refuse options that neither ``kinds`` declare nor the job knows: a slip must not pass in silence.

        Raises
        ------
        InputError
            If there is one.
        """
        known = {*own, *(entry.name for kind in kinds for entry in fields(kind))}
        unknown = sorted(set(self.options) - known)
        if unknown:
            raise InputError(f"Unknown option {unknown[0]!r}; known are {', '.join(sorted(known))}.")


@dataclass(frozen=True)
class Reply:
    """What a job gives back: plain values, and pictures."""

    result: dict[str, Any]
    arrays: tuple[ArrayData, ...] = ()
