"""`cyclorama doctor`: does it really work? Everything is tried, nothing is assumed."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from cyclorama import __version__
from cyclorama.catalog import builtin_model_path, builtin_models
from cyclorama.cli.console import Console
from cyclorama.core.image import Image
from cyclorama.installation.editors import find_editors
from cyclorama.installation.health import plugin_health
from cyclorama.protocol.client import Client
from cyclorama.protocol.endpoint import endpoint_path, read_endpoint
from cyclorama.protocol.errors import EXIT_CODES, CycloramaError, DocumentError, ProtocolError
from cyclorama.runtime.devices import available_devices, runtime_version
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation.builtin import BuiltinSegmenter

__all__ = ["doctor"]

_START_S = 60.0
_LOOK_S = 0.05


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        What.
    well : bool
        Whether it works; what a person never asked for (no plug-in in an editor) is no fault.
    text : str
        What was found.
    hint : str
        What to do about it.
    code : str
        Of the error, if it does not work.
    """

    name: str
    well: bool
    text: str
    hint: str = ""
    code: str = ""


def doctor(arguments: argparse.Namespace, console: Console) -> int:
    """Look at everything, tell it, and return 0 if all is well, else the exit code of the first fault."""
    findings: list[Finding] = []
    for finding in _findings():
        findings.append(finding)
        mark = "ok" if finding.well else "FAULT"
        console.say(f"{mark:<6} {finding.name:<14} {finding.text}")
        if finding.hint:
            console.say(f"{'':<6} {'':<14} {finding.hint}")
    ill = [finding for finding in findings if not finding.well]
    console.result({"well": not ill, "findings": [asdict(finding) for finding in findings]})
    console.say("All is well." if not ill else f"{len(ill)} of {len(findings)} do not work.")
    return EXIT_CODES.get(ill[0].code, 1) if ill else 0


def _findings() -> Iterator[Finding]:
    yield Finding("cyclorama", True, f"{__version__} in {sys.executable}")
    yield Finding("system", True, f"Python {platform.python_version()}, {platform.platform()}")
    yield _tried("models", _models)
    yield _tried("computing", _computing)
    yield _tried("worker", _own_worker)
    yield _tried("worker now", _running_worker)
    yield from _editors()


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except CycloramaError as error:
        return Finding(name, False, error.message, error.hint, error.code)
    except Exception as error:
        return Finding(name, False, f"{type(error).__name__}: {error}", "Please report this.", "error")


def _models() -> str:
    found = builtin_models()
    for entry in found:
        entry.verify()
    return ", ".join(entry.id for entry in found) + ": hashes verified"


def _computing() -> str:
    """Run the smallest network for once, and tell on what it really ran."""
    session = OnnxSession(builtin_model_path("segmenter"))
    stripes = np.zeros((64, 64, 3), np.float32)
    stripes[16:48, 16:48] = 1
    started = time.perf_counter()
    BuiltinSegmenter(session)(Image(stripes))
    spent = time.perf_counter() - started
    known = ", ".join(available_devices())
    return (
        f"segmenter ran on {', '.join(session.providers)} in {spent:.2f} s "
        f"(ONNX Runtime {runtime_version()}; devices here: {known})"
    )


def _own_worker() -> str:
    """Start a worker of our own, beside one that may be running, talk to it, and let it leave."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="cyclorama-doctor-") as folder:
        environment = {**os.environ, "CYCLORAMA_RUNTIME": folder}
        command = [sys.executable, "-m", "cyclorama", "worker", "--quiet"]
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                with _connected(process, Path(folder) / "worker.json") as client:
                    ready = time.perf_counter() - started
                    answered = client.ping()
                    models = client.list_models()
                    client.shutdown()
                process.wait(_START_S)
            finally:
                process.kill()
    return f"started and answered after {ready:.1f} s, then within {answered * 1000:.0f} ms; {len(models)} models"


def _connected(process: subprocess.Popen[bytes], path: Path) -> Client:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        endpoint = read_endpoint(path)
        if endpoint is not None:
            return Client.connect(endpoint, "doctor")
        if process.poll() is not None:
            assert process.stderr is not None
            said = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
            raise DocumentError(f"The worker did not start: {said[-1] if said else 'it gave no reason'}")
        time.sleep(_LOOK_S)
    raise ProtocolError(f"The worker did not answer within {_START_S:g} s.")


def _running_worker() -> str:
    endpoint = read_endpoint(endpoint_path())
    if endpoint is None:
        return "none is running; an editor starts it when it needs it"
    try:
        with Client.connect(endpoint, "doctor") as client:
            version = (client.welcome.capabilities if client.welcome else {}).get("version", "unknown")
            return f"version {version} answers on port {endpoint.port}, process {endpoint.pid}"
    except ProtocolError as error:
        if "cannot be reached" in error.message:
            return "none is running (the last one did not take its address away); an editor starts it anew"
        raise


def _editors() -> Iterator[Finding]:
    found = find_editors()
    if not found:
        yield Finding("editors", True, "no GIMP or Krita was found that has been started by you")
    for editor in found:
        health = plugin_health(editor)
        text = f"{', '.join(health.facts)} ({editor.resources})"
        ill = health.state == "ill"
        hint = "" if health.state == "well" else health.hint
        yield Finding(editor.name, not ill, text, hint, "document" if ill else "")
