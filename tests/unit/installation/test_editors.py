"""The editors' folders, on the three systems, in a home folder made for the test."""

from pathlib import Path

import pytest

from cyclorama.installation import Places, find_editors
from cyclorama.installation.editors import editor_in
from cyclorama.protocol.errors import InputError


def folders(home: Path, *names: str) -> None:
    for name in names:
        (home / name).mkdir(parents=True)


def told(places: Places) -> list[tuple[str, str]]:
    return [
        (editor.name, editor.resources.relative_to(places.home).as_posix()) for editor in find_editors(places)
    ]


def test_linux_native_flatpak_and_snap(tmp_path):
    folders(
        tmp_path,
        ".config/GIMP/2.8",
        ".config/GIMP/2.10",
        ".config/GIMP/3.0",
        ".config/GIMP/3.2",
        ".config/GIMP/notes",
        ".var/app/org.gimp.GIMP/config/GIMP/2.10",
        "snap/gimp/current/.config/GIMP/3.0",
        ".local/share/krita",
        ".var/app/org.kde.krita/data/krita",
        "snap/krita/current/.local/share/krita",
    )
    assert told(Places(tmp_path, "linux")) == [
        ("GIMP 2.10", ".config/GIMP/2.10"),
        ("GIMP 3.0", ".config/GIMP/3.0"),
        ("GIMP 3.2", ".config/GIMP/3.2"),
        ("GIMP 2.10 (Flatpak)", ".var/app/org.gimp.GIMP/config/GIMP/2.10"),
        ("GIMP 3.0 (Snap)", "snap/gimp/current/.config/GIMP/3.0"),
        ("Krita", ".local/share/krita"),
        ("Krita (Flatpak)", ".var/app/org.kde.krita/data/krita"),
        ("Krita (Snap)", "snap/krita/current/.local/share/krita"),
    ]


def test_macos(tmp_path):
    folders(tmp_path, "Library/Application Support/GIMP/3.0", "Library/Application Support/krita")
    found = find_editors(Places(tmp_path, "darwin"))
    assert [editor.name for editor in found] == ["GIMP 3.0", "Krita"]
    assert found[1].settings == tmp_path / "Library/Preferences/kritarc"


def test_windows_with_a_krita_from_the_store(tmp_path):
    package = "AppData/Local/Packages/49800Krita_RQVE/LocalCache"
    folders(tmp_path, "AppData/Roaming/GIMP/3.0", "AppData/Roaming/krita", f"{package}/Roaming/krita")
    found = find_editors(Places(tmp_path, "win32"))
    assert [editor.name for editor in found] == ["GIMP 3.0", "Krita", "Krita"]
    assert found[1].settings == tmp_path / "AppData/Local/kritarc"
    assert found[2].settings == tmp_path / package / "Local/kritarc"


def test_variables_move_folders(tmp_path):
    folders(tmp_path, "settings/GIMP/3.0", "data/krita", "own/3.2")
    environment = {
        "XDG_CONFIG_HOME": str(tmp_path / "settings"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "GIMP3_DIRECTORY": str(tmp_path / "own/3.2"),
    }
    assert told(Places(tmp_path, "linux", environment)) == [
        ("GIMP 3.2", "own/3.2"),
        ("GIMP 3.0", "settings/GIMP/3.0"),
        ("Krita", "data/krita"),
    ]


def test_a_resource_folder_that_the_person_chose(tmp_path):
    folders(tmp_path, ".config")
    (tmp_path / ".config/kritarc").write_text(f"[General]\nResourceDirectory={tmp_path}/elsewhere\n")
    (krita,) = find_editors(Places(tmp_path, "linux"))
    assert krita.resources == tmp_path / "elsewhere"


def test_a_krita_that_was_never_started_is_found_by_its_program(tmp_path):
    program = tmp_path / "bin" / "krita"
    folders(tmp_path, "bin")
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (krita,) = find_editors(Places(tmp_path, "linux", {"PATH": str(program.parent)}))
    assert krita.resources == tmp_path / ".local/share/krita"


def test_nothing_is_nothing(tmp_path):
    assert find_editors(Places(tmp_path, "linux")) == ()


def test_a_portable_copy_is_named_by_its_folder(tmp_path):
    folders(tmp_path, "App/GIMP/3.0", "krita")
    assert editor_in(tmp_path / "App/GIMP/3.0", "gimp").name == "GIMP 3.0 (Portable)"
    assert editor_in(tmp_path / "krita", "krita").settings == tmp_path / "krita/kritarc"
    with pytest.raises(InputError, match="no folder"):
        editor_in(tmp_path / "nowhere", "gimp")
    with pytest.raises(InputError, match="no version"):
        editor_in(tmp_path / "krita", "gimp")
