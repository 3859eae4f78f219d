"""Changes to the encoded values of pixels, where GIMP 3 would change linear light."""

from __future__ import annotations

from typing import Any, Callable

from pythonfu.gimp3 import values
from pythonfu.gimp3.binding import Gegl, Gimp, start_gegl

#: The same four numbers, once said to be encoded as sRGB, once to be linear.
ENCODED, LINEAR = "R'G'B'A float", "RGBA float"


def change(drawable: int, operate: Callable[[int], Any]) -> None:
    """Let something change a drawable as if its encoded values were linear.

    A copy of the pixels whose encoded values are called linear goes through it, and comes back as the encoded values
    that it always was: by way of the shadow, within the selection, as one step of undo.

    Parameters
    ----------
    drawable : int
        What is to be changed.
    operate : callable
        Changes the layer whose number it gets; it has the drawable's size.
    """
    start_gegl()
    item = values.item_of(drawable)
    width, height = item.get_width(), item.get_height()
    box = Gegl.Rectangle.new(0, 0, width, height)
    image = Gimp.Image.new_with_precision(width, height, Gimp.ImageBaseType.RGB, Gimp.Precision.FLOAT_LINEAR)
    image.undo_disable()
    try:
        kind, mode = Gimp.ImageType.RGBA_IMAGE, Gimp.LayerMode.NORMAL
        layer = Gimp.Layer.new(image, "copy", width, height, kind, 100.0, mode)
        image.insert_layer(layer, None, 0)
        data = item.get_buffer().get(box, 1.0, ENCODED, Gegl.AbyssPolicy.NONE)
        copy = layer.get_buffer()
        copy.set(box, LINEAR, data)
        copy.flush()
        operate(layer.get_id())
        changed = layer.get_buffer().get(box, 1.0, LINEAR, Gegl.AbyssPolicy.NONE)
    finally:
        image.delete()
    shadow = item.get_shadow_buffer()
    shadow.set(box, ENCODED, changed)
    shadow.flush()
    item.merge_shadow(True)
    item.update(0, 0, width, height)
