"""How a document stores its colours, and so how they are sent to the worker and come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from krita import Document, ManagedColor

from cyclorama.protocol.arrays import SAMPLE_BYTES
from cyclorama.protocol.errors import InputError

__all__ = ["Sampling", "sampling_of"]

#: Krita's depth: our sample format and the order of its bytes.
_DEPTHS: Dict[str, Tuple[str, str]] = {
    "U8": ("uint8", "BGRA"),
    "U16": ("uint16", "BGRA"),
    "F16": ("float16", "RGBA"),
    "F32": ("float32", "RGBA"),
}
#: sRGB's encoding of linear 0.5; of an encoded 0.5 it is 0.5 again.
_HALF_IN_SRGB = 0.735


@dataclass(frozen=True)
class Sampling:
    """Sample format, order of the channels, and encoding of a document.

    Parameters
    ----------
    dtype : {"uint8", "uint16", "float16", "float32"}
    order : {"BGRA", "RGBA"}
        Krita turns the order of integers round, not that of floats.
    encoding : {"srgb", "linear"}
        Of the document's profile: ``"srgb"`` stands for any that is encoded for the eye. Krita blends in it.
    """

    dtype: str
    order: str
    encoding: str

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample."""
        return SAMPLE_BYTES[self.dtype]

    @property
    def pixel_bytes(self) -> int:
        """Bytes of one pixel."""
        return 4 * self.sample_bytes


def sampling_of(document: Document) -> Sampling:
    """Return how a document stores its colours.

    Raises
    ------
    InputError
        If it is not RGB.
    """
    model, depth = document.colorModel(), document.colorDepth()
    if model != "RGBA" or depth not in _DEPTHS:
        raise InputError(
            f"This picture's colour model is {model} with {depth}; RGB was wanted.",
            "Convert it with Image ▸ Convert Image Color Space.",
        )
    dtype, order = _DEPTHS[depth]
    return Sampling(dtype, order, _encoding(depth, document.colorProfile()))


def _encoding(depth: str, profile: str) -> str:
    """Ask Krita what half of full means in a profile, rather than guess from its name."""
    color = ManagedColor("RGBA", depth, profile)
    color.setComponents([0.5, 0.5, 0.5, 1.0])
    color.setColorSpace("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc")
    half = sum(color.components()[:3]) / 3
    return "linear" if abs(half - _HALF_IN_SRGB) < abs(half - 0.5) else "srgb"
