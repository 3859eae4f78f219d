"""What the new background shows, and the candidates to choose from."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Sequence

from cyclorama.protocol.fit import fit_in_words

from .document_state import Candidate
from .qt import QtCore, QtGui, QtWidgets
from .thumbnails import picture_of

__all__ = ["BackgroundView", "CandidatesView"]

_THUMB_EMS = 5
_MOST_CANDIDATES = 8


class BackgroundView(QtWidgets.QWidget):  # type: ignore[misc]
    """Scene, free text, number of candidates.

    Parameters
    ----------
    on_make : callable
        Gets the options.
    on_change : callable
        The person asks for another place.
    """

    def __init__(self, on_make: Callable[[Dict[str, Any]], None], on_change: Callable[[], None]) -> None:
        super().__init__()
        self._on_make = on_make
        self.scene = QtWidgets.QComboBox()
        self.scene.setObjectName("cyclorama_scene")
        self.scene.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.scene.setMinimumContentsLength(6)
        self.scene.addItem("Auto", "auto")
        self.prompt = QtWidgets.QLineEdit()
        self.prompt.setObjectName("cyclorama_prompt")
        self.prompt.setPlaceholderText("or in words: sea at sunset, blurred")
        self.count = QtWidgets.QSpinBox()
        self.count.setObjectName("cyclorama_count")
        self.count.setRange(1, _MOST_CANDIDATES)
        self.count.setValue(3)
        self.count.setToolTip("How many backgrounds to make and rank")
        self.seed = QtWidgets.QSpinBox()
        self.seed.setObjectName("cyclorama_seed")
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setToolTip("The same seed gives the same pictures")
        self.make = QtWidgets.QPushButton("New Background")
        self.make.setObjectName("cyclorama_make")
        self.make.clicked.connect(lambda: self._on_make(self.options()))
        self.scene.currentIndexChanged.connect(lambda _row: on_change())
        self.prompt.textChanged.connect(lambda _text: on_change())
        self.seed.valueChanged.connect(lambda _seed: on_change())
        grid = QtWidgets.QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(QtWidgets.QLabel("Scene"), 0, 0)
        grid.addWidget(self.scene, 0, 1, 1, 3)
        grid.addWidget(self.prompt, 1, 0, 1, 4)
        grid.addWidget(QtWidgets.QLabel("Number"), 2, 0)
        grid.addWidget(self.count, 2, 1)
        grid.addWidget(QtWidgets.QLabel("Seed"), 2, 2)
        grid.addWidget(self.seed, 2, 3)
        grid.addWidget(self.make, 3, 0, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        for box in (self.count, self.seed):
            box.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)

    def offer(self, scenes: Mapping[str, str]) -> None:
        """Offer the scenes, with their descriptions, that the worker knows."""
        if self.scene.count() > 1:
            return
        for name, description in scenes.items():
            self.scene.addItem(name.capitalize(), name)
            self.scene.setItemData(self.scene.count() - 1, description, QtCore.Qt.ItemDataRole.ToolTipRole)

    def place(self) -> Dict[str, Any]:
        """Return which place the person asks for."""
        return {
            "scene": self.scene.currentData(),
            "prompt": self.prompt.text().strip(),
            "seed": self.seed.value(),
        }

    def options(self) -> Dict[str, Any]:
        """Return all that the person asks for."""
        return {**self.place(), "candidates": self.count.value()}


class CandidatesView(QtWidgets.QListWidget):  # type: ignore[misc]
    """Thumbnails with their measured fit; a double-click or Return uses one.

    Parameters
    ----------
    on_look : callable
        Gets the candidate that the person looks at.
    on_use : callable
        Gets the number of the candidate.
    """

    def __init__(self, on_look: Callable[[Candidate], None], on_use: Callable[[int], None]) -> None:
        super().__init__()
        self._on_look = on_look
        self.setObjectName("cyclorama_candidates")
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(QtCore.Qt.TextElideMode.ElideNone)
        side = _THUMB_EMS * self.fontMetrics().height()
        self.setIconSize(QtCore.QSize(side, side))
        self.itemActivated.connect(lambda item: on_use(self.row(item)))
        self.currentRowChanged.connect(self._look)
        self.itemClicked.connect(lambda item: self._look(self.row(item)))
        self._shown: List[Candidate] = []

    def show_candidates(self, candidates: Sequence[Candidate], used: Any) -> None:
        """Show candidates, best first; the one in the document is marked."""
        if list(candidates) != self._shown:
            self._shown = list(candidates)
            self.clear()
            for candidate in candidates:
                self.addItem(self._item(candidate))
            if candidates:
                self.setCurrentRow(0)
        for row, candidate in enumerate(self._shown):
            mark = " (in the picture)" if row == used else ""
            title = f"{candidate.scene.capitalize()}, seed {candidate.seed}{mark}"
            self.item(row).setText("\n".join([title, *fit_in_words(candidate.fit).split(", ")]))
        rows = sum(self.sizeHintForRow(row) for row in range(min(len(self._shown), 3)))
        self.setFixedHeight(rows + 2 * self.frameWidth() + 2)
        self.setVisible(bool(self._shown))

    def _look(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            self._on_look(self._shown[row])

    def _item(self, candidate: Candidate) -> Any:
        side = self.iconSize().width()
        picture = picture_of(candidate.picture, max(1, max(candidate.picture.size) // side))
        item = QtWidgets.QListWidgetItem()
        item.setIcon(QtGui.QIcon(QtGui.QPixmap.fromImage(picture)))
        return item
