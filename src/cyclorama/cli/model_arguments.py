"""The arguments of ``cyclorama models``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

__all__ = ["add_models"]

_TASKS = ("segmentation", "matting", "plate", "backdrop", "light")


def add_models(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands to the parser of ``models``; without one it lists."""
    parser.set_defaults(action="list", task=None, installed=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    _add_looking(actions)
    _add_fetching(actions)
    _add_own(actions)


def _add_looking(actions: Any) -> None:
    listing = _action(actions, "list", "List all known models: size, licence, whether they are here.")
    listing.add_argument("--task", choices=_TASKS)
    listing.add_argument("--installed", action="store_true", help="only what is on this machine")
    show = _action(actions, "show", "Tell everything about one model.")
    show.add_argument("id", metavar="ID")
    advice = _action(actions, "recommend", "Say which models fit this machine and your wishes.")
    advice.add_argument("--task", choices=_TASKS)
    advice.add_argument(
        "--device", default="cpu", help="cpu, or a graphics card's: cuda, rocm, ... (default: cpu)"
    )
    advice.add_argument(
        "--memory-mb", type=int, metavar="MB", help="what a run may take (default: half of what is here)"
    )
    advice.add_argument(
        "--licence",
        choices=("any", "commercial", "free"),
        default="commercial",
        help="any; commercial: work may be sold; free: no conditions at all (default: commercial)",
    )


def _add_fetching(actions: Any) -> None:
    pull = _action(actions, "pull", "Bring models onto this machine; goes on where a break left it.")
    pull.add_argument("id", metavar="ID", nargs="+")
    _add_consent(pull)
    pin = _action(
        actions, "pin", "Fetch a model whose hash nobody published, and trust what came from now on."
    )
    pin.add_argument("id", metavar="ID")
    _add_consent(pin)
    verify = _action(actions, "verify", "Compare files with their hashes.")
    verify.add_argument("id", metavar="ID", nargs="*", help="default: all that are here")
    remove = _action(actions, "remove", "Delete models from this machine.")
    remove.add_argument("id", metavar="ID", nargs="+")


def _add_own(actions: Any) -> None:
    add = _action(actions, "add", "Use your own model files with the adapter of a known model.")
    add.add_argument("id", metavar="ID", help="name of the new model")
    add.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help=".onnx, .safetensors, or a folder of diffusers",
    )
    add.add_argument("--like", metavar="KNOWN", required=True, help="a model of the same family")
    add.add_argument("--license", default="", help="licence of the files, to be shown")
    add.add_argument(
        "--commercial", choices=("yes", "terms", "no"), default="terms", help="may its work be sold?"
    )
    add.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="change a parameter of the adapter; VALUE is JSON, for example mean=[0.5,0.5,0.5]",
    )


def _add_consent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument(
        "--from", dest="folder", metavar="FOLDER", type=Path, help="take the files from a folder"
    )
    parser.add_argument("--offline", action="store_true", help="never touch the network")


def _action(actions: Any, name: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
    # Not set again by default: the flags may also stand before the action's name.
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object"
    )
    parser.add_argument(
        "-q", "--quiet", action="store_true", default=argparse.SUPPRESS, help="print errors only"
    )
    return parser
