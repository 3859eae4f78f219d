"""The command line as a person meets it: each case is a real process or a real run."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image as Pillow

from cyclorama.cli.main import main


def run(*arguments, **keywords):
    command = [sys.executable, "-m", "cyclorama", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **keywords)


@pytest.fixture
def plain(tmp_path):
    path = tmp_path / "plain.png"
    Pillow.fromarray(np.full((120, 160, 3), 128, np.uint8)).save(path)
    return path


def test_usage_errors_leave_with_2(capsys):
    bad_seed = ["replace", "a.jpg", "-o", "b.ora", "--seed", "x"]
    for arguments in ([], ["split"], ["split", "a.jpg"], ["nonsense"], bad_seed):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
    assert "usage: cyclorama" in capsys.readouterr().err


def test_help_shows_every_option_with_its_default(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["replace", "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for flag in (
        "--threshold",
        "--scene",
        "--prompt",
        "--seed",
        "--candidates",
        "--no-shadows",
        "--contact-sheet",
    ):
        assert flag in text
    assert "(default: 0.35)" in text or "default:" in text


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, 4, "nothing.jpg"),
        (b"", 4, "empty"),
        (b"hello, this is text", 4, "picture"),
        (b"\xff\xd8\xff\xe0 broken", 4, "decoded"),
    ],
)
def test_bad_files_get_one_sentence_and_their_exit_code(tmp_path, capsys, content, code, words):
    path = tmp_path / "nothing.jpg"
    if content is not None:
        path.write_bytes(content)
    out = tmp_path / "out.ora"
    assert main(["split", str(path), "-o", str(out)]) == code
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.err.count("\n") == 1
    assert "Traceback" not in shown.err
    assert not out.exists()


def test_nothing_in_the_picture_is_said(tmp_path, capsys, plain):
    assert main(["split", str(plain), "-o", str(tmp_path / "out.ora")]) == 8
    assert "No object stands out" in capsys.readouterr().err


def test_errors_for_machines_are_json(tmp_path, capsys, plain):
    assert main(["split", str(plain), "-o", str(tmp_path / "out.ora"), "--json"]) == 8
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "no_object"
    assert error["message"]
    assert error["hint"]


@pytest.mark.parametrize("name", ["out.jpg", "missing/out.ora", "."])
def test_an_output_that_cannot_be_is_said_before_the_work(tmp_path, capsys, sample_photo, name):
    began = time.process_time()
    assert main(["replace", str(sample_photo), "-o", str(tmp_path / name)]) in (3, 4)
    assert time.process_time() - began < 1
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_said(tmp_path, capsys, sample_photo):
    tmp_path.chmod(0o500)
    assert main(["split", str(sample_photo), "-o", str(tmp_path / "out.ora")]) == 4
    assert "written" in capsys.readouterr().err


def test_bad_option_values_are_named(tmp_path, capsys, sample_photo):
    assert main(["split", str(sample_photo), "-o", str(tmp_path / "a.ora"), "--threshold", "7"]) == 3
    assert "'threshold' is 7.0; 0.0 to 1.0 was wanted" in capsys.readouterr().err


def test_an_unknown_scene_is_named_with_the_known_ones(tmp_path, capsys, sample_photo):
    assert main(["replace", str(sample_photo), "-o", str(tmp_path / "a.png"), "--scene", "moonbase"]) == 3
    shown = capsys.readouterr().err
    assert "moonbase" in shown
    assert "studio" in shown


def test_what_was_not_understood_and_not_used_is_said(tmp_path, capsys, sample_photo):
    picture = Pillow.open(sample_photo).convert("RGBA")
    picture.putalpha(200)
    picture.save(tmp_path / "alpha.png")
    arguments = ["--prompt", "snow with unicorns", "--steps", "2", "-o", str(tmp_path / "a.png")]
    assert main(["replace", str(tmp_path / "alpha.png"), *arguments]) == 0
    shown = capsys.readouterr().out
    assert "alpha is not used" in shown
    assert "unicorns" in shown
    assert "snow: named in the prompt" in shown


def test_light_is_told_in_text_and_json(capsys, sample_photo):
    assert main(["light", str(sample_photo)]) == 0
    assert "deg from the" in capsys.readouterr().out
    assert main(["light", str(sample_photo), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert np.linalg.norm(told["lighting"]["direction"]) == pytest.approx(1, abs=1e-3)
    assert 0 <= told["perspective"]["confidence"] <= 1


def test_models_scenes_and_doctor(capsys):
    for command in ("models", "scenes", "doctor"):
        assert main([command]) == 0
        assert len(capsys.readouterr().out.splitlines()) > 3
        assert main([command, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)


def heed_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="signals differ on Windows")
@pytest.mark.parametrize(
    ("number", "delay_s"), [(signal.SIGINT, 0.05), (signal.SIGINT, 2.0), (signal.SIGTERM, 3.0)]
)
def test_stopping_leaves_nothing_behind(tmp_path, sample_photo, number, delay_s):
    out = tmp_path / "old.ora"
    out.write_bytes(b"what was there before")
    command = [
        sys.executable,
        "-m",
        "cyclorama",
        "replace",
        str(sample_photo),
        "--candidates",
        "16",
        "-o",
        str(out),
    ]
    # A test runner in the background ignores Ctrl-C, and its children would too.
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c) as job:
        time.sleep(delay_s)
        asked = time.monotonic()
        job.send_signal(number)
        _, shown = job.communicate(timeout=60)
        waited = time.monotonic() - asked
    # Before our first line has run, Python itself answers, with 1.
    assert job.returncode in (130, -number, *((1,) if delay_s < 1 else ()))
    assert "Traceback" not in shown or delay_s < 1
    assert waited < 10  # a second on a machine with nothing else to do; see tests/bench/bench_cancel.py
    assert [path.name for path in tmp_path.iterdir()] == ["old.ora"]
    assert out.read_bytes() == b"what was there before"
