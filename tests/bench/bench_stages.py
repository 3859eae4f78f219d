"""Time and peak memory of each stage of the main job: `python tests/bench/bench_stages.py [--write]`.

Every size runs in a process of its own, on the sample photograph scaled up (bicubic), after the models are loaded.
`--write` puts the table into README.md between its markers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BEGIN, END = "<!-- stages: begin -->", "<!-- stages: end -->"
STAGES = {
    "segment": "objects",
    "matte": "mattes",
    "colors": "edge colours",
    "plate": "plate",
    "unmix": "recomposition",
    "light": "light",
    "perspective": "perspective",
    "backdrop": "new background",
    "shadows": "shadows",
}


def measure(megapixels: float) -> dict[str, float]:
    """Run the main job once on a photo of that size, in this process."""
    import cyclorama
    from cyclorama import pipeline
    from cyclorama.core.resampling import resize

    photo = cyclorama.read_image(ROOT / "install" / "sample" / "photo.jpg")
    height, width = photo.size
    scale = math.sqrt(megapixels * 1e6 / (height * width))
    large = resize(photo.pixels, (round(height * scale), round(width * scale)), "bicubic")
    image = cyclorama.Image(large).stored_as("uint8")
    del large
    pipeline.warm_up()
    seconds: dict[str, float] = {}
    last = ["", time.perf_counter()]

    def report(progress: cyclorama.Progress) -> None:
        now = time.perf_counter()
        seconds[last[0]] = seconds.get(last[0], 0.0) + now - last[1]
        last[:] = [progress.stage, now]

    document = cyclorama.split(image, report=report)
    document = cyclorama.replace_background(document, report=report)
    report(cyclorama.Progress("", 1.0))
    seconds.pop("", None)
    seconds["total"] = sum(seconds.values())
    seconds["layers"] = len(document.layers)
    seconds["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds


def table(rows: dict[float, dict[str, float]]) -> str:
    """Return the figures as a Markdown table."""
    sizes = list(rows)
    lines = [
        "| stage | " + " | ".join(f"{size:g} MP" for size in sizes) + " |",
        "| --- |" + " ---: |" * len(sizes),
    ]
    known = {name for row in rows.values() for name in row}
    for name in [*STAGES, *sorted(known - {*STAGES, "total", "layers", "peak_mb"})]:
        if name in known:
            cells = " | ".join(f"{rows[size].get(name, 0.0):.2f} s" for size in sizes)
            lines.append(f"| {STAGES.get(name, name)} | {cells} |")
    lines.append(
        "| **together** | " + " | ".join(f"**{rows[size]['total']:.1f} s**" for size in sizes) + " |"
    )
    lines.append("| peak memory | " + " | ".join(f"{rows[size]['peak_mb']:.0f} MB" for size in sizes) + " |")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines.append("")
    lines.append(
        f"Sample photo scaled to each size, {cores} cores of {_processor()}, Python {platform.python_version()}, one "
        "candidate, models loaded: `python tests/bench/bench_stages.py --write`."
    )
    return "\n".join(lines)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> int:
    """Print the table, and write it into the README if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[0.5, 2, 12])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--one", type=float, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return 0
    rows = {}
    for size in arguments.megapixels:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], check=True, capture_output=True, text=True
        )
        rows[size] = json.loads(done.stdout)
    text = table(rows)
    print(text)
    if arguments.write:
        readme = ROOT / "README.md"
        old = readme.read_text("utf-8")
        start, stop = old.index(BEGIN) + len(BEGIN), old.index(END)
        readme.write_text(f"{old[:start]}\n{text}\n{old[stop:]}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
