"""Fetching from a server that breaks off, lies, sends wrong bytes, redirects or fails."""

import hashlib
import os
import subprocess
import sys
import threading
import time

import pytest

from cyclorama.catalog import download, find_model, http
from cyclorama.catalog.install import expected_bytes, pin, pull
from cyclorama.protocol.errors import Cancelled, DownloadError, InputError, ModelCorrupt, ModelUnpinned


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(download, "_WAITS_S", (0.01,))


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_model_is_fetched_whole_and_its_size_is_known_before(server, entry, own_folder):
    assert expected_bytes(entry) == len(server.content)
    seen = []
    assert pull(entry, report=seen.append) == len(server.content)
    assert entry.path().read_bytes() == server.content
    assert entry.is_installed()
    assert [p.fraction for p in seen] == sorted(p.fraction for p in seen)
    assert seen[-1].fraction == 1
    assert files_in(own_folder) == [".partial/served.lock", "served/model.onnx"]
    assert pull(entry) == 0
    assert expected_bytes(entry) == 0
    assert len(server.bodies) == 1


def test_a_size_that_nobody_published_is_asked_for_before(server, make_entry):
    entry = make_entry(bytes=0)
    assert expected_bytes(entry) == len(server.content)
    assert server.bodies == []
    pull(entry)
    assert entry.path().read_bytes() == server.content


def test_after_a_break_it_goes_on_from_there(server, entry):
    server.break_after = [100_000, 50_000]
    pull(entry)
    assert entry.path().read_bytes() == server.content
    starts = [headers.get("Range") for _, _, headers in server.bodies]
    assert starts == [None, "bytes=100000-", "bytes=150000-"]
    assert [headers.get("If-Range") for _, _, headers in server.bodies] == [None, '"v1"', '"v1"']


def test_what_is_here_is_kept_when_the_server_gives_up_and_used_by_the_next_run(server, entry):
    server.break_after = [70_000] + [0] * 20
    with pytest.raises(DownloadError, match="broke off after 70000 of 300000 bytes"):
        pull(entry)
    assert not entry.path().exists()
    server.break_after = []
    before = len(server.bodies)
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert [headers["Range"] for _, _, headers in server.bodies[before:]] == ["bytes=70000-"]


