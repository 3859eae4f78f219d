"""The colours of scribbles: green keeps, red drops, blue is unsure, everything else says nothing."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugin"))

from shared.scribbles import DROP, KEEP, UNSURE, marks_of


def test_colours() -> None:
    colors = [(20, 200, 40), (210, 30, 30), (20, 60, 230), (255, 255, 255), (10, 10, 10), (130, 128, 126)]
    rgba = b"".join(bytes((*color, 255)) for color in colors)
    assert list(marks_of(rgba)) == [KEEP, DROP, UNSURE, 0, 0, 0]


def test_the_soft_rim_of_a_stroke_and_what_is_clear_say_nothing() -> None:
    assert list(marks_of(bytes((0, 255, 0, 20, 0, 255, 0, 0, 0, 255, 0, 255)))) == [0, 0, KEEP]
