"""`cyclorama worker`: in a module of its own, so that of two starters the loser loads next to nothing."""

from __future__ import annotations

import argparse
import math

from cyclorama.cli.console import Console
from cyclorama.worker.process import run_worker

__all__ = ["worker"]


def worker(arguments: argparse.Namespace, console: Console) -> int:
    """Serve GIMP and Krita until nobody has asked for a while."""
    announce = not (arguments.quiet or arguments.json)
    return run_worker(
        idle_s=60 * arguments.idle_minutes or math.inf, record=arguments.record, announce=announce
    )
