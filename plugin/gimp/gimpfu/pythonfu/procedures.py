"""``pdb``: every procedure as a function, by its name with underscores or dashes."""

from __future__ import annotations

from typing import Any, Sequence

from pythonfu import conversion, kinds
from pythonfu.backend import ProcedureMissingError, backend

RUN_INTERACTIVE, RUN_NONINTERACTIVE, RUN_WITH_LAST_VALS = 0, 1, 2


def invoke(name: str, *arguments: Any, run_mode: int = RUN_NONINTERACTIVE) -> Any:
    """Run a procedure with a plug-in's values; return None, the one result, or a tuple of several."""
    signature = backend().signature(name)
    run_mode, plain = _arguments(name, signature, arguments, run_mode)
    results = backend().call(name, run_mode, plain)
    values = [conversion.from_plain(letter, value) for letter, value in zip(signature.gives, results)]
    return values[0] if len(values) == 1 else tuple(values) if values else None


def _arguments(
    name: str, signature: kinds.Signature, arguments: Sequence[Any], run_mode: int
) -> tuple[int, list[kinds.Plain]]:
    """Return the run mode and the plain arguments; a run mode written out, and drawables left out, are seen."""
    letters = signature.given
    if signature.has_run_mode and len(arguments) == len(letters) + 1 and "W" not in letters:
        run_mode, arguments = conversion.whole(arguments[0]), arguments[1:]
    filled: list[kinds.Plain] = []
    rest = list(arguments)
    for k, letter in enumerate(letters):
        if letter == "W" and not (rest and _is_drawable(rest[0])):
            filled.append([])
            continue
        if not rest:
            if len(arguments) < len(letters) - letters.count("W"):
                raise TypeError(f"{name} takes {len(letters)} arguments ({letters}), not {len(arguments)}")
            break
        value = rest.pop(0)
        try:
            filled.append(conversion.to_plain(letter, value))
        except (TypeError, ValueError) as error:
            raise TypeError(f"argument {k + 1} of {name}: {error}") from None
    if rest:
        raise TypeError(f"{name} takes {len(letters)} arguments ({letters}), not {len(arguments)}")
    return run_mode, filled


def _is_drawable(value: Any) -> bool:
    from pythonfu.item import Item

    values = value if isinstance(value, (list, tuple)) else [value]
    return value is None or all(isinstance(one, Item) for one in values)


class Procedure:
    """One procedure, to be called; what it says of itself as attributes."""

    def __init__(self, name: str) -> None:
        self.proc_name = name
        self._signature = backend().signature(name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Run it; the only keyword is ``run_mode``."""
        run_mode = options.pop("run_mode", options.pop("run-mode", RUN_NONINTERACTIVE))
        if options:
            raise TypeError("only 'run_mode' can be given by name")
        return invoke(self.proc_name, *arguments, run_mode=int(run_mode))

    def __getattr__(self, name: str) -> Any:
        facts = backend().describe(self.proc_name)
        if name in ("params", "return_vals"):
            letters = self._signature.takes if name == "params" else self._signature.gives
            names = facts[name] or [""] * len(letters)
            return tuple(
                (kinds.NUMBERS.get(letter, 16), label, label) for letter, label in zip(letters, names)
            )
        if name in ("nparams", "nreturn_vals"):
            return len(self._signature.takes if name == "nparams" else self._signature.gives)
        if name.startswith("proc_") and name[5:] in facts:
            return facts[name[5:]]
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"<pdb function {self.proc_name}>"


class Procedures:
    """The procedural database."""

    def __getattr__(self, name: str) -> Procedure:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Procedure:
        return Procedure(str(name).replace("_", "-"))

    def __contains__(self, name: str) -> bool:
        try:
            return bool(self[name])
        except ProcedureMissingError:
            return False

    has_key = __contains__

    def query(self, name: str = "", *patterns: str) -> tuple[str, ...]:
        """Return the names of the procedures that match regular expressions, the name's first."""
        wanted = (name, *patterns)
        return tuple(invoke("gimp-procedural-db-query", *(wanted + (".*",) * 7)[:7])[1])

    def __dir__(self) -> list[str]:
        return [name.replace("-", "_") for name in backend().procedure_names()]

    def keys(self) -> list[str]:
        """Return the names of all procedures."""
        return backend().procedure_names()


pdb = Procedures()


def attribute(getter: str, setter: str = "", kind: Any = None) -> property:
    """Return a property that reads, and writes, through the procedural database."""

    def get(self: Any) -> Any:
        value = invoke(getter, self)
        return value if kind is None else kind(value)

    def put(self: Any, value: Any) -> None:
        invoke(setter, self, value)

    return property(get, put if setter else None)


def method(name: str, *defaults: Any) -> Any:
    """Return a method that calls a procedure with the object first; the last arguments may be left out."""

    def run(self: Any, *arguments: Any, **named: Any) -> Any:
        given = [*arguments, *named.values()]
        takes = len(backend().signature(name).given) - 1
        missing = takes - len(given)
        tail = defaults[len(defaults) - missing :] if 0 < missing <= len(defaults) else ()
        return invoke(name, self, *given, *tail)

    run.__name__ = name.replace("-", "_")
    run.__doc__ = f"Call ``{name}``."
    return run
