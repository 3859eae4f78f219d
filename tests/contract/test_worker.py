"""The worker as the editors meet it: a process of its own, spoken to over loopback."""

import dataclasses
import os
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from worker_process import Worker

from cyclorama import __version__
from cyclorama.core.resampling import resize_image
from cyclorama.documents.read import read_image
from cyclorama.installation import Places, find_editors, install
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.client import Client
from cyclorama.protocol.conversation import WORKER
from cyclorama.protocol.endpoint import read_endpoint
from cyclorama.protocol.errors import (
    Cancelled,
    DocumentError,
    InputError,
    ModelIncompatible,
    ModelMissing,
    NoObjectFound,
    ProtocolError,
)
from cyclorama.protocol.messages import Accepted, JobCancelled, Ping, Pong, ProgressMade, Result, Submit
from cyclorama.protocol.recording import read_recording, replay

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    with Worker(tmp_path_factory.mktemp("worker")) as running:
        yield running


@pytest.fixture
def client(worker):
    with worker.client() as talking:
        yield talking


@pytest.fixture(scope="module")
def photo(pytestconfig):
    image = read_image(pytestconfig.rootpath / "docs" / "gallery" / "originals" / "astronaut.jpg")
    return resize_image(image, (256, 256)).as_srgb().stored_as("uint8").samples


def picture(samples, name="image", encoding="srgb"):
    order = {2: "Y", 3: "RGB"}[samples.ndim]
    return ArrayData(name, str(samples.dtype), samples.shape, order, encoding, samples.tobytes())


def samples_of(array):
    return np.frombuffer(array.data, array.dtype).reshape(array.shape)


def levels(array):
    return {"uint8": 255, "uint16": 65535, "float32": 1}[array.dtype]


def recomposed(result):
    """Blend the layers of a split as an editor would, in [0, 1]."""
    arrays = {array.name: samples_of(array) / levels(array) for array in result.arrays}
    out = arrays["plate"].astype(np.float64)
    for number, layer in enumerate(result.result["document"]["layers"]):
        left, top, right, bottom = layer["box"]
        alpha, color = arrays[f"layer{number}.matte"][..., None], arrays[f"layer{number}.color"]
        out[top:bottom, left:right] = out[top:bottom, left:right] * (1 - alpha) + color * alpha
    return out


def until_progress(client, job, stage=""):
    end = time.monotonic() + 90
    while time.monotonic() < end:
        message = client.poll(0.1)
        if isinstance(message, ProgressMade) and message.job_id == job and stage in message.stage:
            return
        assert not isinstance(message, Result), f"the stage {stage!r} was never told"
    pytest.fail("no progress")


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_split_comes_back_as_layers_that_are_the_photo_again(client, photo, dtype):
    sent = {"uint8": photo, "uint16": photo * np.uint16(257), "float32": (photo / 255).astype(np.float32)}[
        dtype
    ]
    result = client.run("split", {"max_objects": 3}, [picture(sent)])
    assert {array.dtype for array in result.arrays} == {dtype}
    assert np.abs(np.round(recomposed(result) * 255) - photo).max() <= 1
    document = result.result["document"]
    assert [entry["role"] for entry in document["layers"]] == ["object"] * len(document["layers"]) != []
    assert document["lighting"]["direction"]
    assert document["sample_format"] == dtype


def test_progress_never_falls_and_comes_at_most_ten_times_a_second(client, photo):
    told = []
    started = time.monotonic()
    client.run("split", {}, [picture(photo.repeat(3, 0).repeat(3, 1))], told.append)
    assert len(told) <= 10 * (time.monotonic() - started) + 1
    assert len({message.stage for message in told}) >= 3
    fractions = [message.fraction for message in told]
    assert fractions == sorted(fractions)


