"""The docker in a real Krita, with mouse and keys: objects, light, preview, candidates, models, jobs, shortcuts."""

from __future__ import annotations

import time

import numpy as np
import pytest
from krita_plugin import (
    ASTRONAUT,
    CAT,
    SHORTCUT,
    open_photo,
    run_action,
    shown,
    split_of,
)
from krita_session import KritaSession

from cyclorama.protocol.fit import fit_in_words

pytestmark = [pytest.mark.editor, pytest.mark.slow]


def test_only_checked_objects_become_layers_under_their_names(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    krita.call("show_docker", 300)
    run_action(krita, "cyclorama_find")
    krita.until("listed")
    count = len(krita.call("listed"))
    assert count >= 2
    krita.call("list_set", 0, "thing in front", True)
    for row in range(1, count):
        krita.call("list_set", row, f"other {row}", False)
    before = shown(krita)
    run_action(krita, "cyclorama_split")
    assert [layer["name"] for layer in split_of(krita)["children"]] == ["Plate", "thing in front"]
    assert np.abs(shown(krita) - before).max() * 255 <= 1.001


def test_the_docker_is_clicked_and_dragged(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("make_room")
    for width in (400, 260):
        krita.call("show_docker", width)
        krita.call("make_room")
        time.sleep(1)
        assert krita.call("docker_place")[2] == width
        krita.screenshot(f"docker-{width}-before")
        click(krita, "cyclorama_split")
        krita.until("idle")
        assert krita.call("error") is None
        time.sleep(1)
        krita.screenshot(f"docker-{width}")
    assert split_of(krita)["children"][0]["name"] == "Plate"
    left, top, width, height = krita.call("place", "cyclorama_ball")
    krita.drag((left + width // 2, top + height // 2), (left + 3 * width // 4, top + height // 2))
    lighting, perspective = krita.call("light")
    assert lighting["direction"] == pytest.approx([0.69, 0.0, 0.72], abs=0.1)
    left, top, width, height = krita.call("horizon_handle")
    krita.drag((left, top), (left, top - 20))
    assert krita.call("light")[1]["pitch_rad"] < perspective["pitch_rad"]
    krita.screenshot("docker-dragged")


def click(krita: KritaSession, name: str) -> None:
    krita.call("bring_to_view", name)
    time.sleep(0.3)
    left, top, width, height = krita.call("place", name)
    krita.click(left + width // 2, top + height // 2)


def test_the_preview_follows_a_drag_also_while_a_background_is_made(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("make_room")
    krita.call("show_docker", 320)
    krita.call("choose_scene", "auto")
    run_action(krita, "cyclorama_split")
    krita.call("choose_scene", "studio")
    first = krita.until("preview")
    assert first[0].startswith("Sketch")
    assert first[3] == len(split_of(krita)["children"]) - 1
    krita.call("background", {"scene": "studio", "candidates": 8, "seed": 3, "steps": 50})
    krita.until("painting")
    sides = []
    for share in (0.2, 0.8):
        before = krita.call("preview")
        hold_the_light(krita, share)
        # The mouse is still down: what is seen now was drawn during the drag.
        found = krita.until("preview_is_not", before, timeout_s=5)
        time.sleep(0.5)
        found = krita.call("preview")
        krita.screenshot(f"preview-{share}")
        krita.mouse_up()
        assert found[0].startswith("Sketch")
        sides.append(found[1] - found[2])
        assert not krita.call("idle")
    assert sides[0] > sides[1]
    krita.call("cancel_all")


def test_a_background_that_is_looked_at_stands_in_the_preview(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("make_room")
    krita.call("show_docker", 320)
    krita.call("background", {"scene": "studio", "candidates": 2, "seed": 3})
    krita.until("idle")
    assert krita.call("error") is None
    made = krita.until("preview")
    scene, seed, _ = krita.call("candidates")[0]
    assert made[0] == f"{scene.capitalize()}, seed {seed}"
    krita.call("set_direction", [-0.9, 0.3, 0.3])
    assert krita.until("preview_is_not", made)[0].startswith("Sketch")


def hold_the_light(krita: KritaSession, share: float) -> None:
    """Drag the light to a place across the ball, and do not let go."""
    krita.call("bring_to_view", "cyclorama_ball")
    time.sleep(0.3)
    left, top, width, height = krita.call("place", "cyclorama_ball")
    krita.mouse_down((left + width // 2, top + height // 2))
    krita.mouse_move((left + round(width * share), top + round(0.45 * height)))


def test_models_are_chosen_in_the_docker_and_a_job_is_told(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("show_docker", 320)
    krita.call("unfold_models")
    krita.until("models_listed")
    rows, chosen = krita.call("models_of", "segmenter")
    assert chosen == "builtin"
    assert rows[0][1] == "Built in"
    absent = [row for row in rows if not row[2]]
    assert absent
    assert all("cyclorama models" in row[3] for row in absent)
    assert "auto" in [row[0] for row in krita.call("models_of", "device")[0]]
    name = absent[0][1].split(" ")[0]
    krita.call("choose_model", "segmenter", name)
    before = krita.call("tree")
    krita.call("trigger", "cyclorama_split")
    krita.until("idle")
    message, hint = krita.call("error")
    assert name in message + hint
    assert krita.call("tree") == before
    krita.call("choose_model", "segmenter", "builtin")
    run_action(krita, "cyclorama_split")


def test_a_name_that_is_typed_renames_the_layer_and_a_check_shows_it(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("make_room")
    krita.call("show_docker", 320)
    run_action(krita, "cyclorama_split")
    krita.call("bring_to_view", "cyclorama_objects")
    krita.until("listed")
    time.sleep(0.5)
    left, top, _, height = krita.call("row_place", 0)
    krita.double_click(left + 60, top + height // 2)
    krita.keys("ctrl+a")
    krita.type("Chelsea the cat")
    krita.keys("Return")
    assert split_of(krita)["children"][1]["name"] == "Chelsea the cat"
    krita.click(left + 10, top + height // 2)
    assert not split_of(krita)["children"][1]["visible"]
    krita.click(left + 10, top + height // 2)
    assert split_of(krita)["children"][1]["visible"]


def test_candidates_are_listed_with_their_fit(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("show_docker", 320)
    krita.call("background", {"scene": "studio", "candidates": 2, "seed": 3})
    krita.until("idle")
    texts = krita.until("candidate_texts")
    made = krita.call("candidates")
    assert len(texts) == len(made) == 2
    for text, (scene, seed, fit) in zip(texts, made, strict=True):
        title, *figures = text.split("\n")
        assert title.startswith(f"{scene.capitalize()}, seed {seed}")
        assert figures == fit_in_words(fit).split(", ")
    assert texts[0].split("\n")[0].endswith("(in the picture)")


def test_cancel_is_clicked_in_the_docker(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    krita.call("make_room")
    krita.call("show_docker", 320)
    before = krita.call("tree")
    krita.call("background", {"scene": "studio", "candidates": 8, "seed": 3, "steps": 50})
    krita.until("progress_beyond", 0.05)
    click(krita, "cyclorama_cancel")
    krita.until("idle", timeout_s=2)
    time.sleep(1)
    assert krita.call("tree") == before
    assert krita.call("error") is None


def test_a_shortcut_that_a_person_gave_works(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("focus_window")
    krita.until("enabled", "cyclorama_find")
    krita.keys(SHORTCUT.replace("Ctrl", "ctrl").replace("Alt", "alt").replace("Shift", "shift"))
    assert krita.until("titles", timeout_s=5) == ["Finding objects"]
    krita.until("idle")
    assert krita.until("listed")


def test_jobs_of_two_pictures_stand_in_one_queue(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    krita.call("show_docker", 300)
    krita.call("trigger", "cyclorama_split")
    open_photo(krita, CAT)
    krita.call("trigger", "cyclorama_split")
    assert [job[1] for job in krita.call("jobs")] == ["astronaut", "chelsea"]
    krita.screenshot("two-jobs")
    krita.until("idle")
    groups = [[name for name in names if name.startswith("Split of")] for names in krita.call("all_names")]
    assert sorted(groups) == [["Split of astronaut"], ["Split of chelsea"]]
