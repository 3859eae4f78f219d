"""The back end for GIMP 2.10."""

from __future__ import annotations

import ctypes as c
import sys
import traceback
from typing import Any, Optional, Sequence

from pythonfu import kinds, registry
from pythonfu.backend import NEEDS_DISPLAY, GimpError, ProcedureMissingError
from pythonfu.gimp2 import parameters
from pythonfu.gimp2.library import Functions, Param, ParamDef, PlugInInfo, Rectangle, Run, Simple
from pythonfu.kinds import Plain, Signature
from pythonfu.registry import CancelError, Form, Installed, PlugIn

EXECUTION_ERROR, SUCCESS, CANCEL = 0, 3, 4
STATUS = kinds.STATUS
DATA = "gimpfu-"


class Gimp2:
    """GIMP 2.10, whose terms the front speaks."""

    def __init__(self) -> None:
        self._c = Functions()
        self.version = self._c.version
        self._signatures: dict[str, Signature] = {}
        self._keep: list[Any] = []
        self._gegl = self._asked = False

    def signature(self, name: str) -> Signature:
        """Return what a procedure takes and gives."""
        if name not in self._signatures:
            self._signatures[name] = self._look_up(name)
        return self._signatures[name]

    def _look_up(self, name: str) -> Signature:
        if not self._raw("gimp-procedural-db-proc-exists", "s", [name], "i")[0]:
            raise ProcedureMissingError(
                f"this GIMP has no pdb.{name.replace('-', '_')}: it comes from another plug-in or another version."
            )
        facts = self._raw("gimp-procedural-db-proc-info", "s", [name], "sssssiii")
        takes, first = "", ""
        for k in range(int(facts[6])):  # type: ignore[arg-type]
            kind, label, _ = self._raw("gimp-procedural-db-proc-arg", "si", [name, k], "iss")
            first = first or str(label)
            takes += kinds.LETTERS.get(int(kind), "i")  # type: ignore[arg-type]
        gives = ""
        for k in range(int(facts[7])):  # type: ignore[arg-type]
            kind, _, _ = self._raw("gimp-procedural-db-proc-val", "si", [name, k], "iss")
            gives += kinds.LETTERS.get(int(kind), "i")  # type: ignore[arg-type]
        return Signature("r" + takes[1:] if first == "run-mode" and takes else takes, gives)

    def call(self, name: str, run_mode: int, arguments: Sequence[Plain]) -> list[Plain]:
        """Run a procedure."""
        if self._asked and name in registry.TOLD:
            registry.TOLD[name](*arguments)
            return []
        signature = self.signature(name)
        given = [run_mode, *arguments] if signature.has_run_mode else list(arguments)
        letters = signature.takes.replace("r", "i")
        try:
            return self._raw(name, letters, given, signature.gives)
        except GimpError:
            if name in NEEDS_DISPLAY:
                return list(NEEDS_DISPLAY[name])
            raise

    def _raw(self, name: str, letters: str, arguments: Sequence[Plain], gives: str) -> list[Plain]:
        keep: list[Any] = []
        params = (Param * max(len(arguments), 1))()
        for param, letter, value in zip(params, letters, arguments):
            parameters.fill(param, letter, value, keep)
        count = c.c_int()
        found = self._c.run(name.encode(), c.byref(count), len(arguments), params)
        try:
            status = found[0].data.i if count.value else EXECUTION_ERROR
            if status not in (SUCCESS, 2):
                raise GimpError(parameters.text(self._c.pdb_error()) or f"{name} failed")
            values = c.cast(c.byref(found[1]), c.POINTER(Param)) if count.value > 1 else found
            return parameters.read_all(values, gives[: count.value - 1])
        finally:
            self._c.destroy(found, count.value)

    def procedure_names(self) -> list[str]:
        """Return the names of all procedures."""
        return sorted(self.call("gimp-procedural-db-query", 1, [".*"] * 7)[1])  # type: ignore[arg-type]

    def describe(self, name: str) -> dict[str, Any]:
        """Return what a procedure says of itself."""
        facts = self.call("gimp-procedural-db-proc-info", 1, [name])
        found: dict[str, Any] = dict(zip(("blurb", "help", "author", "copyright", "date", "type"), facts))
        for key, count, ask in (("params", facts[6], "arg"), ("return_vals", facts[7], "val")):
            rows = [self.call(f"gimp-procedural-db-proc-{ask}", 1, [name, k]) for k in range(int(count))]  # type: ignore
            found[key] = tuple(row[1] for row in rows)
        return {"name": name, **found}

    def start_gegl(self) -> None:
        """Start GEGL once."""
        if not self._gegl:
            self._c.gegl_init(None, None)
            self._gegl = True

    def read_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool) -> bytes:
        """Return the 8-bit samples of a box: GIMP 2.10 shows 8 bits to plug-ins that do not ask for more."""
        return self.read_samples(drawable, box, None, shadow)

    def write_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool, data: bytes) -> None:
        """Write the 8-bit samples of a box."""
        self.write_samples(drawable, box, None, data, shadow)

    def read_samples(
        self, drawable: int, box: tuple[int, int, int, int], format_name: Optional[str], shadow: bool = False
    ) -> bytes:
        """Return the samples of a box in a babl format; None is the drawable's own."""
        if box[2] <= 0 or box[3] <= 0:
            return b""
        self.start_gegl()
        buffer = (self._c.shadow_buffer if shadow else self._c.buffer)(drawable)
        try:
            style = self._format(buffer, format_name)
            size = self._c.pixel_bytes(style) * box[2] * box[3]
            data = c.create_string_buffer(size)
            self._c.gegl_get(buffer, c.byref(Rectangle(*box)), 1.0, style, data, 0, 0)
            return data.raw
        finally:
            self._c.unref(buffer)

    def write_samples(
        self, drawable: int, box: tuple[int, int, int, int], format_name: Optional[str], data: bytes,
        shadow: bool = False,
    ) -> None:  # fmt: skip
        """Write the samples of a box in a babl format; None is the drawable's own."""
        if box[2] <= 0 or box[3] <= 0:
            return
        self.start_gegl()
        buffer = (self._c.shadow_buffer if shadow else self._c.buffer)(drawable)
        try:
            style = self._format(buffer, format_name)
            wanted = self._c.pixel_bytes(style) * box[2] * box[3]
            if len(data) != wanted:
                raise GimpError(f"{len(data)} bytes were given where {wanted} are wanted")
            self._c.gegl_set(buffer, c.byref(Rectangle(*box)), 0, style, data, 0)
            self._c.gegl_flush(buffer)
        finally:
            self._c.unref(buffer)
        if not shadow:
            self._c.update(drawable, *box)

    def enable_precision(self) -> None:
        """Show the pixels of drawables as the image has them, from now on."""
        self._c.enable_precision()

    def _format(self, buffer: Any, format_name: Optional[str]) -> Any:
        """Return a format of the buffer's colour space, so that values pass unconverted; None is its own."""
        own = self._c.buffer_format(buffer)
        if not format_name:
            return own
        return self._c.format_with_space(format_name.encode(), self._c.format_space(own))

    def let_go(self) -> None:
        """Nothing is held here."""

    def merge_shadow(self, drawable: int, undo: bool) -> None:
        """Take over what was written to the shadow."""
        self._c.merge_shadow(drawable, int(undo))

    def folder(self, which: str) -> str:
        """Return one of GIMP's folders."""
        return parameters.text(self._c.folders[which]()) or ""

    def get_data(self, name: str) -> Optional[bytes]:
        """Return stored bytes."""
        try:
            found = self.call("gimp-procedural-db-get-data", 1, [DATA + name])[1]
        except GimpError:
            return None
        return bytes(found) if isinstance(found, bytes) else None

    def set_data(self, name: str, data: bytes) -> None:
        """Store bytes."""
        self.call("gimp-procedural-db-set-data", 1, [DATA + name, len(data), bytes(data)])

    def ask(self, form: Form) -> Optional[list[Any]]:
        """Show the dialog."""
        from pythonfu.gimp2 import dialog

        return dialog.ask(form)

    def main(self, plug_in: PlugIn) -> None:
        """Answer GIMP."""
        nothing = Simple(lambda: None)

        def run(name: bytes, count: int, params: Any, n_results: Any, results: Any) -> None:
            status, values, letters = self._answer(plug_in, name.decode(), count, params)
            out = (Param * (len(values) + 1))()
            out[0].type, out[0].data.i = STATUS, status
            for k, (letter, value) in enumerate(zip(letters, values), 1):
                parameters.fill(out[k], letter, value, self._keep)
            self._keep.append(out)
            n_results[0], results[0] = len(values) + 1, c.cast(out, c.POINTER(Param))

        init = Simple(plug_in.init) if plug_in.init is not None else nothing
        leave = Simple(plug_in.quit) if plug_in.quit is not None else nothing
        info = PlugInInfo(init, leave, Simple(lambda: self._query(plug_in)), Run(run))
        argv = (c.c_char_p * len(sys.argv))(*[argument.encode() for argument in sys.argv])
        self._keep += [info, argv]
        self._c.main(c.byref(info), len(sys.argv), argv)

    def _answer(self, plug_in: PlugIn, name: str, count: int, params: Any) -> tuple[int, list[Plain], str]:
        installed = plug_in.offered()[name]
        letters = installed.letters.replace("r", "i")[:count]
        try:
            results = plug_in.answer(name, letters, parameters.read_all(params, letters))
        except CancelError:
            return CANCEL, [], ""
        except SystemExit as error:
            if error.code in (None, 0):
                return SUCCESS, [], ""
            return EXECUTION_ERROR, [f"{name} ended itself with {error.code}"], "s"
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            return EXECUTION_ERROR, [f"{type(error).__name__}: {error}"], "s"
        return SUCCESS, results, "".join(parameter.letter for parameter in installed.results)

    def _query(self, plug_in: PlugIn) -> None:
        try:
            self._asked = True
            offered = list(plug_in.offered().values())
            self._asked = False
            for installed in offered:
                self._install(installed)
        except Exception:
            traceback.print_exc(file=sys.stderr)

    def _install(self, installed: Installed) -> None:
        defs = [
            (ParamDef * max(len(rows), 1))(
                *(ParamDef(row.kind, row.name.encode(), (row.label or row.name).encode()) for row in rows)
            )
            for rows in (installed.parameters, installed.results)
        ]
        self._keep += defs
        texts = (
            installed.name,
            installed.blurb,
            installed.help,
            installed.author,
            installed.copyright,
            installed.date,
        )
        label = installed.label or (installed.name if installed.handler is not None else "")
        # A NULL label is none; a procedure without one has no entry in a menu.
        self._c.install(
            *(str(part).encode() for part in texts),
            label.encode() or None,
            (installed.image_types or "").encode() or None,
            installed.kind,
            len(installed.parameters),
            len(installed.results),
            c.addressof(defs[0]) if installed.parameters else None,
            c.addressof(defs[1]) if installed.results else None,
        )
        for path in installed.menus:
            self.call("gimp-plugin-menu-register", 1, [installed.name, path])
        self._install_handler(installed)

    def _install_handler(self, installed: Installed) -> None:
        handler = installed.handler
        if handler is None:
            return
        if handler.saves:
            self.call("gimp-register-save-handler", 1, [installed.name, handler.extensions, handler.prefixes])
        else:
            facts = [installed.name, handler.extensions, handler.prefixes, handler.magics]
            self.call("gimp-register-magic-load-handler", 1, facts)
        root = "<Save>" if handler.saves else "<Load>"
        if installed.label:
            self.call("gimp-plugin-menu-register", 1, [installed.name, root])
        if handler.mime_types:
            self.call("gimp-register-file-handler-mime", 1, [installed.name, handler.mime_types])
