"""A real GIMP 3 with the plug-in, a home of its own, and a worker outside; scenarios run inside of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cyclorama
from cyclorama.installation.editors import editor_in
from cyclorama.installation.install import install

HERE = Path(__file__).resolve().parent
SOURCE = Path(cyclorama.__file__).resolve().parent
TIMEOUT_S = 240

#: Precision of the images, as NumPy reads what a scenario wrote down.
Pixels = np.ndarray[Any, np.dtype[Any]]


def gimp_command(name: str = "gimp-console-3") -> str | None:
    """Return the command of GIMP 3, or None if it is not on this machine."""
    # Another version than the system's, or than that of scripts/editors: bin/gimp-console-3 in that folder.
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cyclorama" / "editors"
    editors = Path(os.environ.get("CYCLORAMA_EDITORS", cache))
    return shutil.which(name, path=str(editors / "bin")) or shutil.which(name + ".0")


@contextmanager
def running_worker(folder: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker that writes its address into a folder; ``more`` goes into its environment."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "CYCLORAMA_RUNTIME": str(folder), "PYTHONPATH": str(SOURCE.parent), **more}
    with (folder / "worker.out").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cyclorama", "worker"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + 60
        while not (folder / "worker.json").is_file():
            assert process.poll() is None, (folder / "worker.out").read_text()
            assert time.monotonic() < until, "the worker did not start"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(30)


class Gimp3:
    """A GIMP 3 that can be started again and again with the same home.

    Parameters
    ----------
    folder : Path
        The one folder that GIMP and we both see.
    """

    def __init__(self, folder: Path) -> None:
        command = gimp_command()
        if command is None:
            pytest.skip("GIMP 3 is not installed (scripts/editors installs it)")
        if "editors" in command and subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
            pytest.skip("this machine allows no mounts (unshare), which GIMP 3 of scripts/editors needs")
        self.command = command
        self.folder = folder
        self.runtime = folder / "runtime"
        self.home = folder / "home"
        self._number = 0
        self._started: list[subprocess.Popen[bytes]] = []
        self._install()

    def run(self, scenario: str, **values: Any) -> dict[str, Any]:
        """Run one of ``gimp3_scenarios`` and return what it found."""
        process, answer = self.start(scenario, **values)
        return self.finish(process, answer)

    def start(
        self, scenario: str, display: str = "", runtime: Path | None = None, **values: Any
    ) -> tuple[subprocess.Popen[bytes], Path]:
        """Start a scenario; see :meth:`finish`."""
        self._number += 1
        run = self.folder / f"{self._number:02d}-{scenario}"
        run.mkdir()
        (run / "scenario.json").write_text(json.dumps({"name": scenario, "values": values}))
        path, here = str(self.folder), str(run)
        script = f"import sys; sys.path.insert(0, {path!r}); import gimp3_scenarios as s; s.run({here!r})"
        options = ["-idf", "--batch-interpreter=python-fu-eval", "-b", script, "--quit"]
        environment = self.environment(display, runtime)
        with (run / "gimp.out").open("wb") as log:
            process = subprocess.Popen(
                [self.command, *options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._started.append(process)
        return process, run / "found.json"

    def stop_after(self, look: Callable[[], None]) -> None:
        """End what a failed test left running, after a look at it."""
        if any(process.poll() is None for process in self._started):
            look()
        self.stop()

    def stop(self) -> None:
        """End what is still running."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.wait(10)
        self._started.clear()

    def finish(self, process: subprocess.Popen[bytes], answer: Path) -> dict[str, Any]:
        """Wait for a scenario and return what it found; exit codes of editors tell little."""
        try:
            process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        output = (answer.parent / "gimp.out").read_text(errors="replace")
        assert answer.is_file(), output[-3000:]
        found: dict[str, Any] = json.loads(answer.read_text())
        assert "failure" not in found, found.get("failure", "") + output[-2000:]
        found["folder"] = str(answer.parent)
        return found

    def remember(self, procedure: str, **values: Any) -> None:
        """Write down what a person chose last time in a procedure's dialog."""
        for settings in (self.home / ".config" / "GIMP").iterdir():
            folder = settings / "plug-in-settings"
            folder.mkdir(exist_ok=True)
            lines = [f"({name} {json.dumps(value)})" for name, value in values.items()]
            (folder / f"GimpProcedureConfigRun-{procedure}.last").write_text("\n".join(lines) + "\n")

    def environment(self, display: str = "", runtime: Path | None = None) -> dict[str, str]:
        """Return what GIMP may see: nothing of our own Python."""
        environment = {
            "PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "CYCLORAMA_WORK": str(self.folder),
            "CYCLORAMA_RUNTIME": str(runtime or self.runtime),
        }
        return {**environment, "DISPLAY": display} if display else environment

    def _install(self) -> None:
        for name in ("gimp3_scenarios.py", "gimp3_repl.py"):
            shutil.copy(HERE / name, self.folder / name)
        for version in ("3.0", "3.2"):
            settings = self.home / ".config" / "GIMP" / version
            settings.mkdir(parents=True)
            # Without the version GIMP greets with a window that hides all others.
            (settings / "gimprc").write_text(
                f'(config-version "{_patch_level(version)}")\n(show-welcome-dialog no)\n(check-updates no)\n'
            )
            install(editor_in(settings, "gimp"))


