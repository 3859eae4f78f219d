"""The menu actions, and what makes them and the docker known to Krita."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from .collecting import leave_garbage
from .docker import CycloramaDocker
from .job_queue import JobQueue
from .qt import QtWidgets
from .workbench import Workbench
from .worker_link import WorkerLink

__all__ = ["CycloramaExtension", "register"]

_MENU = "tools/scripts"


class CycloramaExtension(Extension):  # type: ignore[misc]
    """Tools ▸ Scripts ▸ Cyclorama.

    Parameters
    ----------
    parent : Krita
    bench : Workbench
    """

    def __init__(self, parent: Any, bench: Workbench) -> None:
        super().__init__(parent)
        self._bench = bench

    def setup(self) -> None:
        """Do nothing: all is done when a window opens."""

    def createActions(self, window: Any) -> None:  # noqa: N802 - Krita's name
        """Put the actions into the menus of a window."""
        top = window.createAction("cyclorama_menu", "Cyclorama", _MENU)
        menu = QtWidgets.QMenu("cyclorama_menu", window.qwindow())
        top.setMenu(menu)
        bench = self._bench
        for name, text, pressed in (
            ("cyclorama_split", "Split into Object Layers", bench.split),
            ("cyclorama_background", "New Background", self._make_background),
            ("cyclorama_refine", "Refine Matte", bench.refine),
            ("cyclorama_light", "Light and Perspective", bench.read_light),
            ("cyclorama_shadows", "Shadows from Light", bench.cast_shadows),
            ("cyclorama_find", "Find Objects", bench.find),
            ("cyclorama_select", "Select Objects", bench.select),
        ):
            action = window.createAction(name, text, f"{_MENU}/cyclorama_menu")
            action.triggered.connect(lambda _=False, pressed=pressed: pressed())

    def _make_background(self) -> None:
        """Make backgrounds as the docker of the window in front asks for."""
        for docker in Krita.instance().dockers():
            if isinstance(docker, CycloramaDocker):
                docker.setVisible(True)
                self._bench.make_background(docker.background.options())
                return


def register(folder: Path) -> None:
    """Make actions and docker known to Krita.

    Parameters
    ----------
    folder : Path
        The plug-in's folder.
    """
    leave_garbage()
    krita = Krita.instance()
    link = WorkerLink(folder, f"Krita {krita.version()}")
    bench = Workbench(JobQueue(link.connect))
    CycloramaDocker.bench = bench
    krita.addExtension(CycloramaExtension(krita, bench))
    # Krita 6 knows the enum only under its own name.
    positions = getattr(DockWidgetFactoryBase, "DockPosition", DockWidgetFactoryBase)
    krita.addDockWidgetFactory(DockWidgetFactory("cyclorama_docker", positions.DockRight, CycloramaDocker))
