"""The arguments of `cyclorama install`."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_install"]


def add_install(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "what",
        choices=("gimp", "krita", "autostart"),
        help="the editor; autostart has the worker started with your session, for Flatpak and Snap",
    )
    parser.add_argument("--uninstall", action="store_true", help="take out what was put in, and nothing else")
    parser.add_argument(
        "--folder",
        metavar="FOLDER",
        type=Path,
        help="settings folder of a portable copy: GIMP's is named like its version, Krita's holds pykrita",
    )
    parser.add_argument(
        "--zip", metavar="FILE", type=Path, help="krita: only write the file for Krita's own plug-in importer"
    )
