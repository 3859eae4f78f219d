"""The light as a ball, and the horizon as a line over the picture: both can be dragged."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

from shared.horizon import Camera, draw_horizon
from shared.light import camera_of, direction_of, under_camera, with_direction
from shared.light_ball import Vector, direction_at, draw_light_ball

from .qt import QtCore, QtGui, QtWidgets

__all__ = ["BallView", "HorizonView"]

_BALL_EMS = 7
_HORIZON_EMS = 7


def _color(values: Any) -> Vector:
    red, green, blue = values
    return float(red), float(green), float(blue)


def _image(pixels: bytes, width: int, height: int) -> Any:
    format_ = QtGui.QImage.Format.Format_RGBA8888
    # Copied, for QImage does not own the bytes that it is given.
    return QtGui.QImage(pixels, width, height, 4 * width, format_).copy()


class _Draggable(QtWidgets.QWidget):  # type: ignore[misc]
    """A widget that reports a press, a move and a release of the mouse in its own pixels."""

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self.press(*self._place(event))

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self.drag(*self._place(event))

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self.release()

    def press(self, x: float, y: float) -> None:
        """Take hold."""
        self.drag(x, y)

    def drag(self, x: float, y: float) -> None:
        """Move to a place."""

    def release(self) -> None:
        """Let go."""

    @staticmethod
    def _place(event: Any) -> Tuple[float, float]:
        place = event.position() if hasattr(event, "position") else event.localPos()
        return place.x(), place.y()


class BallView(_Draggable):
    """The light's direction on a ball.

    Parameters
    ----------
    on_move : callable
        Gets the lighting at each step of a drag.
    on_change : callable
        Gets the changed lighting when the person lets go.
    """

    def __init__(
        self, on_move: Callable[[Dict[str, Any]], None], on_change: Callable[[Dict[str, Any]], None]
    ) -> None:
        super().__init__()
        self.setObjectName("cyclorama_ball")
        self.setToolTip("Drag to where the light comes from; the ring around the ball is light from behind")
        self._on_move, self._on_change = on_move, on_change
        self._lighting: Optional[Dict[str, Any]] = None
        self._held = False
        side = _BALL_EMS * self.fontMetrics().height()
        self.setFixedSize(side, side)
        self._picture: Any = None

    def show_light(self, lighting: Optional[Dict[str, Any]]) -> None:
        """Show a light, or that there is none yet."""
        if self._held:
            return
        if lighting is not self._lighting or self._picture is None:
            self._lighting = lighting
            self._draw()

    def press(self, x: float, y: float) -> None:
        """Take hold of the light."""
        self._held = True
        self.drag(x, y)

    def drag(self, x: float, y: float) -> None:
        """Turn the light to a place on the ball."""
        if self._lighting is not None:
            self._lighting = with_direction(self._lighting, direction_at(x, y, self.width()))
            self._draw()
            self._on_move(self._lighting)

    def release(self) -> None:
        """Tell the new light."""
        self._held = False
        if self._lighting is not None:
            self._on_change(self._lighting)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Paint the ball; pale while there is no light to show."""
        painter = QtGui.QPainter(self)
        painter.setOpacity(1.0 if self._lighting else 0.35)
        painter.drawImage(0, 0, self._picture)
        painter.end()

    def _draw(self) -> None:
        side, own = self.width(), self._lighting
        if own is None:
            pixels = draw_light_ball(side, (0.0, 0.5, 1.0))
        else:
            pixels = draw_light_ball(
                side,
                direction_of(own),
                softness_rad=own["softness_rad"],
                key_color=_color(own["key_color"]),
                ambient_color=_color(own["ambient_color"]),
            )
        self._picture = _image(pixels, side, side)
        self.update()


class HorizonView(_Draggable):
    """The horizon over a small view of the picture.

    Parameters
    ----------
    on_move : callable
        Gets the perspective at each step of a drag.
    on_change : callable
        Gets the changed perspective when the person lets go.
    """

    def __init__(
        self, on_move: Callable[[Dict[str, Any]], None], on_change: Callable[[Dict[str, Any]], None]
    ) -> None:
        super().__init__()
        self.setObjectName("cyclorama_horizon")
        self.setToolTip("Drag the line to the horizon; drag its ends to turn it")
        self._on_move, self._on_change = on_move, on_change
        self._thumbnail: Any = None
        self._perspective: Optional[Dict[str, Any]] = None
        self._part: Optional[str] = None
        self.setMinimumHeight(_HORIZON_EMS * self.fontMetrics().height())
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_camera(self, thumbnail: Any, perspective: Optional[Dict[str, Any]]) -> None:
        """Show a camera over a picture; either may be None."""
        self._thumbnail = thumbnail
        if self._part is None:
            self._perspective = perspective
        self.update()

    def press(self, x: float, y: float) -> None:
        """Take hold of the line or of one of its ends."""
        left, top, width, height = self._area()
        camera = self._camera(width, height)
        if camera is not None:
            self._part = camera.part_at(x - left, y - top)

    def drag(self, x: float, y: float) -> None:
        """Move what was taken hold of."""
        left, top, width, height = self._area()
        camera = self._camera(width, height)
        if camera is not None and self._part is not None and self._perspective is not None:
            self._perspective = under_camera(self._perspective, camera.dragged(self._part, x - left, y - top))
            self.update()
            self._on_move(self._perspective)

    def release(self) -> None:
        """Tell the new camera."""
        if self._part is not None and self._perspective is not None:
            self._part = None
            self._on_change(self._perspective)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Paint the picture and the line."""
        left, top, width, height = self._area()
        painter = QtGui.QPainter(self)
        if self._thumbnail is None:
            painter.fillRect(left, top, width, height, self.palette().alternateBase())
        else:
            painter.drawImage(QtCore.QRect(left, top, width, height), self._thumbnail)
        camera = self._camera(width, height)
        if camera is not None:
            line = bytearray(4 * width * height)
            draw_horizon(line, width, height, camera)
            painter.drawImage(left, top, _image(bytes(line), width, height))
        painter.end()

    def _camera(self, width: int, height: int) -> Optional[Camera]:
        return None if self._perspective is None else camera_of(self._perspective).scaled(width, height)

    def _area(self) -> Tuple[int, int, int, int]:
        """Return left, top, width and height of the picture: as large as the widget allows, close to what is below."""
        across, down = 3, 2
        if self._thumbnail is not None:
            across, down = self._thumbnail.width(), self._thumbnail.height()
        scale = min(self.width() / across, self.height() / down)
        width, height = max(16, round(across * scale)), max(16, round(down * scale))
        return (self.width() - width) // 2, self.height() - height, width, height
