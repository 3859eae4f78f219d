"""What a plug-in offers: procedures, menus and file handlers, collected while GIMP asks for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Optional, Sequence

from pythonfu import conversion, kinds
from pythonfu.backend import backend
from pythonfu.kinds import Plain

PLUGIN, EXTENSION, TEMPORARY = 1, 2, 3


class CancelError(RuntimeError):
    """The person pressed Cancel; nothing to say about it."""


@dataclass(frozen=True)
class Parameter:
    """An argument or a result.

    Parameters
    ----------
    kind : int
        A type of GIMP 2.10 (``PDB_INT32``...).
    name, label : str
        For the database, for people.
    """

    kind: int
    name: str
    label: str

    @property
    def letter(self) -> str:
        """The kind as `kinds` writes it."""
        return kinds.LETTERS[self.kind]


@dataclass(frozen=True)
class Field:
    """A parameter with what a dialog needs: the ``PF_`` type, the default, and the range or the choices."""

    pf: int
    name: str
    label: str
    default: Any = None
    extra: Any = None


@dataclass(frozen=True)
class Form:
    """A dialog to be filled in.

    Parameters
    ----------
    name, title, blurb : str
        The procedure's.
    fields : tuple of Field
        What is asked for.
    values : tuple
        What stands there at first.
    """

    name: str
    title: str
    blurb: str
    fields: tuple[Field, ...]
    values: tuple[Any, ...]


@dataclass
class FileHandler:
    """A procedure that opens or exports files."""

    saves: bool
    extensions: str = ""
    prefixes: str = ""
    magics: str = ""
    mime_types: str = ""


@dataclass
class Installed:
    """A procedure as a plug-in offers it; ``fields`` is there when ``gimpfu.register`` made it."""

    name: str
    blurb: str = ""
    help: str = ""
    author: str = ""
    copyright: str = ""
    date: str = ""
    label: str = ""
    image_types: str = ""
    kind: int = PLUGIN
    parameters: tuple[Parameter, ...] = ()
    results: tuple[Parameter, ...] = ()
    fields: Optional[tuple[Field, ...]] = None
    menus: list[str] = field(default_factory=list)
    handler: Optional[FileHandler] = None

    @property
    def has_run_mode(self) -> bool:
        """Whether the first parameter is the run mode."""
        return bool(self.parameters) and self.parameters[0].name.replace("_", "-") == "run-mode"

    @property
    def letters(self) -> str:
        """The parameters' kinds, as `kinds.Signature.takes` has them."""
        letters = "".join(parameter.letter for parameter in self.parameters)
        return "r" + letters[1:] if self.has_run_mode else letters


@dataclass
class PlugIn:
    """The four functions of a plug-in, as ``gimp.main`` takes them."""

    init: Optional[Callable[[], Any]] = None
    quit: Optional[Callable[[], Any]] = None
    query: Optional[Callable[[], Any]] = None
    run: Optional[Callable[[str, tuple[Any, ...]], Any]] = None

    def offered(self) -> dict[str, Installed]:
        """Return what the plug-in installs when it is asked, by name."""
        if not _installed and self.query is not None:
            self.query()
        return _installed

    def answer(self, name: str, letters: str, arguments: Sequence[Plain]) -> list[Plain]:
        """Run a procedure of the plug-in: plain arguments in, plain results out.

        Raises
        ------
        CancelError
            If the person cancelled.
        """
        from pythonfu.pixels import flush_tiles

        values = tuple(conversion.from_plain(letter, value) for letter, value in zip(letters, arguments))
        assert self.run is not None
        try:
            given = self.run(name, values)
        finally:
            flush_tiles()
            backend().let_go()
        wanted = self.offered()[name].results
        if not wanted or given is None:
            # GIMP fills in what is missing.
            return []
        results = list(given) if isinstance(given, (tuple, list)) and len(wanted) != 1 else [given]
        if (
            len(wanted) == 1
            and isinstance(given, (tuple, list))
            and len(given) == 1
            and wanted[0].kind not in range(5, 10)
        ):
            results = [given[0]]
        if len(results) != len(wanted):
            raise TypeError(f"{name} promises {len(wanted)} results and returned {len(results)}")
        return [conversion.to_plain(parameter.letter, value) for parameter, value in zip(wanted, results)]


_installed: dict[str, Installed] = {}


def install(installed: Installed) -> None:
    """Offer a procedure."""
    _installed[installed.name] = installed


def dashed(name: str) -> str:
    """Return a procedure's name as the database spells it."""
    return name.replace("_", "-")


def install_procedure(
    name: str,
    blurb: str,
    help: str,
    author: str,
    copyright: str,
    date: str,
    label: str,
    imagetypes: str,
    type: int,
    params: Sequence[Any],
    return_vals: Sequence[Any],
) -> None:
    """Offer a procedure in the terms of ``gimp.install_procedure``; a label may begin with its menu."""
    texts = [
        str(conversion.text(part) or "") for part in (blurb, help, author, copyright, date, label, imagetypes)
    ]
    parameters, results = (
        tuple(Parameter(int(kind), str(name), str(text or name)) for kind, name, text, *_ in rows or ())
        for rows in (params, return_vals)
    )
    menu, _, texts[5] = texts[5].rpartition("/") if texts[5].startswith("<") else ("", "", texts[5])
    installed = Installed(dashed(name), *texts[:7], int(type), parameters, results)  # type: ignore[arg-type, call-arg]
    install(installed)
    if menu:
        menu_register(name, menu)


def menu_register(name: str, path: str) -> None:
    """Put a procedure into a menu; below ``<Load>`` and ``<Save>`` it handles files."""
    installed = _installed[dashed(name)]
    root = path.partition("/")[0]
    if root in ("<Load>", "<Save>"):
        installed.handler = installed.handler or FileHandler(root == "<Save>")
    else:
        installed.menus.append(path)


def register_load_handler(name: str, extensions: str, prefixes: str = "") -> None:
    """Let a procedure open the files with these endings."""
    register_magic_load_handler(name, extensions, prefixes, "")


def register_magic_load_handler(name: str, extensions: str, prefixes: str = "", magics: str = "") -> None:
    """Let a procedure open the files with these endings, or these bytes in front."""
    _installed[dashed(name)].handler = FileHandler(False, extensions or "", prefixes or "", magics or "")


def register_save_handler(name: str, extensions: str, prefixes: str = "") -> None:
    """Let a procedure export files with these endings."""
    _installed[dashed(name)].handler = FileHandler(True, extensions or "", prefixes or "")


def mime_register(name: str, mime_types: str) -> None:
    """Say of which MIME types a procedure's files are."""
    installed = _installed[dashed(name)]
    installed.handler = installed.handler or FileHandler(saves="save" in name or "export" in name)
    installed.handler.mime_types = mime_types


def _aside(*_: Any) -> None:
    """Take a fact that only the file dialogs of GIMP 2 wanted."""


#: What a plug-in tells the database while it is asked; it is kept until the procedure is there.
TOLD: dict[str, Callable[..., Any]] = {
    "gimp-plugin-menu-register": menu_register,
    "gimp-register-load-handler": register_load_handler,
    "gimp-register-magic-load-handler": register_magic_load_handler,
    "gimp-register-save-handler": register_save_handler,
    "gimp-register-file-handler-mime": mime_register,
    "gimp-register-file-handler-uri": _aside,
    "gimp-register-file-handler-raw": _aside,
    "gimp-register-file-handler-priority": _aside,
    "gimp-register-thumbnail-loader": _aside,
}
