"""Qt of the running Krita: PyQt5 up to Krita 5.3, PyQt6 from Krita 6. Enums are written scoped, which both know."""

try:
    from PyQt5 import QtCore, QtGui, QtWidgets
except ImportError:
    from PyQt6 import QtCore, QtGui, QtWidgets

__all__ = ["QtCore", "QtGui", "QtWidgets"]
