"""Classic plug-ins, written for Python 2, run in GIMP 3 and in GIMP 2.10 through the bindings, and do the same there.

``corpus/`` holds them, in the style of their time; ``convert.py`` makes them Python 3, with lib2to3 as anybody would.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.editor

HERE = Path(__file__).resolve().parent
BINDINGS = HERE.parent.parent / "plugin" / "gimp" / "gimpfu"
CORPUS = sorted((HERE / "corpus").glob("*.py2"))
TIMEOUT_S = 900

#: What each case finds; the same in both editors.
EXPECTED: dict[str, Any] = {
    "fog": [["Mist", "photo"], 60.0, [240, 180, 70], True, True],
    "kinds": [5, 6, 7, 1.5, "text", "1", [1, 2, 3], True, False, 3.0, 4, 0.5, "b", 20, 1, "many\nlines",
              "driver.txt", "new.txt", True, True, "photo", True, "photo", True],
    "card": [40, 30, ["Hello"], [10, 20, 30]],
    "fails": True,
    "mirror": [[255, 0, 0], [100, 110, 120], [100, 110, 120], [255, 0, 0]],
    "swap": [0, [0, 0, 255], [120, 110, 120], [100, 110, 120]],
    "tiles": [[2, 20], [10, 20], [20, 20]],
    "frame": [1, 256, 24, "frame", [0, 0, 255], [255, 0, 0]],
    "note": [["hello?", 1, "hello!", 2, 1], 1, "again"],
    "soften": [4, [161, 67, 73], [0, 16, 33, 155], True, "soft"],
    "bite": [[3, 3, 25, 25, 0, 1], 0, 255],
    "stamp": [[1, 3, "Ag", 1], True, 3],
    "dots": ["dots 96 64", "###", "##..", 96, 1, [255], [0]],
    "border": [[5, 1, 1, 5, 0], 106, 74, ["framed", "photo", "paper"], [0, 255, 0]],
    "adjust": [[[199, 219, 239], [155, 145, 135], [155, 145, 135], [255, 255, 255], [110, 110, 110], [139, 147, 154],
                [120, 100, 110]], 214.64, 6144.0],
    "mask": [[1.0, 255.0, 1.0, 50.0], [255, 0, 0], [0, 255, 0], 1, []],
    "export": [["small-one,problem,photo", 96, 64]] * 3,
    "ramp": [True, True, True, 2, [0, 0, 255], [0, 0, 255]],
    "classy": [["copy 3", "copy 2", "copy 1", "photo"], "copy 3"],
    "stack": [["photo", "layer 1", "layer 2", "layer 0"], 0, [96, 64], True, 4, 4, "layer 0", [-4, -2], 40, False],
    "window": 3,
    "indexed": [[True, True, True, 2, 2], [255, 0, 0], 2, [7, 8, 9]],
    "turn": [True, [64, 96], 10, 20],
    "ruler": [18, 15, 15, "LTTL LngTh", 4, [0, 0, 0], [255, 0, 0]],
}  # fmt: skip
#: Cases with pixels that two versions of GEGL may round apart, and by how much.
TOLERANCE = {"soften": 3, "adjust": 1}
#: Procedures that the corpus offers; two files offer two each.
PROCEDURES = len(CORPUS) + 2

START = """
import os
from gi.repository import Gimp
procedure = Gimp.get_pdb().lookup_procedure("python-fu-corpus-driver")
config = procedure.create_config()
config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
config.set_property("script", os.path.join(os.environ["CYCLORAMA_WORK"], "look_corpus.py"))
procedure.run(config)
"""


def prepare(folder: Path, version: str) -> None:
    """Install bindings and corpus for a user whose home is in the folder."""
    settings = folder / "home" / ".config" / "GIMP" / version
    shutil.copytree(BINDINGS, folder / "gimpfu", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "look_corpus.py", folder)
    (folder / "start.py").write_text(START)
    command = [old_python(), "-W", "ignore", str(folder / "gimpfu" / "convert.py")]
    subprocess.run([*command, *map(str, CORPUS), "--into", str(settings)], check=True, capture_output=True)


def old_python() -> str:
    """Return a Python that still has lib2to3."""
    if sys.version_info < (3, 13):
        return sys.executable
    found = next((one for one in map(shutil.which, ("python3.12", "python3.11", "python3.10")) if one), None)
    if found is None:
        pytest.skip("lib2to3 is part of Python up to 3.12, and only later ones are here")
    return found


def run(command: list[str], folder: Path) -> dict[str, Any]:
    environment = {**os.environ, "CYCLORAMA_WORK": str(folder), "HOME": str(folder / "home")}
    for name in ("DISPLAY", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    environment["PATH"] = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
    done = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    result = folder / "found.json"
    assert result.is_file(), done.stderr[-3000:] + done.stdout[-1000:]
    found: dict[str, Any] = json.loads(result.read_text())
    (folder / "log").write_text(done.stderr + done.stdout)
    return found


def gimp3(folder: Path) -> dict[str, Any]:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cyclorama" / "editors"
    editors = Path(os.environ.get("CYCLORAMA_EDITORS", cache))
    command = shutil.which("gimp-console-3.0") or shutil.which("gimp-console-3", path=str(editors / "bin"))
    if command is None:
        pytest.skip("GIMP 3 is not installed (scripts/editors installs it)")
    prepare(folder, "3.0")
    script = f"exec(compile(open({str(folder / 'start.py')!r}).read(), 'start', 'exec'))"
    return run([command, "-id", "--batch-interpreter=python-fu-eval", "-b", script, "--quit"], folder)


def gimp2(folder: Path) -> dict[str, Any]:
    command = shutil.which("gimp-console-2.10")
    if command is None:
        pytest.skip("GIMP 2.10 is not installed (scripts/editors installs it where the system has it)")
    prepare(folder, "2.10")
    script = f'(python-fu-corpus-driver 1 "{folder / "look_corpus.py"}")'
    return run([command, "-id", "-b", script, "-b", "(gimp-quit 0)"], folder)


@pytest.fixture(scope="module", params=[gimp3, gimp2], ids=["gimp3", "gimp2.10"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    result: dict[str, Any] = request.param(tmp_path_factory.mktemp("classic"))
    return result


def test_all_register(found: dict[str, Any]) -> None:
    ran = [name for name, one in found["found"].items() if "result" in one]
    print(
        f"{len(found['registered'])} of {PROCEDURES} procedures registered, {len(ran)} of {len(EXPECTED)} cases ran"
    )
    assert len(found["registered"]) == PROCEDURES


@pytest.mark.parametrize("case", EXPECTED)
def test_case(found: dict[str, Any], case: str) -> None:
    one = found["found"][case]
    assert "error" not in one, one["error"]
    assert near(one["result"], EXPECTED[case], TOLERANCE.get(case, 0)), one["result"]


def near(result: Any, wanted: Any, tolerance: float) -> bool:
    if isinstance(wanted, list):
        return len(result) == len(wanted) and all(
            near(a, b, tolerance) for a, b in zip(result, wanted, strict=True)
        )
    if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
        return bool(abs(result - wanted) <= tolerance)
    return bool(result == wanted)