def test_orders_of_channels_and_baked_alpha(client, photo):
    plain = client.run("split", {"max_objects": 2}, [picture(photo)])
    baked = client.run("split", {"max_objects": 2, "order": "BGRA", "alpha": "matte"}, [picture(photo)])
    rgb, bgra = ({a.name: samples_of(a) for a in r.arrays} for r in (plain, baked))
    assert np.array_equal(bgra["layer0.color"][..., 2::-1], rgb["layer0.color"])
    assert np.array_equal(bgra["layer0.color"][..., 3], rgb["layer0.matte"])
    assert (bgra["plate"][..., 3] == 255).all()


def test_a_picture_with_alpha_or_other_order_is_the_same_picture(client, photo):
    rgb = client.run("objects", {}, [picture(photo)])
    bgra = np.dstack([photo[..., ::-1], np.full(photo.shape[:2], 255, np.uint8)])
    sent = ArrayData("image", "uint8", bgra.shape, "BGRA", "srgb", bgra.tobytes())
    assert client.run("objects", {}, [sent]).result == rgb.result


def test_preview_new_background_and_shadows_follow_from_a_split(client, photo):
    split = client.run("split", {}, [picture(photo)])
    document = split.result["document"]
    scene = {key: document[key] for key in ("lighting", "perspective")}
    left = {**document["lighting"], "direction": [-0.9, 0.3, 0.3]}
    sides = {}
    for name, light in (("left", left), ("right", {**left, "direction": [0.9, 0.3, 0.3]})):
        made = client.run("preview", {**scene, "lighting": light, "scene": "wall", "size": [96, 128]})
        halves = samples_of(made.arrays[0]).astype(float)
        sides[name] = halves[:, :64].mean() - halves[:, 64:].mean()
    assert sides["left"] > 0 > sides["right"]
    seen = []
    made = client.run(
        "replace",
        {"document": document, "scene": "wall", "steps": 4, "candidates": 2},
        split.arrays,
        seen.append,
    )
    # The first candidate is shown while the second one is painted.
    shown = [array for message in seen for array in message.arrays]
    assert [(array.name, array.dtype) for array in shown] == [("preview", "uint8")] * len(shown)
    assert len(shown) >= 1
    candidates = {a.name: samples_of(a).astype(float) for a in made.arrays if a.name.startswith("candidate")}
    first = samples_of(shown[0]).astype(float)
    assert first.shape[0] * photo.shape[1] == pytest.approx(first.shape[1] * photo.shape[0], rel=0.02)
    assert min(abs(first.mean((0, 1)) - c.mean((0, 1))).max() for c in candidates.values()) < 2
    assert [sorted(c) for c in made.result["candidates"]] == [["fit", "scene", "seed"]] * 2
    background = {array.name: array for array in made.arrays}["candidate0"]
    assert background.size == photo.shape[:2]
    assert samples_of(background).std() > 1
    mattes = [array for array in split.arrays if array.name.endswith(".matte")]
    again = client.run("shadows", {"document": document, "lighting": left}, mattes)
    assert {entry["mode"] for entry in again.result["shadows"]} <= {"multiply"}
    assert {entry["role"] for entry in again.result["shadows"]} <= {"shadow", "contact"}
    glossy = {"document": document, "lighting": left, "reflection": 0.8, "light_wrap": 1.0}
    behind = dataclasses.replace(background, name="background")
    colors = [array for array in split.arrays if array.name.startswith("layer")]
    tied = client.run("shadows", glossy, [*colors, behind]).result["shadows"]
    assert {entry["role"] for entry in tied} >= {"wrap"} | {e["role"] for e in again.result["shadows"]}
    for pictures, says in ((mattes, "reflections need it"), (colors, "light wraps need it")):
        with pytest.raises(InputError, match=says):
            client.run("shadows", glossy, pictures)
    light = client.run("light", {}, [picture(photo)])
    assert np.dot(light.result["lighting"]["direction"], document["lighting"]["direction"]) > 0.8


