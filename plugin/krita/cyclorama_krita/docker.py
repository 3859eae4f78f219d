"""The docker: objects, light, new background, jobs; one column that is as narrow as the person likes."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

from krita import DockWidget, Document
from shared.light import horizon_in_words, light_in_words

from .background_view import BackgroundView, CandidatesView
from .document_state import DocumentState
from .light_view import BallView, HorizonView
from .models_view import ModelsView
from .notice_view import NoticeView
from .objects_view import ObjectsView
from .preview_view import PreviewView
from .qt import QtCore, QtWidgets
from .queue_view import QueueView
from .workbench import Workbench

__all__ = ["CycloramaDocker"]

_REFRESH_MS = 500
_THUMBNAIL_PX = 320


class CycloramaDocker(DockWidget):  # type: ignore[misc]
    """Shows the document in front; each window of Krita has its own."""

    #: Set before Krita makes the first one; Krita gives its dockers no arguments.
    bench: Workbench

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Cyclorama")
        bench = self.bench
        self._key = ""
        self._thumbnail: Any = None
        self.notice = NoticeView(bench.dismiss)
        self.objects = ObjectsView()
        # What is being dragged, until it is let go of.
        self._dragged: Dict[str, Dict[str, Any]] = {}
        self.ball = BallView(
            lambda lighting: self._drag("lighting", lighting), lambda lighting: self._drop(lighting, None)
        )
        self.horizon = HorizonView(
            lambda perspective: self._drag("perspective", perspective),
            lambda perspective: self._drop(None, perspective),
        )
        self.light_text = _text()
        self.horizon_text = _text()
        self.background = BackgroundView(bench.make_background, self.refresh)
        self.preview = PreviewView(bench.queue)
        self.candidates = CandidatesView(self.preview.look_at, bench.use)
        self.use = _button("cyclorama_use", "Use This One", lambda: bench.use(self.candidates.currentRow()))
        self.models = ModelsView(bench.queue, bench.models)
        self.queue = QueueView(bench.queue.cancel)
        self._build()
        bench.changed.connect(self.refresh)
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        # Krita tells scripts nothing of layers that were renamed, switched, or undone.
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.refresh()

    def canvasChanged(self, canvas: Any) -> None:  # noqa: N802 - Krita's name
        """Follow to another document."""
        self.refresh()

    def enterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Start the worker while the person reads: it is warm when it is needed."""
        self.bench.queue.wake()

    def refresh(self) -> None:
        """Show the document in front as it is now."""
        self.queue.show_jobs(self.bench.queue.jobs)
        self.background.offer(self.bench.scenes)
        document = self.bench.document()
        self.widget().setEnabled(document is not None or bool(self.bench.queue.jobs))
        if document is None:
            self._show_nothing()
        else:
            self._show(document)

    def _look(self) -> None:
        if self.isVisible():
            self.refresh()

    def _show(self, document: Document) -> None:
        state = self.bench.state(document)
        if state.key != self._key:
            self._key = state.key
            self._thumbnail = document.thumbnail(_THUMBNAIL_PX, _THUMBNAIL_PX)
        self.notice.show_error(state.error)
        self.objects.show_state(document, state)
        self._show_light(state.lighting, state.perspective)
        self._preview(document, state)
        self.candidates.show_candidates(state.candidates, state.used)
        self.use.setVisible(bool(state.candidates))

    def _show_light(self, lighting: Optional[Dict[str, Any]], perspective: Optional[Dict[str, Any]]) -> None:
        self.ball.show_light(lighting)
        self.horizon.show_camera(self._thumbnail, perspective)
        if not self._dragged:
            self._say_light(lighting, perspective)

    def _say_light(self, lighting: Optional[Dict[str, Any]], perspective: Optional[Dict[str, Any]]) -> None:
        self.light_text.setText(light_in_words(lighting) if lighting else "Not read yet")
        self.horizon_text.setText(horizon_in_words(perspective) if perspective else "")

    def _drag(self, what: str, values: Dict[str, Any]) -> None:
        """Follow a drag with words and preview; the document hears of it when the person lets go."""
        document = self.bench.document()
        if document is None:
            return
        self._dragged[what] = values
        self._preview(document, self.bench.state(document))
        self._say_light(*self._light_of(self.bench.state(document)))

    def _drop(self, lighting: Optional[Dict[str, Any]], perspective: Optional[Dict[str, Any]]) -> None:
        self._dragged = {}
        self.bench.set_light(lighting, perspective)

    def _light_of(self, state: DocumentState) -> Tuple[Any, Any]:
        return self._dragged.get("lighting", state.lighting), self._dragged.get(
            "perspective", state.perspective
        )

    def _preview(self, document: Document, state: DocumentState) -> None:
        lighting, perspective = self._light_of(state)
        light = (lighting, perspective) if lighting and perspective else None
        self.preview.follow(document, state, light, self.background.place())

    def _show_nothing(self) -> None:
        self._key, self._thumbnail, self._dragged = "", None, {}
        self.preview.clear()
        self.notice.show_error(None)
        self.objects.clear_state()
        self._show_light(None, None)
        self.candidates.show_candidates((), None)
        self.use.hide()

    def _build(self) -> None:
        column = QtWidgets.QVBoxLayout()
        column.addWidget(self.notice)
        column.addWidget(self.queue)
        self._add_objects(column)
        self._add_light(column)
        column.addWidget(_heading("New background"))
        column.addWidget(self.background)
        column.addWidget(self.candidates)
        column.addWidget(self.use)
        column.addWidget(self.models)
        column.addStretch(1)
        inside = QtWidgets.QWidget()
        inside.setLayout(column)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.setWidget(scroll)

    def _add_objects(self, column: Any) -> None:
        bench = self.bench
        masks = QtWidgets.QCheckBox("Keep edges as masks")
        masks.setObjectName("cyclorama_masks")
        masks.setToolTip("Transparency masks, which can be painted on; otherwise the alpha of the layers")
        masks.setChecked(bench.masks)
        masks.toggled.connect(lambda on: setattr(bench, "masks", on))
        column.addWidget(_heading("Objects"))
        column.addWidget(self.objects)
        column.addLayout(
            _row(
                _button("cyclorama_find", "Find Objects", bench.find),
                _button("cyclorama_select", "Select", bench.select),
            )
        )
        column.addWidget(masks)
        column.addWidget(_button("cyclorama_split", "Split into Layers", bench.split))

    def _add_light(self, column: Any) -> None:
        bench = self.bench
        light = QtWidgets.QHBoxLayout()
        light.addWidget(self.ball)
        light.addLayout(_stacked(self.light_text, self.horizon_text), 1)
        # Side by side, so that both are in view while the light is dragged.
        pictures = QtWidgets.QHBoxLayout()
        pictures.addLayout(_stacked(self.horizon, _caption("The photo's horizon")), 1)
        pictures.addWidget(self.preview, 1)
        column.addWidget(_heading("Light and perspective"))
        column.addLayout(light)
        column.addLayout(pictures)
        column.addLayout(
            _row(
                _button("cyclorama_light", "Read Light", bench.read_light),
                _button("cyclorama_shadows", "Shadows", bench.cast_shadows),
            )
        )


def _heading(text: str) -> Any:
    label = QtWidgets.QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _text() -> Any:
    label = QtWidgets.QLabel()
    label.setWordWrap(True)
    return label


def _stacked(*widgets: Any) -> Any:
    """Return widgets one below the other, at the top of their place."""
    column = QtWidgets.QVBoxLayout()
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return column


def _caption(text: str) -> Any:
    label = _text()
    label.setText(text)
    label.setAlignment(QtCore.Qt.AlignmentFlag.AlignHCenter)
    return label


def _button(name: str, text: str, pressed: Callable[[], None]) -> Any:
    button = QtWidgets.QPushButton(text)
    button.setObjectName(name)
    button.clicked.connect(lambda: pressed())
    # Narrower than its text rather than a docker that cannot be made narrow.
    button.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
    return button


def _row(*widgets: Any) -> Any:
    row = QtWidgets.QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    return row
