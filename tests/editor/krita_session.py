"""A real Krita under a virtual screen, driven from outside: code runs inside it, clicks come from xdotool.

The first start of a Krita makes a large database in its home folder; that home is made once and kept in the cache.
``CYCLORAMA_KRITA`` names another binary than the ``krita`` that is found on the path.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DRIVER = HERE / "krita_driver"
INSIDE = HERE / "inside_krita.py"
START_S, CALL_S = 180, 120
SCREEN = "1500x950x24"
#: An editor's own Python takes its libraries from the python3 that it finds first: not from ours.
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin:/usr/games"


class NoKrita(Exception):
    """Krita, or a tool to drive it, is not on this machine."""


def krita_binary() -> str:
    """Return the Krita to test.

    Raises
    ------
    NoKrita
        With the reason that a skipped test prints.
    """
    found = shutil.which(os.environ.get("CYCLORAMA_KRITA", "krita"))
    if found is None:
        raise NoKrita("Krita is not installed (scripts/editors installs it)")
    for tool in ("Xvfb", "xdotool", "import", "openbox"):
        if shutil.which(tool) is None:
            raise NoKrita(f"{tool} is not installed (scripts/editors installs it)")
    return found


class KritaSession:
    """One running Krita.

    Parameters
    ----------
    folder : Path
        Working folder of the tests; Krita's home lies in it.
    install : callable
        Puts the plug-ins under test into a fresh home.
    environment : str
        Variables for Krita, and so for the worker that it starts.
    """

    def __init__(self, folder: Path, install: Callable[[Path], None], **environment: str) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.shots = folder / "shots"
        self._install = install
        self._environment = environment
        self._display = ""
        self._connection: Any = None

    @contextlib.contextmanager
    def running(self) -> Iterator[KritaSession]:
        """Start screen and Krita, and end both."""
        binary = krita_binary()
        self.shots.mkdir(exist_ok=True)
        with contextlib.ExitStack() as stack:
            self._display = stack.enter_context(_screen())
            if not self.home.exists():
                shutil.copytree(home_template(binary, self._display), self.home)
            self._install(self.home)
            stack.enter_context(self._krita(binary))
            self.run(INSIDE.read_text("utf-8"), "inside_krita.py")
            yield self

    def call(self, function: str, *arguments: Any, timeout_s: float = CALL_S) -> Any:
        """Call a function of ``inside_krita.py`` on Krita's GUI thread, and return what it returned."""
        return self._ask({"call": function, "arguments": arguments}, timeout_s)

    def run(self, code: str, name: str = "test") -> None:
        """Run code inside Krita; what it defines can be called."""
        self._ask({"code": code, "name": name}, CALL_S)

    def until(self, function: str, *arguments: Any, timeout_s: float = CALL_S) -> Any:
        """Call a function again and again until it returns something true."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            found = self.call(function, *arguments)
            if found:
                return found
            time.sleep(0.1)
        self.screenshot("late")
        raise AssertionError(
            f"{function}{arguments} did not come true within {timeout_s} s; see {self.shots}/late.png"
        )

    def click(self, x: int, y: int) -> None:
        """Click at a point of the screen."""
        self._xdotool("mousemove", str(x), str(y))
        time.sleep(0.15)
        self._xdotool("click", "1")
        time.sleep(0.15)

    def double_click(self, x: int, y: int) -> None:
        """Click twice at a point of the screen."""
        self._xdotool("mousemove", str(x), str(y))
        self._xdotool("click", "--repeat", "2", "--delay", "80", "1")
        time.sleep(0.3)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at one point, move in steps, release at another."""
        self.mouse_down(start)
        for step in range(1, 6):
            x, y = (round(a + (b - a) * step / 5) for a, b in zip(start, end, strict=True))
            self.mouse_move((x, y))
        self.mouse_up()

    def mouse_down(self, place: tuple[int, int]) -> None:
        """Press at a point, and hold."""
        self._xdotool("mousemove", *map(str, place))
        self._xdotool("mousedown", "1")

    def mouse_move(self, place: tuple[int, int]) -> None:
        """Move to a point."""
        self._xdotool("mousemove", *map(str, place))
        time.sleep(0.05)

    def mouse_up(self) -> None:
        """Let go."""
        self._xdotool("mouseup", "1")
        time.sleep(0.15)

    def keys(self, *names: str) -> None:
        """Press keys, as xdotool names them."""
        for name in names:
            self._xdotool("key", name)
            time.sleep(0.1)

    def type(self, text: str) -> None:
        """Type text."""
        self._xdotool("type", "--delay", "10", text)
        time.sleep(0.2)

    def screenshot(self, name: str, crop: tuple[int, int, int, int] | None = None) -> Path:
        """Save the screen, or (left, top, width, height) of it, as PNG."""
        path = self.shots / f"{name}.png"
        self._tool("import", "-window", "root", str(path))
        if crop is not None:
            left, top, width, height = crop
            self._tool("convert", str(path), "-crop", f"{width}x{height}+{left}+{top}", "+repage", str(path))
        return path

    def _ask(self, request: dict[str, Any], timeout_s: float) -> Any:
        self._connection.settimeout(timeout_s)
        self._connection.sendall((json.dumps(request) + "\n").encode())
        line = self._lines.readline()
        assert line, "Krita is gone: " + (self.folder / "krita.log").read_text(errors="replace")[-2000:]
        answer = json.loads(line)
        assert "error" not in answer, "inside Krita: " + answer["error"]
        return answer["value"]

    def _xdotool(self, *arguments: str) -> None:
        self._tool("xdotool", *arguments)

    def _tool(self, *command: str) -> None:
        subprocess.run(command, env={**os.environ, "DISPLAY": self._display}, check=True, timeout=30)

    @contextlib.contextmanager
    def _krita(self, binary: str) -> Iterator[None]:
        port_file = self.folder / "driver.port"
        port_file.unlink(missing_ok=True)
        environment = krita_environment(
            self.home, self._display, CYCLORAMA_DRIVER=str(port_file), **self._environment
        )
        with (
            (self.folder / "krita.log").open("wb") as log,
            _process([binary, "--nosplash"], environment, log) as krita,
        ):
            _wait_for(port_file.exists, krita, "Krita did not start; see " + log.name)
            self._connection = socket.create_connection(
                ("127.0.0.1", int(port_file.read_text())), timeout=CALL_S
            )
            self._lines = self._connection.makefile("r", encoding="utf-8")
            try:
                yield
            finally:
                self._lines.close()
                self._connection.close()


