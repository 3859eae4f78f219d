"""The plug-in's dialogs in a real GIMP 3, driven by pointer and keys; judged by the layers that come of it."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gimp3_screen import Screen, until
from gimp3_session import Gimp3, OpenGimp3, pixels, running_worker

import tiny_networks
from cyclorama.catalog import find_model
from cyclorama.catalog.own import add
from cyclorama.protocol.client import Client
from cyclorama.protocol.endpoint import read_endpoint
from cyclorama.protocol.messages import Ping, Pong

pytestmark = [pytest.mark.editor, pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent.parent
CAT = ROOT / "docs" / "gallery" / "originals" / "chelsea.jpg"


@pytest.fixture(scope="module")
def gimp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gimp3]:
    session = Gimp3(tmp_path_factory.mktemp("gimp3 dialogs"))
    with running_worker(session.runtime, CYCLORAMA_MODELS=str(own_models(session.folder))):
        yield session


def own_models(folder: Path) -> Path:
    """Return a folder of models that holds one of a person's own, which fills what is behind objects."""
    file = folder / "mine.onnx"
    tiny_networks.mean_lama(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CYCLORAMA_MODELS", str(folder / "models"))
        add("mine", (file,), find_model("lama"))
    return folder / "models"


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    shown = Screen()
    yield shown
    shown.close()


@pytest.fixture(scope="module")
def cat(gimp: Gimp3) -> str:
    return str(shutil.copy(CAT, gimp.folder / "cat.jpg"))


@pytest.fixture(autouse=True)
def _nothing_left(gimp: Gimp3, screen: Screen, request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep a picture of the screen and end GIMP, should a test fail half-way."""
    yield
    gimp.stop_after(lambda: screen.shot(gimp.folder / f"{request.node.name}.png"))


def jobs_waiting(gimp: Gimp3) -> int:
    """Return how many jobs the worker has before it."""
    endpoint = read_endpoint(gimp.runtime / "worker.json")
    assert endpoint is not None
    with Client.connect(endpoint, "test") as client:
        client._send(Ping())
        answer = client.poll(10)
    assert isinstance(answer, Pong)
    return answer.jobs_waiting


def untouched(found: dict[str, Any]) -> bool:
    before, after = pixels(found, "before"), pixels(found, "after")
    return len(found["layers"]) == 1 and found["layers"][0]["visible"] and np.array_equal(before, after)


def test_split_is_done_by_a_click_on_ok(gimp: Gimp3, screen: Screen, cat: str) -> None:
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-split")
    window = screen.window("Split into Object Layers")
    screen.settle()
    screen.click_ok(window)
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "success"
    group, original = found["layers"]
    assert [layer["name"] for layer in group["children"]][-1] == "Background (clean)"
    assert not original["visible"]
    assert np.abs(pixels(found, "before") - pixels(found, "after")).max() <= 1.5 / 255


def test_cancel_in_the_middle_of_a_split_leaves_nothing(gimp: Gimp3, screen: Screen, cat: str) -> None:
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-split")
    window = screen.window("Split into Object Layers")
    screen.settle()
    screen.click_ok(window)
    until(lambda: jobs_waiting(gimp) > 0)
    screen.key("Escape")
    # The job is stopped, and the dialog stays for another try.
    until(lambda: jobs_waiting(gimp) == 0)
    screen.settle()
    screen.window("Split into Object Layers", 2)
    screen.key("Escape")
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "cancel"
    assert untouched(found)


def test_a_drag_of_the_ball_moves_the_light_of_the_background(gimp: Gimp3, screen: Screen, cat: str) -> None:
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-background")
    window = screen.window("New Background")
    # Three handles on the horizon, and the one on the ball at the right, as soon as the objects are found.
    until(lambda: len(screen.handles(window)) == 4)
    before = screen.settle()
    *horizon, ball = screen.handles(window)
    screen.drag(ball, (ball[0] - 36, ball[1] + 12))
    after = screen.settle()
    left, top, width, height = screen.box(window)
    picture = (slice(top, top + height // 2), slice(left, left + width // 2))
    # The preview draws the place under the new light.
    assert np.abs(before[picture].astype(int) - after[picture]).mean() > 0.5
    screen.drag(horizon[1], (horizon[1][0], horizon[1][1] + 60))
    screen.settle()
    screen.window("New Background")
    screen.key("alt+m")
    until(lambda: jobs_waiting(gimp) > 0)
    until(lambda: jobs_waiting(gimp) == 0, 90)
    screen.settle()
    screen.click_ok(window)
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "success"
    group = found["layers"][0]
    names = [layer["name"] for layer in group["children"]]
    assert any(name.startswith("New background") for name in names)
    note = group["notes"]["cyclorama-document"]
    x, _, z = note["lighting"]["direction"]
    assert math.degrees(math.atan2(x, z)) < -15
    assert note["perspective"]["pitch_rad"] > math.radians(-5)


def test_the_preview_follows_while_diffusion_runs_and_cancel_stops_it(
    gimp: Gimp3, screen: Screen, cat: str
) -> None:
    gimp.remember("cyclorama-background", candidates=16, steps=100)
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-background")
    window = screen.window("New Background")
    until(lambda: len(screen.handles(window)) == 4)
    before = screen.settle()
    ball = screen.handles(window)[-1]
    screen.key("alt+m")
    until(lambda: jobs_waiting(gimp) > 0)
    screen.drag(ball, (ball[0] + 40, ball[1] + 10))
    left, top, width, height = screen.box(window)
    picture = (slice(top, top + height // 2), slice(left, left + width // 2))
    until(lambda: np.abs(before[picture].astype(int) - screen.picture()[picture]).mean() > 0.5)
    assert jobs_waiting(gimp) > 0
    screen.key("Escape")
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "cancel"
    assert untouched(found)
    until(lambda: jobs_waiting(gimp) == 0)


def test_an_error_stays_in_the_dialog_and_touches_nothing(gimp: Gimp3, screen: Screen, cat: str) -> None:
    nowhere = gimp.folder / "nowhere"
    nowhere.mkdir()
    run = gimp.start("dialog", screen.display, nowhere, photo=cat, procedure="cyclorama-split")
    window = screen.window("Split into Object Layers")
    before = screen.settle()
    screen.click_ok(window)
    after = screen.settle()
    assert (before != after).any()
    screen.window("Split into Object Layers", 2)
    screen.key("Escape")
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "cancel"
    assert untouched(found)


def test_a_model_that_is_here_is_chosen_by_keys(gimp: Gimp3, screen: Screen, cat: str) -> None:
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-split")
    window = screen.window("Split into Object Layers")
    screen.settle()
    # Past the four values and the fold to its third list, what fills behind objects, and there on from "Built in".
    screen.key("alt+d")
    screen.settle()
    screen.key(*["Tab"] * 8, "Down")
    screen.settle()
    screen.click_ok(window)
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "success"
    note = found["layers"][0]["notes"]["cyclorama-document"]
    assert note["recipe"]["split"]["plate"] == "mine"
    assert note["recipe"]["split"]["segmenter"] == "builtin"
    assert note["provenance"]["plate"]["id"] == "mine"


def test_a_model_that_is_not_here_is_told_and_nothing_changes(gimp: Gimp3, screen: Screen, cat: str) -> None:
    gimp.remember("cyclorama-split", segmenter="rf-detr-seg-nano")
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-split")
    window = screen.window("Split into Object Layers")
    before = screen.settle()
    screen.click_ok(window)
    assert (before != screen.settle()).any()
    screen.window("Split into Object Layers", 2)
    screen.key("Escape")
    found = gimp.finish(*run)
    gimp.remember("cyclorama-split", segmenter="builtin")
    assert found["answer"]["status"] == "cancel"
    assert untouched(found)


def test_objects_are_selected_by_a_click(gimp: Gimp3, screen: Screen, cat: str) -> None:
    run = gimp.start("dialog", screen.display, photo=cat, procedure="cyclorama-select-objects")
    window = screen.window("Select Objects")
    screen.settle()
    screen.click_ok(window)
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "success"
    selection = pixels(found, "selection")[..., 0]
    assert 0.3 < selection.mean() < 0.95


@pytest.mark.parametrize(
    ("procedure", "title"),
    [("cyclorama-light", "Light and Perspective"), ("cyclorama-shadows", "Shadows from Light")],
)
def test_the_light_is_kept_by_ok(gimp: Gimp3, screen: Screen, cat: str, procedure: str, title: str) -> None:
    run = gimp.start("dialog", screen.display, photo=cat, procedure=procedure, layers_first=True)
    window = screen.window(title)
    until(lambda: len(screen.handles(window)) == 4)
    screen.settle()
    ball = screen.handles(window)[-1]
    screen.drag(ball, (ball[0] + 36, ball[1] + 12))
    screen.settle()
    screen.click_ok(window)
    found = gimp.finish(*run)
    assert found["answer"]["status"] == "success"
    x, _, z = found["layers"][0]["notes"]["cyclorama-document"]["lighting"]["direction"]
    assert math.degrees(math.atan2(x, z)) > 15


@pytest.fixture
def opened(gimp: Gimp3, screen: Screen, cat: str) -> Iterator[OpenGimp3]:
    running = OpenGimp3(gimp, screen.display, cat)
    yield running
    running.close()


def test_one_undo_takes_all_back_and_one_redo_brings_it_again(opened: OpenGimp3, screen: Screen) -> None:
    before = opened.ask("layers")
    assert opened.ask("undo")
    screen.settle()
    assert opened.ask("call", "cyclorama-background")["status"] == "success"
    made = opened.ask("layers")
    assert [layer["group"] for layer in made] == [True, False]
    screen.window("imported")
    screen.settle()
    screen.key("ctrl+z")
    screen.settle()
    assert opened.ask("layers") == before
    screen.key("ctrl+y")
    screen.settle()
    assert opened.ask("layers") == made
    # Shadows under another light, and their undo, on a group that is there already.
    assert opened.ask("call", "cyclorama-shadows")["status"] == "success"
    screen.settle()
    screen.key("ctrl+z", "ctrl+z")
    screen.settle()
    assert opened.ask("layers") == before
    assert not opened.ask("dirty")


def test_the_menu_has_the_command_and_a_click_in_it_splits(opened: OpenGimp3, screen: Screen) -> None:
    screen.window("imported")
    screen.settle()
    # GIMP's own search finds commands by their label in the menus.
    screen.key("slash")
    screen.settle()
    screen.type("Split into Object")
    screen.settle()
    screen.key("Return")
    window = screen.window("Split into Object Layers")
    screen.settle()
    screen.click_ok(window)
    screen.gone("Split into Object Layers")
    until(lambda: len(opened.ask("layers")) == 2)
    assert opened.ask("layers")[0]["name"].startswith("Split of")
