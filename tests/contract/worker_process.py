"""A real worker process of one's own, for tests."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from cyclorama.protocol.client import Client
from cyclorama.protocol.endpoint import Endpoint, read_endpoint

START_S = 90.0


class Worker:
    """Started in a folder of its own; killed at the end."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.path = folder / "worker.json"
        self.environment = {**os.environ, "CYCLORAMA_RUNTIME": str(folder), **environment}
        self.process = self.start(*arguments)

    def start(self, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "cyclorama", "worker", *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def endpoint(self) -> Endpoint:
        """Wait for the address of this process."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            found = read_endpoint(self.path)
            if found is not None and found.pid == self.process.pid:
                return found
            assert self.process.poll() is None, self.process.stdout.read().decode()
            time.sleep(0.05)
        raise AssertionError("the worker did not start")

    def client(self, name: str = "test") -> Client:
        return Client.connect(self.endpoint(), name)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
