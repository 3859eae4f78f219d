"""What plug-ins written for Python 2 rely on and lib2to3 leaves alone.

Two means. `bring_back` puts names and habits back into the standard library: ``unicode``, ``string.letters``,
``gettext.install(unicode=True)``, ``array.tostring``, ``ord`` of a byte. `rerun_main` reads the plug-in's own file
again and lets ``/`` of two whole numbers be what it was, a whole number, and ``+`` join pixels' bytes with text;
``from __future__ import division``, or anything that only Python 3 can read in the file, turns that off.
"""

from __future__ import annotations

import array
import builtins
import functools
import gettext
import itertools
import os
import re
import string
import sys
import time
import types
from typing import Any, Optional

from pythonfu.conversion import octets
from pythonfu.old_meaning import with_old_meaning

_plain_array = array.array
_plain_ord = builtins.ord
_install_gettext = gettext.install


class Array(_plain_array):  # type: ignore[type-arg]
    """An array that takes text for bytes, and has its old methods."""

    def __new__(cls, typecode: str, values: Any = ()) -> Array:
        """Make one; text counts as Latin-1 bytes, type code ``c`` as ``B``."""
        typecode = {"c": "B"}.get(typecode, typecode)
        if isinstance(values, str) and typecode != "u":
            values = octets(values)
        return super().__new__(cls, typecode, values)

    def tostring(self) -> bytes:
        """Return the bytes."""
        from pythonfu.parasite import PixelBytes

        return PixelBytes(self.tobytes())

    def fromstring(self, data: Any) -> None:
        """Append from bytes, or from text as Latin-1."""
        self.frombytes(octets(data))


def tolerant_ord(value: Any) -> int:
    """Return the code of a character; of a byte, which is a number in Python 3, the byte."""
    return value if isinstance(value, int) else _plain_ord(value)


def compare(a: Any, b: Any) -> int:
    """Return -1, 0 or 1."""
    return int(a > b) - int(a < b)


def execfile(path: str, *scopes: Any) -> None:
    """Run a file."""
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), *(scopes or (sys._getframe(1).f_globals,)))


def _install(
    domain: str, localedir: Optional[str] = None, *_: Any, names: Any = None, **dropped: Any
) -> None:
    """Take Python 2's ``unicode=True``, which lib2to3 turns into ``str=True``, and drop it."""
    _install_gettext(domain, localedir, names=names)


def translation_table(old: str, new: str) -> str:
    """Return 256 characters, as ``string.maketrans`` did, with some in place of others."""
    table = [chr(code) for code in range(256)]
    for one, other in zip(old, new):
        table[ord(one)] = other
    return "".join(table)


BUILTINS: dict[str, Any] = {
    "unicode": str, "basestring": str, "long": int, "xrange": range, "raw_input": input, "unichr": chr,
    "reduce": functools.reduce, "cmp": compare, "file": open, "execfile": execfile, "intern": sys.intern,
    "apply": lambda function, arguments=(), named=None: function(*arguments, **(named or {})),
}  # fmt: skip

STRING: dict[str, Any] = {
    "letters": string.ascii_letters, "uppercase": string.ascii_uppercase, "lowercase": string.ascii_lowercase,
    "maketrans": translation_table, "atoi": int, "atol": int, "atof": float,
    "join": lambda words, separator=" ": separator.join(words), "joinfields": lambda words, s=" ": s.join(words),
    **{name: getattr(str, name) for name in (
        "split", "rsplit", "replace", "upper", "lower", "strip", "lstrip", "rstrip", "find", "rfind", "index", "count",
        "zfill", "center", "ljust", "rjust", "expandtabs", "swapcase", "translate",
    )},
}  # fmt: skip

MODULES: tuple[tuple[Any, dict[str, Any]], ...] = (
    (builtins, BUILTINS),
    (string, STRING),
    (sys, {"maxint": 2**63 - 1, "setdefaultencoding": lambda name: None, "exc_clear": lambda: None}),
    (os, {"getcwdu": os.getcwd, "errno": __import__("errno")}),
    (time, {"clock": time.perf_counter}),
    (itertools, {"izip": zip, "imap": map, "ifilter": filter, "izip_longest": itertools.zip_longest}),
    (types, {"StringType": str, "UnicodeType": str, "IntType": int, "LongType": int, "FloatType": float,
             "ListType": list, "TupleType": tuple, "DictType": dict, "BooleanType": bool, "StringTypes": (str,)}),
)  # fmt: skip


def bring_back() -> None:
    """Put back what Python 3 dropped, where nothing else stands in its place."""
    for module, names in MODULES:
        for name, value in names.items():
            if not hasattr(module, name):
                setattr(module, name, value)
    builtins.ord = tolerant_ord
    array.array = Array  # type: ignore[misc]
    gettext.install = _install  # type: ignore[assignment]
    for kind in (gettext.NullTranslations, gettext.GNUTranslations):
        kind.ugettext, kind.ungettext = kind.gettext, kind.ngettext  # type: ignore[attr-defined]


def settle_main() -> None:
    """Give the plug-in our array, too, when it imported the plain one before gimpfu."""
    scope = vars(sys.modules["__main__"])
    for name, value in list(scope.items()):
        if value is _plain_array:
            scope[name] = Array


CLASSIC = re.compile(rb"^\s*(?:from|import)\s+gimp(?:fu|plugin|ui|enums|shelf|color)?\b", re.MULTILINE)

_rerun = False


def rerun_main() -> None:
    """Run the plug-in that GIMP started again with Python 2's meaning, and end when it ends."""
    global _rerun
    main = sys.modules.get("__main__")
    path = getattr(main, "__file__", None)
    if _rerun or main is None or path is None or "-gimp" not in sys.argv[1:2]:
        return
    _rerun = True
    with open(path, "rb") as file:
        source = file.read()
    # A console or a test of GIMP's may use these modules, too; its own file says nothing of them.
    run = with_old_meaning(source, path) if CLASSIC.search(source) else None
    if run is not None:
        run(vars(main))
        raise SystemExit(0)