def krita_environment(home: Path, display: str, **more: str) -> dict[str, str]:
    """Return an environment for a Krita of its own: nothing of the caller's Python, files under ``home``."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TERM") if name in os.environ}
    return {
        **kept,
        "PATH": SYSTEM_PATH,
        "HOME": str(home),
        "DISPLAY": display,
        "XDG_RUNTIME_DIR": str(runtime),
        "TMPDIR": str(runtime),
        **more,
    }


def home_template(binary: str, display: str) -> Path:
    """Return a home folder in which this Krita has already made its database; made on first use."""
    # `krita --version` needs a screen of its own kind: the binary's size and date say as much.
    status = Path(binary).resolve().stat()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cyclorama" / "editors"
    template = cache / f"krita-home-{status.st_size}-{int(status.st_mtime)}"
    if template.exists():
        return template
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="krita-home-", dir=cache))
    enable(work, "cyclorama_driver")
    install_driver(work)
    port_file = work / "driver.port"
    environment = krita_environment(work, display, CYCLORAMA_DRIVER=str(port_file))
    with _process([binary, "--nosplash"], environment, subprocess.DEVNULL) as krita:
        _wait_for(port_file.exists, krita, "Krita did not start to make its home folder")
        time.sleep(3)
    port_file.unlink()
    shutil.rmtree(work / "runtime")
    with contextlib.suppress(OSError):
        work.rename(template)
    return template


def install_driver(home: Path) -> None:
    """Put the test driver into a home folder."""
    shutil.copytree(DRIVER, home / ".local" / "share" / "krita" / "pykrita", dirs_exist_ok=True)


def enable(home: Path, *modules: str) -> None:
    """Switch plug-ins on, as Krita's Python Plugin Manager does."""
    path = home / ".config" / "kritarc"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text() if path.exists() else ""
    lines = "".join(f"enable_{module}=true\n" for module in modules)
    if "[python]\n" in text:
        text = re.sub("".join(f"enable_{module}=.*\n|" for module in modules).rstrip("|"), "", text)
        text = text.replace("[python]\n", "[python]\n" + lines, 1)
    else:
        text += "\n[python]\n" + lines
    path.write_text(text)


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """Run a virtual screen with a window manager; yield its display."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        try:
            with os.fdopen(reader) as told:
                display = ":" + told.readline().strip()
            environment = {**os.environ, "DISPLAY": display}
            with _process(["openbox"], environment, subprocess.DEVNULL):
                yield display
        finally:
            server.terminate()


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str], log: Any) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            # Krita asks, or crashes, on its way out: nothing of it is kept.
            process.kill()


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], message: str) -> None:
    end = time.monotonic() + START_S
    while not ready():
        assert process.poll() is None, message
        assert time.monotonic() < end, message
        time.sleep(0.1)
