"""`cyclorama install`: the plug-ins into GIMP and Krita, and out again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from cyclorama.cli.console import Console
from cyclorama.installation.autostart import add_autostart, remove_autostart
from cyclorama.installation.editors import Editor, Places, editor_in, find_editors
from cyclorama.installation.install import Outcome, installed, uninstall
from cyclorama.installation.install import install as put_in
from cyclorama.installation.krita_zip import write_krita_zip
from cyclorama.protocol.errors import DocumentError, InputError

__all__ = ["install"]

_NAMES = {"gimp": "GIMP", "krita": "Krita"}


def install(arguments: argparse.Namespace, console: Console) -> int:
    """Put the plug-in in, or take it out, and say what was done."""
    if arguments.zip is not None:
        return _zip(arguments, console)
    if arguments.what == "autostart":
        return _autostart(arguments, console)
    editors = _editors(arguments)
    if arguments.uninstall:
        there = [editor for editor in editors if installed(editor) is not None]
        if not there:
            looked = ", ".join(editor.name for editor in editors)
            raise DocumentError(f"Cyclorama's plug-in is in none of these: {looked}.")
        outcomes = [uninstall(editor) for editor in there]
    else:
        outcomes = _install_all(editors)
    console.result({"editors": [_plain(outcome) for outcome in outcomes]})
    for outcome in outcomes:
        _say(console, outcome, arguments.uninstall)
    return 0


def _install_all(editors: Sequence[Editor]) -> list[Outcome]:
    """Install into each; an old GIMP without a plug-in must not keep the others from theirs."""
    outcomes, failures = [], []
    for editor in editors:
        try:
            outcomes.append(put_in(editor))
        except DocumentError as error:
            failures.append((editor, error))
    if not outcomes:
        raise failures[0][1]
    for editor, failure in failures:
        print(f"cyclorama: {editor.name}: {failure}", file=sys.stderr)
    return outcomes


def _editors(arguments: argparse.Namespace) -> list[Editor]:
    if arguments.folder is not None:
        return [editor_in(arguments.folder, arguments.what)]
    found = [editor for editor in find_editors() if editor.program == arguments.what]
    if not found:
        name = _NAMES[arguments.what]
        raise InputError(
            f"No {name} was found that has been started by you.",
            f"Start {name} once, so that it makes its folders; a portable copy needs --folder.",
        )
    return found


def _zip(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.what != "krita":
        raise InputError("Only Krita imports plug-ins from a ZIP.", "Run `cyclorama install gimp`.")
    count = write_krita_zip(arguments.zip)
    console.result({"zip": str(arguments.zip), "files": count})
    console.say(f"written      {arguments.zip} ({count} files)")
    console.say(
        "next         In Krita: Tools > Scripts > Import Python Plugin from File, then restart Krita."
    )
    return 0


def _autostart(arguments: argparse.Namespace, console: Console) -> int:
    places = Places.here()
    if arguments.uninstall:
        gone = remove_autostart(places)
        console.result({"removed": gone})
        console.say(
            "The worker no longer starts with your session."
            if gone
            else "It did not start with your session."
        )
        return 0
    path = add_autostart(places)
    console.result({"autostart": str(path)})
    console.say(f"written      {path}")
    console.say("next         It starts at your next login; until then, run `cyclorama worker`.")
    return 0


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "editor": outcome.editor.name,
        "folder": str(outcome.folder),
        "written": outcome.written,
        "removed": outcome.removed,
        "kept": list(outcome.kept),
    }


def _say(console: Console, outcome: Outcome, removed: bool) -> None:
    editor = outcome.editor
    if removed:
        console.say(f"{editor.name:<12} {outcome.removed} files removed from {outcome.folder}")
    else:
        console.say(f"{editor.name:<12} {outcome.written} files in {outcome.folder}")
        console.say(f"{'engine':<12} {sys.executable}")
    for name in outcome.kept:
        console.say(f"{'kept':<12} {editor.resources / name} (you changed it)")
    if outcome.switched and editor.settings is not None:
        console.say(f"{'switched':<12} the plug-in is {'off' if removed else 'on'} in {editor.settings}")
    if editor.sandbox and not removed:
        console.say(
            f"{'note':<12} {editor.kind.capitalize()} cannot start the worker: run `cyclorama worker`,"
        )
        console.say(f"{'':<12} or once `cyclorama install autostart`.")
    console.say(f"{'next':<12} Restart {_NAMES[editor.program]}.")
