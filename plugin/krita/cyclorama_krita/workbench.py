"""What the docker and the menu share: the state of each document, and the jobs."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

from krita import Document, Krita, Selection

from cyclorama.protocol.errors import CycloramaError, InputError

from .canvas import key_of, name_of
from .document_state import DocumentState
from .insertion import CoverWatch
from .job_queue import Job, JobQueue, Work
from .model_choice import ModelChoice
from .nodes import mask_of
from .qt import QtCore
from .refining import refine_work
from .works import (
    background_work,
    find_work,
    light_work,
    remember_light,
    shadows_work,
    split_work,
    use_candidate,
)

__all__ = ["Workbench"]

_WATCH_MS = 250
_SPLIT = ("segmenter", "matter", "plate")


class Workbench(QtCore.QObject):  # type: ignore[misc]
    """Starts jobs for documents and keeps what they found.

    Parameters
    ----------
    queue : JobQueue

    Attributes
    ----------
    changed : signal ()
        Something of a document's state changed.
    """

    changed = QtCore.pyqtSignal()

    def __init__(self, queue: JobQueue) -> None:
        super().__init__()
        self.queue = queue
        self.masks = True
        self.models = ModelChoice()
        self._watch = CoverWatch()
        self._states: Dict[str, DocumentState] = {}
        queue.changed.connect(self.changed)
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_WATCH_MS)
        # Krita tells scripts nothing of undo, redo or layers.
        self._timer.timeout.connect(self._watch.check)
        self._timer.start()

    @property
    def scenes(self) -> Mapping[str, str]:
        """Scenes that the worker can paint, with their descriptions; empty before it answered."""
        found: Mapping[str, str] = self.queue.capabilities.get("scenes", {})
        return found

    def document(self) -> Optional[Document]:
        """Return the document in front."""
        return Krita.instance().activeDocument()

    def state(self, document: Document) -> DocumentState:
        """Return what is known of a document."""
        key = key_of(document)
        if key not in self._states:
            self._states[key] = DocumentState(key)
            self._states[key].read(document)
        return self._states[key]

    def find(self) -> None:
        """Look for objects in the document in front."""
        options = self.models.options("segmenter")
        self._start("Finding objects", lambda document, state: find_work(document, state, options))

    def split(self) -> None:
        """Split the document in front."""
        options = self.models.options(*_SPLIT)
        self._start(
            "Splitting", lambda document, state: split_work(document, state, self._watch, options, self.masks)
        )

    def read_light(self) -> None:
        """Measure the light of the document in front."""
        options = self.models.options("segmenter")
        self._start("Reading the light", lambda document, state: light_work(document, state, options))

    def make_background(self, options: Mapping[str, Any]) -> None:
        """Make backgrounds for the document in front."""
        asked = {**options, **self.models.options("inpainter")}
        split = self.models.options(*_SPLIT)
        self._start(
            "New background",
            lambda document, state: background_work(document, state, self._watch, asked, split, self.masks),
        )

    def cast_shadows(self) -> None:
        """Cast shadows anew in the document in front."""
        self._start("Shadows", lambda document, state: shadows_work(document, state, self._watch))

    def refine(self) -> None:
        """Solve the edge of the active object layer anew, guided by scribbles."""
        self._start("Refining", lambda document, state: refine_work(document, state, self._watch, self.masks))

    def use(self, number: int) -> None:
        """Insert another of the backgrounds that were made."""
        self._at_once(lambda document, state: use_candidate(document, state, self._watch, number))

    def select(self) -> None:
        """Select the checked objects of the document in front."""
        self._at_once(_select)

    def set_light(self, lighting: Optional[Dict[str, Any]], perspective: Optional[Dict[str, Any]]) -> None:
        """Take light or camera from the person."""

        def change(document: Document, state: DocumentState) -> None:
            state.lighting = lighting or state.lighting
            state.perspective = perspective or state.perspective
            remember_light(document, state)

        self._at_once(change)

    def dismiss(self) -> None:
        """Take the sentence about the last error away."""
        document = self.document()
        if document is not None:
            self.state(document).error = None
            self.changed.emit()

    def _start(self, title: str, make: Any) -> None:
        document = self.document()
        if document is None:
            return
        state = self.state(document)
        state.error = None
        work: Work = make(document, state)
        self.queue.start(title, name_of(document), state.key, work, self._failed)

    def _at_once(self, do: Any) -> None:
        document = self.document()
        if document is None:
            return
        state = self.state(document)
        state.error = None
        try:
            do(document, state)
        except CycloramaError as error:
            state.error = error
        self.changed.emit()

    def _failed(self, job: Job) -> None:
        state = self._states.get(job.key)
        if state is not None:
            state.error = job.error
        self.changed.emit()


def _select(document: Document, state: DocumentState) -> None:
    """Select what is checked: objects that were found, or object layers that are shown."""
    parts = [(own.box, bytes(own.mask.data)) for own in state.found if own.wanted]
    layers = None if state.found else state.layers(document)
    if layers is not None:
        for node, (left, top, right, bottom) in layers.objects:
            mask = mask_of(node)
            if node.visible() and mask is not None:
                data = bytes(mask.pixelData(left, top, right - left, bottom - top))
                parts.append(((left, top, right, bottom), data))
    if not parts:
        raise InputError("There is no checked object to select.", "Use Find Objects first.")
    whole = Selection()
    for (left, top, right, bottom), data in parts:
        own = Selection()
        own.setPixelData(data, left, top, right - left, bottom - top)
        whole.add(own)
    document.setSelection(whole)
