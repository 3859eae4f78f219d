"""Runs inside Krita on behalf of the tests: opens, looks, triggers. Everything it returns is JSON."""

from krita import Krita

try:
    from PyQt5 import QtCore, QtWidgets
except ImportError:
    from PyQt6 import QtCore, QtWidgets

K = Krita.instance()
K.setBatchmode(True)


def evaluate(text):
    return repr(eval(text, globals()))


def open_photo(path):
    document = K.openDocument(path)
    document.setBatchmode(True)
    window = K.activeWindow()
    window.addView(document)
    K.setActiveDocument(document)
    return [document.width(), document.height()]


def active():
    document = K.activeDocument()
    return None if document is None else document.fileName()


def docker():
    return next(found for found in K.dockers() if found.windowTitle() == "Cyclorama")


def show_docker(width):
    window = K.activeWindow().qwindow()
    window.showMaximized()
    found = docker()
    found.setVisible(True)
    found.raise_()
    window.resizeDocks([found], [width], QtCore.Qt.Orientation.Horizontal)
    return True


def widget(name):
    found = docker().findChild(QtWidgets.QWidget, name)
    assert found is not None, name
    return found


def place(name):
    found = widget(name)
    corner = found.mapToGlobal(QtCore.QPoint(0, 0))
    return [corner.x(), corner.y(), found.width(), found.height()]


def docker_place():
    corner = docker().mapToGlobal(QtCore.QPoint(0, 0))
    return [corner.x(), corner.y(), docker().width(), docker().height()]


def make_room():
    for found in K.dockers():
        if found.windowTitle() in ("Advanced Color Selector", "Brush Presets", "Tool Options"):
            found.setVisible(False)
    window = K.activeWindow().qwindow()
    layers = next(found for found in K.dockers() if found.windowTitle() == "Layers")
    window.resizeDocks([layers, docker()], [200, 640], QtCore.Qt.Orientation.Vertical)
    return True


def trigger(action):
    found = K.action(action)
    assert found is not None, action
    assert found.isEnabled(), action
    found.trigger()
    return True


def bench():
    return type(docker()).bench


def jobs():
    return [[job.title, job.document, job.fraction, job.message] for job in bench().queue.jobs]


def idle():
    return not bench().queue.jobs


def error():
    found = bench().state(K.activeDocument()).error
    return None if found is None else [found.message, found.hint]


def tree(nodes=None):
    return [
        {
            "name": node.name(),
            "type": node.type(),
            "visible": node.visible(),
            "mode": node.blendingMode(),
            "opacity": node.opacity(),
            "children": tree(node.childNodes()),
        }
        for node in (K.activeDocument().topLevelNodes() if nodes is None else nodes)
    ]
