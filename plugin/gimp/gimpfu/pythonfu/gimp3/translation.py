"""A call in the terms of GIMP 2.10, answered by GIMP 3: adapters first, then names, then as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Optional, Sequence

from pythonfu import kinds
from pythonfu.backend import ProcedureMissingError
from pythonfu.gimp3 import (
    adapt_colors,
    adapt_database,
    adapt_edit,
    adapt_files,
    adapt_images,
    adapt_plug_ins,
    adapt_resources,
    adapt_transform,
    filters,
    filters_placed,
    gone,
    values,
)
from pythonfu.gimp3.adapt_images import Adapter
from pythonfu.gimp3.native import Native
from pythonfu.gimp3.renames import renamed
from pythonfu.kinds import Plain, Signature

TABLES = (
    adapt_images, adapt_edit, adapt_colors, adapt_transform, adapt_resources, adapt_database, adapt_files,
    adapt_plug_ins, filters, filters_placed,
)  # fmt: skip
ADAPTERS: dict[str, Adapter] = {name: adapter for table in TABLES for name, adapter in table.ADAPTERS.items()}
SIGNATURES = kinds.parse_signatures((Path(__file__).parent.parent / "signatures.txt").read_text("utf-8"))
LOADERS = re.compile("(file-.*-load|gimp-file-load|gimp-xcf-load|file-load-rgbe)")


def adapter_of(name: str) -> Optional[Adapter]:
    """Return what answers a procedure in several steps, or None."""
    if LOADERS.fullmatch(name) and name in SIGNATURES:
        return adapt_files.load(renamed(name))
    return ADAPTERS.get(name)


def known(n: Native, name: str) -> bool:
    """Return whether a procedure can be called."""
    return (name in SIGNATURES and adapter_of(name) is not None) or n.find(renamed(name)) is not None


def signature(n: Native, name: str, version: str) -> Signature:
    """Return what a procedure takes and gives, in the terms of 2.10 where 2.10 had it.

    Raises
    ------
    ProcedureMissingError
        If neither GIMP 3 nor an adapter has it.
    """
    if not known(n, name):
        raise ProcedureMissingError(gone.sentence(name, version, name in SIGNATURES))
    if name in SIGNATURES:
        return SIGNATURES[name]
    found = n.find(name)
    assert found is not None
    gives = values.letters(list(found.get_return_values()))
    return Signature(_classic_file_form(values.letters(list(found.get_arguments())), found), gives)


def _classic_file_form(letters: str, found: Any) -> str:
    """Return the letters as 2.10 has them for a file's procedure: two names, and a drawable with the image."""
    names = [spec.name for spec in found.get_arguments()]
    if names[:4] == ["run-mode", "image", "file", "options"]:
        return "rmwss" + letters[3:]
    return "rss" + letters[2:] if names[:2] == ["run-mode", "file"] else letters


def call(n: Native, name: str, run_mode: int, arguments: Sequence[Plain]) -> list[Any]:
    """Run a procedure: arguments and results as `signature` says, without the run mode."""
    adapter = adapter_of(name) if name in SIGNATURES else None
    if adapter is not None:
        return list(adapter(n, *arguments) or [])
    if name not in SIGNATURES:
        found = n.find(name)
        letters = _classic_file_form("", found)
        if letters:
            at = len(letters) - 3
            arguments = [*arguments[: 1 if at == 2 else 0], *arguments[at : at + 1], *arguments[at + 2 :]]
        return n.run(name, run_mode, arguments)
    wanted = SIGNATURES[name]
    _, given = kinds.without_counts(wanted.given, list(arguments))
    return kinds.with_counts(wanted.gives, n.run(renamed(name), run_mode, given))