class OpenGimp3:
    """A GIMP with its windows, a photograph in it, and a line into it.

    Parameters
    ----------
    session : Gimp3
    display : str
        Of a screen.
    photo : str
        File to open.
    """

    def __init__(self, session: Gimp3, display: str, photo: str) -> None:
        command = gimp_command("gimp-3")
        if command is None:
            pytest.skip("GIMP 3 with its windows is not installed (scripts/editors installs it)")
        port, path = session.folder / "port", str(session.folder)
        script = f"import sys; sys.path.insert(0, {path!r}); import gimp3_repl as r; r.serve({str(port)!r})"
        options = ["-n", "--no-splash", "--batch-interpreter=python-fu-eval", "-b", script, photo]
        port.unlink(missing_ok=True)
        with (session.folder / "gimp.out").open("wb") as log:
            self._process = subprocess.Popen(
                [command, *options],
                env=session.environment(display),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + TIMEOUT_S
        while not port.is_file():
            assert time.monotonic() < until, (session.folder / "gimp.out").read_text(errors="replace")[-2000:]
            assert self._process.poll() is None, (session.folder / "gimp.out").read_text()[-2000:]
            time.sleep(0.1)
        self._line = socket.create_connection(("127.0.0.1", int(port.read_text())), timeout=TIMEOUT_S)
        self._stream = self._line.makefile("rw")

    def ask(self, word: str, *arguments: Any) -> Any:
        """Ask for something and return the answer."""
        self.send(word, *arguments)
        return self.answer()

    def send(self, word: str, *arguments: Any) -> None:
        """Ask for something without waiting."""
        self._stream.write(json.dumps([word, arguments]) + "\n")
        self._stream.flush()

    def answer(self) -> Any:
        """Return the answer to what was sent."""
        answer = json.loads(self._stream.readline())
        assert not (isinstance(answer, dict) and "failure" in answer), answer["failure"]
        return answer

    def close(self) -> None:
        """End GIMP without a question about unsaved work."""
        self._stream.close()
        self._line.close()
        self._process.kill()
        self._process.wait(10)


def pixels(found: dict[str, Any], name: str) -> Pixels:
    """Return a picture that a scenario wrote down, float in [0, 1], (H, W, channels)."""
    about = found["pictures"][name]
    dtype = {"u8": np.uint8, "u16": np.uint16, "float": np.float32}[about["type"]]
    raw = np.fromfile(Path(found["folder"]) / about["file"], dtype).reshape(about["shape"])
    levels = {"u8": 255, "u16": 65535, "float": 1}[about["type"]]
    return raw.astype(np.float64) / levels


def layer_named(layers: Sequence[dict[str, Any]], name: str) -> dict[str, Any]:
    """Return one of a tree of layers."""
    for layer in layers:
        if layer["name"] == name:
            return layer
        for inner in layer["children"]:
            if inner["name"] == name:
                return inner
    raise AssertionError(f"no layer {name!r} in {[layer['name'] for layer in layers]}")


def _patch_level(version: str) -> str:
    return {"3.0": "3.0.4", "3.2": "3.2.6"}[version]
