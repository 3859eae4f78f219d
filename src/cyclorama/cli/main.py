"""The command line: arguments, signals and exit codes.

Exit codes: 0 done; 1 a fault of ours; 2 wrong usage; 3 bad input; 4 a file cannot be read or written; 5 a model;
6 a device; 7 a conversation; 8 no object found; 130 stopped. They stand in ``protocol.errors.EXIT_CODES``.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from cyclorama import __version__
from cyclorama.cli.console import Console
from cyclorama.cli.install_arguments import add_install
from cyclorama.cli.model_arguments import add_models
from cyclorama.protocol.errors import EXIT_CODES, Cancelled, CycloramaError
from cyclorama.protocol.options import ModelOptions, RefineOptions, ReplaceOptions, SplitOptions, describe

__all__ = ["entry", "main"]

#: Commands that do not live in ``cli.commands``, and so do not load the pipeline before they need it.
_MODULES = {"worker": "worker", "install": "install", "doctor": "doctor", "shadows": "shadows"}


def entry() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _stop)
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name.

    Returns
    -------
    int
        Exit code.
    """
    parsed = _parser().parse_args(arguments)
    console = Console(json_output=parsed.json, quiet=parsed.quiet)
    try:
        # Imported here: `cyclorama --help` answers at once.
        module = importlib.import_module(f"cyclorama.cli.{_MODULES.get(parsed.command, 'commands')}")
        command: Any = getattr(module, parsed.command)
        return int(command(parsed, console))
    except (KeyboardInterrupt, Cancelled):
        console.finish()
        print("cyclorama: stopped; no file was changed.", file=sys.stderr)
        return EXIT_CODES["cancelled"]
    except CycloramaError as error:
        return console.fail(error)
    except BrokenPipeError:
        return EXIT_CODES["document"]


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cyclorama",
        description="A photo into layers, its light, and a new background that fits. All local.",
    )
    parser.add_argument("--version", action="version", version=f"cyclorama {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_split(commands)
    _add_replace(commands)
    _add_select(commands)
    _add_refine(commands)
    _add_shadows(commands)
    light = _command(commands, "light", "Tell the light and the perspective of a photo.")
    light.add_argument("photo", metavar="PHOTO", type=Path)
    _add_options(light, SplitOptions)
    _add_options(light, ModelOptions)
    _command(commands, "scenes", "List the scenes that the built-in background model knows.")
    add_models(_command(commands, "models", "List, fetch, check, add and remove models; alone, it lists."))
    _add_worker(commands)
    add_install(_command(commands, "install", "Put the plug-in into GIMP or Krita, or take it out again."))
    _command(
        commands,
        "doctor",
        "Try engine, models, worker and plug-ins; exit code 0 if all is well.",
    )
    return parser


def _command(commands: Any, name: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object for machines")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    return parser


def _add_split(commands: Any) -> None:
    parser = _command(
        commands, "split", "Turn a photo into layers: objects with soft mattes, and a filled plate."
    )
    _add_files(parser)
    _add_editing(parser)
    _add_options(parser, SplitOptions)
    _add_options(parser, ModelOptions)


def _add_replace(commands: Any) -> None:
    parser = _command(commands, "replace", "Split a photo and make a new background that fits its light.")
    _add_files(parser)
    _add_editing(parser)
    _add_options(parser, SplitOptions)
    _add_options(parser, ReplaceOptions)
    _add_options(parser, ModelOptions)


def _add_worker(commands: Any) -> None:
    parser = _command(commands, "worker", "Compute for GIMP and Krita; they start it by themselves.")
    parser.add_argument(
        "--idle-minutes",
        metavar="MINUTES",
        type=float,
        default=15.0,
        help="leave when nobody has asked for this long; 0 stays (default: 15)",
    )
    parser.add_argument(
        "--record", metavar="FOLDER", type=Path, help="write every conversation to a file, to report a fault"
    )


def _add_select(commands: Any) -> None:
    parser = _command(commands, "select", "Find what lies at a point or in a box, and write its matte.")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="JPEG, PNG, TIFF or WebP")
    parser.add_argument(
        "-o", "--output", metavar="PNG", type=Path, help="write the matte there, white inside"
    )
    _add_pointing(parser)
    _add_options(parser, SplitOptions)
    _add_options(parser, ModelOptions)


def _add_refine(commands: Any) -> None:
    parser = _command(
        commands, "refine", "Solve a matte again around scribbles; the rest of it stays as it is."
    )
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="JPEG, PNG, TIFF or WebP")
    parser.add_argument("--matte", metavar="PNG", type=Path, required=True, help="the matte as it is")
    for name, text in (
        ("keep", "white where the object surely is"),
        ("drop", "white where it surely is not"),
        ("unsure", "white where to look again"),
    ):
        parser.add_argument(f"--{name}", metavar="PNG", type=Path, help=text)
    parser.add_argument("-o", "--output", metavar="PNG", type=Path, required=True, help="the new matte")
    _add_options(parser, RefineOptions)


