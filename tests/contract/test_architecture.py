"""Rules of the house that the linters cannot state."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cyclorama

ROOT = Path(cyclorama.__file__).resolve().parent


def test_the_protocol_needs_the_standard_library_only():
    for path in (ROOT / "protocol").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("cyclorama.protocol"), (
                    f"{path.name}: {name}"
                )


def test_the_public_names_are_importable_sorted_and_complete():
    assert list(cyclorama.__all__) == sorted(cyclorama.__all__)
    for name in cyclorama.__all__:
        assert getattr(cyclorama, name) is not None
    assert set(cyclorama.__all__) <= set(dir(cyclorama))
    with pytest.raises(AttributeError, match="nonsense"):
        _ = cyclorama.nonsense


@pytest.mark.parametrize("statement", ["import cyclorama", "import cyclorama.cli.main"])
def test_import_loads_nothing_heavy(statement):
    code = f"{statement}\nimport sys\nprint(*sorted(m for m in sys.modules if m in {{'numpy', 'onnxruntime', 'PIL'}}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_main_job_needs_no_extra():
    code = (
        "import cyclorama.pipeline, cyclorama.cli.commands, sys\n"
        "heavy = {'torch', 'diffusers', 'transformers', 'scipy', 'skimage', 'pymatting', 'numba', 'cv2'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_only_the_catalogue_speaks_http():
    for path in ROOT.rglob("*.py"):
        if path.parent.name == "catalog":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name not in ("urllib.request", "http.client", "requests", "httpx"), (
                    f"{path.name}: {name}"
                )
