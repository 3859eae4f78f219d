"""The horizon of a picture as a line that can be dragged; plain pixels for any toolkit.

The camera is a pinhole over level ground: pitch is positive when it looks up, roll turns the world clockwise. Pixel
edges lie at integers, rows count down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Optional, Tuple

__all__ = ["Camera", "draw_horizon"]

_LIMIT_RAD = math.radians(80)
_LINE_RGBA, _EDGE_RGBA = (255, 214, 64, 255), (20, 20, 20, 170)


@dataclass(frozen=True)
class Camera:
    """What decides where the horizon lies in a picture.

    Parameters
    ----------
    width_px, height_px : float
        Size of the picture.
    focal_px : float
        Focal length in pixels of that picture.
    center_px : (float, float)
        (x, y) where the optical axis meets the picture.
    pitch_rad, roll_rad : float
        Looking up; the world's clockwise turn.
    """

    width_px: float
    height_px: float
    focal_px: float
    center_px: Tuple[float, float]
    pitch_rad: float
    roll_rad: float

    def scaled(self, width_px: float, height_px: float) -> Camera:
        """Return the camera of the same picture at another size, for a thumbnail."""
        across, down = width_px / self.width_px, height_px / self.height_px
        return replace(
            self,
            width_px=width_px,
            height_px=height_px,
            focal_px=self.focal_px * math.sqrt(across * down),
            center_px=(self.center_px[0] * across, self.center_px[1] * down),
        )

    def horizon_row(self, x: float) -> float:
        """Return the row of the horizon in the column x; it may lie outside the picture."""
        down = self.focal_px * math.tan(self.pitch_rad) / math.cos(self.roll_rad)
        return self.center_px[1] + down + math.tan(self.roll_rad) * (x - self.center_px[0])

    def part_at(self, x: float, y: float, reach_px: float = 12) -> Optional[str]:
        """Say what a press at (x, y) would take hold of.

        Returns
        -------
        str or None
            ``"middle"``: the line moves up and down; ``"left"`` or ``"right"``: that end turns it; None: no line
            within ``reach_px``. A horizon outside the picture is taken by the picture's edge.
        """
        row = min(max(self.horizon_row(x), 0.0), self.height_px)
        if abs(row - y) > reach_px:
            return None
        if x < 0.2 * self.width_px:
            return "left"
        return "right" if x > 0.8 * self.width_px else "middle"

    def dragged(self, part: str, x: float, y: float) -> Camera:
        """Return the camera after a part of the line was dragged to (x, y); pitch and roll stay within 80 degrees."""
        middle = self.width_px / 2
        if part == "middle":
            return self._with_row(middle, y - math.tan(self.roll_rad) * (x - middle))
        row = self.horizon_row(middle)
        # Beyond the middle the end would change sides.
        reach = max(abs(x - middle), 0.1 * self.width_px) * (-1 if part == "left" else 1)
        turned = replace(self, roll_rad=_limited(math.atan((y - row) / reach)))
        return turned._with_row(middle, row)

    def _with_row(self, x: float, row: float) -> Camera:
        """Return the camera whose horizon passes through (x, row), with the same roll."""
        down = row - self.center_px[1] - math.tan(self.roll_rad) * (x - self.center_px[0])
        return replace(self, pitch_rad=_limited(math.atan(down * math.cos(self.roll_rad) / self.focal_px)))


def draw_horizon(pixels: bytearray, width_px: int, height_px: int, camera: Camera) -> None:
    """Draw the horizon into a picture, in place, with a handle in the middle and one at each end.

    Parameters
    ----------
    pixels : bytearray, width_px * height_px * 4
        Rows from the top, RGBA, 8 bit.
    width_px, height_px : int
        Size of the picture.
    camera : Camera
        Of any size; it is scaled to the picture. A horizon outside the picture is drawn dashed at its edge.
    """
    view = camera.scaled(width_px, height_px)
    for column in range(width_px):
        row = view.horizon_row(column + 0.5)
        outside = not 0 <= row <= height_px
        if outside and column % 8 > 3:
            continue
        center = min(max(int(row), 1), height_px - 2)
        _column(pixels, (width_px, height_px), column, center, 1)
    for place in (0.08, 0.5, 0.92):
        row = min(max(view.horizon_row(place * width_px), 4.0), height_px - 5.0)
        for column in range(max(0, int(place * width_px) - 4), min(width_px, int(place * width_px) + 5)):
            _column(pixels, (width_px, height_px), column, int(row), 4)


def _column(pixels: bytearray, size: Tuple[int, int], column: int, center: int, half: int) -> None:
    """Draw one column of a bright bar with a dark edge above and below."""
    width, height = size
    for row in range(max(0, center - half), min(height, center + half + 1)):
        color = _EDGE_RGBA if abs(row - center) == half else _LINE_RGBA
        place = 4 * (row * width + column)
        for channel in range(3):
            below = pixels[place + channel] * (255 - color[3])
            pixels[place + channel] = (color[channel] * color[3] + below) // 255
        pixels[place + 3] = max(pixels[place + 3], color[3])


def _limited(angle_rad: float) -> float:
    return min(max(angle_rad, -_LIMIT_RAD), _LIMIT_RAD)
