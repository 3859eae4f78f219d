"""``gimp.Drawable`` and what is drawn on: layers, groups, channels."""

from __future__ import annotations

from typing import Any

from pythonfu.backend import backend, call
from pythonfu.conversion import whole
from pythonfu.item import Item
from pythonfu.procedures import attribute, invoke, method


class Drawable(Item):
    """Something with pixels."""

    width = attribute("gimp-drawable-width")
    height = attribute("gimp-drawable-height")
    bpp = attribute("gimp-drawable-bpp")
    type = attribute("gimp-drawable-type")
    type_with_alpha = attribute("gimp-drawable-type-with-alpha")
    has_alpha = attribute("gimp-drawable-has-alpha", kind=bool)
    is_rgb = attribute("gimp-drawable-is-rgb", kind=bool)
    is_gray = is_grey = attribute("gimp-drawable-is-gray", kind=bool)
    is_indexed = attribute("gimp-drawable-is-indexed", kind=bool)
    is_layer_mask = attribute("gimp-item-is-layer-mask", kind=bool)

    @property
    def offsets(self) -> tuple[int, int]:
        """Left and top in the image."""
        left, top = call("gimp-drawable-offsets", self.ID)
        return left, top

    @property
    def mask_bounds(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the selection on it; of the whole without a selection."""
        return tuple(call("gimp-drawable-mask-bounds", self.ID)[1:])

    @property
    def mask_intersect(self) -> tuple[int, int, int, int] | None:
        """Left, top, width, height of the selection on it; None when they do not meet."""
        meets, *box = call("gimp-drawable-mask-intersect", self.ID)
        return tuple(box) if meets else None

    def get_pixel_rgn(
        self, x: Any, y: Any, width: Any, height: Any, dirty: bool = True, shadow: bool = False
    ) -> Any:
        """Return a view of a box of pixels, to be read and written."""
        from pythonfu.pixels import PixelRgn

        return PixelRgn(self, x, y, width, height, dirty, shadow)

    def get_tile(self, shadow: bool, row: int, col: int) -> Any:
        """Return the tile in a row and a column of tiles."""
        from pythonfu.pixels import Tile

        return Tile(self, shadow, row, col)

    def get_tile2(self, shadow: bool, x: int, y: int) -> Any:
        """Return the tile that holds a pixel."""
        from pythonfu.pixels import TILE

        return self.get_tile(shadow, whole(y) // TILE, whole(x) // TILE)

    def get_pixel(self, x: Any, y: Any = None) -> tuple[int, ...]:
        """Return the samples of a pixel, [0, 255]."""
        x, y = x if y is None else (x, y)
        return tuple(backend().read_pixels(self.ID, (whole(x), whole(y), 1, 1), False))

    def set_pixel(self, x: Any, y: Any, pixel: Any = None) -> None:
        """Write the samples of a pixel, [0, 255]."""
        from pythonfu.conversion import octets

        (x, y), pixel = (x, y) if pixel is None else ((x, y), pixel)
        backend().write_pixels(self.ID, (whole(x), whole(y), 1, 1), False, octets(pixel))

    def get_data(self, format: str | None = None) -> bytes:
        """Return all samples, 8 bits each, row by row."""
        return backend().read_pixels(self.ID, (0, 0, self.width, self.height), False)

    def flush(self) -> None:
        """Nothing waits: what is written is written at once."""

    def update(self, x: Any = 0, y: Any = 0, width: Any = None, height: Any = None) -> None:
        """Show a box anew."""
        box = [
            whole(x),
            whole(y),
            self.width if width is None else width,
            self.height if height is None else height,
        ]
        invoke("gimp-drawable-update", self, *box)  # it writes what is held here, too

    def merge_shadow(self, undo: bool = False) -> None:
        """Take over what was written to the shadow."""
        backend().merge_shadow(self.ID, bool(undo))

    free_shadow = method("gimp-drawable-free-shadow")
    fill = method("gimp-drawable-fill", 1)
    offset = method("gimp-drawable-offset")
    thumbnail = method("gimp-drawable-thumbnail")
    sub_thumbnail = method("gimp-drawable-sub-thumbnail")
    foreground_extract = method("gimp-drawable-foreground-extract")
    transform_flip_simple = method("gimp-drawable-transform-flip-simple", 1, 0.0, 0)
    transform_flip = method("gimp-drawable-transform-flip", 0, 2, 0, 3, 0)
    transform_flip_default = method("gimp-drawable-transform-flip-default", 1, 0)
    transform_perspective = method("gimp-drawable-transform-perspective", 0, 2, 0, 3, 0)
    transform_perspective_default = method("gimp-drawable-transform-perspective-default", 1, 0)
    transform_rotate_simple = method("gimp-drawable-transform-rotate-simple", 1, 0, 0, 0)
    transform_rotate = method("gimp-drawable-transform-rotate", 1, 0, 0, 0, 2, 0, 3, 0)
    transform_rotate_default = method("gimp-drawable-transform-rotate-default", 1, 0, 0, 1, 0)
    transform_scale = method("gimp-drawable-transform-scale", 0, 2, 0, 3, 0)
    transform_scale_default = method("gimp-drawable-transform-scale-default", 1, 0)
    transform_shear = method("gimp-drawable-transform-shear", 0, 2, 0, 3, 0)
    transform_shear_default = method("gimp-drawable-transform-shear-default", 1, 0)
    transform_2d = method("gimp-drawable-transform-2d", 0, 2, 0, 3, 0)
    transform_2d_default = method("gimp-drawable-transform-2d-default", 1, 0)
    transform_matrix = method("gimp-drawable-transform-matrix", 0, 2, 0, 3, 0)
    transform_matrix_default = method("gimp-drawable-transform-matrix-default", 1, 0)


class Layer(Drawable):
    """A layer; a new one when called with an image, a name, width and height."""

    def __init__(
        self,
        image: Any,
        name: Any,
        width: Any,
        height: Any,
        type: int = 0,
        opacity: float = 100.0,
        mode: int = 0,
    ) -> None:
        self.ID = invoke("gimp-layer-new", image, width, height, type, name, opacity, mode).ID

    mode = attribute("gimp-layer-get-mode", "gimp-layer-set-mode")
    opacity = attribute("gimp-layer-get-opacity", "gimp-layer-set-opacity")
    mask = attribute("gimp-layer-get-mask")
    apply_mask = attribute("gimp-layer-get-apply-mask", "gimp-layer-set-apply-mask", bool)
    edit_mask = attribute("gimp-layer-get-edit-mask", "gimp-layer-set-edit-mask", bool)
    show_mask = attribute("gimp-layer-get-show-mask", "gimp-layer-set-show-mask", bool)
    lock_alpha = attribute("gimp-layer-get-lock-alpha", "gimp-layer-set-lock-alpha", bool)
    preserve_trans = lock_alpha
    is_floating_sel = attribute("gimp-layer-is-floating-sel", kind=bool)

    def copy(self, add_alpha: bool = False) -> Any:
        """Return a copy that no image holds yet."""
        return invoke("gimp-layer-copy", self, add_alpha)

    def remove_mask(self, mode: int = 0) -> None:
        """Take the mask away, applied or not."""
        invoke("gimp-layer-remove-mask", self, mode)

    add_alpha = method("gimp-layer-add-alpha")
    flatten = method("gimp-layer-flatten")
    add_mask = method("gimp-layer-add-mask")
    create_mask = method("gimp-layer-create-mask", 0)
    resize = method("gimp-layer-resize", 0, 0)
    resize_to_image_size = method("gimp-layer-resize-to-image-size")
    scale = method("gimp-layer-scale", 0)
    translate = method("gimp-layer-translate", 0)
    set_offsets = method("gimp-layer-set-offsets")


class GroupLayer(Layer):
    """A group of layers; a new one when called with an image."""

    def __init__(self, image: Any, name: Any = None, opacity: float = 100.0, mode: int = 0, **_: Any) -> None:
        self.ID = invoke("gimp-layer-group-new", image).ID
        self.opacity, self.mode = opacity, mode
        if name is not None:
            self.name = name

    @property
    def layers(self) -> list[Any]:
        """The layers in the group, from the top."""
        return self.children


class Channel(Drawable):
    """A channel, a mask or the selection; a new channel when called with an image, a name, width and height."""

    def __init__(
        self,
        image: Any,
        name: Any,
        width: Any = None,
        height: Any = None,
        opacity: float = 100.0,
        color: Any = (0, 0, 0),
    ) -> None:
        width, height = width or image.width, height or image.height
        self.ID = invoke("gimp-channel-new", image, width, height, name, opacity, color).ID

    opacity = attribute("gimp-channel-get-opacity", "gimp-channel-set-opacity")
    show_masked = attribute("gimp-channel-get-show-masked", "gimp-channel-set-show-masked", bool)
    color = colour = attribute("gimp-channel-get-color", "gimp-channel-set-color")
    copy = method("gimp-channel-copy")
    combine_masks = method("gimp-channel-combine-masks", 0, 0, 0)
