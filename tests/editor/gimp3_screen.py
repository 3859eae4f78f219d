"""A screen that nobody sees: Xvfb with a window manager, a pointer, keys, and pictures of what is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

TOOLS = ("Xvfb", "openbox", "xdotool", "import")
#: Colour of the handles on the light ball and on the horizon.
HANDLE = (255, 214, 64)
_CALL_S = 120.0


class Screen:
    """One virtual screen; close it when done.

    Parameters
    ----------
    size : (int, int)
        (width, height) in pixels.
    """

    def __init__(self, size: tuple[int, int] = (1400, 1000)) -> None:
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            pytest.skip(f"{', '.join(missing)} is not installed (scripts/editors installs it)")
        shape = f"{size[0]}x{size[1]}x24"
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", "-screen", "0", shape, "-nolisten", "tcp"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._server.stdout is not None
        with self._server.stdout as told:
            self.display = ":" + told.readline().decode().strip()
        self._environment = {**os.environ, "DISPLAY": self.display}
        # A window manager gives windows the keyboard.
        self._manager = subprocess.Popen(
            ["openbox"], env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def close(self) -> None:
        """Take the screen away."""
        for process in (self._manager, self._server):
            process.terminate()
            process.wait(10)

    def window(self, name: str, timeout_s: float = 180.0) -> str:
        """Return the id of a window by a part of its name, as soon as there is one."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            found = self._xdotool("search", "--onlyvisible", "--name", name, check=False).split()
            if found:
                self._xdotool("windowactivate", "--sync", found[-1], check=False)
                return found[-1]
            time.sleep(0.2)
        raise AssertionError(f"no window {name!r} appeared")

    def gone(self, name: str, timeout_s: float = 180.0) -> None:
        """Wait until no window of that name is shown."""
        until = time.monotonic() + timeout_s
        while self._xdotool("search", "--onlyvisible", "--name", name, check=False).split():
            assert time.monotonic() < until, f"the window {name!r} stays"
            time.sleep(0.2)

    def box(self, window: str) -> tuple[int, int, int, int]:
        """Return (left, top, width, height) of a window, without its frame."""
        size = self._told("getwindowgeometry", "--shell", window)
        # The geometry's own X and Y count the frame twice under some window managers; the pointer does not.
        self._xdotool("mousemove", "--window", window, "0", "0")
        corner = self._told("getmouselocation", "--shell")
        return corner["X"], corner["Y"], size["WIDTH"], size["HEIGHT"]

    def resize(self, window: str, width: int, height: int) -> None:
        """Give a window another size, at the upper left of the screen."""
        self._xdotool("windowmove", window, "20", "40")
        self._xdotool("windowsize", window, str(width), str(height))

    def click(self, x: int, y: int) -> None:
        """Click at a place of the screen."""
        self._xdotool("mousemove", str(x), str(y))
        time.sleep(0.15)
        self._xdotool("click", "1")
        time.sleep(0.15)

    def click_ok(self, window: str) -> None:
        """Click the last button of a GIMP dialog."""
        left, top, width, height = self.box(window)
        self.click(left + width - 55, top + height - 32)

    def drag(self, start: tuple[int, int], stop: tuple[int, int]) -> None:
        """Drag from one place of the screen to another, in steps as a hand does."""
        self._xdotool("mousemove", str(start[0]), str(start[1]))
        self._xdotool("mousedown", "1")
        for step in range(1, 6):
            x, y = (round(a + (b - a) * step / 5) for a, b in zip(start, stop, strict=True))
            self._xdotool("mousemove", str(x), str(y))
            time.sleep(0.06)
        self._xdotool("mouseup", "1")

    def key(self, *names: str) -> None:
        """Press keys, as xdotool names them."""
        for name in names:
            self._xdotool("key", name)
            time.sleep(0.15)

    def type(self, text: str) -> None:
        """Type text."""
        self._xdotool("type", "--delay", "40", text)

    def picture(self) -> np.ndarray:
        """Return what is shown, uint8 (H, W, 3)."""
        done = subprocess.run(
            ["import", "-window", "root", "png:-"],
            env=self._environment,
            capture_output=True,
            timeout=_CALL_S,
            check=True,
        )
        return np.array(Pillow.open(BytesIO(done.stdout)).convert("RGB"))

    def shot(
        self, path: Path, window: str | None = None, part: tuple[int, int, int, int] | None = None
    ) -> None:
        """Write a picture of the screen, of one window with its frame, or of a part of that.

        The pointer is taken out of the way; ``part`` is (left, top, right, bottom) in the window's picture.
        """
        self._xdotool("mousemove", "2", "2")
        time.sleep(0.6)
        picture = self.picture()
        if window is not None:
            left, top, width, height = self.box(window)
            # Where the pointer was taken to ask for the window's place, no tooltip may stay.
            self._xdotool("mousemove", "2", "2")
            picture = picture[max(0, top - 22) : top + height + 4, max(0, left - 2) : left + width + 2]
        if part is not None:
            picture = picture[part[1] : part[3], part[0] : part[2]]
        Pillow.fromarray(picture).save(path, optimize=True)

    def settle(self, quiet_s: float = 1.5, timeout_s: float = 180.0) -> np.ndarray:
        """Wait until what is shown stays the same (but for a caret that blinks), and return it."""
        until = time.monotonic() + timeout_s
        before, since = self.picture(), time.monotonic()
        while time.monotonic() < until:
            time.sleep(0.3)
            now = self.picture()
            if int((now != before).any(-1).sum()) > 150:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > quiet_s:
                return now
        raise AssertionError("the screen does not come to rest")

    def handles(self, window: str) -> list[tuple[int, int]]:
        """Return the centres of the yellow handles in a window, from left to right."""
        left, top, width, height = self.box(window)
        part = self.picture()[top : top + height, left : left + width].astype(int)
        yellow = np.abs(part - np.array(HANDLE)).max(-1) < 12
        columns = np.flatnonzero(yellow.sum(0) >= 5)
        # The handle of a light from behind is hollow: a gap in its middle is no gap between two.
        groups = np.split(columns, np.flatnonzero(np.diff(columns) > 10) + 1) if len(columns) else []
        found = []
        for group in groups:
            rows = np.flatnonzero(yellow[:, group].sum(1) >= min(4, len(group)))
            found.append((left + int(group.mean()), top + int(rows.mean())))
        return found

    def _told(self, *words: str) -> dict[str, int]:
        lines = (line.split("=", 1) for line in self._xdotool(*words).splitlines() if "=" in line)
        return {name: int(value) for name, value in lines}

    def _xdotool(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_CALL_S,
            check=False,
        )
        assert not check or done.returncode == 0, f"xdotool {' '.join(words)}: {done.stderr}"
        return done.stdout


def until(condition: Any, timeout_s: float = 180.0) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
