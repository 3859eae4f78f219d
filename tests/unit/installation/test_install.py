"""Plug-ins in and out of real folders."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cyclorama.installation import Editor, find_editors, install, installed, uninstall
from cyclorama.installation.autostart import add_autostart, remove_autostart
from cyclorama.installation.editors import Places
from cyclorama.installation.health import plugin_health
from cyclorama.installation.layout import plugin_sources
from cyclorama.protocol.errors import DocumentError, InputError

ROOT = Path(__file__).resolve().parents[3]


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def shape(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture(params=["gimp", "krita"])
def editor(request, tmp_path) -> Editor:
    resources = {"gimp": ".config/GIMP/3.0", "krita": ".local/share/krita"}[request.param]
    if not (plugin_sources() / request.param).is_dir():
        pytest.skip(f"the plug-in for {request.param} is not in this checkout")
    (tmp_path / resources / "pykrita").mkdir(parents=True)
    (tmp_path / resources / "mine.txt").write_text("mine")
    (tmp_path / ".config").mkdir(exist_ok=True)
    (tmp_path / ".config/kritarc").write_text("[python]\nenable_other=true\n")
    (found,) = [e for e in find_editors(Places(tmp_path, "linux")) if e.program == request.param]
    return found


def test_what_is_put_in_is_a_whole_plug_in(editor):
    outcome = install(editor)
    folder = editor.plugin_folder
    assert outcome.written == len(installed(editor)["files"]) > 20
    assert json.loads((folder / "engine.json").read_text())["python"] == sys.executable
    assert (folder / "shared/worker_process.py").is_file()
    assert (folder / "cyclorama/protocol/client.py").is_file()
    assert not list(folder.rglob("*.pyc"))
    if editor.program == "gimp":
        assert os.access(folder / "cyclorama.py", os.X_OK)
        assert not os.access(folder / "engine.json", os.X_OK)
    else:
        assert (editor.resources / "pykrita/cyclorama_krita.desktop").is_file()
        assert (editor.resources / "actions/cyclorama_krita.action").is_file()
        assert "enable_cyclorama_krita=true" in editor.settings.read_text()


def test_the_installed_copy_finds_its_engine_and_talks(editor, tmp_path):
    """As an editor does: another Python, only the plug-in's own folder, an environment of its own."""
    install(editor, python=sys.executable)
    code = (
        f"import sys; sys.path.insert(0, {str(editor.plugin_folder)!r})\n"
        "from shared.worker_process import connect_or_start, read_engine\n"
        "import cyclorama; assert 'plug' in cyclorama.__file__ or 'pykrita' in cyclorama.__file__\n"
        "client = connect_or_start(read_engine(), 'test')\n"
        "print(client.welcome.capabilities['jobs']); client.ping(); client.shutdown()\n"
    )
    runtime = tmp_path / "run"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CYCLORAMA_RUNTIME": str(runtime)}
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "split" in done.stdout
    until = time.monotonic() + 30
    while (runtime / "worker.json").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not (runtime / "worker.json").exists()


def test_uninstall_leaves_exactly_what_was_there(editor, tmp_path):
    before, shaped = state(tmp_path), shape(tmp_path)
    install(editor)
    (editor.plugin_folder / "__pycache__").mkdir(exist_ok=True)
    (editor.plugin_folder / "shared/__pycache__").mkdir()
    (editor.plugin_folder / "shared/__pycache__/engine.cpython-311.pyc").write_bytes(b"x")
    outcome = uninstall(editor)
    assert outcome.removed > 20
    assert state(tmp_path) == before
    assert shape(tmp_path) == shaped
    with pytest.raises(DocumentError, match="is not in"):
        uninstall(editor)