def test_a_selection_limits_the_work(client, photo):
    selection = np.zeros(photo.shape[:2], np.uint8)
    selection[:, :140] = 255
    split = client.run("split", {}, [picture(photo), picture(selection, "selection")])
    boxes = [layer["box"] for layer in split.result["document"]["layers"]]
    # The soft edge may reach a little beyond.
    assert boxes
    assert all(box[2] <= 150 for box in boxes)
    with pytest.raises(InputError, match="selection is empty"):
        client.run("split", {}, [picture(photo), picture(selection * 0, "selection")])


def test_pointing_at_an_object_needs_the_picture_once(client, photo):
    looked = client.run("select", {}, [picture(photo)]).result
    assert looked["known"]
    assert "segment" not in looked
    asked = {"image_id": looked["image_id"], "points": [[128, 110, True]]}
    answer = client.run("select", asked)
    left, top, right, bottom = answer.result["segment"]["box"]
    assert left < 128 < right
    assert top < 110 < bottom
    mask = samples_of(answer.arrays[0])
    assert mask.shape == (bottom - top, right - left)
    assert mask[110 - top, 128 - left] > 127
    boxed = client.run("select", {"image_id": looked["image_id"], "boxes": [[left, top, right, bottom]]})
    assert boxed.result["segment"]["score"] > 0
    assert client.run("select", {**asked, "image_id": "another"}).result == {"known": False}
    for wrong in (
        {},
        {**asked, "points": [["a", 1]]},
        {**asked, "points": [[1e9, 1]]},
        {**asked, "boxes": [[1]]},
    ):
        with pytest.raises(InputError):
            client.run("select", wrong)


@pytest.mark.parametrize(
    ("job", "options", "arrays", "says"),
    [
        ("split", {"threshold": 7}, True, "0.0 to 1.0"),
        ("split", {"treshold": 0.3}, True, "Unknown option"),
        ("split", {"order": "CMYK"}, True, "RGB, BGR"),
        ("split", {"focal_35mm": "long"}, True, "focal length"),
        ("split", {}, False, "missing"),
        ("nonsense", {}, False, "no job"),
        ("models", {"licence": "cheap"}, False, "licence wish"),
        ("preview", {"size": [0, 3]}, False, "size"),
        ("preview", {"size": [9, 9], "contact_row": "low"}, False, "contact row"),
        ("preview", {"size": [10, 10], "lighting": {"direction": [0, 0, 1]}}, False, "light cannot be read"),
        ("replace", {}, False, "document"),
        ("shadows", {"document": {"layers": []}}, False, "lighting"),
        ("shadows", {"document": {}, "gloss": 1}, False, "Unknown option"),
    ],
)
def test_a_bad_job_fails_alone_with_a_sentence(client, photo, job, options, arrays, says):
    with pytest.raises(InputError, match=says):
        client.run(job, options, [picture(photo)] if arrays else [])
    assert client.ping() < 2


def test_models_for_a_dialog_and_a_choice_that_is_not_here(client, photo):
    offered = client.run("models", {"device": "cpu"}).result["parts"]
    assert offered["segmenter"][0]["id"] == "builtin"
    absent = next(own["id"] for own in offered["segmenter"] if own["state"] == "-")
    for name, says in ((absent, "not on this machine"), ("rf-detr-segg", "no model")):
        with pytest.raises(ModelMissing, match=says):
            client.run("split", {"segmenter": name}, [picture(photo)])
    with pytest.raises(ModelIncompatible, match="for segmentation"):
        client.run("split", {"matter": absent}, [picture(photo)])


def test_a_flat_picture_holds_no_object(client):
    with pytest.raises(NoObjectFound):
        client.run("split", {}, [picture(np.full((64, 64, 3), 90, np.uint8))])


def test_a_cancelled_job_says_so_at_once_and_the_next_one_runs(client, photo):
    large = np.ascontiguousarray(photo.repeat(5, 0).repeat(5, 1))
    for stage in ("segment", "matte", "plate"):
        job = client.submit("split", {}, [picture(large)])
        until_progress(client, job, stage)
        client.cancel(job)
        client.cancel(job)
        with pytest.raises(Cancelled):
            client.wait(job)
    assert client.run("objects", {}, [picture(photo)]).result["segments"]


