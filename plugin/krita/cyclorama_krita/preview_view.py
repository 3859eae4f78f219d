"""How a new background would look: a sketch that follows the light while it is dragged, then what was made."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from krita import Document

from .document_state import Candidate, DocumentState
from .job_queue import Answer, Job, JobQueue, Request
from .qt import QtCore, QtGui, QtWidgets
from .subject import Subject, signature_of, subject_of
from .thumbnails import picture_of

__all__ = ["PreviewView"]

_HEIGHT_EMS = 7
_LONG_SIDE_PX = 240
_SKETCH = "Sketch in this light"

Light = Tuple[Mapping[str, Any], Mapping[str, Any]]


class PreviewView(QtWidgets.QWidget):  # type: ignore[misc]
    """Objects over the background that is asked for; hidden while there is nothing to show.

    Parameters
    ----------
    queue : JobQueue
        Asks the worker, also while a long job runs; of several wishes meanwhile the last one counts.
    """

    def __init__(self, queue: JobQueue) -> None:
        super().__init__()
        self._queue = queue
        self._picture = _Picture()
        self._caption = QtWidgets.QLabel()
        self._caption.setWordWrap(True)
        self._caption.setAlignment(QtCore.Qt.AlignmentFlag.AlignHCenter)
        self._caption.setObjectName("cyclorama_preview_caption")
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._picture)
        column.addWidget(self._caption)
        column.addStretch(1)
        self._asked: Any = None
        self._wish: Optional[Tuple[Any, Dict[str, Any]]] = None
        self._running = False
        self._signature: Any = None
        self._sketch: Any = None
        self._candidate: Optional[Candidate] = None
        self._painted: Any = None
        self._edited_in_job = 0
        self.hide()

    def follow(
        self, document: Document, state: DocumentState, light: Optional[Light], place: Mapping[str, Any]
    ) -> None:
        """Show a document's objects in a light, at a place: ``scene``, ``prompt`` and ``seed`` as they are asked for.

        Called as often as anything may have changed; only what did costs anything.
        """
        signature = (state.key, signature_of(document, state))
        if signature != self._signature:
            self._signature = signature
            self._picture.subject = subject_of(document, state)
        asked = (state.key, light, dict(place))
        jobs = [job for job in self._queue.jobs if job.key == state.key]
        if asked != self._asked:
            self._forget(asked, jobs)
            self._asked = asked
        self._show_painting(jobs)
        if light is not None and self._queue.connected:
            self._wish_for(state.key, self._request(light, place))
        self._show()

    def look_at(self, candidate: Optional[Candidate]) -> None:
        """Show a background that was made, until the light or the wishes change."""
        self._candidate = candidate
        self._show()

    def _forget(self, asked: Any, jobs: List[Job]) -> None:
        """What was made for other wishes is no longer to be seen."""
        if self._asked is None or asked[0] != self._asked[0]:
            self._sketch = None
            self._edited_in_job = 0
        else:
            self._edited_in_job = max((job.number for job in jobs), default=self._edited_in_job)
        self._candidate = self._painted = None

    def _show_painting(self, jobs: List[Job]) -> None:
        """Take the picture that a running job has so far, unless the person changed the light since it began."""
        painting = next((job for job in reversed(jobs) if job.picture is not None), None)
        self._painted = None
        if painting is not None and painting.number > self._edited_in_job and painting.picture is not None:
            self._candidate = None
            self._painted = picture_of(painting.picture, 1)

    def _request(self, light: Light, place: Mapping[str, Any]) -> Dict[str, Any]:
        subject = self._picture.subject
        height, width = subject.size
        scale = min(1.0, _LONG_SIDE_PX / max(height, width))
        size = [max(1, round(height * scale)), max(1, round(width * scale))]
        request = {"lighting": light[0], "perspective": light[1], **place, "size": size}
        row = subject.contact_row
        return request if row is None else {**request, "contact_row": row}

    def _wish_for(self, key: str, request: Dict[str, Any]) -> None:
        if self._wish is not None and self._wish == (key, request):
            return
        self._wish = (key, request)
        if not self._running:
            self._send()

    def _send(self) -> None:
        assert self._wish is not None
        self._running = True
        sent = self._wish

        def take(answer: Any) -> None:
            self._running = False
            current = self._wish
            # A scene that does not exist (yet, while words are typed) has no sketch; the job itself will say so.
            if isinstance(answer, Answer) and current is not None and current[0] == sent[0]:
                self._sketch = picture_of(answer.arrays["preview"], 1)
                self._show()
            if current is not None and current != sent and self._queue.connected:
                self._send()

        self._queue.ask(Request("preview", sent[1]), take)

    def clear(self) -> None:
        """Show nothing."""
        self._asked = self._wish = self._signature = None
        self._sketch = self._candidate = self._painted = None
        self._show()

    def _show(self) -> None:
        if self._candidate is not None:
            picture, words = self._picture.of(self._candidate), _title(self._candidate)
        elif self._painted is not None:
            picture, words = self._painted, "So far"
        else:
            picture, words = self._sketch, _SKETCH
        self._picture.show_picture(picture)
        self._caption.setText(words)
        self.setVisible(picture is not None)


class _Picture(QtWidgets.QWidget):  # type: ignore[misc]
    """A background with the subject over it, as large as the widget allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cyclorama_preview")
        self.subject = Subject((2, 3), [])
        self.picture: Any = None
        self._made: Tuple[Optional[Candidate], Any] = (None, None)
        self.setMinimumHeight(_HEIGHT_EMS * self.fontMetrics().height())
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)

    def show_picture(self, picture: Any) -> None:
        """Show a background."""
        self.picture = picture
        self.update()

    def of(self, candidate: Candidate) -> Any:
        """Return a candidate's picture, small."""
        if self._made[0] is not candidate:
            step = max(1, max(candidate.picture.size) // (2 * _LONG_SIDE_PX))
            self._made = (candidate, picture_of(candidate.picture, step))
        return self._made[1]

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Paint the background, and the subject over it."""
        if self.picture is None:
            return
        height, width = self.subject.size
        scale = min(self.width() / width, self.height() / height)
        left, top = (self.width() - scale * width) / 2, self.height() - scale * height
        area = QtCore.QRectF(left, top, scale * width, scale * height)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self.picture, QtCore.QRectF(self.picture.rect()))
        self.subject.paint(painter, left, top, scale)
        painter.end()


def _title(candidate: Candidate) -> str:
    return f"{candidate.scene.capitalize()}, seed {candidate.seed}"
