"""Connect to the worker, and start it if nobody has."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import Dict, List, Optional

from cyclorama.protocol.client import Client
from cyclorama.protocol.endpoint import Endpoint, read_endpoint
from cyclorama.protocol.errors import DocumentError, ProtocolError
from shared.engine import Engine, read_engine

__all__ = ["Engine", "connect_or_start", "read_engine"]

_START_S = 60.0
_LOOK_S = 0.05
_GREET_S = 10.0
_LEAVE_S = 3.0

# What an engine may inherit. An editor's own settings of Python, GTK and Qt would break it.
_KEPT = (
    "PATH HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TMP TEMP SHELL DISPLAY WAYLAND_DISPLAY "
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE LOCALAPPDATA APPDATA PROGRAMDATA "
    "NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE "
    "XDG_RUNTIME_DIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME"
).split()
_KEPT_PREFIXES = ("LC_", "CYCLORAMA_", "CUDA_", "HIP_", "ROCR_", "HSA_", "OMP_", "HF_", "OV_")

# Held, so that Python does not warn of a process that outlives us: it is meant to.
_started: List[subprocess.Popen[bytes]] = []


def connect_or_start(engine: Engine, client_name: str, timeout_s: float = _START_S) -> Client:
    """Return a conversation with the worker, which is started if it does not run.

    Two editors may do this at once: of two workers the later one leaves, and both editors reach the first.

    Parameters
    ----------
    engine : Engine
        From :func:`read_engine`.
    client_name : str
        For the worker's log.
    timeout_s : float
        How long a worker may take to start.

    Raises
    ------
    ProtocolError, DocumentError
        If no worker can be reached or started; the sentence says why.
    """
    client = _try_to_connect(engine, client_name)
    if client is not None and (engine.sandbox or not _outdated(client, engine)):
        return client
    if client is not None:
        client = _replaced(client, engine, client_name)
    if client is not None:
        return client
    if engine.sandbox:
        raise ProtocolError(
            f"The worker does not run, and a program in {engine.sandbox.capitalize()} cannot start it.",
            "Run `cyclorama worker` in a terminal, or `cyclorama install autostart` once, and try again.",
        )
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        # A worker that was just leaving may have held the new one back: hence more than once.
        process = _start(engine)
        client = _wait_for(process, engine, client_name, until)
        if client is not None:
            return client
        if process.poll() not in (None, 0):
            raise _did_not_start(engine, _last_line(process))
    raise _did_not_start(engine, f"no answer within {timeout_s:g} s")


def _wait_for(
    process: subprocess.Popen[bytes], engine: Engine, client_name: str, until: float
) -> Optional[Client]:
    while time.monotonic() < until:
        client = _try_to_connect(engine, client_name)
        if client is not None or process.poll() is not None:
            return client
        time.sleep(_LOOK_S)
    return None


def _try_to_connect(engine: Engine, client_name: str) -> Optional[Client]:
    endpoint = read_endpoint(engine.endpoint_file)
    if endpoint is None or not _alive(endpoint):
        return None
    try:
        return Client.connect(endpoint, client_name, _GREET_S)
    except ProtocolError:
        # It may have been replaced, or left, in this moment.
        if read_endpoint(engine.endpoint_file) == endpoint and _alive(endpoint):
            raise
        return None


def _outdated(client: Client, engine: Engine) -> bool:
    """Return whether the worker was started before the engine was brought to another version."""
    assert client.welcome is not None
    running = client.welcome.capabilities.get("version", "")
    return bool(engine.version) and running != engine.version


def _replaced(client: Client, engine: Engine, client_name: str) -> Optional[Client]:
    """Ask an outdated worker to leave; None once it has, a client of it if its jobs keep it."""
    left = read_endpoint(engine.endpoint_file)
    client.shutdown()
    client.close()
    until = time.monotonic() + _LEAVE_S
    while time.monotonic() < until:
        if read_endpoint(engine.endpoint_file) != left:
            return None
        time.sleep(_LOOK_S)
    return _try_to_connect(engine, client_name)


def _alive(endpoint: Endpoint) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", endpoint.port), timeout=2.0):
            return True
    except OSError:
        return False


def _start(engine: Engine) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    try:
        process = subprocess.Popen(
            [engine.python, "-m", "cyclorama", "worker", "--quiet"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Only until it is ready; from then on the worker writes to its log.
            stderr=subprocess.PIPE,
            env=clean_environment(),
            cwd=os.path.expanduser("~"),
            start_new_session=True,
            creationflags=flags,
        )
    except OSError as error:
        raise _did_not_start(engine, error.strerror or str(error)) from error
    _started.append(process)
    return process


def clean_environment() -> Dict[str, str]:
    """Return what of this process's environment the engine may have."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT or name.upper().startswith(_KEPT_PREFIXES) or name.lower().endswith("_proxy")
    }


def _last_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stderr is not None
    lines = process.stderr.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it gave no reason"


def _did_not_start(engine: Engine, reason: str) -> DocumentError:
    return DocumentError(
        f"The worker did not start ({engine.python}): {reason}",
        "Run `cyclorama doctor`, or install Cyclorama again.",
    )
