"""What plug-ins written for Python 2 rely on and lib2to3 leaves alone.

Two means. `bring_back` puts names and habits back into the standard library: ``unicode``, ``string.letters``,
``gettext.install(unicode=True)``, ``array.tostring``, ``ord`` of a byte. `rerun_main` reads the plug-in's own file
again and lets ``/`` of two whole numbers be what it was, a whole number, and ``+`` join pixels' bytes with text;
``from __future__ import division``, or anything that only Python 3 can read in the file, turns that off.
"""

from __future__ import annotations

import array
import ast
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
from typing import Any, Callable, Optional

from pythonfu.conversion import octets
from pythonfu.old_files import old_open

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


def translate(thing: Any, table: Any, dropped: Any) -> Any:
    """Translate text as Python 2 did, some characters left out; a layer has two arguments of its own."""
    if not isinstance(thing, str):
        return thing.translate(table, dropped)
    kept = "".join(letter for letter in thing if letter not in dropped)
    return kept.translate(table) if table else kept


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


def divide(a: Any, b: Any) -> Any:
    """Divide as Python 2 did: whole numbers give a whole number."""
    return a // b if isinstance(a, int) and isinstance(b, int) else a / b


def decode(value: Any, *how: Any) -> Any:
    """Decode bytes; text is decoded already."""
    return value if isinstance(value, str) else value.decode(*how)


def add(a: Any, b: Any) -> Any:
    """Add; bytes and text, which were one, become bytes."""
    from pythonfu.parasite import PixelBytes

    if isinstance(a, bytes) and isinstance(b, str):
        return PixelBytes(a + octets(b))
    if isinstance(a, str) and isinstance(b, bytes):
        return PixelBytes(octets(a) + b)
    return a + b


def join(separator: Any, parts: Any) -> Any:
    """Join text; with bytes among the parts, everything as bytes."""
    from pythonfu.parasite import PixelBytes

    parts = list(parts)
    if any(isinstance(part, (bytes, bytearray)) for part in parts):
        return PixelBytes(octets(separator).join(octets(part) for part in parts))
    return separator.join(parts)


class _Meaning(ast.NodeTransformer):
    """Puts Python 2's meaning into a file that Python 3 can read."""

    def __init__(self, division: bool, octets: bool, codecs: frozenset[str] = frozenset()) -> None:
        self._division, self._octets, self._codecs = division, octets, codecs

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        if self._division and isinstance(node.op, ast.Div):
            return self._call("__divide__", node, [node.left, node.right])
        if self._octets and isinstance(node.op, ast.Add):
            return self._call("__add__", node, [node.left, node.right])
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        name = "__divide__" if self._division and isinstance(node.op, ast.Div) else ""
        name = "__add__" if self._octets and isinstance(node.op, ast.Add) else name
        # In place is another thing than anew for a list: only names and attributes that hold bytes and numbers.
        if not name or (name == "__add__" and isinstance(node.value, (ast.List, ast.ListComp))):
            return node
        left = ast.parse(ast.unparse(node.target), mode="eval").body
        value = self._call(name, node, [left, node.value])
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "decode":
            return self._call("__decode__", node, [node.func.value, *node.args])
        if isinstance(node.func, ast.Attribute) and node.func.attr == "encode":
            if self._names_a_file(node.args):
                return self._call("__decode__", node, [node.func.value, *node.args])
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "translate"
            and len(node.args) == 2
            and not node.keywords
        ):
            return self._call("__translate__", node, [node.func.value, *node.args])
        if isinstance(node.func, ast.Attribute) and node.func.attr == "sort" and len(node.args) == 1:
            key = self._call("__cmp_to_key__", node, node.args)
            return ast.copy_location(ast.Call(node.func, [], [ast.keyword("key", key), *node.keywords]), node)
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "join"
            and self._octets
            and len(node.args) == 1
        ):
            if isinstance(node.func.value, ast.Constant) and isinstance(node.func.value.value, str):
                return self._call("__join__", node, [node.func.value, *node.args])
        for keyword in node.keywords:
            if keyword.arg == "cmp":
                keyword.arg, keyword.value = "key", self._call("__cmp_to_key__", node, [keyword.value])
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        """Let ``problem.message`` be the text of what was caught."""
        self.generic_visit(node)
        for inner in ast.walk(node):
            for field, value in ast.iter_fields(inner):
                if self._is_message(value, node.name):
                    setattr(inner, field, self._call("str", value, [value.value]))
                elif isinstance(value, list):
                    value[:] = [
                        self._call("str", one, [one.value]) if self._is_message(one, node.name) else one
                        for one in value
                    ]
        return node

    def _names_a_file(self, how: list[ast.expr]) -> bool:
        """Return whether text is encoded for the file system: Python 3 wants the text."""
        if not how:
            return False
        if isinstance(how[0], ast.Name) and how[0].id in self._codecs:
            return True
        return FILE_CODEC in ast.unparse(how[0])

    @staticmethod
    def _is_message(node: Any, caught: Optional[str]) -> bool:
        named = isinstance(node, ast.Attribute) and node.attr == "message" and isinstance(node.ctx, ast.Load)
        return named and isinstance(node.value, ast.Name) and node.value.id == caught

    @staticmethod
    def _call(name: str, near: ast.AST, arguments: list[ast.expr]) -> ast.Call:
        return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), arguments, []), near)


#: Python's name of the encoding of file names.
FILE_CODEC = "getfilesystemencoding"


def _file_codecs(tree: ast.AST) -> frozenset[str]:
    """Return the variables that hold the encoding of file names."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    holding = [node for node in assigned if FILE_CODEC in ast.unparse(node.value)]
    return frozenset(one.id for node in holding for one in node.targets if isinstance(one, ast.Name))


def only_python3(tree: ast.AST) -> bool:
    """Return whether a file was written for Python 3: it says what Python 2 cannot read."""
    new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.Nonlocal,
        ast.NamedExpr,
        ast.YieldFrom,
        ast.AsyncFunctionDef,
        ast.MatMult,
    )
    for node in ast.walk(tree):
        if isinstance(node, new) or (isinstance(node, ast.arg) and node.annotation is not None):
            return True
        if isinstance(node, ast.FunctionDef) and (node.returns is not None or node.args.kwonlyargs):
            return True
        if isinstance(node, ast.Raise) and node.cause is not None:
            return True
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "super"
            and not node.args
        ):
            return True
    return False


def with_old_meaning(source: bytes, path: str) -> Optional[Callable[[dict[str, Any]], None]]:
    """Return a function that runs a plug-in's text with Python 2's meaning; None when it has Python 3's."""
    tree = ast.parse(source, path)
    if only_python3(tree):
        return None
    futures = [
        node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    true_division = any(name.name == "division" for node in futures for name in node.names)
    # Text and bytes were one thing to those who pack pixels.
    packs = any(word in source for word in (b"struct", b"pixel_rgn", b"get_tile", b"PixelRgn"))
    meant = _Meaning(not true_division, packs, _file_codecs(tree)).visit(tree)
    code = compile(ast.fix_missing_locations(meant), path, "exec", dont_inherit=True)

    def run(scope: dict[str, Any]) -> None:
        scope.update(
            __divide__=divide, __add__=add, __join__=join, __decode__=decode, __translate__=translate
        )
        scope.update(__cmp_to_key__=functools.cmp_to_key, open=old_open, file=old_open)
        exec(code, scope)

    return run


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
