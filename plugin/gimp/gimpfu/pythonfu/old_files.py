"""``open`` as Python 2's plug-ins know it: text and bytes go into any file, text is UTF-8."""

from __future__ import annotations

import io
from typing import Any

from pythonfu.conversion import octets

ENCODING: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape"}


class BinaryFile(io.BufferedRandom):
    """A binary file that takes text, as Latin-1."""

    def write(self, data: Any) -> int:
        """Write bytes, or text as Latin-1."""
        return super().write(octets(data))


class BinaryWriter(io.BufferedWriter):
    """A binary file for writing that takes text, as Latin-1."""

    def write(self, data: Any) -> int:
        """Write bytes, or text as Latin-1."""
        return super().write(octets(data))


class TextFile(io.TextIOWrapper):
    """A text file that takes bytes, as UTF-8."""

    def write(self, data: Any) -> int:
        """Write text, or bytes that are UTF-8."""
        if isinstance(data, (bytes, bytearray)):
            data = bytes(data).decode(**ENCODING)
        return super().write(data)


def old_open(name: Any, mode: str = "r", buffering: int = -1, **options: Any) -> Any:
    """Open a file; whoever names an encoding gets Python 3's own."""
    mode = mode.replace("U", "") or "r"
    if options or ("b" in mode and not set(mode) & set("wax+")):
        return open(name, mode, buffering, **options)
    raw = io.FileIO(name, mode.replace("b", "").replace("t", ""))
    if "b" in mode:
        return BinaryFile(raw) if "+" in mode else BinaryWriter(raw)
    buffer: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedReader(raw) if "r" in mode else None
    return TextFile(buffer or io.BufferedWriter(raw), line_buffering=buffering == 1, **ENCODING)
