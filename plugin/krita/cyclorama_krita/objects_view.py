"""The list of objects: check boxes and names."""

from __future__ import annotations

from typing import Any, List, Tuple

from krita import Document

from .document_state import DocumentState
from .qt import QtCore, QtWidgets

__all__ = ["ObjectsView"]

_NAME, _CHECK = QtCore.Qt.ItemDataRole.DisplayRole, QtCore.Qt.ItemDataRole.CheckStateRole
_ON, _OFF = QtCore.Qt.CheckState.Checked, QtCore.Qt.CheckState.Unchecked
_FLAGS = (
    QtCore.Qt.ItemFlag.ItemIsEnabled
    | QtCore.Qt.ItemFlag.ItemIsSelectable
    | QtCore.Qt.ItemFlag.ItemIsEditable
    | QtCore.Qt.ItemFlag.ItemIsUserCheckable
)
_ROWS = 4


class ObjectsView(QtWidgets.QListWidget):  # type: ignore[misc]
    """Objects that were found (a check makes a layer of it) or object layers (a check shows it)."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cyclorama_objects")
        self.setToolTip("Check what becomes a layer; double-click a name to change it")
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._owners: List[Any] = []
        self._shown: List[Tuple[str, bool]] = []
        self.itemChanged.connect(self._take)

    def sizeHint(self) -> Any:  # noqa: N802 - Qt's name
        """Return room for a few rows."""
        row = self.fontMetrics().height() + 6
        return QtCore.QSize(10 * self.fontMetrics().averageCharWidth(), _ROWS * row)

    def minimumSizeHint(self) -> Any:  # noqa: N802 - Qt's name
        """Return the same: fewer rows would be of no use."""
        return self.sizeHint()

    def show_state(self, document: Document, state: DocumentState) -> None:
        """Show a document's objects, top layer first; untouched while it already does."""
        layers = None if state.found else state.layers(document)
        if layers is not None:
            self._owners = [_Layer(document, node) for node, _ in reversed(layers.objects)]
        else:
            self._owners = list(reversed(state.found))
        wanted = [(owner.name, owner.wanted) for owner in self._owners]
        if wanted == self._shown or self.state() == self.State.EditingState:
            return
        self._shown = wanted
        self.blockSignals(True)
        self.clear()
        for name, checked in wanted:
            item = QtWidgets.QListWidgetItem(name)
            item.setFlags(_FLAGS)
            item.setCheckState(_ON if checked else _OFF)
            self.addItem(item)
        self.blockSignals(False)

    def clear_state(self) -> None:
        """Show nothing."""
        self._owners, self._shown = [], []
        self.clear()

    def _take(self, item: Any) -> None:
        row = self.row(item)
        owner = self._owners[row]
        name, checked = item.text().strip(), item.checkState() == _ON
        if name and name != owner.name:
            owner.name = name
        if checked != owner.wanted:
            owner.wanted = checked
        self._shown[row] = (owner.name, owner.wanted)


class _Layer:
    """An object layer of the document, as the list sees it."""

    def __init__(self, document: Document, node: Any) -> None:
        self._document = document
        self._node = node

    @property
    def name(self) -> str:
        return str(self._node.name())

    @name.setter
    def name(self, name: str) -> None:
        self._node.setName(name)

    @property
    def wanted(self) -> bool:
        return bool(self._node.visible())

    @wanted.setter
    def wanted(self, wanted: bool) -> None:
        self._node.setVisible(wanted)
        self._document.refreshProjection()
