"""The part of a dialog that shows a picture with its horizon, a light ball, and the same as numbers."""

from __future__ import annotations

from typing import Any, Callable, Optional

import gi

gi.require_version("Gtk", "3.0")

from gi.repository import Gtk  # noqa: E402
from shared.horizon import Camera  # noqa: E402
from shared.light import VALUES, Light, horizon_in_words, light_in_words  # noqa: E402
from shared.light_ball import Vector  # noqa: E402

from gimp3.call import Call  # noqa: E402
from gimp3.controls import LightBall, PictureWithHorizon  # noqa: E402
from gimp3.dialog import WorkDialog  # noqa: E402

__all__ = ["LightPanel"]


class LightPanel:
    """Shows a light, and takes edits from ball, line and numbers alike; the dialog lays out its three boxes.

    Parameters
    ----------
    call : Call
        Whose arguments hold the numbers.
    dialog : WorkDialog
        Which places their widgets.
    on_edit : callable
        Gets the light after each edit.
    """

    def __init__(self, call: Call, dialog: WorkDialog, on_edit: Callable[[Light], None]) -> None:
        self._config = call.config
        self._on_edit = on_edit
        self._filling = False
        self._pixbuf: Any = None
        self.light: Optional[Light] = None
        self.picture = PictureWithHorizon(self._take_camera)
        self.ball = LightBall(self._take_direction)
        # Always two lines high: what lies below must not move while the ball is dragged.
        self._light_words = Gtk.Label(
            xalign=0.5, wrap=True, max_width_chars=34, lines=2, justify=Gtk.Justification.CENTER
        )
        self._light_words.set_size_request(-1, 40)
        self._horizon_words = Gtk.Label(xalign=0.5)
        self.left = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=4)
        self.left.pack_start(self.picture.widget, False, False, 0)
        self.left.pack_start(self._horizon_words, False, False, 0)
        self.right = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self.right.pack_start(self.ball.widget, False, False, 0)
        self.right.pack_start(self._light_words, False, False, 0)
        self.numbers = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        dialog.place(list(VALUES), self.numbers, alive=True)
        self.left.show_all()
        self.right.show_all()
        for name in VALUES:
            self._config.connect(f"notify::{name}", self._take_values)

    def set_picture(self, pixbuf: Any) -> None:
        """Show another picture behind the horizon."""
        self._pixbuf = pixbuf
        self.picture.show(pixbuf, None if self.light is None else self.light.camera)

    def set_light(self, light: Light) -> None:
        """Show a light, without counting it as an edit."""
        self.light = light
        self._filling = True
        for name, value in light.values.items():
            low, high, _ = VALUES[name]
            self._config.set_property(name, min(max(value, low), high))
        self._filling = False
        lit = light.lighting
        # The ball shows where the light is; how strong it is against the rest would make it hard to see.
        key, ambient = _tinted(lit["key_color"], 0.8), _tinted(lit["ambient_color"], 0.15)
        self.ball.show(light.direction, float(lit["softness_rad"]), key, ambient)
        self._light_words.set_text(f"Light {light_in_words(light.lighting)}")
        self._horizon_words.set_text(horizon_in_words(light.perspective))
        if self._pixbuf is not None:
            self.set_picture(self._pixbuf)

    def _edit(self, light: Light) -> None:
        self.set_light(light)
        self._config.set_property("read-light", False)
        self._on_edit(light)

    def _take_direction(self, direction: Vector) -> None:
        if self.light is not None:
            self._edit(self.light.with_direction(direction))

    def _take_camera(self, camera: Camera) -> None:
        if self.light is not None:
            self._edit(self.light.with_camera(camera))

    def _take_values(self, config: Any, spec: Any) -> None:
        if self._filling or self.light is None:
            return
        self._edit(self.light.with_values({spec.name: config.get_property(spec.name)}))


def _tinted(color: Any, strength: float) -> Vector:
    """Return a linear colour with its brightest channel at a strength; black stays neutral."""
    top = max(*color, 0.0)
    if top <= 0:
        return strength, strength, strength
    red, green, blue = (strength * float(value) / top for value in color)
    return red, green, blue
