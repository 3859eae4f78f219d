"""Parasites: named bytes that stay with an image, an item, or GIMP itself."""

from __future__ import annotations

from typing import Any

from pythonfu import conversion
from pythonfu.backend import call


class Parasite:
    """A name, flags, and bytes."""

    def __init__(self, name: Any, flags: int = 0, data: Any = b"") -> None:
        self.name, self.flags, self.data = (
            conversion.text(name),
            int(flags),
            PixelBytes(conversion.octets(data)),
        )

    @property
    def is_persistent(self) -> bool:
        """Whether the file keeps it."""
        return bool(self.flags & 1)

    @property
    def is_undoable(self) -> bool:
        """Whether attaching it can be undone."""
        return bool(self.flags & 2)

    def has_flag(self, flag: int) -> bool:
        """Whether a flag is set."""
        return bool(self.flags & flag)

    def is_type(self, name: str) -> bool:
        """Whether it has that name."""
        return self.name == name

    def copy(self) -> Parasite:
        """Return a parasite that is the same."""
        return Parasite(self.name, self.flags, self.data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parasite) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.name, self.flags, bytes(self.data)))

    def __repr__(self) -> str:
        return f"<gimp.Parasite {self.name!r}>"


class PixelBytes(bytes):
    """Bytes that also take part in what Python 2 did with its str: added to, and compared with text."""

    def __add__(self, other: Any) -> PixelBytes:
        return PixelBytes(bytes(self) + conversion.octets(other))

    def __radd__(self, other: Any) -> PixelBytes:
        return PixelBytes(conversion.octets(other) + bytes(self))

    def __mul__(self, count: Any) -> PixelBytes:
        return PixelBytes(bytes(self) * count)

    def __getitem__(self, key: Any) -> Any:
        part = bytes.__getitem__(self, key)
        return PixelBytes(part) if isinstance(key, slice) else part

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            other = other.encode("latin-1", "replace")
        return bytes.__eq__(self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return bytes.__hash__(self)

    def __str__(self) -> str:
        return self.decode("latin-1")

    def split(self, separator: Any = None, limit: Any = -1) -> Any:
        """Split as text when the separator is text."""
        return (
            str(self).split(separator, limit)
            if isinstance(separator, str)
            else bytes.split(self, separator, limit)
        )

    def startswith(self, prefix: Any, *bounds: Any) -> bool:
        """Compare the beginning with text or bytes."""
        return bytes.startswith(
            self, conversion.octets(prefix) if isinstance(prefix, str) else prefix, *bounds
        )

    def find(self, part: Any, *bounds: Any) -> int:
        """Look for text or bytes."""
        return bytes.find(self, conversion.octets(part) if isinstance(part, str) else part, *bounds)


class Attachable:
    """What images and items share: parasites by name; ``_parasites`` is the beginning of the procedures' names."""

    _parasites = "gimp-item"
    ID: int

    def parasite_find(self, name: str) -> Parasite | None:
        """Return the parasite of that name, or None."""
        return _found(f"{self._parasites}-get-parasite", self.ID, name)

    def parasite_attach(self, parasite: Parasite) -> None:
        """Attach a parasite."""
        call(f"{self._parasites}-attach-parasite", self.ID, conversion.to_plain("p", parasite))

    def attach_new_parasite(self, name: str, flags: int, data: Any) -> None:
        """Make a parasite and attach it."""
        self.parasite_attach(Parasite(name, flags, data))

    def parasite_detach(self, name: str) -> None:
        """Take a parasite away."""
        call(f"{self._parasites}-detach-parasite", self.ID, name)

    def parasite_list(self) -> tuple[str, ...]:
        """Return the parasites' names."""
        return tuple(call(f"{self._parasites}-get-parasite-list", self.ID)[1])


def _found(procedure: str, *where: Any) -> Parasite | None:
    from pythonfu.backend import GimpError

    try:
        value = call(procedure, *where)[0]
    except GimpError:
        return None
    return None if value is None or not value[0] else Parasite(*value)


def parasite_find(name: str) -> Parasite | None:
    """Return GIMP's own parasite of that name, or None."""
    return _found("gimp-get-parasite", name)


def parasite_attach(parasite: Parasite) -> None:
    """Attach a parasite to GIMP itself."""
    call("gimp-attach-parasite", conversion.to_plain("p", parasite))


def attach_new_parasite(name: str, flags: int, data: Any) -> None:
    """Make a parasite and attach it to GIMP itself."""
    parasite_attach(Parasite(name, flags, data))


def parasite_detach(name: str) -> None:
    """Take one of GIMP's own parasites away."""
    call("gimp-detach-parasite", name)


def parasite_list() -> tuple[str, ...]:
    """Return the names of GIMP's own parasites."""
    return tuple(call("gimp-get-parasite-list")[1])
