"""A plug-in's own text with Python 2's meaning: what operators and methods of text and bytes did then."""

from __future__ import annotations

import ast
import functools
from typing import Any, Callable, Optional

from pythonfu.conversion import octets
from pythonfu.old_files import old_open

__all__ = ["with_old_meaning"]


def translate(thing: Any, table: Any, dropped: Any) -> Any:
    """Translate text as Python 2 did, some characters left out; a layer has two arguments of its own."""
    if not isinstance(thing, str):
        return thing.translate(table, dropped)
    kept = "".join(letter for letter in thing if letter not in dropped)
    return kept.translate(table) if table else kept


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
