"""GIMP 3's own procedures, run with plain values."""

from __future__ import annotations

from typing import Any, Optional, Sequence

from pythonfu.backend import GimpError
from pythonfu.gimp3 import values
from pythonfu.gimp3.binding import Gimp
from pythonfu.kinds import Plain

NONINTERACTIVE = 1
SUCCESS = 3
#: Introspection cannot hand these to a configuration; the library's functions take them.
NUMBERS = ("GimpDoubleArray", "GimpInt32Array")
CLASSES = ("Image", "Path", "Drawable", "Gradient")


class Native:
    """Runs procedures by name: plain values in, without counts in front of arrays; a list of plain values out."""

    def find(self, name: str) -> Optional[Any]:
        """Return a procedure, or None."""
        return Gimp.get_pdb().lookup_procedure(name)

    def __call__(self, name: str, *arguments: Plain) -> list[Any]:
        """Run a procedure without a dialog."""
        return self.run(name, NONINTERACTIVE, arguments)

    def run(self, name: str, run_mode: int, arguments: Sequence[Plain]) -> list[Any]:
        """Run a procedure.

        Raises
        ------
        GimpError
            With GIMP's text, or ours for a value that is out of its range (GIMP would keep the old one, silently).
        """
        procedure = self.find(name)
        if procedure is None:
            raise GimpError(f"GIMP has no procedure {name}")
        specs = [spec for spec in procedure.get_arguments() if values.type_name(spec) != "GimpExportOptions"]
        if any(values.type_name(spec) in NUMBERS for spec in [*specs, *procedure.get_return_values()]):
            function = _function(name)
            if function is not None:
                return self._run_function(function, procedure, specs, arguments)
        config = procedure.create_config()
        if specs and specs[0].name == "run-mode":
            config.set_property("run-mode", Gimp.RunMode(run_mode))
            specs = specs[1:]
        for spec, value in zip(specs, arguments):
            if spec.name == "drawables" and value == []:
                value = [item.get_id() for item in config.get_property("image").get_selected_drawables()]
            # GIMP 2.10's filters took what was beyond a range for the end of it.
            values.put(config, spec, values.clamped(spec, value) if name.startswith("plug-in-") else value)
        results = procedure.run(config)
        if int(results.index(0)) not in (SUCCESS, 2):
            text = results.index(1) if results.length() > 1 else Gimp.get_pdb().get_last_error()
            raise GimpError(str(text or f"{name} failed without saying why"))
        return [values.take(results, k + 1, spec) for k, spec in enumerate(procedure.get_return_values())]

    @staticmethod
    def _run_function(
        function: Any, procedure: Any, specs: Sequence[Any], arguments: Sequence[Plain]
    ) -> list[Any]:
        ready = [
            list(value) if values.type_name(spec) in NUMBERS else values.native(spec, value)  # type: ignore[arg-type]
            for spec, value in zip(specs, arguments)
        ]
        for k, spec in enumerate(specs[: len(ready)]):
            if spec.__gtype__.name == "GParamEnum":
                ready[k] = getattr(Gimp, values.type_name(spec)[len("Gimp") :])(ready[k])
        given = function(*ready)
        wanted = list(procedure.get_return_values())
        if not wanted:
            if given is False:
                raise GimpError(Gimp.get_pdb().get_last_error() or f"{procedure.get_name()} failed")
            return []
        results = list(given) if isinstance(given, tuple) else [given]
        return [values.plain(spec, value) for spec, value in zip(wanted, results[-len(wanted) :])]


def _function(name: str) -> Optional[Any]:
    """Return the library's function for a procedure: ``gimp-path-copy`` is ``Gimp.Path.copy``."""
    rest = name[len("gimp-") :].replace("-", "_")
    for owner in CLASSES:
        if rest.startswith(owner.lower() + "_"):
            found = getattr(getattr(Gimp, owner), rest[len(owner) + 1 :], None)
            if found is not None:
                return found
    return getattr(Gimp, rest, None) if name.startswith("gimp-") else None
