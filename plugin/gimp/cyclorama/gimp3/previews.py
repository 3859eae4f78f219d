"""The asked scene in the asked light, drawn by the worker within a moment, also while a long job runs."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Tuple

from shared.light import Light

from cyclorama.protocol.messages import Result
from gimp3.thumbnails import thumbnail
from gimp3.worker import Outcome, Worker

__all__ = ["Previews"]


class Previews:
    """Asks for one preview at a time; of several wishes meanwhile the last one counts.

    Parameters
    ----------
    worker : Worker
    size : (int, int)
        (height, width) of the previews.
    on_preview : callable
        Gets each as a pixbuf.
    """

    def __init__(self, worker: Worker, size: Tuple[int, int], on_preview: Callable[[Any], None]) -> None:
        self._worker, self._size, self._on_preview = worker, size, on_preview
        self._running = False
        self._wish: Any = None

    def ask(self, light: Light, place: Mapping[str, Any]) -> None:
        """Wish for a preview of a place: ``scene``, ``prompt``, ``seed`` and ``contact_row``."""
        self._wish = (light, place)
        if not self._running:
            self._send()

    def _send(self) -> None:
        light, place = self._wish
        self._wish, self._running = None, True
        options = {
            "lighting": dict(light.lighting),
            "perspective": dict(light.perspective),
            **place,
            # Half the size shows as much of the light, and comes in a quarter of the time.
            "size": [max(1, side // 2) for side in self._size],
        }
        self._worker.submit("preview", options, (), lambda _progress: None, self._on_end)

    def _on_end(self, outcome: Outcome) -> None:
        self._running = False
        # A scene that does not exist (yet, while it is typed) has no preview; the job itself will say so.
        if isinstance(outcome, Result):
            self._on_preview(thumbnail(outcome.arrays[0], self._size))
        if self._wish is not None:
            self._send()
