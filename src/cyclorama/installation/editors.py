"""Which GIMPs and Kritas a person has, and where each looks for plug-ins.

Folders are the editors' documented ones; a portable copy is named by its folder.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cyclorama.protocol.errors import InputError

__all__ = ["PROGRAMS", "Editor", "Places", "editor_in", "find_editors", "runs_in_sandbox"]

PROGRAMS = ("gimp", "krita")
_VERSION = re.compile(r"\d+\.\d+")
_OLDEST_GIMP = (2, 10)


@dataclass(frozen=True)
class Editor:
    """One editor, as far as plug-ins are concerned.

    Parameters
    ----------
    program : {"gimp", "krita"}
        Which.
    version : str
        GIMP: "2.10", "3.0", "3.2"; Krita: "", since one folder serves all versions.
    kind : {"native", "flatpak", "snap", "portable"}
        How it came onto the machine. A copy from the system's packages, an AppImage and the projects' own installers
        share one folder and are "native".
    resources : Path
        Folder that holds ``plug-ins`` (GIMP) or ``pykrita`` (Krita).
    settings : Path or None
        Krita's ``kritarc``.
    """

    program: str
    version: str
    kind: str
    resources: Path
    settings: Path | None = None

    @property
    def name(self) -> str:
        """For a person: "GIMP 3.0 (Flatpak)"."""
        text = {"gimp": "GIMP", "krita": "Krita"}[self.program]
        text = f"{text} {self.version}".strip()
        return text if self.kind == "native" else f"{text} ({self.kind.capitalize()})"

    @property
    def sandbox(self) -> str:
        """The sandbox that keeps it from starting the worker; "" if there is none."""
        return self.kind if self.kind in ("flatpak", "snap") else ""

    @property
    def plugin_folder(self) -> Path:
        """Where the plug-in's main folder lies, or would lie."""
        if self.program == "gimp":
            return self.resources / "plug-ins" / "cyclorama"
        return self.resources / "pykrita" / "cyclorama_krita"


@dataclass(frozen=True)
class Places:
    """Where this person's files lie.

    Parameters
    ----------
    home : Path
        Home folder.
    system : {"linux", "darwin", "win32"}
        As ``sys.platform`` says.
    environment : mapping
        Variables that move folders: ``XDG_CONFIG_HOME``, ``XDG_DATA_HOME``, ``APPDATA``, ``LOCALAPPDATA``,
        ``GIMP3_DIRECTORY``, ``GIMP2_DIRECTORY``.
    """

    home: Path
    system: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Places:
        """Return those of the person who runs this process."""
        return cls(Path.home(), sys.platform, dict(os.environ))

    @property
    def config(self) -> Path:
        """Folder of settings."""
        if self.system == "win32":
            return self._named("APPDATA", "AppData/Roaming")
        if self.system == "darwin":
            return self.home / "Library" / "Application Support"
        return self._named("XDG_CONFIG_HOME", ".config")

    @property
    def data(self) -> Path:
        """Folder of programs' data."""
        if self.system in ("win32", "darwin"):
            return self.config
        return self._named("XDG_DATA_HOME", ".local/share")

    @property
    def local(self) -> Path:
        """Windows' folder of settings that stay on this machine."""
        return self._named("LOCALAPPDATA", "AppData/Local")

    def _named(self, variable: str, usual: str) -> Path:
        given = self.environment.get(variable)
        return Path(given) if given else self.home / usual


def find_editors(places: Places | None = None) -> tuple[Editor, ...]:
    """Return the editors that can take a plug-in: those that have been started, and a Krita that has not.

    Parameters
    ----------
    places : Places, optional
        Where to look; this person's folders if None.
    """
    places = places or Places.here()
    return (*_gimps(places), *_kritas(places))


def runs_in_sandbox(editor: Editor, places: Places) -> bool:
    """Return whether a sandboxed editor may use this folder: Flatpak's GIMP shares it with the system's.

    Parameters
    ----------
    editor : Editor
        From :func:`find_editors`.
    places : Places
        Where it was found.
    """
    if editor.sandbox:
        return True
    flatpaks = (places.home / ".var" / "app", Path("/var/lib/flatpak/app"))
    shared = editor.program == "gimp" and places.system.startswith("linux")
    return shared and any((folder / "org.gimp.GIMP").is_dir() for folder in flatpaks)


