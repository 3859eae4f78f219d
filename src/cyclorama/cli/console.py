"""What the command line shows: progress, results, errors."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from typing import Any

from tqdm import tqdm

from cyclorama.protocol.errors import EXIT_CODES, CycloramaError
from cyclorama.protocol.progress import Progress

__all__ = ["Console"]


class Console:
    """One run's voice: text for people on stderr and stdout, one JSON object for machines on stdout.

    Parameters
    ----------
    json_output : bool
        Print one JSON object at the end, and nothing else on stdout.
    quiet : bool
        No progress bar and no text but errors.
    """

    def __init__(self, *, json_output: bool = False, quiet: bool = False) -> None:
        self.json_output = json_output
        self.quiet = quiet
        self.stages: dict[str, float] = {}
        self._bar: Any = None
        self._stage = ""
        self._since = time.perf_counter()

    def report(self, progress: Progress) -> None:
        """Show progress, and note how long each stage took."""
        now = time.perf_counter()
        if progress.stage != self._stage:
            self._close_stage(now)
            self._stage = progress.stage
        if self.quiet:
            return
        if self._bar is None:
            # disable=None: no bar where nobody watches (stderr is a file or a pipe).
            bar_format = "{desc:<28}{percentage:3.0f}%|{bar:30}| {elapsed}"
            self._bar = tqdm(total=1.0, bar_format=bar_format, file=sys.stderr, disable=None, leave=False)
        self._bar.set_description_str(progress.message or progress.stage, refresh=False)
        self._bar.update(max(0.0, progress.fraction - self._bar.n))

    def start(self) -> None:
        """Begin to count a job's time."""
        self._stage, self._since = "", time.perf_counter()

    def finish(self) -> None:
        """End the job: close the bar and the last stage."""
        self._close_stage(time.perf_counter())
        self._stage = ""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def say(self, text: str = "") -> None:
        """Print a line for a person."""
        if not (self.quiet or self.json_output):
            print(text)

    def result(self, values: Mapping[str, Any]) -> None:
        """Print the result for a machine, if one asked."""
        if self.json_output:
            print(json.dumps(values, indent=2))

    def fail(self, error: CycloramaError) -> int:
        """Print an error and return its exit code."""
        self.finish()
        if self.json_output:
            self.result({"error": {"code": error.code, "message": error.message, "hint": error.hint}})
        print(f"cyclorama: {error}", file=sys.stderr)
        return EXIT_CODES.get(error.code, 1)

    def _close_stage(self, now: float) -> None:
        if self._stage:
            self.stages[self._stage] = self.stages.get(self._stage, 0.0) + now - self._since
        self._since = now
