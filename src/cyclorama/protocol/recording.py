"""A conversation written down, byte by byte, to be read again in tests and when something went wrong.

The file is a line of text, then records: one byte ``C`` (client) or ``W`` (worker), eight bytes of time since the
start in microseconds, four bytes of length, the bytes. Integers are big endian. The token in the client's greeting is
recorded too: it is worthless once the worker has left.
"""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path
from typing import Iterator, List, Tuple

from cyclorama.protocol.arrays import Buffer
from cyclorama.protocol.codec import Decoder
from cyclorama.protocol.conversation import CLIENT, WORKER, Conversation
from cyclorama.protocol.errors import ProtocolError
from cyclorama.protocol.messages import Message

__all__ = ["Recorder", "read_recording", "replay"]

_TITLE = b"Cyclorama conversation 1\n"
_RECORD = struct.Struct(">cQI")
_LETTERS = {CLIENT: b"C", WORKER: b"W"}
_SPEAKERS = {letter: speaker for speaker, letter in _LETTERS.items()}


class Recorder:
    """Writes a conversation to a file.

    Parameters
    ----------
    path : Path
        Made anew.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(_TITLE)
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def record(self, speaker: str, data: Buffer) -> None:
        """Write down what "client" or "worker" sent."""
        view = memoryview(data).cast("B")
        passed = int((time.monotonic() - self._start) * 1e6)
        with self._lock:
            if not self._file.closed:
                self._file.write(_RECORD.pack(_LETTERS[speaker], passed, len(view)))
                self._file.write(view)

    def close(self) -> None:
        """End the file."""
        with self._lock:
            self._file.close()


def read_recording(path: Path) -> Iterator[Tuple[str, float, bytes]]:
    """Yield (speaker, seconds since the start, bytes) of a recording.

    Raises
    ------
    ProtocolError
        If the file is no recording, or ends in the middle of a record.
    """
    with path.open("rb") as file:
        if file.read(len(_TITLE)) != _TITLE:
            raise ProtocolError(f"{path} is no recorded conversation.")
        while True:
            head = file.read(_RECORD.size)
            if not head:
                return
            if len(head) < _RECORD.size:
                raise ProtocolError(f"{path} ends in the middle of a record.")
            letter, passed, length = _RECORD.unpack(head)
            data = file.read(length)
            if letter not in _SPEAKERS or len(data) < length:
                raise ProtocolError(f"{path} ends in the middle of a record.")
            yield _SPEAKERS[letter], passed / 1e6, data


def replay(path: Path) -> List[Tuple[str, Message]]:
    """Decode a recording and check it against the rules of the conversation.

    Returns
    -------
    list of (speaker, Message)
        In the order in which the messages were whole.

    Raises
    ------
    ProtocolError
        If a byte or a message breaks the rules.
    """
    decoders = {CLIENT: Decoder(), WORKER: Decoder()}
    conversation, said = Conversation(), []
    for speaker, _, data in read_recording(path):
        decoders[speaker].receive_data(data)
        message = decoders[speaker].next_event()
        while message is not None:
            conversation.note(speaker, message)
            said.append((speaker, message))
            message = decoders[speaker].next_event()
    return said
