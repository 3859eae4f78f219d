"""Small pictures of arrays, fast enough to follow a drag: GdkPixbuf does the work, and cairo is not needed."""

from __future__ import annotations

from typing import Any, Sequence, Tuple

from gi.repository import GdkPixbuf, GLib

from cyclorama.protocol.arrays import ArrayData

__all__ = ["Subject", "fitting_size", "grey", "pixbuf_of_rgba", "thumbnail"]

_RGB = GdkPixbuf.Colorspace.RGB
_SCALE = GdkPixbuf.InterpType.BILINEAR


def fitting_size(height: int, width: int, most_height: int, most_width: int) -> Tuple[int, int]:
    """Return (height, width) of a picture that fits into a space; the width is a multiple of 4, as pixbufs like it."""
    scale = min(most_height / height, most_width / width)
    across = max(4, int(width * scale) // 4 * 4)
    return max(1, round(height * across / width)), across


def thumbnail(array: ArrayData, size: Tuple[int, int]) -> Any:
    """Return colours, or a matte as grey, as an RGB pixbuf of (height, width)."""
    height, width = array.size
    data = _eight_bit(array)
    if array.order == "Y":
        triple = bytearray(3 * len(data))
        triple[0::3] = triple[1::3] = triple[2::3] = data
        data = bytes(triple)
    channels = array.shape[2] if len(array.shape) == 3 else 3
    full = GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(data), _RGB, channels == 4, 8, width, height, channels * width
    )
    small = full.scale_simple(size[1], size[0], _SCALE)
    if channels == 3:
        return small
    return pixbuf_of_rgb(_without_alpha(small), size)


def pixbuf_of_rgb(data: bytes, size: Tuple[int, int]) -> Any:
    """Return rows of RGB bytes as a pixbuf of (height, width)."""
    height, width = size
    return GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(bytes(data)), _RGB, False, 8, width, height, 3 * width
    )


def pixbuf_of_rgba(data: bytes, size: Tuple[int, int]) -> Any:
    """Return rows of RGBA bytes as a pixbuf of (height, width)."""
    height, width = size
    return GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(bytes(data)), _RGB, True, 8, width, height, 4 * width
    )


def grey(pixbuf: Any) -> Any:
    """Return a pixbuf without its colours, and dimmed."""
    shown = pixbuf.copy()
    pixbuf.saturate_and_pixelate(shown, 0.0, False)
    black = GdkPixbuf.Pixbuf.new(_RGB, False, 8, shown.get_width(), shown.get_height())
    black.fill(0x000000FF)
    width, height = shown.get_width(), shown.get_height()
    black.composite(shown, 0, 0, width, height, 0, 0, 1, 1, GdkPixbuf.InterpType.NEAREST, 110)
    return shown


class Subject:
    """The objects of a document, small, to be shown over one background after another.

    Parameters
    ----------
    canvas : (int, int)
        (height, width) of the document.
    layers : sequence of (box, colour, matte)
        Bottom to top; boxes (left, top, right, bottom) on the canvas.
    size : (int, int)
        (height, width) of the small picture.
    """

    def __init__(
        self,
        canvas: Tuple[int, int],
        layers: Sequence[Tuple[Sequence[int], ArrayData, ArrayData]],
        size: Tuple[int, int],
    ) -> None:
        self.size = size
        across, down = size[1] / canvas[1], size[0] / canvas[0]
        self._cutouts = []
        for (left, top, right, bottom), color, matte in layers:
            x, y = int(left * across), int(top * down)
            width = max(1, min(round((right - left) * across), size[1] - x))
            height = max(1, min(round((bottom - top) * down), size[0] - y))
            self._cutouts.append((x, y, _cutout(color, matte, (height, width))))

    def over(self, background: Any) -> Any:
        """Return a pixbuf of the objects over a background of the same size."""
        shown = background.copy()
        for x, y, cutout in self._cutouts:
            width, height = cutout.get_width(), cutout.get_height()
            cutout.composite(shown, x, y, width, height, x, y, 1, 1, GdkPixbuf.InterpType.NEAREST, 255)
        return shown


def _cutout(color: ArrayData, matte: ArrayData, size: Tuple[int, int]) -> Any:
    colors, alphas = thumbnail(color, size), thumbnail(matte, size)
    count = size[0] * size[1]
    rgba = bytearray(4 * count)
    rgb, alpha = _rows(colors, 3), _rows(alphas, 3)
    for channel in range(3):
        rgba[channel::4] = rgb[channel::3]
    rgba[3::4] = alpha[0::3]
    return pixbuf_of_rgba(bytes(rgba), size)


def _without_alpha(pixbuf: Any) -> bytes:
    rgba = _rows(pixbuf, 4)
    rgb = bytearray(len(rgba) // 4 * 3)
    for channel in range(3):
        rgb[channel::3] = rgba[channel::4]
    return bytes(rgb)


def _rows(pixbuf: Any, channels: int) -> bytes:
    """Return a pixbuf's pixels without the padding at the end of its rows."""
    data, stride, row = pixbuf.get_pixels(), pixbuf.get_rowstride(), channels * pixbuf.get_width()
    if stride == row:
        return bytes(data)
    return b"".join(data[place * stride : place * stride + row] for place in range(pixbuf.get_height()))


def _eight_bit(array: ArrayData) -> bytes:
    data = memoryview(array.data).cast("B")
    if array.dtype == "uint8":
        return bytes(data)
    if array.dtype == "uint16":
        # Little endian: the second byte is the high one.
        return bytes(data[1::2])
    values = data.cast("f")
    return bytes(min(max(int(255 * value + 0.5), 0), 255) for value in values)
