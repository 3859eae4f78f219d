"""What a person drags in the dialogs: a light ball, and a picture with its horizon. Drawn by pixbufs, without cairo."""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gdk, Gtk  # noqa: E402
from shared.horizon import Camera, draw_horizon  # noqa: E402
from shared.light_ball import Vector, direction_at, draw_light_ball, position_of  # noqa: E402

from gimp3.thumbnails import pixbuf_of_rgba  # noqa: E402

__all__ = ["LightBall", "PictureWithHorizon"]

_BALL_PX = 132
_KEYS = {
    Gdk.KEY_Left: (-1, 0),
    Gdk.KEY_Right: (1, 0),
    Gdk.KEY_Up: (0, -1),
    Gdk.KEY_Down: (0, 1),
}
_EVENTS = (
    Gdk.EventMask.BUTTON_PRESS_MASK
    | Gdk.EventMask.BUTTON_RELEASE_MASK
    | Gdk.EventMask.BUTTON1_MOTION_MASK
    | Gdk.EventMask.KEY_PRESS_MASK
)


class _Draggable:
    """An image that hears presses, drags and arrow keys at its own pixels."""

    def __init__(self, name: str, tooltip: str) -> None:
        self.image = Gtk.Image()
        self.widget = Gtk.EventBox()
        self.widget.set_can_focus(True)
        self.widget.set_tooltip_text(tooltip)
        self.widget.get_accessible().set_name(name)
        self.widget.add(self.image)
        self.widget.add_events(_EVENTS)
        self.widget.set_halign(Gtk.Align.CENTER)
        self.widget.set_valign(Gtk.Align.START)
        self.widget.connect("button-press-event", self._on_press)
        self.widget.connect("motion-notify-event", self._on_motion)
        self.widget.connect("key-press-event", self._on_key)

    def _on_press(self, _widget: Any, event: Any) -> bool:
        self.widget.grab_focus()
        self.press(event.x, event.y)
        return True

    def _on_motion(self, _widget: Any, event: Any) -> bool:
        self.drag(event.x, event.y)
        return True

    def _on_key(self, _widget: Any, event: Any) -> bool:
        step = _KEYS.get(event.keyval)
        if step is None:
            return False
        self.nudge(*step)
        return True

    def press(self, x: float, y: float) -> None:
        raise NotImplementedError

    def drag(self, x: float, y: float) -> None:
        raise NotImplementedError

    def nudge(self, across: int, down: int) -> None:
        raise NotImplementedError


class LightBall(_Draggable):
    """A ball under the light; a drag moves the light.

    Parameters
    ----------
    on_change : callable
        Gets the new direction, towards the light in camera axes.
    """

    def __init__(self, on_change: Callable[[Vector], None]) -> None:
        super().__init__(
            "Light",
            "Drag to where the light comes from; the ring is light from behind. Arrow keys work.",
        )
        self._on_change = on_change
        self._direction: Vector = (0.0, 0.0, 1.0)

    def show(self, direction: Vector, softness_rad: float, key: Vector, ambient: Vector) -> None:
        """Draw the ball under a light."""
        self._direction = direction
        pixels = draw_light_ball(
            _BALL_PX, direction, softness_rad=softness_rad, key_color=key, ambient_color=ambient
        )
        self.image.set_from_pixbuf(pixbuf_of_rgba(pixels, (_BALL_PX, _BALL_PX)))

    def press(self, x: float, y: float) -> None:
        """Take the light to where the pointer is."""
        self._on_change(direction_at(x, y, _BALL_PX))

    drag = press

    def nudge(self, across: int, down: int) -> None:
        """Move the handle by a few pixels."""
        x, y = position_of(self._direction, _BALL_PX)
        self.press(x + 3 * across, y + 3 * down)


class PictureWithHorizon(_Draggable):
    """A picture with a horizon line; a drag of its middle moves it, a drag of an end turns it.

    Parameters
    ----------
    on_change : callable
        Gets the new camera.
    """

    def __init__(self, on_change: Callable[[Camera], None]) -> None:
        super().__init__(
            "Horizon",
            "Drag the line's middle up or down, or its ends to turn it. Up and Down keys work, too.",
        )
        self._on_change = on_change
        self._camera: Optional[Camera] = None
        self._size: Tuple[int, int] = (1, 1)
        self._part: Optional[str] = None

    def show(self, pixbuf: Any, camera: Optional[Camera]) -> None:
        """Draw a picture, with the horizon of a camera of any size if one is given."""
        height, width = self._size = (pixbuf.get_height(), pixbuf.get_width())
        if camera is None:
            self._camera = None
            self.image.set_from_pixbuf(pixbuf)
            return
        self._camera = camera.scaled(width, height)
        shown = pixbuf.add_alpha(False, 0, 0, 0)
        pixels, stride = shown.get_pixels(), shown.get_rowstride()
        rows = bytearray(b"".join(pixels[row * stride : row * stride + 4 * width] for row in range(height)))
        draw_horizon(rows, width, height, self._camera)
        self.image.set_from_pixbuf(pixbuf_of_rgba(bytes(rows), self._size))

    def press(self, x: float, y: float) -> None:
        """Take hold of the part of the line under the pointer."""
        self._part = None if self._camera is None else self._camera.part_at(x, y)

    def drag(self, x: float, y: float) -> None:
        """Move what was taken hold of."""
        if self._camera is not None and self._part is not None:
            self._on_change(self._camera.dragged(self._part, x, y))

    def nudge(self, across: int, down: int) -> None:
        """Move the horizon by a pixel, or turn it by as much at its end."""
        if self._camera is None:
            return
        width = self._size[1]
        if down:
            x = width / 2
            self._on_change(self._camera.dragged("middle", x, self._camera.horizon_row(x) + down))
        else:
            x = 0.95 * width
            self._on_change(self._camera.dragged("right", x, self._camera.horizon_row(x) + across))