def test_a_killed_process_is_gone_on_from(server, entry, own_folder):
    server.pause_s = 0.01
    script = (
        "from model_server import *; from cyclorama.catalog import registry; "
        "from cyclorama.catalog.entries import *; from cyclorama.catalog.install import pull; "
        f"pull(ModelEntry('served', 'plate', 'cyclorama.plate.lama:L', 'MIT', 's', "
        f"(ModelFile('model.onnx', {len(server.content)}, '{server.sha256}', '{server.url}'),)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as job:
        partial = own_folder / ".partial" / "served" / "model.onnx.part"
        until = time.monotonic() + 30
        while time.monotonic() < until and not (partial.exists() and partial.stat().st_size > 0):
            time.sleep(0.01)
        job.kill()
    here = partial.stat().st_size
    assert 0 < here < len(server.content)
    assert not entry.path().exists()
    server.pause_s = 0
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert server.bodies[-1][2]["Range"] == f"bytes={here}-"


def test_a_server_without_ranges_sends_all_again(server, entry):
    server.ignores_range = True
    server.break_after = [100_000]
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert len(server.bodies) == 2


def test_a_file_that_changed_between_two_runs_is_begun_again(server, make_entry):
    entry = make_entry()
    server.break_after = [100_000] + [0] * 20
    with pytest.raises(DownloadError):
        pull(entry)
    server.content = bytes(300_000)
    server.etag, server.break_after = '"v2"', []
    entry = make_entry()
    pull(entry)
    assert entry.path().read_bytes() == server.content


def test_a_beginning_of_other_bytes_is_thrown_away_once(server, entry, own_folder):
    """A server without ETag cannot say that its file changed; the hash can."""
    server.etag = ""
    server.break_after = [100_000] + [0] * 20
    with pytest.raises(DownloadError):
        pull(entry)
    partial = own_folder / ".partial" / "served" / "model.onnx.part"
    partial.write_bytes(bytes(100_000))
    server.break_after = []
    before = len(server.bodies)
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert [headers.get("Range") for _, _, headers in server.bodies[before:]] == ["bytes=100000-", None]


def test_a_weak_etag_is_not_used_to_go_on(server, entry):
    server.etag = 'W/"v1"'
    server.break_after = [100_000]
    pull(entry)
    assert server.bodies[1][2].get("If-Range") is None
    assert entry.path().read_bytes() == server.content


@pytest.mark.parametrize("length", [299_999, 300_001, 10**15])
def test_a_lie_about_the_size_is_found_before_or_while_fetching(server, entry, own_folder, length):
    server.says_length = length
    with pytest.raises(ModelCorrupt, match=f"{length} bytes are announced where 300000 were wanted"):
        pull(entry)
    assert files_in(own_folder) == [".partial/served.lock"]


def test_more_bytes_than_wanted_are_not_written(server, make_entry, own_folder):
    entry = make_entry(bytes=1000)
    server.says_length = None
    with pytest.raises(ModelCorrupt, match="more than the 1000 bytes"):
        pull(entry)
    assert files_in(own_folder) == [".partial/served.lock"]


def test_fewer_bytes_than_wanted_without_a_length_are_found(server, make_entry, own_folder):
    entry = make_entry(bytes=400_000)
    server.says_length = None
    with pytest.raises(ModelCorrupt, match="300000 bytes where 400000 were wanted"):
        pull(entry)
    assert files_in(own_folder) == [".partial/served.lock"]


def test_wrong_bytes_are_thrown_away_and_not_asked_for_again(server, entry, own_folder):
    server.wrong_bytes = True
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        pull(entry)
    assert files_in(own_folder) == [".partial/served.lock"]
    assert len(server.bodies) == 1


def test_redirects_are_followed_but_not_for_ever(server, entry):
    server.redirect = f"{server.address}/elsewhere.onnx"
    pull(entry)
    assert entry.path().read_bytes() == server.content
    entry.path().unlink()
    server.redirect = server.url
    with pytest.raises(DownloadError, match="cannot be fetched: the server answers 302"):
        pull(entry)


@pytest.mark.parametrize(
    "address", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://model.example/x.onnx"]
)
def test_a_redirect_to_another_kind_of_address_is_refused(server, entry, address):
    server.redirect = address
    with pytest.raises(DownloadError):
        pull(entry)
    assert not entry.path().exists()


def test_encrypted_never_becomes_plain():
    handler = http._Redirects("")
    asked = http.urllib.request.Request("https://model.example/x")
    with pytest.raises(DownloadError, match="not encrypted"):
        handler.redirect_request(asked, None, 302, "", {}, "http://model.example/x")
    with pytest.raises(DownloadError, match="into this machine"):
        handler.redirect_request(asked, None, 302, "", {}, "https://127.0.0.1/x")
    assert handler.redirect_request(asked, None, 302, "", {}, "https://cdn.example/x") is not None


def test_404_is_said_at_once(server, entry):
    server.statuses = [404]
    with pytest.raises(DownloadError, match="answers 404") as caught:
        pull(entry)
    assert "mirror" in caught.value.hint
    assert len(server.bodies) == 1


def test_500_is_tried_again_a_few_times(server, entry):
    server.statuses = [500, 503]
    pull(entry)
    assert entry.path().read_bytes() == server.content
    entry.path().unlink()
    server.statuses = [500] * 50
    with pytest.raises(DownloadError, match="answers 500"):
        pull(entry)
    assert 40 < len(server.statuses) < 50


def test_nobody_listening_is_said(make_entry):
    entry = make_entry(url="http://127.0.0.1:9/model.onnx")
    with pytest.raises(DownloadError, match="cannot be fetched"):
        pull(entry)


def test_a_person_can_stop_and_go_on(server, entry):
    def stop(progress):
        if progress.fraction > 0.2:
            raise Cancelled

    server.pause_s = 0.005
    with pytest.raises(Cancelled):
        pull(entry, report=stop)
    server.pause_s = 0
    assert not entry.path().exists()
    pull(entry)
    assert entry.path().read_bytes() == server.content
    assert (
        0 < int(server.bodies[-1][2]["Range"].removeprefix("bytes=").removesuffix("-")) < len(server.content)
    )


def test_a_disk_that_is_too_small_is_said_before(server, make_entry):
    entry = make_entry(bytes=10**15)
    with pytest.raises(DownloadError, match="MB are free"):
        pull(entry)
    assert server.asked == []


@pytest.mark.skipif(os.name == "nt", reason="file size limits are POSIX")
def test_a_disk_that_fills_up_leaves_nothing(server, entry, own_folder):
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
        "from cyclorama.catalog.entries import *; from cyclorama.catalog.install import pull; "
        "from cyclorama.protocol.errors import DownloadError\n"
        f"try: pull(ModelEntry('served', 'plate', 'cyclorama.plate.lama:L', 'MIT', 's', "
        f"(ModelFile('model.onnx', {len(server.content)}, '{server.sha256}', '{server.url}'),)))\n"
        "except DownloadError as error: print(error)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert "There is no room for model.onnx" in done.stdout
    assert files_in(own_folder) == [".partial/served.lock"]


def test_two_that_want_the_same_take_turns(server, entry):
    server.pause_s = 0.002
    outcomes, said = [], []
    first_runs = threading.Event()

    def run(report):
        outcomes.append(pull(entry, report=report))

    first = threading.Thread(target=run, args=(lambda p: first_runs.set(),))
    first.start()
    assert first_runs.wait(30)
    run(said.append)
    first.join()
    assert sorted(outcomes) == [0, len(server.content)]
    assert any("Another process" in progress.message for progress in said)
    assert len(server.bodies) == 1


def test_offline_never_touches_the_network(server, entry, monkeypatch):
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "1")
    with pytest.raises(DownloadError, match="CYCLORAMA_OFFLINE forbids"):
        pull(entry)
    assert server.asked == []
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "0")
    pull(entry)


