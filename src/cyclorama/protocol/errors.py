"""The errors a person can meet, each with a stable code, one sentence and a hint.

::

    CycloramaError
    ├── InputError             the picture, the option or the file given cannot be used
    │   └── NoObjectFound      the picture is fine, but nothing stands out in it
    ├── DocumentError          a file cannot be read or written
    ├── ModelError             a model's file or contract is wrong
    │   ├── ModelMissing
    │   ├── ModelCorrupt
    │   ├── ModelIncompatible
    │   ├── ModelUnpinned      nobody has said which bytes this model is
    │   └── DownloadError      its files could not be fetched
    ├── DeviceError            the device asked for is absent or too small
    └── ProtocolError          the other end broke the rules of the conversation
    Cancelled                  not an error: the person said stop
"""

from __future__ import annotations

__all__ = [
    "EXIT_CODES",
    "Cancelled",
    "CycloramaError",
    "DeviceError",
    "DocumentError",
    "DownloadError",
    "InputError",
    "ModelCorrupt",
    "ModelError",
    "ModelIncompatible",
    "ModelMissing",
    "ModelUnpinned",
    "NoObjectFound",
    "ProtocolError",
    "error_of",
]


class CycloramaError(Exception):
    """Base of all errors that carry a sentence for a person.

    Parameters
    ----------
    message : str
        One sentence: what was found, and what was wanted.
    hint : str
        What to do about it; may be empty.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(CycloramaError):
    """A value, picture or option that cannot be used."""

    code = "input"


class NoObjectFound(InputError):
    """The picture is fine, but nothing stands out in it."""

    code = "no_object"


class DocumentError(CycloramaError):
    """A file that cannot be read or written."""

    code = "document"


class ModelError(CycloramaError):
    """Something is wrong with a model."""

    code = "model"


class ModelMissing(ModelError):
    """A model's file is not on this machine."""

    code = "model_missing"


class ModelCorrupt(ModelError):
    """A model's file does not have the contents that the catalogue promises."""

    code = "model_corrupt"


class ModelIncompatible(ModelError):
    """A model's inputs or outputs do not fit its adapter."""

    code = "model_incompatible"


class ModelUnpinned(ModelError):
    """No hash of the model's files is known, so nobody could tell whether they are the right ones."""

    code = "model_unpinned"


class DownloadError(ModelError):
    """A model's file could not be fetched: network, server, mirror or disk."""

    code = "model_download"


class DeviceError(CycloramaError):
    """The device asked for is absent or too small."""

    code = "device"


class ProtocolError(CycloramaError):
    """The other end of a conversation broke its rules."""

    code = "protocol"


class Cancelled(Exception):
    """The person asked to stop; nothing was changed."""

    code = "cancelled"


def error_of(code: str, message: str, hint: str = "") -> CycloramaError:
    """Return the error that another process told of by its code; an unknown code gives the base class."""
    kinds = [CycloramaError]
    for kind in kinds:
        if kind.code == code:
            return kind(message, hint)
        kinds.extend(kind.__subclasses__())
    return CycloramaError(message, hint)


#: Exit code of the command line for each error code; 0 is success, 2 wrong usage, 130 cancelled.
EXIT_CODES = {
    "error": 1,
    "input": 3,
    "document": 4,
    "model": 5,
    "model_missing": 5,
    "model_corrupt": 5,
    "model_incompatible": 5,
    "model_unpinned": 5,
    "model_download": 5,
    "device": 6,
    "protocol": 7,
    "no_object": 8,
    "cancelled": 130,
}