def _add_shadows(commands: Any) -> None:
    parser = _command(commands, "shadows", "Make the shadows of a document again, under another light.")
    parser.add_argument("document", metavar="ORA", type=Path, help="an .ora file that `replace` wrote")
    _add_output(parser)
    for flag, metavar, text in (
        ("--azimuth", "DEG", "the light's side: 0 from the camera, 90 from the right, -90 from the left"),
        ("--elevation", "DEG", "the light's height, -90 to 90"),
        ("--softness", "DEG", "angular radius of the light: 0 a point, 90 a whole sky"),
        ("--horizon", "PX", "row at which the horizon crosses the middle of the picture"),
    ):
        parser.add_argument(flag, metavar=metavar, type=float, help=f"{text} (default: as it is)")
    _add_options(parser, ReplaceOptions, only=("reflection", "light_wrap"))


def _add_pointing(parser: argparse.ArgumentParser) -> None:
    for flag, kind, metavar, text in (
        ("--point", _place, "X,Y", "a place on the object, in pixels from the top left; may be given again"),
        ("--drop-point", _place, "X,Y", "a place that does not belong to it; may be given again"),
        ("--box", _box, "L,T,R,B", "a box around the object; may be given again"),
    ):
        parser.add_argument(flag, metavar=metavar, type=kind, action="append", default=[], help=text)


def _add_editing(parser: argparse.ArgumentParser) -> None:
    _add_pointing(parser)
    parser.add_argument(
        "--merge",
        metavar="NAMES",
        action="append",
        default=[],
        help='make one object of several, as "object 1, object 3"; may be given again',
    )
    parser.add_argument("--only", action="store_true", help="make layers of the points and boxes only")


def _place(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a place; X,Y was wanted, as 120,80") from error
    return x, y


def _box(text: str) -> Any:
    from cyclorama.core.geometry import Box

    try:
        left, top, right, bottom = (int(part) for part in text.split(","))
        if right <= left or bottom <= top:
            raise ValueError("nothing lies between its sides")
    except ValueError as error:
        wanted = "LEFT,TOP,RIGHT,BOTTOM was wanted, as 10,20,300,200"
        raise argparse.ArgumentTypeError(f"{text!r} is not a box; {wanted}") from error
    return Box(left, top, right, bottom)


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="JPEG, PNG, TIFF or WebP")
    _add_output(parser)
    parser.add_argument(
        "--contact-sheet", metavar="PNG", type=Path, help="also write a picture of all layers"
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        action="append",
        required=True,
        help="file to write, by suffix: .ora, .psd or .png; give -o again for more",
    )


def _add_options(parser: argparse.ArgumentParser, kind: type[Any], only: Sequence[str] | None = None) -> None:
    """Add a flag for each declared option, or some; its text, range and default come from the declaration."""
    group = parser.add_argument_group(kind.__name__.removesuffix("Options").lower() + " options")
    for entry in describe(kind):
        if only is not None and entry.name not in only:
            continue
        flag = "--" + entry.name.replace("_", "-")
        text = f"{entry.metadata['help']} (default: {entry.default})".replace("%", "%%")
        if isinstance(entry.default, bool):
            group.add_argument(flag, action=argparse.BooleanOptionalAction, default=entry.default, help=text)
        else:
            metavar = entry.name.upper() if entry.metadata["choices"] is None else None
            group.add_argument(
                flag,
                type=type(entry.default),
                default=entry.default,
                choices=entry.metadata["choices"],
                metavar=metavar,
                help=text,
            )
