"""``gimp.Image`` and ``gimp.Display``."""

from __future__ import annotations

from typing import Any

from pythonfu.backend import call
from pythonfu.item import Numbered, item_of
from pythonfu.parasite import Attachable
from pythonfu.procedures import attribute, invoke, method


class Image(Attachable, Numbered):
    """An image; a new one when called with width, height and base type."""

    _parasites = "gimp-image"

    def __init__(self, width: Any, height: Any, type: int = 0) -> None:
        self.ID = invoke("gimp-image-new", width, height, type).ID

    width = attribute("gimp-image-width")
    height = attribute("gimp-image-height")
    base_type = attribute("gimp-image-base-type")
    precision = attribute("gimp-image-get-precision")
    name = attribute("gimp-image-get-name")
    uri = attribute("gimp-image-get-uri")
    dirty = attribute("gimp-image-is-dirty", kind=bool)
    selection = attribute("gimp-image-get-selection")
    unit = attribute("gimp-image-get-unit", "gimp-image-set-unit")
    tattoo_state = attribute("gimp-image-get-tattoo-state", "gimp-image-set-tattoo-state")
    floating_selection = attribute("gimp-image-get-floating-sel")
    floating_sel_attached_to = attribute("gimp-image-floating-sel-attached-to")
    active_layer = attribute("gimp-image-get-active-layer", "gimp-image-set-active-layer")
    active_channel = attribute("gimp-image-get-active-channel", "gimp-image-set-active-channel")
    active_vectors = attribute("gimp-image-get-active-vectors", "gimp-image-set-active-vectors")
    active_drawable = attribute("gimp-image-get-active-drawable")

    @property
    def filename(self) -> str | None:
        """The file's path; None for an image without a file."""
        return invoke("gimp-image-get-filename", self) or None

    @filename.setter
    def filename(self, path: Any) -> None:
        invoke("gimp-image-set-filename", self, path)

    @property
    def layers(self) -> list[Any]:
        """The layers outside of groups, from the top."""
        return [item_of(number) for number in call("gimp-image-get-layers", self.ID)[1]]

    @property
    def channels(self) -> list[Any]:
        """The channels, from the top."""
        return [item_of(number) for number in call("gimp-image-get-channels", self.ID)[1]]

    @property
    def vectors(self) -> list[Any]:
        """The paths, from the top."""
        return [item_of(number) for number in call("gimp-image-get-vectors", self.ID)[1]]

    @property
    def resolution(self) -> tuple[float, float]:
        """Pixels per inch across and down."""
        across, down = call("gimp-image-get-resolution", self.ID)
        return across, down

    @resolution.setter
    def resolution(self, value: Any) -> None:
        invoke("gimp-image-set-resolution", self, *value)

    @property
    def colormap(self) -> bytes:
        """The palette of an indexed image: three bytes for each colour."""
        return bytes(call("gimp-image-get-colormap", self.ID)[1])

    @colormap.setter
    def colormap(self, value: Any) -> None:
        from pythonfu.conversion import octets

        data = octets(value)
        call("gimp-image-set-colormap", self.ID, len(data), data)

    cmap = colormap

    def new_layer(
        self,
        name: str = "New Layer",
        width: int = -1,
        height: int = -1,
        offset_x: int = 0,
        offset_y: int = 0,
        alpha: bool = True,
        pos: int = -1,
        opacity: float = 100.0,
        mode: int = 0,
        fill_mode: int = -1,
    ) -> Any:
        """Make a layer, put it into the image, and return it."""
        from pythonfu.layers import Layer

        width, height = self.width if width < 0 else width, self.height if height < 0 else height
        layer = Layer(self, name, width, height, 2 * self.base_type + bool(alpha), opacity, mode)
        layer.fill(3 if fill_mode < 0 and alpha else max(fill_mode, 0))
        self.add_layer(layer, pos)
        layer.set_offsets(offset_x, offset_y)
        return layer

    def insert_layer(self, layer: Any, parent: Any = None, position: int = -1) -> None:
        """Put a layer into the image."""
        invoke("gimp-image-insert-layer", self, layer, parent, position)

    def insert_channel(self, channel: Any, parent: Any = None, position: int = -1) -> None:
        """Put a channel into the image."""
        invoke("gimp-image-insert-channel", self, channel, parent, position)

    def insert_vectors(self, vectors: Any, parent: Any = None, position: int = -1) -> None:
        """Put a path into the image."""
        invoke("gimp-image-insert-vectors", self, vectors, parent, position)

    add_layer = method("gimp-image-add-layer", -1)
    add_channel = method("gimp-image-add-channel", -1)
    add_vectors = method("gimp-image-add-vectors", -1)
    remove_layer = method("gimp-image-remove-layer")
    remove_channel = method("gimp-image-remove-channel")
    remove_vectors = method("gimp-image-remove-vectors")
    raise_layer = method("gimp-image-raise-layer")
    lower_layer = method("gimp-image-lower-layer")
    raise_layer_to_top = method("gimp-image-raise-layer-to-top")
    lower_layer_to_bottom = method("gimp-image-lower-layer-to-bottom")
    raise_channel = method("gimp-image-raise-channel")
    lower_channel = method("gimp-image-lower-channel")
    merge_visible_layers = method("gimp-image-merge-visible-layers", 1)
    merge_down = method("gimp-image-merge-down", 0)
    flatten = method("gimp-image-flatten")
    pick_correlate_layer = method("gimp-image-pick-correlate-layer")
    clean_all = method("gimp-image-clean-all")
    free_shadow = method("gimp-image-free-shadow")
    unset_active_channel = method("gimp-image-unset-active-channel")
    get_component_active = method("gimp-image-get-component-active")
    get_component_visible = method("gimp-image-get-component-visible")
    set_component_active = method("gimp-image-set-component-active")
    set_component_visible = method("gimp-image-set-component-visible")
    get_layer_by_tattoo = method("gimp-image-get-layer-by-tattoo")
    get_channel_by_tattoo = method("gimp-image-get-channel-by-tattoo")
    add_hguide = method("gimp-image-add-hguide")
    add_vguide = method("gimp-image-add-vguide")
    delete_guide = method("gimp-image-delete-guide")
    find_next_guide = method("gimp-image-find-next-guide")
    get_guide_orientation = method("gimp-image-get-guide-orientation")
    get_guide_position = method("gimp-image-get-guide-position")
    resize = method("gimp-image-resize", 0, 0)
    resize_to_layers = method("gimp-image-resize-to-layers")
    crop = method("gimp-image-crop", 0, 0)
    duplicate = method("gimp-image-duplicate")
    undo_is_enabled = method("gimp-image-undo-is-enabled")
    undo_enable = enable_undo = method("gimp-image-undo-enable")
    undo_disable = disable_undo = method("gimp-image-undo-disable")
    undo_freeze = method("gimp-image-undo-freeze")
    undo_thaw = method("gimp-image-undo-thaw")
    undo_group_start = method("gimp-image-undo-group-start")
    undo_group_end = method("gimp-image-undo-group-end")

    def scale(self, width: Any, height: Any, interpolation: int = -1) -> None:
        """Scale everything."""
        if interpolation < 0:
            invoke("gimp-image-scale", self, width, height)
        else:
            invoke("gimp-image-scale-full", self, width, height, interpolation)

    def get_channel_index(self, channel: Any) -> int:
        """Return a channel's place in the stack."""
        return self.channels.index(channel)

    def __repr__(self) -> str:
        return f"<gimp.Image {self.name!r}>"


class Display(Numbered):
    """A view of an image; without a window there is none, and nothing is lost."""

    def __init__(self, image: Image) -> None:
        self.ID = call("gimp-display-new", image.ID)[0]

    def __repr__(self) -> str:
        return f"<gimp.Display {self.ID}>"


def image_list() -> list[Image]:
    """Return the images that are open."""
    return [Image.from_id(number) for number in call("gimp-image-list")[1]]
