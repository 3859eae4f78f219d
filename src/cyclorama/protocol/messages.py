"""What a client and the worker say to each other: one frozen dataclass for each message."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Callable, Dict, Mapping, Sequence, Tuple, Type, Union

from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import ProtocolError

__all__ = [
    "FINAL",
    "PROTOCOL_VERSIONS",
    "Accepted",
    "Cancel",
    "Failed",
    "Hello",
    "JobCancelled",
    "ListModels",
    "Message",
    "Models",
    "Ping",
    "Pong",
    "ProgressMade",
    "Result",
    "Shutdown",
    "Submit",
    "Welcome",
    "message_from",
    "message_header",
]

#: Versions of the conversation that this package can hold, best first.
PROTOCOL_VERSIONS = (1,)


@dataclass(frozen=True)
class Hello:
    """Client's first message: the versions it speaks, its name, and the token from the endpoint file."""

    versions: Tuple[int, ...]
    client: str
    token: str


@dataclass(frozen=True)
class Submit:
    """Please do a job; the id is the client's choice and unique within the connection."""

    job_id: str
    job: str
    options: Dict[str, Any]
    arrays: Tuple[ArrayData, ...] = ()


@dataclass(frozen=True)
class Cancel:
    """Please stop a job; harmless if it has just ended."""

    job_id: str


@dataclass(frozen=True)
class ListModels:
    """Which models are there? Answered by :class:`Models`."""


@dataclass(frozen=True)
class Ping:
    """Are you there? Answered by :class:`Pong` at any time, also while a job runs."""


@dataclass(frozen=True)
class Shutdown:
    """Please leave as soon as no job is left."""


@dataclass(frozen=True)
class Welcome:
    """Worker's first message: the version it chose, what it can do, and the device it computes on."""

    version: int
    capabilities: Dict[str, Any]
    device: str


@dataclass(frozen=True)
class Accepted:
    """The job stands in the queue."""

    job_id: str


@dataclass(frozen=True)
class ProgressMade:
    """Where a job stands; at most ten a second. ``fraction`` in [0, 1] never falls; may carry a preview."""

    job_id: str
    stage: str
    fraction: float
    message: str = ""
    arrays: Tuple[ArrayData, ...] = ()


@dataclass(frozen=True)
class Result:
    """The job is done."""

    job_id: str
    result: Dict[str, Any]
    arrays: Tuple[ArrayData, ...] = ()


@dataclass(frozen=True)
class Failed:
    """The job cannot be done; with an empty ``job_id``: the conversation cannot go on, and the worker hangs up."""

    job_id: str
    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class JobCancelled:
    """The job was stopped, as asked; nothing of it will follow."""

    job_id: str


@dataclass(frozen=True)
class Pong:
    """Here I am."""

    jobs_waiting: int = 0


@dataclass(frozen=True)
class Models:
    """The models on this machine, as in the catalogue."""

    models: Tuple[Dict[str, Any], ...] = field(default=())


Message = Union[
    Hello,
    Submit,
    Cancel,
    ListModels,
    Ping,
    Shutdown,
    Welcome,
    Accepted,
    ProgressMade,
    Result,
    Failed,
    JobCancelled,
    Pong,
    Models,
]

#: One of these ends each job.
FINAL = (Result, Failed, JobCancelled)

_KINDS: Dict[str, Type[Any]] = {
    "hello": Hello,
    "submit": Submit,
    "cancel": Cancel,
    "list_models": ListModels,
    "ping": Ping,
    "shutdown": Shutdown,
    "welcome": Welcome,
    "accepted": Accepted,
    "progress": ProgressMade,
    "result": Result,
    "failed": Failed,
    "cancelled": JobCancelled,
    "pong": Pong,
    "models": Models,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def message_header(message: Message) -> Dict[str, Any]:
    """Return a message as JSON values; of its pictures the descriptions."""
    header: Dict[str, Any] = {"type": _NAMES[type(message)]}
    for entry in fields(message):
        value = getattr(message, entry.name)
        header[entry.name] = (
            [array.header.as_mapping() for array in value] if entry.name == "arrays" else value
        )
    return header


def message_from(header: Mapping[str, Any], arrays: Sequence[ArrayData]) -> Message:
    """Make a message of its JSON and its pictures; fields that this version does not know are passed over.

    Raises
    ------
    ProtocolError
        If the type is unknown, or a field is missing or of the wrong kind.
    """
    name = header.get("type")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise ProtocolError(f"A message of type {name!r} came; one of {', '.join(_KINDS)} was wanted.")
    values: Dict[str, Any] = {}
    for entry in fields(kind):
        if entry.name == "arrays":
            values["arrays"] = tuple(arrays)
        elif entry.name in header:
            values[entry.name] = _checked(f"{name}.{entry.name}", str(entry.type), header[entry.name])
    if arrays and "arrays" not in values:
        raise ProtocolError(f"A message of type {name!r} came with pictures; it has none.")
    try:
        message: Message = kind(**values)
    except TypeError as error:
        raise ProtocolError(f"A message of type {name!r} lacks a field: {error}.") from error
    return message


def _checked(name: str, wanted: str, value: Any) -> Any:
    read = _READERS[wanted]
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"{name} is {str(value)[:60]!r}; {wanted} was wanted.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _number(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError
    return float(value)


def _mapping(value: Any) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _several(read: Callable[[Any], Any]) -> Callable[[Any], Tuple[Any, ...]]:
    def reader(value: Any) -> Tuple[Any, ...]:
        if not isinstance(value, (list, tuple)):
            raise TypeError
        return tuple(read(entry) for entry in value)

    return reader


# By the annotations above, which the future import keeps as text.
_READERS: Dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "int": _integer,
    "float": _number,
    "Dict[str, Any]": _mapping,
    "Tuple[int, ...]": _several(_integer),
    "Tuple[Dict[str, Any], ...]": _several(_mapping),
}
