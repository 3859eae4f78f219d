"""Pictures as plain values: what a message carries beside its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Tuple, Union

from cyclorama.protocol.errors import ProtocolError

__all__ = ["CHANNELS", "SAMPLE_BYTES", "ArrayData", "ArrayHeader", "header_from"]

#: Samples of one pixel, for each order.
CHANNELS = {"Y": 1, "RGB": 3, "BGR": 3, "RGBA": 4, "BGRA": 4}
#: Bytes of one sample.
SAMPLE_BYTES = {"uint8": 1, "uint16": 2, "float16": 2, "float32": 4}
ENCODINGS = ("srgb", "linear")
_LONGEST_SIDE_PX = 1 << 20

Buffer = Union[bytes, bytearray, memoryview]


@dataclass(frozen=True)
class ArrayHeader:
    """What a message's JSON says of one picture; checked before its samples are taken.

    Parameters
    ----------
    name : str
        Unique within the message, for example ``"layer0.matte"``.
    dtype : {"uint8", "uint16", "float16", "float32"}
        Kind of samples, little endian; 255, 65535 or 1.0 stands for 1.
    shape : (h, w) for order Y, else (h, w, c)
        Rows, columns, channels; C order without padding.
    order : {"Y", "RGB", "RGBA", "BGR", "BGRA"}
        Meaning of the channels; alpha is straight.
    encoding : {"srgb", "linear"}
        How colour samples relate to light. Alpha, mattes and masks are always linear.

    Raises
    ------
    ProtocolError
        If they contradict each other.
    """

    name: str
    dtype: str
    shape: Tuple[int, ...]
    order: str
    encoding: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(self.shape))
        known = self.order in CHANNELS and self.dtype in SAMPLE_BYTES and self.encoding in ENCODINGS
        if not known:
            raise ProtocolError(
                f"Picture {self.name!r} is {self.dtype!r}, {self.order!r}, {self.encoding!r}; "
                f"one each of {', '.join(SAMPLE_BYTES)}; {', '.join(CHANNELS)}; {', '.join(ENCODINGS)} was wanted."
            )
        channels = () if self.order == "Y" else (CHANNELS[self.order],)
        whole = all(isinstance(side, int) and not isinstance(side, bool) for side in self.shape)
        fits = whole and len(self.shape) == 2 + len(channels) and self.shape[2:] == channels
        if not fits or not all(1 <= side <= _LONGEST_SIDE_PX for side in self.shape[:2]):
            raise ProtocolError(
                f"Picture {self.name!r} has shape {list(self.shape)} and order {self.order}; they do not fit."
            )

    @property
    def size(self) -> Tuple[int, int]:
        """(height, width) in pixels."""
        return self.shape[0], self.shape[1]

    @property
    def bytes(self) -> int:
        """Size of the samples."""
        return self.shape[0] * self.shape[1] * CHANNELS[self.order] * SAMPLE_BYTES[self.dtype]

    def as_mapping(self) -> Dict[str, Any]:
        """Return what stands in the JSON."""
        return {
            "name": self.name,
            "dtype": self.dtype,
            "shape": list(self.shape),
            "order": self.order,
            "encoding": self.encoding,
            "bytes": self.bytes,
        }


@dataclass(frozen=True, eq=False)
class ArrayData:
    """One picture: its header's fields and its samples.

    Parameters
    ----------
    name, dtype, shape, order, encoding
        See :class:`ArrayHeader`.
    data : bytes, bytearray or memoryview
        The samples, exactly as many as the header says.

    Raises
    ------
    ProtocolError
        If the number of bytes is another.
    """

    name: str
    dtype: str
    shape: Tuple[int, ...]
    order: str
    encoding: str
    data: Buffer

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(self.shape))
        wanted, found = self.header.bytes, memoryview(self.data).nbytes
        if found != wanted:
            raise ProtocolError(f"Picture {self.name!r} holds {found} bytes; its shape needs {wanted}.")

    @property
    def header(self) -> ArrayHeader:
        """All but the samples."""
        return ArrayHeader(self.name, self.dtype, self.shape, self.order, self.encoding)

    @property
    def size(self) -> Tuple[int, int]:
        """(height, width) in pixels."""
        return self.shape[0], self.shape[1]


def header_from(found: Mapping[str, Any]) -> ArrayHeader:
    """Read one entry of a message's ``arrays``.

    Raises
    ------
    ProtocolError
        If a field is missing or contradicts another.
    """
    try:
        header = ArrayHeader(
            str(found["name"]), found["dtype"], tuple(found["shape"]), found["order"], found["encoding"]
        )
        promised = found["bytes"]
    except (KeyError, TypeError) as error:
        raise ProtocolError(f"A picture's description cannot be read: {error!r}.") from error
    if promised != header.bytes:
        raise ProtocolError(
            f"Picture {header.name!r} promises {promised} bytes; its shape needs {header.bytes}."
        )
    return header
