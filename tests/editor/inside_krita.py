"""Runs inside Krita on behalf of the tests: opens, looks, triggers. Everything it returns is JSON."""

from krita import Krita, Selection

try:
    from PyQt5 import QtCore, QtGui, QtWidgets
except ImportError:
    from PyQt6 import QtCore, QtGui, QtWidgets

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
    return next(found for found in K.dockers() if found.objectName() == "cyclorama_docker")


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


def enabled(action):
    return K.action(action).isEnabled()


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


def open_as(path, depth, profile):
    """Open a photo and convert it, as Image ▸ Convert Image Color Space does."""
    open_photo(path)
    document = K.activeDocument()
    document.setColorSpace("RGBA", depth, profile)
    document.waitForDone()
    return [document.colorDepth(), document.colorProfile()]


def open_gray(path):
    open_photo(path)
    K.activeDocument().setColorSpace("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc")
    return K.activeDocument().colorModel()


def is_active(name):
    """Krita needs a moment before a document that was opened is the one that actions are for."""
    document = K.activeDocument()
    return (
        document is not None
        and document.fileName().endswith(name)
        and K.action("cyclorama_split").isEnabled()
    )


def close_all():
    for document in K.documents():
        document.setBatchmode(True)
        document.setModified(False)
        document.close()
    return True


def projection(path):
    """Write the pixels that the document in front shows."""
    document = K.activeDocument()
    document.refreshProjection()
    document.waitForDone()
    with open(path, "wb") as file:
        file.write(bytes(document.pixelData(0, 0, document.width(), document.height())))
    return [document.height(), document.width()]


def node_pixels(names, path, last):
    """Write the pixels of a layer, found by the names from the top level down, and say its bounds and format."""
    document = K.activeDocument()
    node = document.rootNode()
    for name in names:
        found = [child for child in node.childNodes() if child.name() == name]
        node = found[-1 if last else 0]
    with open(path, "wb") as file:
        file.write(bytes(node.pixelData(0, 0, document.width(), document.height())))
    bounds = node.bounds()
    return {
        "box": [bounds.left(), bounds.top(), bounds.right() + 1, bounds.bottom() + 1],
        "depth": node.colorDepth(),
        "profile": node.colorProfile(),
    }


def select(left, top, width, height):
    selection = Selection()
    selection.select(left, top, width, height, 255)
    K.activeDocument().setSelection(selection)
    return True


def selection():
    found = K.activeDocument().selection()
    return None if found is None else [found.x(), found.y(), found.width(), found.height()]


def save_as(path):
    document = K.activeDocument()
    document.setBatchmode(True)
    return document.saveAs(path)


def light():
    state = bench().state(K.activeDocument())
    return [state.lighting, state.perspective]


def set_direction(direction):
    state = bench().state(K.activeDocument())
    bench().set_light({**state.lighting, "direction": direction, "kappa": 500.0}, None)
    return True


def background(options):
    bench().make_background(options)
    return True


def candidates():
    return [[own.scene, own.seed, dict(own.fit)] for own in bench().state(K.activeDocument()).candidates]


def listed():
    found = widget("cyclorama_objects")
    return [
        [found.item(row).text(), found.item(row).checkState() == QtCore.Qt.CheckState.Checked]
        for row in range(found.count())
    ]


def list_set(row, text, checked):
    item = widget("cyclorama_objects").item(row)
    item.setText(text)
    item.setCheckState(QtCore.Qt.CheckState.Checked if checked else QtCore.Qt.CheckState.Unchecked)
    return True


def bring_to_view(name):
    scroll = docker().widget()
    scroll.ensureWidgetVisible(widget(name))
    return True


def notice():
    found = widget("cyclorama_notice")
    return widget("cyclorama_notice_text").text() if found.isVisible() else None


def erase_corner():
    """Make a corner of the photo transparent."""
    document = K.activeDocument()
    node = document.topLevelNodes()[0]
    node.setPixelData(bytes(4 * 40 * 30), 0, 0, 40, 30)
    document.refreshProjection()
    document.waitForDone()
    return True


def tree_is(wanted):
    return tree() == wanted


def progress_beyond(fraction):
    return any(job.fraction > fraction for job in bench().queue.jobs)


def cancel_all():
    for job in bench().queue.jobs:
        bench().queue.cancel(job.number)
    return True


def use(number):
    bench().use(number)
    return True


def last_background(path):
    """Write the picture of the topmost background."""
    document = K.activeDocument()
    group = next(node for node in document.topLevelNodes() if node.name().startswith("Split of"))
    background = [node for node in group.childNodes() if node.name().startswith("Background:")][-1]
    with open(path, "wb") as file:
        file.write(bytes(background.childNodes()[0].pixelData(0, 0, document.width(), document.height())))
    return [document.height(), document.width()]


