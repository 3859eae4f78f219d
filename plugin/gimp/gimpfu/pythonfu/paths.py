"""``gimp.Vectors`` and their strokes."""

from __future__ import annotations

from typing import Any, Sequence

from pythonfu.backend import call
from pythonfu.item import Item
from pythonfu.procedures import invoke

BEZIER = 0


class Vectors(Item):
    """A path; a new one when called with an image and a name."""

    def __init__(self, image: Any, name: Any) -> None:
        self.ID = invoke("gimp-vectors-new", image, name).ID

    @property
    def strokes(self) -> list[VectorsBezierStroke]:
        """The strokes, in their order."""
        return [
            VectorsBezierStroke.from_id(self, number)
            for number in call("gimp-vectors-get-strokes", self.ID)[1]
        ]

    def remove_stroke(self, stroke: VectorsStroke) -> None:
        """Take a stroke away."""
        call("gimp-vectors-remove-stroke", self.ID, stroke.ID)

    def to_selection(
        self,
        operation: int = 2,
        antialias: bool = True,
        feather: bool = False,
        feather_radius_x: float = 0.0,
        feather_radius_y: float = 0.0,
    ) -> None:
        """Select what the path encloses."""
        invoke(
            "gimp-vectors-to-selection",
            self,
            operation,
            antialias,
            feather,
            feather_radius_x,
            feather_radius_y,
        )

    def copy(self) -> Any:
        """Return a copy that no image holds yet."""
        return invoke("gimp-vectors-copy", self)


class VectorsStroke:
    """One line of a path."""

    ID: int
    vectors_ID: int  # noqa: N815 - the classic name
    type = BEZIER

    def __init__(self, vectors: Any, ID: int) -> None:
        self.vectors_ID, self.ID = int(vectors.ID), int(ID)

    def _call(self, name: str, *arguments: Any) -> Any:
        return invoke(name, self.vectors_ID, self.ID, *arguments)

    @property
    def points(self) -> tuple[list[float], bool]:
        """The coordinates x0, y0, x1, y1, ... (three points for each anchor), and whether the stroke is closed."""
        _, _, coordinates, closed = call("gimp-vectors-stroke-get-points", self.vectors_ID, self.ID)
        return list(coordinates), bool(closed)

    def get_length(self, precision: float) -> float:
        """Return the length, in pixels."""
        return float(self._call("gimp-vectors-stroke-get-length", precision))

    def get_point_at_dist(self, dist: float, precision: float) -> tuple[float, float, float, int]:
        """Return x, y, slope and validity at a distance from the beginning."""
        return tuple(self._call("gimp-vectors-stroke-get-point-at-dist", dist, precision))

    def close(self) -> None:
        """Close the stroke."""
        self._call("gimp-vectors-stroke-close")

    def translate(self, off_x: int, off_y: int) -> None:
        """Move."""
        self._call("gimp-vectors-stroke-translate", off_x, off_y)

    def scale(self, scale_x: float, scale_y: float) -> None:
        """Scale about the image's corner."""
        self._call("gimp-vectors-stroke-scale", scale_x, scale_y)

    def rotate(self, center_x: float, center_y: float, angle: float) -> None:
        """Turn by degrees."""
        self._call("gimp-vectors-stroke-rotate", center_x, center_y, angle)

    def flip(self, flip_type: int, axis: float) -> None:
        """Mirror at a horizontal or vertical line."""
        self._call("gimp-vectors-stroke-flip", flip_type, axis)

    def flip_free(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Mirror at the line through two points."""
        self._call("gimp-vectors-stroke-flip-free", x1, y1, x2, y2)

    def interpolate(self, precision: float) -> tuple[list[float], bool]:
        """Return the stroke as a chain of points."""
        _, coordinates, closed = self._call("gimp-vectors-stroke-interpolate", precision)
        return list(coordinates), bool(closed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VectorsStroke) and (self.vectors_ID, self.ID) == (other.vectors_ID, other.ID)

    def __hash__(self) -> int:
        return hash((self.vectors_ID, self.ID))

    def __repr__(self) -> str:
        return f"<gimp.{type(self).__name__} {self.ID} of {self.vectors_ID}>"


class VectorsBezierStroke(VectorsStroke):
    """A stroke of cubic curves; a new one when called with a path and control points."""

    def __init__(self, vectors: Any, controlpoints: Sequence[float] = (), closed: bool = False) -> None:
        points = [float(value) for value in controlpoints]
        number = invoke("gimp-vectors-stroke-new-from-points", vectors, BEZIER, len(points), points, closed)
        super().__init__(vectors, number)

    @classmethod
    def from_id(cls, vectors: Any, ID: int) -> VectorsBezierStroke:
        """Return the stroke with that number."""
        made = cls.__new__(cls)
        made.vectors_ID, made.ID = int(vectors.ID), int(ID)
        return made

    @classmethod
    def new_moveto(cls, vectors: Any, x0: float, y0: float) -> VectorsBezierStroke:
        """Begin a stroke at a point."""
        return cls.from_id(vectors, invoke("gimp-vectors-bezier-stroke-new-moveto", vectors, x0, y0))

    @classmethod
    def new_ellipse(
        cls, vectors: Any, x0: float, y0: float, radius_x: float, radius_y: float, angle: float
    ) -> VectorsBezierStroke:
        """Return a new ellipse; the angle in radians."""
        ellipse = "gimp-vectors-bezier-stroke-new-ellipse"
        return cls.from_id(vectors, invoke(ellipse, vectors, x0, y0, radius_x, radius_y, angle))

    def lineto(self, x0: float, y0: float) -> None:
        """Go on in a straight line."""
        self._call("gimp-vectors-bezier-stroke-lineto", x0, y0)

    def conicto(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Go on in a quadratic curve."""
        self._call("gimp-vectors-bezier-stroke-conicto", x0, y0, x1, y1)

    def cubicto(self, x0: float, y0: float, x1: float, y1: float, x2: float, y2: float) -> None:
        """Go on in a cubic curve."""
        self._call("gimp-vectors-bezier-stroke-cubicto", x0, y0, x1, y1, x2, y2)
