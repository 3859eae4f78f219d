"""Messages as bytes and back, without sockets: the same code at both ends, and in tests without any.

A frame is::

    4 bytes  magic "CYCL"
    2 bytes  version of the framing, 1
    2 bytes  flags, 0
    4 bytes  length of the JSON
    8 bytes  length of the payload
    ...      JSON, UTF-8: the message; "arrays" describes the pictures in the payload
    ...      payload: the pictures' samples, one after the other

Integers are big endian, samples little endian. Lengths are checked before anything is allocated: the payload must be
exactly what the JSON's pictures need.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Dict, List, Optional, Tuple

from cyclorama.protocol.arrays import ArrayData, ArrayHeader, Buffer, header_from
from cyclorama.protocol.errors import ProtocolError
from cyclorama.protocol.messages import Message, message_from, message_header

__all__ = ["FRAME_BYTES", "MAGIC", "MAX_JSON_BYTES", "MAX_PAYLOAD_BYTES", "Decoder", "Encoder"]

MAGIC = b"CYCL"
FRAMING_VERSION = 1
MAX_JSON_BYTES = 4 << 20
#: Enough for a 100-megapixel float picture and its layers.
MAX_PAYLOAD_BYTES = 16 << 30
_MAX_ARRAYS = 1024
_FRAME = struct.Struct(">4sHHIQ")
FRAME_BYTES = _FRAME.size


class Encoder:
    """Turns messages into frames."""

    def encode(self, message: Message) -> List[Buffer]:
        """Return a frame in pieces, to be sent one after the other; pictures are not copied.

        Raises
        ------
        ProtocolError
            If the message is too large, or holds what JSON cannot say.
        """
        arrays: Tuple[ArrayData, ...] = getattr(message, "arrays", ())
        try:
            text = json.dumps(message_header(message), allow_nan=False, separators=(",", ":")).encode("utf-8")
        except (TypeError, ValueError) as error:
            raise ProtocolError(f"A message holds what JSON cannot say: {error}.") from error
        payload = sum(array.header.bytes for array in arrays)
        _check_lengths(len(text), payload, MAX_PAYLOAD_BYTES)
        head = _FRAME.pack(MAGIC, FRAMING_VERSION, 0, len(text), payload)
        return [head + text, *(memoryview(array.data).cast("B") for array in arrays)]


class Decoder:
    """Turns bytes into messages, however they are cut into pieces.

    Either hand over bytes with :meth:`receive_data`, or let a socket write into :meth:`buffer` and say how much came
    with :meth:`buffer_filled`: large pictures are then never copied.

    Parameters
    ----------
    max_payload_bytes : int
        Pictures of a message may have at most this size together.
    """

    def __init__(self, max_payload_bytes: int = MAX_PAYLOAD_BYTES) -> None:
        self.max_payload_bytes = max_payload_bytes
        self._events: List[Message] = []
        self._broken: Optional[ProtocolError] = None
        self._start_frame()

    @property
    def inside_frame(self) -> bool:
        """Whether a message has begun and not ended: a connection that closes now was cut."""
        return self._wanted != "frame" or self._filled > 0

    def receive_data(self, data: Buffer) -> None:
        """Take bytes as they came; messages that are whole then wait in :meth:`next_event`.

        Raises
        ------
        ProtocolError
            If they break the rules; from then on always.
        """
        view = memoryview(data).cast("B")
        while len(view) > 0:
            target = self.buffer()
            count = min(len(target), len(view))
            target[:count] = view[:count]
            self.buffer_filled(count)
            view = view[count:]

    def buffer(self) -> memoryview:
        """Return where the next bytes belong; never empty."""
        if self._broken is not None:
            raise self._broken
        return memoryview(self._part)[self._filled :]

    def buffer_filled(self, count: int) -> None:
        """Say that so many bytes of :meth:`buffer` were written.

        Raises
        ------
        ProtocolError
            If they break the rules; from then on always.
        """
        self._filled += count
        try:
            while self._filled == len(self._part):
                self._part_done()
        except ProtocolError as error:
            self._broken = error
            raise

    def next_event(self) -> Optional[Message]:
        """Return the next whole message, or None if more bytes are needed."""
        return self._events.pop(0) if self._events else None

    def _start_frame(self) -> None:
        self._header: Dict[str, Any] = {}
        self._arrays: List[ArrayHeader] = []
        self._payload_bytes = 0
        self._expect("frame", FRAME_BYTES)

    def _expect(self, wanted: str, length: int) -> None:
        self._wanted = wanted
        self._part = bytearray(length)
        self._filled = 0

    def _part_done(self) -> None:
        if self._wanted == "frame":
            self._frame_done()
        elif self._wanted == "json":
            self._json_done()
        else:
            self._payload_done()

    def _frame_done(self) -> None:
        magic, version, flags, json_bytes, payload_bytes = _FRAME.unpack(self._part)
        if magic != MAGIC:
            raise ProtocolError(
                f"The other end does not speak Cyclorama's protocol (it began with {bytes(magic)!r})."
            )
        if version != FRAMING_VERSION or flags != 0:
            raise ProtocolError(
                f"The other end frames its messages as version {version}, flags {flags}; 1 and 0 were wanted.",
                "Install the plug-in again, so that it and the engine are of one version.",
            )
        _check_lengths(json_bytes, payload_bytes, self.max_payload_bytes)
        self._payload_bytes = payload_bytes
        self._expect("json", json_bytes)

    def _json_done(self) -> None:
        self._header = _parsed(self._part)
        listed = self._header.get("arrays", [])
        if not isinstance(listed, list) or len(listed) > _MAX_ARRAYS:
            raise ProtocolError(f"A message's arrays are no list of at most {_MAX_ARRAYS} pictures.")
        self._arrays = [header_from(entry) for entry in listed]
        needed = sum(header.bytes for header in self._arrays)
        if needed != self._payload_bytes:
            raise ProtocolError(
                f"A message has {self._payload_bytes} bytes of pictures; its description needs {needed}."
            )
        if needed == 0:
            self._finish([])
        else:
            self._expect("payload", needed)

    def _payload_done(self) -> None:
        view, start, arrays = memoryview(self._part).toreadonly(), 0, []
        for header in self._arrays:
            part = view[start : start + header.bytes]
            arrays.append(
                ArrayData(header.name, header.dtype, header.shape, header.order, header.encoding, part)
            )
            start += header.bytes
        self._finish(arrays)

    def _finish(self, arrays: List[ArrayData]) -> None:
        self._events.append(message_from(self._header, arrays))
        self._start_frame()


def _check_lengths(json_bytes: int, payload_bytes: int, max_payload_bytes: int) -> None:
    if not 2 <= json_bytes <= MAX_JSON_BYTES:
        raise ProtocolError(
            f"A message's header has {json_bytes} bytes; at most {MAX_JSON_BYTES} are allowed."
        )
    if payload_bytes > max_payload_bytes:
        raise ProtocolError(
            f"A message's pictures have {payload_bytes} bytes; at most {max_payload_bytes} are allowed.",
            "Work on a smaller picture.",
        )


def _parsed(data: bytearray) -> Dict[str, Any]:
    try:
        header = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"A message's header is no JSON: {error}.") from error
    if not isinstance(header, dict):
        raise ProtocolError("A message's header is no JSON object.")
    return header


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON's")
