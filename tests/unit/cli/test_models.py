"""``cyclorama models`` as a person types it."""

import hashlib
import json

import pytest

from cyclorama.catalog import builtin_models
from cyclorama.cli.main import main


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "1")


def told(capsys, *arguments):
    assert main(["models", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_listing_names_size_state_and_licence(capsys):
    assert main(["models", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("birefnet-lite ")]
    assert "224.0 MB" in line
    assert "MIT" in line
    assert {entry["id"] for entry in told(capsys, "list", "--installed")["models"]} >= {
        "segmenter",
        "backdrop",
    }
    assert {entry["task"] for entry in told(capsys, "list", "--task", "plate")["models"]} == {"plate"}
    assert told(capsys) == told(capsys, "list")


def test_flags_may_stand_before_the_action(capsys):
    assert main(["models", "--json", "show", "lama"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["bytes"] == 208044816


def test_show_tells_the_conditions_and_what_was_tested(capsys):
    assert main(["models", "show", "vitmatte-small"]) == 0
    shown = capsys.readouterr().out
    for words in ("Apache-2.0", "research", "not run on the published weights", "sha256 bf28d2e0"):
        assert words in shown


def test_nothing_is_fetched_without_consent(capsys):
    assert main(["models", "pull", "lama"]) == 3
    shown = capsys.readouterr()
    assert "208.0 MB" in shown.out
    assert "Apache-2.0" in shown.out
    assert "without consent" in shown.err


@pytest.mark.parametrize(("answer", "code"), [("n", 130), ("", 130), ("y", 5)])
def test_a_person_at_a_terminal_is_asked(capsys, monkeypatch, answer, code):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    assert main(["models", "pull", "lama"]) == code
    shown = capsys.readouterr().err
    assert ("forbids the network" in shown) == (code == 5)


def test_an_unpinned_model_is_not_pulled(capsys):
    assert main(["models", "pull", "isnet-anime", "--yes"]) == 5
    assert "cyclorama models pin isnet-anime" in capsys.readouterr().err


def test_own_files_from_adding_to_removing(capsys, tmp_path):
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"abc")
    entry = told(
        capsys,
        "add",
        "mine",
        str(path),
        "--like",
        "lama",
        "--license",
        "CC0-1.0",
        "--set",
        "a=[1,2]",
        "--set",
        "b=word",
    )
    assert entry["parameters"] == {"a": [1, 2], "b": "word"}
    assert entry["files"][0]["sha256"].startswith("ba7816bf")
    builtin = [entry.id for entry in builtin_models()]
    assert told(capsys, "verify")["verified"] == [*builtin, "mine"]
    (tmp_path / "models" / "mine" / "model.onnx").write_bytes(b"abd")
    assert main(["models", "verify", "mine"]) == 5
    assert "SHA-256" in capsys.readouterr().err
    assert told(capsys, "remove", "mine") == {"removed": {"mine": 3}}
    assert main(["models", "show", "mine"]) == 5
    assert main(["models", "add", "mine", str(path), "--like", "lama", "--set", "a"]) == 3


def test_recommendations_are_told_with_reasons(capsys):
    assert main(["models", "recommend", "--memory-mb", "1000"]) == 0
    shown = capsys.readouterr().out
    assert "rf-detr-seg-medium" in shown
    assert "not vitmatte-small" in shown
    told_ = told(capsys, "recommend", "--device", "cuda", "--licence", "any", "--task", "plate")
    assert told_["tasks"]["plate"]["models"][0]["id"] == "lama"


def test_what_nobody_publishes_is_made_by_the_person_and_pinned(tmp_path, capsys):
    for command in (["pull"], ["pin", "--yes"]):
        assert main(["models", command[0], "rf-detr-seg-2xlarge", *command[1:]]) == 5
        assert "RFDETRSeg2XLarge().export()" in capsys.readouterr().err
    made = tmp_path / "made"
    made.mkdir()
    (made / "model.onnx").write_bytes(b"weights of one's own making")
    assert main(["models", "pin", "rf-detr-seg-2xlarge", "--from", str(made), "--yes"]) == 0
    digest = hashlib.sha256(b"weights of one's own making").hexdigest()
    assert digest in capsys.readouterr().out
    assert main(["models", "verify", "rf-detr-seg-2xlarge"]) == 0