def test_cancel_from_a_progress_callback(client, photo):
    def stop(message):
        raise Cancelled

    with pytest.raises(Cancelled):
        client.run("split", {}, [picture(photo)], stop)
    assert client.ping() < 2


def test_two_clients_share_one_queue_and_are_answered_while_it_computes(worker, photo):
    large = np.ascontiguousarray(photo.repeat(5, 0).repeat(5, 1))
    with worker.client("first") as first, worker.client("second") as second:
        job = first.submit("split", {}, [picture(large)])
        until_progress(first, job, "matte")
        waits = second.submit("objects", {}, [picture(photo)])
        messages = [second.poll(5.0), second.poll(5.0)]
        assert isinstance(messages[0], Accepted)
        assert messages[1].message == "Waiting for 1 job"
        assert second.ping() < 1
        second.cancel(waits)
        assert isinstance(second.poll(5.0), JobCancelled)
        assert first.wait(job).result["document"]


def test_a_preview_does_not_wait_for_a_long_job(client, photo):
    read = client.run("light", {}, [picture(photo)]).result
    light = {name: read[name] for name in ("lighting", "perspective")}
    job = client.submit("split", {}, [picture(np.ascontiguousarray(photo.repeat(6, 0).repeat(6, 1)))])
    until_progress(client, job, "matte")
    client.run("preview", {**light, "size": [64, 64]})
    # The long job has not ended meanwhile.
    client.cancel(job)
    with pytest.raises(Cancelled):
        client.wait(job)


def test_a_client_that_hangs_up_takes_its_jobs_along(worker, photo):
    large = np.ascontiguousarray(photo.repeat(6, 0).repeat(6, 1))
    leaving = worker.client("leaving")
    for _ in range(4):
        leaving.submit("split", {}, [picture(large)])
    while not isinstance(leaving.poll(5.0), ProgressMade):
        pass
    leaving.close()
    with worker.client("staying") as staying:
        until = time.monotonic() + 5
        # Three that waited and the one that was computing are gone, long before they could have been done.
        while waiting := staying._ask(Ping(), Pong, 5.0).jobs_waiting:
            assert time.monotonic() < until, f"{waiting} jobs of a client that has left"
            time.sleep(0.05)


def test_the_address_is_private_and_a_wrong_token_is_refused(worker):
    endpoint = worker.endpoint()
    assert stat.S_IMODE(worker.path.stat().st_mode) == 0o600
    for token in ("x" * len(endpoint.token), "", "\ud800", endpoint.token[:-1]):
        with pytest.raises(ProtocolError, match="does not know this client"):
            Client.connect(dataclasses.replace(endpoint, token=token), "stranger")
    worker.path.chmod(0o644)
    try:
        with pytest.raises(ProtocolError, match="not private"):
            read_endpoint(worker.path)
    finally:
        worker.path.chmod(0o600)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">4sHHIQ", b"CYCL", 1, 0, 1 << 31, 0),
        struct.pack(">4sHHIQ", b"CYCL", 1, 0, 100, 1 << 30) + b"x" * 200_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_an_oversized_header_pictures_of_a_stranger_and_a_browser_are_turned_away(worker, data):
    with socket.create_connection(("127.0.0.1", worker.endpoint().port), timeout=20) as raw:
        raw.sendall(data)
        answer = b""
        while piece := raw.recv(4096):
            answer += piece
    assert b'"failed"' in answer
    assert b'"protocol"' in answer
    with worker.client() as client:
        assert client.ping() < 2


def test_an_oversized_message_of_a_friend_ends_in_a_sentence(worker):
    with worker.client() as client:
        client._socket.sendall(struct.pack(">4sHHIQ", b"CYCL", 1, 0, 5 << 20, 0))
        with pytest.raises(ProtocolError, match="header has 5242880 bytes"):
            client.poll(10)


