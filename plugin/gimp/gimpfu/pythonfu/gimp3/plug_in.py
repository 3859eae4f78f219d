"""A classic plug-in as GIMP 3's: the procedures that it offers, and their being run."""

from __future__ import annotations

import re
import sys
import traceback
from typing import Any, Optional

from pythonfu.gimp3 import arguments, values
from pythonfu.gimp3.binding import Gimp, GLib, GObject, start_gegl
from pythonfu.kinds import Plain
from pythonfu.registry import CancelError, FileHandler, Installed, PlugIn

INTERACTIVE = 0
#: Menus that GIMP 3 has; what is not here goes below the image's.
MENUS = ("<Image>", "<Layers>", "<Channels>", "<Paths>", "<Colormap>", "<Brushes>", "<Dynamics>", "<Gradients>",
         "<Palettes>", "<Patterns>", "<Fonts>", "<Buffers>", "<QuickMask>", "<ToolPresets>")  # fmt: skip
OLD_MENUS = {"<Toolbox>": "<Image>", "<Vectors>": "<Paths>"}


def menu_path(path: str) -> str:
    """Return where GIMP 3 shows an entry: the toolbox has no menu any more."""
    root, slash, rest = path.partition("/")
    root = OLD_MENUS.get(root, root)
    if root not in MENUS:
        root, slash, rest = "<Image>", "/", "Filters/Python-Fu"
    if root == "<Image>":
        # GIMP 2.4 and before had these; unknown names make menus of their own.
        rest = re.sub("^(Script-Fu|Python-Fu|Xtns|Extensions)(/|$)", r"Filters/\1\2", rest) or "Filters"
    rest = rest.strip("/")
    return root + ("/" + rest if slash and rest else "")


class Classic(Gimp.PlugIn):
    """The one plug-in of this process; GIMP makes it."""

    plug_in: PlugIn
    host: Any

    def do_set_i18n(self, name: str) -> bool:
        """Say that the plug-in translates itself."""
        return False

    def do_query_procedures(self) -> list[str]:
        """Return the procedures' names."""
        return list(self.plug_in.offered())

    def do_create_procedure(self, name: str) -> Any:
        """Return one procedure."""
        start_gegl()
        return create(self, self.plug_in.offered()[name])


def create(plug_in: Classic, installed: Installed) -> Any:
    """Return a GIMP 3 procedure for a classic one."""
    layout = arguments.layout(installed)
    if layout.handler is not None:
        procedure = _file_procedure(plug_in, installed, layout)
    elif layout.on_image:
        procedure = Gimp.ImageProcedure.new(
            plug_in, installed.name, Gimp.PDBProcType.PLUGIN, _image_runner(plug_in, installed, layout), None
        )
        procedure.set_image_types(installed.image_types or "*")
        procedure.set_sensitivity_mask(_sensitivity(layout))
    else:
        procedure = Gimp.Procedure.new(
            plug_in, installed.name, Gimp.PDBProcType.PLUGIN, _plain_runner(plug_in, installed, layout), None
        )
        if installed.has_run_mode:
            arguments.add_run_mode(procedure)
    for slot in layout.slots:
        arguments.add(procedure, slot)
    for k, result in enumerate(installed.results):
        arguments.add_result(procedure, result, k)
    _describe(procedure, installed)
    return procedure


def _describe(procedure: Any, installed: Installed) -> None:
    procedure.set_documentation(installed.blurb, installed.help, installed.name)
    procedure.set_attribution(installed.author, installed.copyright, installed.date)
    label = installed.label or (installed.handler is not None and installed.name) or ""
    if label:
        procedure.set_menu_label(label)
    if label and installed.handler is None:
        for path in installed.menus:
            procedure.add_menu_path(menu_path(path))


def _sensitivity(layout: arguments.Layout) -> Any:
    mask = Gimp.ProcedureSensitivityMask
    found = mask.DRAWABLE | mask.DRAWABLES
    return found if layout.drawable is not None else found | mask.NO_DRAWABLES


def _file_procedure(plug_in: Classic, installed: Installed, layout: arguments.Layout) -> Any:
    handler = layout.handler
    assert handler is not None
    kind = Gimp.PDBProcType.PLUGIN
    if handler.saves:
        runner = _export_runner(plug_in, installed, layout)
        procedure = Gimp.ExportProcedure.new(plug_in, installed.name, kind, False, runner, None)
        procedure.set_image_types(installed.image_types or "*")
    else:
        runner = _load_runner(plug_in, installed, layout)
        procedure = Gimp.LoadProcedure.new(plug_in, installed.name, kind, runner, None)
    _describe_files(procedure, handler)
    return procedure


