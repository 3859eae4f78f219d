"""The back end for GIMP 3."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from pythonfu.backend import NEEDS_DISPLAY, GimpError
from pythonfu.gimp3 import translation, values
from pythonfu.gimp3.binding import Gegl, Gimp, start_gegl
from pythonfu.gimp3.native import Native
from pythonfu.gimp3.renames import renamed
from pythonfu.kinds import Plain, Signature
from pythonfu.registry import Form, PlugIn

FORMATS = {1: "Y' u8", 2: "Y'A u8", 3: "R'G'B' u8", 4: "R'G'B'A u8"}
DATA = "gimpfu-data-"


class Gimp3:
    """GIMP 3.0 and 3.2 in the terms of 2.10."""

    def __init__(self) -> None:
        numbers = (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION, Gimp.MICRO_VERSION)
        self.version = (int(numbers[0]), int(numbers[1]), int(numbers[2]))
        self._native = Native()
        self._running: Any = None

    def signature(self, name: str) -> Signature:
        """Return what a procedure takes and gives."""
        return translation.signature(self._native, name, ".".join(map(str, self.version)))

    def call(self, name: str, run_mode: int, arguments: Sequence[Plain]) -> list[Any]:
        """Run a procedure."""
        try:
            return translation.call(self._native, name, run_mode, arguments)
        except GimpError:
            if name in NEEDS_DISPLAY:
                return list(NEEDS_DISPLAY[name])
            raise

    def procedure_names(self) -> list[str]:
        """Return the names of GIMP 3, and of 2.10 where adapters answer."""
        found = set(Gimp.get_pdb().query_procedures(*[".*"] * 8))
        return sorted(
            found | {name for name in translation.SIGNATURES if translation.known(self._native, name)}
        )

    def describe(self, name: str) -> dict[str, Any]:
        """Return what a procedure says of itself."""
        found = self._native.find(renamed(name))
        if found is None:
            return {"name": name, "blurb": "", "help": "", "author": "", "copyright": "", "date": "", "params": (),
                    "return_vals": ()}  # fmt: skip
        return {
            "name": name,
            "blurb": found.get_blurb(),
            "help": found.get_help(),
            "author": found.get_authors(),
            "copyright": found.get_copyright(),
            "date": found.get_date(),
            "type": int(found.get_proc_type()),
            "params": tuple(spec.name for spec in found.get_arguments()),
            "return_vals": tuple(spec.name for spec in found.get_return_values()),
        }

    def read_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool) -> bytes:
        """Return the 8-bit samples of a box."""
        if box[2] <= 0 or box[3] <= 0:
            return b""
        buffer, format_name = self._buffer(drawable, shadow)
        data = buffer.get(Gegl.Rectangle.new(*box), 1.0, format_name, Gegl.AbyssPolicy.NONE)
        return bytes(data)

    def write_pixels(self, drawable: int, box: tuple[int, int, int, int], shadow: bool, data: bytes) -> None:
        """Write the 8-bit samples of a box."""
        if box[2] <= 0 or box[3] <= 0:
            return
        buffer, format_name = self._buffer(drawable, shadow)
        buffer.set(Gegl.Rectangle.new(*box), format_name or self._native_format(drawable), data)
        buffer.flush()
        if not shadow:
            values.item_of(drawable).update(*box)

    def _buffer(self, drawable: int, shadow: bool) -> tuple[Any, Any]:
        """Return a buffer and the format of its samples; None is its own, where that has 8 bits."""
        start_gegl()
        item = values.item_of(drawable)
        buffer = item.get_shadow_buffer() if shadow else item.get_buffer()
        bpp = self.call("gimp-drawable-bpp", 1, [drawable])[0]
        own = item.get_bpp() == bpp
        return buffer, None if own else FORMATS[bpp]

    @staticmethod
    def _native_format(drawable: int) -> str:
        from pythonfu.gimp3.binding import Babl

        return str(Babl.get_name(values.item_of(drawable).get_format()))

    def let_go(self) -> None:
        """Nothing is held here."""

    def merge_shadow(self, drawable: int, undo: bool) -> None:
        """Take over what was written to the shadow."""
        values.item_of(drawable).merge_shadow(undo)

    def folder(self, which: str) -> str:
        """Return one of GIMP's folders."""
        find = {
            "user": Gimp.directory, "data": Gimp.data_directory, "locale": Gimp.locale_directory,
            "sysconf": Gimp.sysconf_directory, "plug-in": Gimp.directory, "cache": Gimp.cache_directory,
        }[which]  # fmt: skip
        return str(find())

    def get_data(self, name: str) -> Optional[bytes]:
        """Return stored bytes: GIMP 3 keeps them as a parasite of its own that no file holds."""
        found = Gimp.get_parasite(DATA + name)
        return bytes(found.get_data()) if found is not None else None

    def set_data(self, name: str, data: bytes) -> None:
        """Store bytes."""
        Gimp.attach_parasite(Gimp.Parasite.new(DATA + name, 0, bytes(data)))

    def main(self, plug_in: PlugIn) -> None:
        """Answer GIMP."""
        from pythonfu.gimp3 import plug_in as classes

        classes.main(plug_in, self)

    def ask(self, form: Form) -> Optional[list[Any]]:
        """Show the dialog of the procedure that runs."""
        from pythonfu.gimp3 import dialog

        return dialog.ask(form, *self._running)

    def runs(self, procedure: Any, config: Any) -> None:
        """Remember what runs: its dialog belongs to it."""
        self._running = (procedure, config)
