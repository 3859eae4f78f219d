"""How long Ctrl-C takes, asked at many moments of the main job: `python tests/bench/bench_cancel.py`."""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PHOTO = ROOT / "install" / "sample" / "photo.jpg"


def _heed_ctrl_c() -> None:
    # A shell in the background ignores Ctrl-C, and its children would too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def waited(delay_s: float, folder: str) -> float:
    """Return the seconds from the signal to the end of the process."""
    out = Path(folder) / "out.ora"
    command = [sys.executable, "-m", "cyclorama", "replace", str(PHOTO), "--candidates", "8", "-o", str(out)]
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with subprocess.Popen(command, preexec_fn=_heed_ctrl_c, **quiet) as job:
        time.sleep(delay_s)
        asked = time.perf_counter()
        job.send_signal(signal.SIGINT)
        job.wait()
        return time.perf_counter() - asked


def main() -> None:
    """Print the waits."""
    delays = [0.4 + 0.4 * number for number in range(15)]
    with tempfile.TemporaryDirectory() as folder:
        waits = [waited(delay, folder) for delay in delays]
    print(", ".join(f"{delay:.1f} s: {wait:.2f}" for delay, wait in zip(delays, waits, strict=True)))
    print(f"median {statistics.median(waits):.2f} s, longest {max(waits):.2f} s")


if __name__ == "__main__":
    main()