def _describe_files(procedure: Any, handler: FileHandler) -> None:
    procedure.set_extensions(handler.extensions)
    if handler.prefixes:
        procedure.set_prefixes(handler.prefixes)
    if handler.magics:
        procedure.set_magics(handler.magics)
    if handler.mime_types:
        procedure.set_mime_types(handler.mime_types)


def _answer(
    plug_in: Classic, installed: Installed, procedure: Any, config: Any, given: list[tuple[str, Plain]]
) -> Any:
    """Run the classic function; return GIMP's values, whatever happens."""
    start_gegl()
    plug_in.host.runs(procedure, config)
    letters = "".join(letter for letter, _ in given)
    try:
        results = plug_in.plug_in.answer(installed.name, letters, [value for _, value in given])
    except CancelError:
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    except SystemExit as error:
        if error.code not in (None, 0):
            return _failed(procedure, f"{installed.name} ended itself with {error.code}")
        results = []
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return _failed(procedure, f"{type(error).__name__}: {error}")
    return _success(procedure, results)


def _failed(procedure: Any, text: str) -> Any:
    return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, GLib.Error(text))


def _success(procedure: Any, results: list[Plain]) -> Any:
    specs = list(procedure.get_return_values())
    made = procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)
    for k, (spec, value) in enumerate(zip(specs, results), 1):
        made.remove(k)
        made.insert(k, GObject.Value(spec.value_type, values.native(spec, value)))
    return made


def _image_runner(plug_in: Classic, installed: Installed, layout: arguments.Layout) -> Any:
    def run(procedure: Any, run_mode: Any, image: Any, drawables: Any, config: Any, data: Any) -> Any:
        given: list[tuple[str, Plain]] = [("i", int(run_mode))] if installed.has_run_mode else []
        given.append(("m", image.get_id()))
        if layout.drawable is not None:
            given.append((layout.drawable, _chosen(image, drawables, layout.drawable)))
        if int(run_mode) != INTERACTIVE or not installed.fields:
            given += arguments.read(config, layout)
        return _answer(plug_in, installed, procedure, config, given)

    return run


def _chosen(image: Any, drawables: Any, letter: str) -> int:
    """Return the number of the drawable that a classic plug-in gets: the first; for a layer, a layer."""
    candidates = list(drawables) or list(image.get_selected_drawables())
    if letter == "l":
        layers = [one for one in candidates if Gimp.Item.id_is_layer(one.get_id())]
        candidates = layers or list(image.get_selected_layers()) or list(image.get_layers())
    return candidates[0].get_id() if candidates else -1


def _plain_runner(plug_in: Classic, installed: Installed, layout: arguments.Layout) -> Any:
    def run(procedure: Any, config: Any, data: Any) -> Any:
        run_mode: Optional[int] = int(config.get_property("run-mode")) if installed.has_run_mode else None
        given: list[tuple[str, Plain]] = [] if run_mode is None else [("i", run_mode)]
        if run_mode != INTERACTIVE or not installed.fields:
            given += arguments.read(config, layout)
        return _answer(plug_in, installed, procedure, config, given)

    return run


def _load_runner(plug_in: Classic, installed: Installed, layout: arguments.Layout) -> Any:
    def run(
        procedure: Any, run_mode: Any, file: Any, metadata: Any, flags: Any, config: Any, data: Any
    ) -> Any:
        path = file.get_path() or file.get_uri()
        given: list[tuple[str, Plain]] = [("i", int(run_mode))] if installed.has_run_mode else []
        given += [("s", path)] * layout.names
        if int(run_mode) != INTERACTIVE or not installed.fields:
            given += arguments.read(config, layout)
        return _answer(plug_in, installed, procedure, config, given), flags

    return run


def _export_runner(plug_in: Classic, installed: Installed, layout: arguments.Layout) -> Any:
    def run(
        procedure: Any,
        run_mode: Any,
        image: Any,
        file: Any,
        options: Any,
        metadata: Any,
        config: Any,
        data: Any,
    ) -> Any:
        path = file.get_path() or file.get_uri()
        given: list[tuple[str, Plain]] = [("i", int(run_mode))] if installed.has_run_mode else []
        given += [("m", image.get_id()), ("w", _chosen(image, [], "w"))]
        given += [("s", path)] * layout.names
        if int(run_mode) != INTERACTIVE or not installed.fields:
            given += arguments.read(config, layout)
        return _answer(plug_in, installed, procedure, config, given)

    return run


def main(plug_in: PlugIn, host: Any) -> None:
    """Answer GIMP."""
    Classic.plug_in, Classic.host = plug_in, host
    if plug_in.init is not None:
        plug_in.init()
    Gimp.main(Classic.__gtype__, sys.argv)
    if plug_in.quit is not None:
        plug_in.quit()
