"""The part of the docker in which models are chosen: what is here to pick from, and what is worth fetching."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from shared.models import LICENCE_WISHES, PARTS, ModelOffers, OfferedModel

from cyclorama.protocol.errors import CycloramaError
from cyclorama.protocol.options import BUILTIN

from .job_queue import Answer, JobQueue, Request
from .model_choice import ModelChoice
from .qt import QtCore, QtWidgets

__all__ = ["ModelsView"]

_USUAL = {BUILTIN: "Built in", "auto": "Automatic"}


class ModelsView(QtWidgets.QWidget):  # type: ignore[misc]
    """Folded up at first; the worker is asked for the lists when they are unfolded.

    Parameters
    ----------
    queue : JobQueue
    choice : ModelChoice
        Takes what the person picks.
    """

    def __init__(self, queue: JobQueue, choice: ModelChoice) -> None:
        super().__init__()
        self._queue, self._choice = queue, choice
        self._offers: Optional[ModelOffers] = None
        self._asked: Tuple[str, str] = ("", "")
        self._fold = QtWidgets.QToolButton()
        self._fold.setObjectName("cyclorama_models")
        self._fold.setText("Models and device")
        self._fold.setCheckable(True)
        self._fold.setAutoRaise(True)
        self._fold.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.toggled.connect(self._unfold)
        self._inside = QtWidgets.QWidget()
        self._form = QtWidgets.QGridLayout(self._inside)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setColumnStretch(1, 1)
        self._lists: Dict[str, Any] = {}
        for part, label in PARTS.items():
            self._add(part, label)
        self._add("device", "Runs on")
        self._add("licence", "Licence")
        self._fill_licences()
        self._advice = QtWidgets.QLabel()
        self._advice.setObjectName("cyclorama_models_advice")
        self._advice.setWordWrap(True)
        self._advice.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self._form.addWidget(self._advice, len(self._lists), 0, 1, 2)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._fold)
        column.addWidget(self._inside)
        self._unfold(False)

    def _add(self, name: str, label: str) -> None:
        box = QtWidgets.QComboBox()
        box.setObjectName(f"cyclorama_{name}")
        box.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        row = len(self._lists)
        self._lists[name] = box
        words = QtWidgets.QLabel(label)
        words.setBuddy(box)
        self._form.addWidget(words, row, 0)
        self._form.addWidget(box, row, 1)
        if name != "licence":
            self._offer(name, [])
        box.currentIndexChanged.connect(lambda _row, name=name: self._take(name))

    def _fill_licences(self) -> None:
        box = self._lists["licence"]
        box.setToolTip("What the licence of recommended models must allow")
        box.blockSignals(True)
        for word, shown in LICENCE_WISHES.items():
            box.addItem(shown.capitalize(), word)
        box.blockSignals(False)

    def _unfold(self, on: bool) -> None:
        self._fold.setArrowType(QtCore.Qt.ArrowType.DownArrow if on else QtCore.Qt.ArrowType.RightArrow)
        self._inside.setVisible(on)
        if on:
            self._ask()

    def _take(self, name: str) -> None:
        value = self._lists[name].currentData()
        if value is None:
            return
        if name != "licence":
            self._choice[name] = value
            self._tell(name)
        if name in ("device", "licence"):
            self._ask()

    def _ask(self) -> None:
        """Ask for the lists, once for each device and wish."""
        wish = (self._choice["device"], self._lists["licence"].currentData())
        if wish == self._asked:
            return
        self._asked = wish
        self._advice.setText("Asking what this machine can run…")
        self._queue.ask(Request("models", {"device": wish[0], "licence": wish[1]}), self._show)

    def _show(self, answer: Any) -> None:
        if isinstance(answer, CycloramaError):
            self._asked = ("", "")
            self._advice.setText("\n".join(line for line in (answer.message, answer.hint) if line))
        elif isinstance(answer, Answer):
            self._offers = offers = ModelOffers.of(answer.result)
            for part in PARTS:
                self._offer(part, offers.usable(part), offers.worth_fetching(part))
            devices = [(name, _device(name)) for name in offers.devices]
            self._fill("device", devices)
            self._advice.setText(offers.advice(tuple(PARTS)))

    def _offer(self, part: str, here: Sequence[OfferedModel], absent: Sequence[OfferedModel] = ()) -> None:
        """List models; those that cannot be chosen yet come last, grey."""
        self._fill(part, [(own.id, own.label) for own in here])
        box = self._lists[part]
        for own in (*here, *absent):
            row = box.findData(own.id)
            if row < 0:
                box.addItem(own.label, None)
                row = box.count() - 1
                box.model().item(row).setEnabled(False)
            box.setItemData(row, own.details, QtCore.Qt.ItemDataRole.ToolTipRole)
        self._tell(part)

    def _fill(self, name: str, rows: List[Tuple[str, str]]) -> None:
        """Fill a list; a choice that is no longer offered stays: the job says what is wrong with it."""
        box, chosen = self._lists[name], self._choice[name]
        if chosen not in dict(rows):
            rows = [*rows, (chosen, _USUAL.get(chosen, chosen))]
        box.blockSignals(True)
        box.clear()
        for value, shown in rows:
            box.addItem(shown, value)
        box.setCurrentIndex(box.findData(chosen))
        box.blockSignals(False)

    def _tell(self, part: str) -> None:
        """Say of a choice what a person should know."""
        found = self._offers.find(part, self._choice[part]) if self._offers and part in PARTS else None
        self._lists[part].setToolTip(found.details if found else "")


def _device(name: str) -> str:
    return _USUAL.get(name) or (name.upper() if len(name) < 5 else name)
