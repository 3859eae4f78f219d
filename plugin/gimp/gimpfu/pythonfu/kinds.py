"""Kinds of values in the procedural database, one letter each, and signatures written with them.

======  ===========================================  ======================================
letter  GIMP 2.10's type                              plain value between front and back end
======  ===========================================  ======================================
r       INT32: the run mode, which callers leave out  int
i h b   INT32 INT16 INT8                              int
f       FLOAT                                         float
s       STRING                                        str, or None
c       COLOR                                         (red, green, blue, alpha), sRGB, [0, 1]
m d     IMAGE DISPLAY                                 int, -1 for none
t w l   ITEM DRAWABLE LAYER                           int, -1 for none
n k v   CHANNEL SELECTION VECTORS                     int, -1 for none
p       PARASITE                                      (name, flags, bytes), or None
I H F   INT32ARRAY INT16ARRAY FLOATARRAY              list
B       INT8ARRAY                                     bytes
S C     STRINGARRAY COLORARRAY                        list
W       (GIMP 3) drawables that a caller leaves out   list of int
======  ===========================================  ======================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

#: Numbers of the types in GIMP 2.10.
NUMBERS = {
    "r": 0, "i": 0, "h": 1, "b": 2, "f": 3, "s": 4, "I": 5, "H": 6, "B": 7, "F": 8, "S": 9, "c": 10, "t": 11,
    "d": 12, "m": 13, "l": 14, "n": 15, "w": 16, "k": 17, "C": 18, "v": 19, "p": 20,
}  # fmt: skip
STATUS = 21

LETTERS = {number: letter for letter, number in NUMBERS.items() if letter != "r"}
ITEMS = frozenset("twlnkv")
INTEGERS = frozenset("rihb")
ARRAYS = frozenset("IHFBSC")

#: A value as the table above has it.
Plain = Union[int, float, str, bytes, "list[Any]", "tuple[Any, ...]", None]


@dataclass(frozen=True)
class Signature:
    """What a procedure takes and gives.

    Parameters
    ----------
    takes : str
        Letters of the arguments; a leading ``r`` is the run mode.
    gives : str
        Letters of the results.
    """

    takes: str
    gives: str

    @property
    def has_run_mode(self) -> bool:
        """Whether the back end puts the run mode in front."""
        return self.takes.startswith("r")

    @property
    def given(self) -> str:
        """Letters of the arguments that a caller writes down."""
        return self.takes[1:] if self.has_run_mode else self.takes


def parse_signatures(text: str) -> dict[str, Signature]:
    """Return the signatures by name; a line is ``name takes gives``, ``-`` for none."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, takes, gives = line.split()
            found[name] = Signature(takes.strip("-"), gives.strip("-"))
    return found


def without_counts(letters: str, values: list[Plain]) -> tuple[str, list[Plain]]:
    """Drop the count in front of each array: GIMP 3 has none."""
    kept = [k for k in range(len(letters)) if not _is_count(letters, k)]
    return "".join(letters[k] for k in kept), [values[k] for k in kept if k < len(values)]


def with_counts(letters: str, values: list[Plain]) -> list[Plain]:
    """Put the count in front of each array, where the letters say that there is one."""
    rest = list(values)
    filled: list[Plain] = []
    for k in range(len(letters)):
        if _is_count(letters, k):
            array = rest[0] if rest else None
            filled.append(len(array) if isinstance(array, (list, tuple, bytes)) else 0)
        elif rest:
            filled.append(rest.pop(0))
    return filled


def _is_count(letters: str, k: int) -> bool:
    return letters[k] in INTEGERS and letters[k + 1 : k + 2] in ARRAYS and letters[k + 1 : k + 2] != ""
