"""The line that says what went wrong, and what to do about it."""

from __future__ import annotations

from typing import Callable, Optional

from cyclorama.protocol.errors import CycloramaError

from .qt import QtWidgets

__all__ = ["NoticeView"]


class NoticeView(QtWidgets.QFrame):  # type: ignore[misc]
    """Shown only while there is something to say.

    Parameters
    ----------
    on_dismiss : callable
        The person has read it.
    """

    def __init__(self, on_dismiss: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("cyclorama_notice")
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self._text = QtWidgets.QLabel()
        self._text.setObjectName("cyclorama_notice_text")
        self._text.setWordWrap(True)
        close = QtWidgets.QToolButton()
        close.setAutoRaise(True)
        close.setToolTip("Dismiss")
        close.setIcon(self.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_DockWidgetCloseButton))
        close.clicked.connect(lambda: on_dismiss())
        sign = QtWidgets.QLabel()
        side = self.style().pixelMetric(QtWidgets.QStyle.PixelMetric.PM_SmallIconSize)
        warning = self.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
        sign.setPixmap(warning.pixmap(side, side))
        row = QtWidgets.QGridLayout(self)
        row.addWidget(sign, 0, 0)
        row.addWidget(self._text, 0, 1, 2, 1)
        row.addWidget(close, 0, 2)
        row.setColumnStretch(1, 1)
        self.hide()

    def show_error(self, error: Optional[CycloramaError]) -> None:
        """Say an error's sentence and hint, or nothing."""
        if error is not None:
            self._text.setText("\n".join(part for part in (error.message, error.hint) if part))
        self.setVisible(error is not None)
