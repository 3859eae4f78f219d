"""Python's garbage collector inside Krita."""

from __future__ import annotations

import gc
import sys

from .qt import QtCore

__all__ = ["leave_garbage"]


def leave_garbage() -> None:
    """Switch the collector of cycles off where it makes Krita crash: Python 3.14 with PyQt 5 (decision 47)."""
    if sys.version_info >= (3, 14) and QtCore.PYQT_VERSION_STR.startswith("5."):
        gc.disable()