def test_installing_again_is_an_update(editor):
    install(editor)
    main = editor.plugin_folder / "shared/__init__.py"
    first = main.stat().st_mtime
    gone = editor.plugin_folder / "shared/of_an_older_version.py"
    gone.write_text("old")
    manifest = editor.plugin_folder / "installed.json"
    noted = json.loads(manifest.read_text())
    target = gone.relative_to(editor.resources).as_posix()
    noted["files"][target] = hashlib.sha256(b"old").hexdigest()
    manifest.write_text(json.dumps(noted))
    outcome = install(editor)
    assert outcome.removed == 1
    assert not gone.exists()
    # Editors remember plug-ins by the whole seconds of their time.
    assert int(main.stat().st_mtime) > int(first)


def test_what_a_person_changed_is_kept_and_said(editor, tmp_path):
    install(editor)
    mine = editor.plugin_folder / "shared/__init__.py"
    mine.write_text("# mine\n")
    outcome = install(editor)
    (name,) = outcome.kept
    assert (editor.resources / name).read_text() == "# mine\n"
    assert mine.read_text() != "# mine\n"
    mine.write_text("# mine again\n")
    outcome = uninstall(editor)
    assert outcome.kept == (mine.relative_to(editor.resources).as_posix(),)
    assert mine.read_text() == "# mine again\n"


def test_half_way_something_is_in_the_way_and_all_is_as_before(editor, tmp_path):
    install(editor)
    obstacle = editor.plugin_folder / "shared/worker_process.py"
    obstacle.unlink()
    obstacle.mkdir()
    (obstacle / "file").write_text("in the way")
    before, shaped = state(tmp_path), shape(tmp_path)
    with pytest.raises(DocumentError, match=r"worker_process\.py cannot be changed.*as it was before"):
        install(editor)
    assert state(tmp_path) == before
    assert shape(tmp_path) == shaped


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits of Linux")
def test_a_full_disk_leaves_nothing_behind(editor, tmp_path):
    """The limit on a file's size stands for the disk: the system refuses the bytes in the same way."""
    before, shaped = state(tmp_path), shape(tmp_path)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from cyclorama.installation import Places, find_editors, install\n"
        "editor = [e for e in find_editors(Places(Path(sys.argv[1]), 'linux')) if e.program == sys.argv[2]][0]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))\n"
        "install(editor)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), editor.program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "everything is as it was before" in done.stderr
    assert state(tmp_path) == before
    assert shape(tmp_path) == shaped


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_is_said(editor, tmp_path):
    editor.resources.chmod(0o555)
    try:
        with pytest.raises(DocumentError, match="may not be written"):
            install(editor)
    finally:
        editor.resources.chmod(0o755)


def test_the_doctors_view(editor):
    assert plugin_health(editor).state == "absent"
    install(editor)
    assert plugin_health(editor).state == "well"
    (editor.plugin_folder / "shared/engine.py").write_text("broken")
    ill = plugin_health(editor)
    assert ill.state == "ill"
    assert "shared/engine.py" in ill.facts[0]
    install(editor, python=str(editor.resources / "no-python"))
    assert "does not run" in plugin_health(editor).facts[0]


def test_an_editor_without_a_plug_in_is_said(tmp_path, monkeypatch):
    sources = tmp_path / "plugin"
    (sources / "shared").mkdir(parents=True)
    monkeypatch.setattr("cyclorama.installation.layout.plugin_sources", lambda: sources)
    with pytest.raises(DocumentError, match=r"no plug-in for GIMP 3\.0"):
        install(Editor("gimp", "3.0", "native", tmp_path))


def test_starting_with_the_session(tmp_path):
    places = Places(tmp_path, "linux")
    path = add_autostart(places, python="/opt/my engine/bin/python")
    assert 'Exec="/opt/my engine/bin/python" -m cyclorama worker' in path.read_text()
    assert remove_autostart(places)
    assert not remove_autostart(places)
    assert shape(tmp_path) == {".config", ".config/autostart"}
    with pytest.raises(InputError, match="Flatpak"):
        add_autostart(Places(tmp_path, "darwin"))
