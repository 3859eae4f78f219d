"""A conversation with the worker, begun without holding up Krita.

Starting the worker takes a second or two; a thread of plain Python waits for it. It knows nothing of Krita or Qt.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Optional

from shared.worker_process import connect_or_start, read_engine

from cyclorama.protocol.client import Client
from cyclorama.protocol.errors import CycloramaError

__all__ = ["WorkerLink"]


class WorkerLink:
    """Connects once for each time it is asked after an end.

    Parameters
    ----------
    folder : Path
        The plug-in's folder, with ``engine.json``.
    name : str
        Who is calling, for the worker's log.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._thread: Optional[threading.Thread] = None
        self._client: Optional[Client] = None
        self._error: Optional[CycloramaError] = None

    def connect(self) -> Optional[Client]:
        """Return a client, or None while the worker is starting.

        Raises
        ------
        CycloramaError
            If it did not start; the sentence says why. The next call tries again.
        """
        if self._thread is None:
            self._client, self._error = None, None
            self._thread = threading.Thread(target=self._run, name="cyclorama-start", daemon=True)
            self._thread.start()
            return None
        if self._thread.is_alive():
            return None
        self._thread = None
        if self._error is not None:
            raise self._error
        return self._client

    def _run(self) -> None:
        try:
            self._client = connect_or_start(read_engine(self._folder), self._name)
        except CycloramaError as error:
            self._error = error
        except Exception as error:
            self._error = CycloramaError(f"The worker could not be reached: {error!r}.")