def test_an_unpinned_model_is_refused_until_it_is_pinned(server, make_entry):
    entry = make_entry(sha256="", bytes=0)
    with pytest.raises(ModelUnpinned, match="No public hash"):
        pull(entry)
    assert server.asked == []
    (pinned,) = pin(entry)
    assert (pinned.name, pinned.bytes, pinned.sha256) == ("model.onnx", len(server.content), server.sha256)
    again = find_model("served")
    assert again.is_pinned
    again.verify()
    with pytest.raises(InputError, match="pinned already"):
        pin(again)
    # From now on these bytes are meant, and no others.
    again.path().unlink()
    server.wrong_bytes = True
    with pytest.raises(ModelCorrupt):
        pull(again)


def test_a_pin_is_compared_with_the_hash_that_was_published_once(server, make_entry):
    entry = make_entry(sha256="", bytes=0, md5="0" * 32)
    with pytest.raises(ModelCorrupt, match="MD5"):
        pin(entry)
    assert not entry.path().exists()
    right = hashlib.md5(server.content).hexdigest()
    assert pin(make_entry(sha256="", bytes=0, md5=right))


def test_an_unencrypted_server_pins_nothing(make_entry, monkeypatch):
    monkeypatch.setenv("CYCLORAMA_MODELS_URL", "http://mirror.example")
    with pytest.raises(DownloadError, match="not encrypted"):
        pin(make_entry(sha256="", bytes=0))
