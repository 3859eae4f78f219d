"""Pictures of messages as the package's values, and back."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Encoding, Image, SampleFormat, Samples, to_samples
from cyclorama.core.matte import Matte
from cyclorama.protocol.arrays import CHANNELS, ArrayData
from cyclorama.protocol.errors import InputError

__all__ = [
    "PixelForm",
    "array_of_image",
    "array_of_matte",
    "array_of_preview",
    "image_from",
    "marks_from",
    "matte_from",
    "sample_format_of",
]


class PixelForm(NamedTuple):
    """How the client wants colours back: as it sent them.

    Parameters
    ----------
    dtype : {"uint8", "uint16", "float16", "float32"}
        Kind of samples; halves are computed as float32.
    encoding : {"srgb", "linear"}
        How they relate to light.
    order : {"RGB", "BGR", "RGBA", "BGRA"}
        Channels; in the orders with alpha it is the layer's coverage if ``baked``, else opaque.
    baked : bool
        Whether alpha holds the coverage.
    """

    dtype: str
    encoding: Encoding
    order: str = "RGB"
    baked: bool = False


def image_from(array: ArrayData) -> Image:
    """Return a picture of colours; its alpha, if any, is passed over.

    Raises
    ------
    InputError
        If it has one channel only, or values that are not finite.
    """
    if array.order == "Y":
        raise InputError(f"Picture {array.name!r} has one channel; colours were wanted.")
    samples = _samples(array)
    if array.order != "RGB":
        samples = samples[..., 2::-1] if array.order.startswith("BGR") else samples[..., :3]
        samples = np.ascontiguousarray(samples)
        samples.flags.writeable = False
    return Image(samples, cast(Encoding, array.encoding))


def matte_from(array: ArrayData) -> Matte:
    """Return a picture of one channel as coverage.

    Raises
    ------
    InputError
        If it has more channels, or values outside [0, 1].
    """
    if array.order != "Y":
        raise InputError(f"Picture {array.name!r} has order {array.order}; one channel, Y, was wanted.")
    return Matte(_samples(array))


def marks_from(array: ArrayData) -> Samples:
    """Return a picture of small whole numbers, uint8 (H, W).

    Raises
    ------
    InputError
        If it holds colours, or samples of another kind.
    """
    if array.order != "Y" or array.dtype != "uint8":
        raise InputError(
            f"Picture {array.name!r} is {array.dtype} of order {array.order}; uint8 of order Y was wanted."
        )
    return _samples(array)


def array_of_image(name: str, image: Image, form: PixelForm, matte: Matte | None = None) -> ArrayData:
    """Return colours in the form that the client wants; ``matte`` is what alpha holds if it is baked."""
    samples = image.encoded_as(form.encoding).stored_as(sample_format_of(form.dtype)).samples
    height, width = image.size
    if form.order != "RGB":
        samples = _ordered(samples, form, matte)
    shape = (height, width, CHANNELS[form.order])
    return ArrayData(name, form.dtype, shape, form.order, form.encoding, _bytes(samples, form.dtype))


def array_of_matte(name: str, matte: Matte, dtype: str) -> ArrayData:
    """Return coverage as a picture of one channel."""
    samples = matte.stored_as(sample_format_of(dtype)).samples
    return ArrayData(name, dtype, matte.size, "Y", "linear", _bytes(samples, dtype))


def array_of_preview(values: FloatArray) -> ArrayData:
    """Return how a result looks so far, (h, w, 3) sRGB in [0, 1], as a picture of 8 bits."""
    return array_of_image("preview", Image(to_samples(values, "uint8")), PixelForm("uint8", "srgb"))


def sample_format_of(dtype: str) -> SampleFormat:
    """Return the format in which samples of a message are computed: halves, which Krita knows, as float32."""
    return "float32" if dtype == "float16" else cast(SampleFormat, dtype)


def _samples(array: ArrayData) -> Samples:
    little_endian = np.dtype(array.dtype).newbyteorder("<")
    samples = np.frombuffer(array.data, little_endian).reshape(array.shape)
    samples = samples.astype(sample_format_of(array.dtype), copy=False)
    samples.flags.writeable = False
    return samples


def _ordered(samples: Samples, form: PixelForm, matte: Matte | None) -> Samples:
    height, width, _ = samples.shape
    out = np.empty((height, width, CHANNELS[form.order]), samples.dtype)
    out[..., :3] = samples[..., ::-1] if form.order.startswith("BGR") else samples
    if out.shape[2] == 4:
        opaque = 1 if samples.dtype.kind == "f" else np.iinfo(samples.dtype).max
        baked = form.baked and matte is not None
        out[..., 3] = (
            matte.stored_as(sample_format_of(form.dtype)).samples if baked and matte is not None else opaque
        )
    return out


def _bytes(samples: Samples, dtype: str) -> memoryview:
    little_endian = samples.astype(np.dtype(dtype).newbyteorder("<"), copy=False)
    return memoryview(np.ascontiguousarray(little_endian)).cast("B")  # type: ignore[arg-type]