def editor_in(folder: Path, program: str) -> Editor:
    """Return the editor whose settings lie in a folder that a person named: a portable copy's.

    Parameters
    ----------
    folder : Path
        For GIMP the folder named like the version (``.../GIMP/3.0``), for Krita the one that holds ``pykrita``.
    program : {"gimp", "krita"}
        Which.

    Raises
    ------
    InputError
        If it is no folder, or its name tells no version of GIMP.
    """
    folder = folder.expanduser().absolute()
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder.", "Start the editor once, so that it makes its folders.")
    if program == "krita":
        settings = next((p for p in (folder / "kritarc", folder.parent / "kritarc") if p.is_file()), None)
        return Editor("krita", "", "portable", folder, settings or folder / "kritarc")
    if not _supported(folder.name):
        raise InputError(
            f"The name of {folder} is no version of GIMP.",
            "Name the folder that holds plug-ins, such as .../GIMP/3.0 (Edit > Preferences > Folders shows it).",
        )
    return Editor("gimp", folder.name, "portable", folder)


def _gimps(places: Places) -> Iterator[Editor]:
    seen = set()
    for variable in ("GIMP3_DIRECTORY", "GIMP2_DIRECTORY"):
        given = places.environment.get(variable)
        if given and _supported(Path(given).name) and Path(given).is_dir():
            seen.add(Path(given))
            yield Editor("gimp", Path(given).name, "native", Path(given))
    for kind, folder in _gimp_folders(places):
        versions = sorted((p for p in folder.iterdir() if p.is_dir()), key=_order) if folder.is_dir() else []
        for path in versions:
            if _supported(path.name) and path not in seen:
                yield Editor("gimp", path.name, kind, path)


def _gimp_folders(places: Places) -> Iterator[tuple[str, Path]]:
    yield "native", places.config / "GIMP"
    if places.system.startswith("linux"):
        # Flatpak's GIMP of today uses the folder above; older ones had their own.
        yield "flatpak", places.home / ".var/app/org.gimp.GIMP/config/GIMP"
        yield "snap", places.home / "snap/gimp/current/.config/GIMP"


def _kritas(places: Places) -> Iterator[Editor]:
    for kind, resources, settings in _krita_folders(places):
        # Krita does not mind folders that were made before its first start; GIMP would skip its own first steps.
        there = resources.is_dir() or settings.is_file()
        fresh = (
            kind == "native" and shutil.which("krita", path=places.environment.get("PATH", "")) is not None
        )
        if there or fresh:
            yield Editor("krita", "", kind, _moved_resources(settings) or resources, settings)


def _krita_folders(places: Places) -> Iterator[tuple[str, Path, Path]]:
    if places.system == "win32":
        yield "native", places.config / "krita", places.local / "kritarc"
        for package in sorted((places.local / "Packages").glob("*Krita*")):
            cache = package / "LocalCache"
            yield "native", cache / "Roaming" / "krita", cache / "Local" / "kritarc"
    elif places.system == "darwin":
        yield "native", places.config / "krita", places.home / "Library" / "Preferences" / "kritarc"
    else:
        yield "native", places.data / "krita", places.config / "kritarc"
        flatpak = places.home / ".var/app/org.kde.krita"
        yield "flatpak", flatpak / "data/krita", flatpak / "config/kritarc"
        snap = places.home / "snap/krita/current"
        yield "snap", snap / ".local/share/krita", snap / ".config/kritarc"


def _moved_resources(settings: Path) -> Path | None:
    """Return the resource folder that a person chose in Krita's settings, if there is one."""
    try:
        text = settings.read_text("utf-8", "replace")
    except OSError:
        return None
    found = re.search(r"^ResourceDirectory=(.+)$", text, re.MULTILINE)
    return Path(found.group(1).strip()) if found else None


def _supported(version: str) -> bool:
    return bool(_VERSION.fullmatch(version)) and tuple(map(int, version.split("."))) >= _OLDEST_GIMP


def _order(path: Path) -> tuple[int, ...]:
    return tuple(map(int, path.name.split("."))) if _VERSION.fullmatch(path.name) else ()