def test_another_version_of_the_protocol_is_told_what_to_do(worker, monkeypatch):
    monkeypatch.setattr("cyclorama.protocol.client.PROTOCOL_VERSIONS", (99,))
    with pytest.raises(ProtocolError, match=r"version 99.*install"):
        worker.client()


def test_killed_in_mid_job_the_client_hears_a_sentence_and_the_next_worker_starts(tmp_path, photo):
    with Worker(tmp_path) as worker:
        with worker.client() as client:
            job = client.submit("split", {}, [picture(np.ascontiguousarray(photo.repeat(4, 0).repeat(4, 1)))])
            until_progress(client, job)
            worker.process.send_signal(signal.SIGKILL)
            with pytest.raises(ProtocolError, match=r"document was not changed.*started anew"):
                client.wait(job)
            with pytest.raises(ProtocolError):
                client.submit("objects", {})
        worker.process.wait()
        worker.process.stdout.close()
        assert worker.path.exists()
        worker.process = worker.start()
        with worker.client() as client:
            assert client.ping() < 5


def test_of_two_starters_one_leaves(tmp_path):
    with Worker(tmp_path) as worker:
        other = worker.start()
        both = [worker.process, other]
        until = time.monotonic() + 60
        while all(process.poll() is None for process in both) and time.monotonic() < until:
            time.sleep(0.05)
        (left,) = [process for process in both if process.poll() is not None]
        assert left.returncode == 0
        assert b"already running" in left.stdout.read()
        worker.process, other = (other, worker.process) if left is worker.process else (worker.process, other)
        with worker.client() as client:
            assert client.ping() < 5
        other.stdout.close()


def test_an_idle_worker_leaves_and_takes_its_address_away(tmp_path):
    with Worker(tmp_path, "--idle-minutes", "0.03") as worker:
        with worker.client() as client:
            assert client.ping() < 5
            assert worker.process.wait(60) == 0
            with pytest.raises(ProtocolError):
                client.poll(5)
        assert not worker.path.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_worker_cancels_and_leaves(tmp_path, photo, number):
    with Worker(tmp_path) as worker, worker.client() as client:
        job = client.submit("split", {}, [picture(np.ascontiguousarray(photo.repeat(4, 0).repeat(4, 1)))])
        until_progress(client, job)
        worker.process.send_signal(number)
        with pytest.raises((Cancelled, ProtocolError)):
            client.wait(job)
        assert worker.process.wait(20) == 0
        assert not worker.path.exists()


def test_shutdown_waits_for_the_jobs(tmp_path, photo):
    with Worker(tmp_path) as worker:
        with worker.client() as client:
            job = client.submit("objects", {}, [picture(photo)])
            client.shutdown()
            assert client.wait(job).result["segments"]
        assert worker.process.wait(30) == 0


def test_a_recorded_conversation_replays_in_another_worker(tmp_path, photo):
    with Worker(tmp_path / "a", "--record", str(tmp_path / "talk")) as worker, worker.client() as client:
        said = client.run("objects", {}, [picture(photo)]).result
        client.close()
        until = time.monotonic() + 10
        while time.monotonic() < until and not [
            m for _, m in replay_all(tmp_path / "talk") if isinstance(m, Result)
        ]:
            time.sleep(0.1)
    (path,) = (tmp_path / "talk").iterdir()
    assert [speaker for speaker, _, _ in read_recording(path)].count(WORKER) >= 2
    messages = [message for _, message in replay(path)]
    assert [type(message).__name__ for message in (*messages[:2], messages[-1])] == [
        "Hello",
        "Welcome",
        "Result",
    ]
    (asked,) = [message for message in messages if isinstance(message, Submit)]
    with Worker(tmp_path / "b") as worker, worker.client() as client:
        assert client.run(asked.job, asked.options, asked.arrays).result == said == messages[-1].result


def replay_all(folder):
    return [said for path in folder.iterdir() for said in replay(path)]