def horizon_handle():
    """Return where on the screen the middle handle of the horizon is."""
    found = widget("cyclorama_horizon")
    left, top, width, height = found._area()
    row = found._camera(width, height).horizon_row(width / 2)
    point = found.mapToGlobal(QtCore.QPoint(left + width // 2, top + int(min(max(row, 1), height - 2))))
    return [point.x(), point.y(), 0, 0]


def open_importer():
    """Open Krita's importer of plug-ins, once this call has been answered: it blocks until it is closed."""
    QtCore.QTimer.singleShot(300, K.action("plugin_importer_file").trigger)
    return True


def dialog_open():
    return QtWidgets.QApplication.activeModalWidget() is not None


def question_open():
    return isinstance(QtWidgets.QApplication.activeModalWidget(), QtWidgets.QMessageBox)


def answer_yes():
    box = QtWidgets.QApplication.activeModalWidget()
    QtCore.QTimer.singleShot(300, box.button(QtWidgets.QMessageBox.StandardButton.Yes).click)
    return box.text()


def has_action(name):
    return K.action(name) is not None


def scripts_menu():
    """Return the texts of Tools ▸ Scripts."""
    bar = K.activeWindow().qwindow().menuBar()
    tools = next(action.menu() for action in bar.actions() if action.text().replace("&", "") == "Tools")
    scripts = next(action.menu() for action in tools.actions() if action.text().replace("&", "") == "Scripts")
    return [action.text().replace("&", "") for action in scripts.actions()]


def docker_title():
    return docker().windowTitle()


def scribble(boxes):
    """Make a layer of scribbles: (left, top, width, height, BGR) each, over the picture."""
    document = K.activeDocument()
    layer = document.createNode("Scribbles", "paintlayer")
    for left, top, width, height, color in boxes:
        layer.setPixelData(bytes([*color, 255]) * (width * height), left, top, width, height)
    document.rootNode().addChildNode(layer, None)
    document.waitForDone()
    return True


def activate(names):
    """Make a layer, found by the names from the top level down, the active one."""
    document = K.activeDocument()
    node = document.rootNode()
    for name in names:
        node = next(child for child in reversed(node.childNodes()) if child.name() == name)
    document.setActiveNode(node)
    document.waitForDone()
    return True


def active_name():
    return K.activeDocument().activeNode().name()


def undo_text():
    """Return what Edit ▸ Undo says that it would take back."""
    return K.action("edit_undo").text().replace("&", "")


def fit_canvas():
    K.activeWindow().activeView().canvas().setZoomLevel(1.5)
    return True


def open_menu():
    """Open Tools ▸ Scripts ▸ Cyclorama, as a person sees it."""
    bar = K.activeWindow().qwindow().menuBar()
    tools = next(action for action in bar.actions() if action.text().replace("&", "") == "Tools")
    bar.setActiveAction(tools)
    scripts = next(action for action in tools.menu().actions() if action.text().replace("&", "") == "Scripts")
    own = next(action for action in scripts.menu().actions() if action.text().replace("&", "") == "Cyclorama")
    tools.menu().setActiveAction(scripts)
    scripts.menu().setActiveAction(own)
    return True


def choose_scene(name):
    box = widget("cyclorama_scene")
    box.setCurrentIndex(box.findData(name))
    assert box.currentData() == name, box.count()
    return True


def found_boxes():
    """Return the boxes of the objects that were found, in the order of the list."""
    return [list(own.box) for own in reversed(bench().state(K.activeDocument()).found)]


def all_names():
    """Return the names of the top layers of every open document."""
    return [[node.name() for node in document.topLevelNodes()] for document in K.documents()]


def preview():
    """Return the words below the preview and the mean red of its left and right half, or None while it is hidden."""
    picture = widget("cyclorama_preview")
    if not picture.isVisible() or picture.picture is None:
        return None
    image = picture.picture
    halves = ([], [])
    for row in range(0, image.height(), 4):
        for column in range(0, image.width(), 4):
            halves[2 * column >= image.width()].append(QtGui.QColor(image.pixel(column, row)).red())
    return [
        widget("cyclorama_preview_caption").text(),
        *(sum(half) / len(half) for half in halves),
        len(picture.subject.cutouts),
    ]


def preview_is_not(known):
    """Return the preview once it is another one."""
    found = preview()
    return found if found is not None and found != known else None


def painting():
    """Say whether diffusion runs."""
    return any(job.message.startswith("Denoising") for job in bench().queue.jobs)


def unfold_models():
    widget("cyclorama_models").setChecked(True)
    return True


def models_of(part):
    """Return the list of one part of the work: value, words, whether it can be chosen, tooltip; and what is chosen."""
    box = widget("cyclorama_" + part)
    rows = [
        [
            box.itemData(row),
            box.itemText(row),
            bool(box.model().item(row).isEnabled()),
            box.itemData(row, QtCore.Qt.ItemDataRole.ToolTipRole),
        ]
        for row in range(box.count())
    ]
    return [rows, box.currentData()]


def models_listed():
    return widget("cyclorama_segmenter").count() > 0 and "recommended" in models_advice().lower()


def models_advice():
    return widget("cyclorama_models_advice").text()


def choose_model(part, value):
    """Choose a model, as if it had been there when the lists were made."""
    box = widget("cyclorama_" + part)
    if box.findData(value) < 0:
        box.addItem(value, value)
    box.setCurrentIndex(box.findData(value))
    return box.currentData()


def row_place(row):
    """Return where on the screen a row of the list of objects is."""
    found = widget("cyclorama_objects")
    area = found.visualItemRect(found.item(row))
    corner = found.viewport().mapToGlobal(area.topLeft())
    return [corner.x(), corner.y(), area.width(), area.height()]


def candidate_texts():
    found = widget("cyclorama_candidates")
    return [found.item(row).text() for row in range(found.count())]


def keep_masks(on):
    widget("cyclorama_masks").setChecked(on)
    return True


def titles():
    return [job.title for job in bench().queue.jobs]


def focus_window():
    K.activeWindow().qwindow().activateWindow()
    return True
