"""What ``cyclorama models`` does."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from cyclorama.catalog import builtin_models, find_model, known_models, user_models_folder
from cyclorama.catalog.entries import ModelEntry
from cyclorama.catalog.install import expected_bytes, pin, pull, unpinned_hint
from cyclorama.catalog.own import add, remove
from cyclorama.catalog.recommend import memory_for, recommend
from cyclorama.cli.console import Console
from cyclorama.protocol.errors import Cancelled, InputError, ModelUnpinned

__all__ = ["models"]

_COMMERCIAL = {"yes": "yes", "terms": "yes, under conditions", "no": "no"}


def models(arguments: argparse.Namespace, console: Console) -> int:
    """List, fetch, check, add and remove models."""
    if getattr(arguments, "offline", False):
        os.environ["CYCLORAMA_OFFLINE"] = "1"
    actions = {
        "list": _list,
        "show": _show,
        "recommend": _recommend,
        "pull": _pull,
        "pin": _pin,
        "verify": _verify,
        "remove": _remove,
        "add": _add,
    }
    return actions[arguments.action or "list"](arguments, console)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    found = [
        entry
        for entry in known_models()
        if arguments.task in (None, entry.task) and (not arguments.installed or entry.is_installed())
    ]
    console.result(
        {
            "builtin": [entry.as_mapping() for entry in builtin_models()],
            "folder": str(user_models_folder()),
            "models": [_described(entry) for entry in found],
        }
    )
    for entry in found:
        console.say(_line(entry))
        if entry.is_builtin:
            for file in entry.files:
                console.say(f"{'':<20} sha256 {file.sha256}  {file.name}")
    return 0


def _show(arguments: argparse.Namespace, console: Console) -> int:
    entry = find_model(arguments.id)
    console.result(_described(entry))
    for name, text in (
        ("id", entry.id),
        ("what", entry.summary),
        ("task", entry.task),
        ("state", entry.state),
        ("folder", entry.folder),
        *_conditions(entry),
        ("memory", f"about {entry.memory_mb} MB" if entry.memory_mb else "not measured"),
        ("adapter", entry.adapter),
        ("contract", entry.input),
        ("tested", _CHECKED[entry.checked]),
    ):
        console.say(f"{name:<12} {text}")
    if entry.make:
        console.say(f"{'to make it':<12} {entry.make}")
    for file in entry.files:
        console.say(f"file         {file.name}  {_size(file.bytes or file.about_bytes)}  {file.url}")
        console.say(f"{'':<12} sha256 {file.sha256 or 'not published: pin it'}")
    return 0


def _recommend(arguments: argparse.Namespace, console: Console) -> int:
    memory = arguments.memory_mb
    if memory is None:
        memory = memory_for(arguments.device)
    found = recommend(
        known_models(),
        device=arguments.device,
        memory_mb=memory,
        licence=arguments.licence,
        task=arguments.task,
    )
    console.result(
        {
            "device": arguments.device,
            "memory_mb": memory,
            "licence": arguments.licence,
            "tasks": {
                one.task: {
                    "models": [_described(entry) for entry in one.models],
                    "passed_over": {entry.id: reason for entry, reason in one.passed_over},
                }
                for one in found
            },
        }
    )
    console.say(
        f"For {arguments.device}, {memory or 'any number of'} MB of memory, licence: {arguments.licence}."
    )
    for one in found:
        console.say(f"{one.task}")
        for entry in one.models[:3]:
            console.say("  " + _line(entry))
        for entry, reason in one.passed_over:
            console.say(f"  not {entry.id:<16} {reason}")
    return 0


def _pull(arguments: argparse.Namespace, console: Console) -> int:
    entries = [find_model(name) for name in arguments.id]
    for entry in entries:
        if not entry.is_pinned:
            raise ModelUnpinned(
                f"No public hash of {entry.id} is known, so it is not fetched blindly.", unpinned_hint(entry)
            )
    wanted = [entry for entry in entries if _announce(entry, arguments, console)]
    if wanted:
        _require_consent(arguments, console)
    brought = {}
    for entry in entries:
        console.start()
        brought[entry.id] = pull(entry, folder=arguments.folder, report=console.report)
        console.finish()
        console.say(f"{entry.id} is here, its hashes are right: {entry.folder}")
    console.result({"pulled": brought, "folder": str(user_models_folder())})
    return 0


def _pin(arguments: argparse.Namespace, console: Console) -> int:
    entry = find_model(arguments.id)
    if not entry.is_pinned:
        _announce(entry, arguments, console)
        console.say("note         Nobody published its hash: whatever the server sends now is what you get.")
        _require_consent(arguments, console)
    console.start()
    pins = pin(entry, folder=arguments.folder, report=console.report)
    console.finish()
    console.result({"pinned": {pin.name: {"bytes": pin.bytes, "sha256": pin.sha256} for pin in pins}})
    for one in pins:
        console.say(f"pinned       {one.name}  {one.bytes} bytes  sha256 {one.sha256}")
    console.say(f"{entry.id} is here: {entry.folder}")
    return 0


def _verify(arguments: argparse.Namespace, console: Console) -> int:
    entries = [find_model(name) for name in arguments.id] or [e for e in known_models() if e.is_installed()]
    for entry in entries:
        entry.verify()
        console.say(f"{entry.id:<20} right")
    console.result({"verified": [entry.id for entry in entries]})
    return 0


def _remove(arguments: argparse.Namespace, console: Console) -> int:
    freed = {name: remove(name) for name in arguments.id}
    console.result({"removed": freed})
    for name, size in freed.items():
        console.say(f"{name} is gone, {_size(size)} are free again.")
    return 0


def _add(arguments: argparse.Namespace, console: Console) -> int:
    entry = add(
        arguments.id,
        tuple(arguments.files),
        find_model(arguments.like),
        license=arguments.license,
        commercial=arguments.commercial,
        parameters=_parameters(arguments.set),
        report=console.report,
    )
    console.finish()
    console.result(_described(entry))
    for file in entry.files:
        console.say(f"added        {entry.id}/{file.name}  {file.bytes} bytes  sha256 {file.sha256}")
    return 0


def _parameters(texts: Sequence[str]) -> dict[str, Any]:
    out = {}
    for text in texts:
        name, separator, value = text.partition("=")
        try:
            out[name] = json.loads(value)
        except ValueError:
            # A word needs no quotes: contract=sam.
            out[name] = value
        if not separator or not name:
            raise InputError(f"--set got {text!r}; NAME=VALUE was wanted.")
    return out


def _announce(entry: ModelEntry, arguments: argparse.Namespace, console: Console) -> bool:
    """Tell size, licence and source before anything is fetched; returns whether anything has to be."""
    size = expected_bytes(entry, arguments.folder)
    if size == 0:
        return False
    exact = "" if entry.is_exact else "about "
    console.say(f"model        {entry.id}: {entry.summary}")
    console.say(f"to fetch     {exact}{_size(size)}")
    for name, text in _conditions(entry):
        console.say(f"{name:<12} {text}")
    console.say(f"tested       {_CHECKED[entry.checked]}")
    return True


def _require_consent(arguments: argparse.Namespace, console: Console) -> None:
    if arguments.yes:
        return
    if console.json_output or console.quiet or not sys.stdin.isatty():
        raise InputError("Nothing is fetched without consent, and nobody can be asked here.", "Say --yes.")
    if input("Fetch it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Cancelled


def _conditions(entry: ModelEntry) -> list[tuple[str, str]]:
    rows = [
        ("licence", entry.license),
        ("commercial", _COMMERCIAL[entry.commercial]),
        ("source", entry.source),
    ]
    return [*rows[:2], ("terms", entry.terms), *rows[2:]] if entry.terms else rows


_CHECKED = {
    "published": "run on these very files",
    "contract": "adapter tested on small networks of the same architecture, not run on the published weights",
}


def _described(entry: ModelEntry) -> dict[str, Any]:
    return {
        **entry.as_mapping(),
        "state": entry.state,
        "pinned": entry.is_pinned,
        "bytes": entry.bytes,
        "folder": str(entry.folder),
    }


def _line(entry: ModelEntry) -> str:
    size, state = _size(entry.bytes), entry.state
    return f"{entry.id:<20} {entry.task:<13} {size:>9}  {state:<9} {entry.license:<13} {entry.summary}"


def _size(count: int) -> str:
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.1f} MB"