def test_a_full_disk_is_said_before_anything_is_computed(tmp_path):
    """The limit on a file's size stands for the disk: the system refuses the bytes in the same way."""

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    environment = {**os.environ, "CYCLORAMA_RUNTIME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "cyclorama", "worker", "--quiet"],
        env=environment,
        capture_output=True,
        text=True,
        preexec_fn=no_room,
        timeout=90,
        check=False,
    )
    assert done.returncode == 4
    assert "cannot write its address" in done.stderr
    assert not (tmp_path / "worker.json").exists()


def test_a_disk_that_fills_up_later_does_not_stop_the_worker(tmp_path, photo):
    code = (
        "import resource, sys, threading, time\n"
        "from cyclorama.worker import process\n"
        "def later():\n"
        "    while not process.endpoint_path().exists(): time.sleep(0.05)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "threading.Thread(target=later, daemon=True).start()\n"
        "sys.exit(process.run_worker())\n"
    )
    environment = {**os.environ, "CYCLORAMA_RUNTIME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as process:
        try:
            until = time.monotonic() + 60
            while (endpoint := read_endpoint(tmp_path / "worker.json")) is None and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(0.3)
            with Client.connect(endpoint, "test") as client:
                assert client.run("objects", {}, [picture(photo)]).result["segments"]
                client.shutdown()
            assert process.wait(30) == 0
        finally:
            process.kill()


def test_an_editor_in_a_sandbox_finds_the_worker_by_the_plug_ins_folder(tmp_path, monkeypatch):
    """Flatpak and Snap hide the usual place; the plug-in's folder they see."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "plugin"))
    from shared.worker_process import connect_or_start, read_engine

    settings = tmp_path / "snap/gimp/current/.config/GIMP/3.0"
    settings.mkdir(parents=True)
    (editor,) = find_editors(Places(tmp_path, "linux"))
    install(editor)
    engine = read_engine(editor.plugin_folder)
    with pytest.raises(ProtocolError, match="Snap cannot start it"):
        connect_or_start(engine, "test")
    with Worker(tmp_path / "run", HOME=str(tmp_path), XDG_CONFIG_HOME="", XDG_DATA_HOME="") as worker:
        worker.endpoint()
        assert stat.S_IMODE((editor.plugin_folder / "worker.json").stat().st_mode) == 0o600
        with connect_or_start(engine, "test") as client:
            assert client.ping() < 5
            client.shutdown()
        assert worker.process.wait(30) == 0
    assert not (editor.plugin_folder / "worker.json").exists()


def test_a_worker_of_an_older_engine_makes_room(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "plugin"))
    monkeypatch.setenv("CYCLORAMA_RUNTIME", str(tmp_path))
    from shared.engine import Engine
    from shared.worker_process import connect_or_start

    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\nPYTHONPATH={os.environ.get("PYTHONPATH", "")} exec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    with Worker(tmp_path) as old:
        pid = old.endpoint().pid
        with connect_or_start(Engine(str(python), __version__), "test") as client:
            assert client.ping() < 5
            assert read_endpoint(old.path).pid == pid
        with connect_or_start(Engine(str(python), "99.0"), "test") as client:
            assert read_endpoint(old.path).pid != pid
            client.shutdown()
        assert old.process.wait(30) == 0


def test_a_broken_engine_says_why(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "plugin"))
    from shared.engine import Engine
    from shared.worker_process import connect_or_start

    monkeypatch.setenv("CYCLORAMA_RUNTIME", str(tmp_path))
    for python, reason in ((str(tmp_path / "none"), "No such file"), (sys.executable + " ", "No such file")):
        with pytest.raises(DocumentError, match=reason):
            connect_or_start(Engine(python), "test")
    empty = tmp_path / "python"
    empty.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    empty.chmod(0o755)
    with pytest.raises(DocumentError, match="No module named"):
        connect_or_start(Engine(str(empty)), "test")
    with pytest.raises(ProtocolError, match="Flatpak cannot start it"):
        connect_or_start(Engine(sys.executable, sandbox="flatpak"), "test")
