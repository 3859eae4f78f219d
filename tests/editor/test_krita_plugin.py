"""Actions in a real Krita: layers, masks, pixels, undo, cancel, files, other light, a worker that dies."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from krita_plugin import (
    ASTRONAUT,
    CAT,
    kill_worker,
    layer_pixels,
    open_photo,
    own_copy,
    run_action,
    shown,
    split_of,
)
from krita_session import KritaSession

pytestmark = [pytest.mark.editor, pytest.mark.slow]

SRGB, LINEAR = "sRGB-elle-V2-srgbtrc.icc", "sRGB-elle-V2-g10.icc"


def test_a_split_is_one_group_with_masks_and_gives_the_photo_back(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    before = shown(krita)
    run_action(krita, "cyclorama_split")
    tree = krita.call("tree")
    assert [(node["name"], node["visible"]) for node in tree] == [
        ("Background", False),
        ("Split of chelsea", True),
    ]
    plate, *objects = tree[1]["children"]
    assert plate["name"] == "Plate"
    assert objects
    for layer in objects:
        assert layer["type"] == "paintlayer"
        assert [child["type"] for child in layer["children"]] == ["transparencymask"]
    assert np.abs(shown(krita) - before).max() * 255 <= 1.001


def test_colours_are_kept_under_the_mask(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    run_action(krita, "cyclorama_split")
    layer = split_of(krita)["children"][1]
    names = ["Split of chelsea", layer["name"]]
    facts, pixels = layer_pixels(krita, names)
    _, mask = layer_pixels(krita, [*names, layer["children"][0]["name"]])
    left, top, right, bottom = facts["box"]
    inside = pixels[top:bottom, left:right]
    assert (inside[..., 3] == 1).all()
    hidden = mask[top:bottom, left:right] == 0
    assert hidden.any()
    assert inside[hidden][:, :3].max() > 0.1


def test_undo_is_one_step_and_shows_the_photo_again(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    before, picture = krita.call("tree"), shown(krita)
    run_action(krita, "cyclorama_split")
    after = krita.call("tree")
    krita.call("trigger", "edit_undo")
    krita.until("tree_is", before, timeout_s=10)
    assert np.array_equal(shown(krita), picture)
    # Nothing else is left to undo: the layers inside the group were no steps of their own.
    assert krita.call("undo_text").strip() == "Undo"
    krita.call("trigger", "edit_redo")
    krita.until("tree_is", after, timeout_s=10)


@pytest.mark.parametrize(
    ("depth", "profile"), [("U16", SRGB), ("F32", LINEAR), ("F16", LINEAR), ("U8", LINEAR), ("F32", SRGB)]
)
def test_depth_and_profile_of_the_document_are_kept(krita: KritaSession, depth: str, profile: str) -> None:
    open_photo(krita, CAT, depth, profile)
    before = shown(krita, depth)
    run_action(krita, "cyclorama_split")
    facts, _ = layer_pixels(krita, ["Split of chelsea", "Plate"], depth)
    assert (facts["depth"], facts["profile"]) == (depth, profile)
    assert np.abs(shown(krita, depth) - before).max() * 255 <= 1.001


def test_a_photo_with_alpha_keeps_its_shape(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    krita.call("erase_corner")
    before = shown(krita)
    assert before[..., 3].min() == 0
    run_action(krita, "cyclorama_split")
    after = shown(krita)
    assert np.array_equal(after[..., 3], before[..., 3])
    solid = before[..., 3] == 1
    assert np.abs(after - before)[solid].max() * 255 <= 1.001


def test_the_selection_limits_the_work_and_stays(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    krita.call("select", 340, 0, 172, 270)
    before = shown(krita)
    run_action(krita, "cyclorama_split")
    assert krita.call("selection") == [340, 0, 172, 270]
    for layer in split_of(krita)["children"][1:]:
        _, mask = layer_pixels(krita, ["Split of astronaut", layer["name"], layer["children"][0]["name"]])
        # The soft edge may reach a little out of the selection, the object does not.
        assert mask[:, :320].max() == 0
    assert np.abs(shown(krita) - before).max() * 255 <= 1.001


def test_cancel_half_way_leaves_nothing(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    before, picture = krita.call("tree"), shown(krita)
    krita.call("trigger", "cyclorama_split")
    krita.until("progress_beyond", 0.2)
    started = time.monotonic()
    krita.call("cancel_all")
    krita.until("idle", timeout_s=2)
    assert time.monotonic() - started < 2
    time.sleep(1.5)
    assert krita.call("tree") == before
    assert np.array_equal(shown(krita), picture)
    assert krita.call("error") is None


def test_a_worker_that_dies_leaves_the_document_and_says_so(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    krita.call("show_docker", 300)
    before = krita.call("tree")
    krita.call("trigger", "cyclorama_split")
    krita.until("progress_beyond", 0.2)
    assert kill_worker(krita.folder)
    krita.until("idle", timeout_s=10)
    message, hint = krita.call("error")
    assert "worker stopped" in message
    assert hint
    assert message in krita.until("notice")
    krita.screenshot("worker-died")
    assert krita.call("tree") == before
    # The next job starts another worker.
    run_action(krita, "cyclorama_light")


def test_a_grey_picture_gets_a_sentence(krita: KritaSession) -> None:
    krita.call("open_gray", str(own_copy(krita, CAT)))
    krita.until("is_active", CAT.name)
    krita.call("trigger", "cyclorama_split")
    krita.until("idle")
    message, hint = krita.call("error")
    assert "GRAYA" in message
    assert "Convert Image Color Space" in hint


def test_a_background_is_one_step_and_leaves_the_objects_alone(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    before = krita.call("tree")
    krita.call("background", {"scene": "studio", "candidates": 2, "seed": 3})
    krita.until("idle")
    assert krita.call("error") is None
    names = [layer["name"] for layer in split_of(krita)["children"]]
    assert names[0] == "Plate"
    assert names[1].startswith("Background: studio")
    assert len(krita.call("candidates")) == 2
    layer = split_of(krita)["children"][2]
    _, mask = layer_pixels(krita, ["Split of chelsea", layer["name"], layer["children"][0]["name"]])
    _, colors = layer_pixels(krita, ["Split of chelsea", layer["name"]])
    picture = shown(krita)
    core = mask == 1
    assert np.array_equal(picture[core], colors[core])
    with_one = krita.call("tree")
    krita.call("use", 1)
    assert len(split_of(krita)["children"]) == len(names) + 1
    krita.call("trigger", "edit_undo")
    krita.until("tree_is", with_one, timeout_s=10)
    # Krita takes no second step back while it is still drawing the first.
    time.sleep(1)
    krita.call("trigger", "edit_undo")
    krita.until("tree_is", before, timeout_s=10)


def test_saved_and_opened_again_it_takes_another_light(krita: KritaSession, tmp_path: Path) -> None:
    open_photo(krita, CAT)
    run_action(krita, "cyclorama_split")
    krita.call("set_direction", [0.9, 0.3, 0.3])
    light = krita.call("light")
    tree, picture = krita.call("tree"), shown(krita)
    assert krita.call("save_as", str(tmp_path / "cat.kra"))
    krita.call("close_all")
    open_photo(krita, tmp_path / "cat.kra")
    assert krita.call("tree") == tree
    assert np.array_equal(shown(krita), picture)
    assert json.dumps(krita.call("light")) == json.dumps(light)
    sides = []
    for x in (-0.9, 0.9):
        krita.call("set_direction", [x, 0.3, 0.3])
        krita.call("background", {"scene": "studio", "candidates": 1, "seed": 3, "shadows": False})
        krita.until("idle")
        assert krita.call("error") is None
        background = krita_background(krita)
        half = background.shape[1] // 2
        sides.append(background[:, :half, :3].mean() - background[:, half:, :3].mean())
    assert sides[0] > sides[1]


def krita_background(krita: KritaSession) -> np.ndarray:
    """Return the picture of the background that was inserted last."""
    path = krita.folder / "background"
    size = krita.call("last_background", str(path))
    return np.fromfile(path, np.uint8).reshape(*size, 4)[..., 2::-1] / 255


def test_openraster_keeps_names_and_picture(krita: KritaSession, tmp_path: Path) -> None:
    open_photo(krita, CAT)
    run_action(krita, "cyclorama_split")
    names, picture = [layer["name"] for layer in split_of(krita)["children"]], shown(krita)
    assert krita.call("save_as", str(tmp_path / "cat.ora"))
    krita.call("close_all")
    open_photo(krita, tmp_path / "cat.ora")
    assert [layer["name"] for layer in split_of(krita)["children"]] == names
    # OpenRaster has no masks: Krita bakes them, which rounds once more.
    assert np.abs(shown(krita) - picture).max() * 255 <= 1.001


def test_shadows_are_multiply_layers_below_the_objects(krita: KritaSession) -> None:
    open_photo(krita, ASTRONAUT)
    run_action(krita, "cyclorama_split")
    run_action(krita, "cyclorama_shadows")
    children = split_of(krita)["children"]
    assert [child["name"] for child in children[:2]] == ["Plate", "Shadows"]
    assert {shadow["mode"] for shadow in children[1]["children"]} == {"multiply"}


def test_scribbles_change_the_matte_in_one_step(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    run_action(krita, "cyclorama_split")
    before = split_of(krita)
    layer = before["children"][1]
    names = ["Split of chelsea", layer["name"]]
    mask_name = layer["children"][0]["name"]
    _, mask = layer_pixels(krita, [*names, mask_name])
    rows, columns = np.nonzero(mask == 1)
    middle = len(rows) // 2
    left, top = int(columns[middle]), int(rows[middle])
    # Red, as Krita stores it: the object is not here.
    krita.call("scribble", [[left - 20, top - 10, 40, 20, [0, 0, 255]]])
    krita.call("activate", names)
    krita.until("active_name")
    picture_names = krita.call("tree")
    run_action(krita, "cyclorama_refine")
    groups = [node for node in krita.call("tree") if node["name"].startswith("Split of")]
    assert [group["visible"] for group in groups] == [False, True]
    refined = groups[1]
    _, after = layer_pixels(krita, [refined["name"], layer["name"], mask_name], last=True)
    assert after[top - 5 : top + 5, left - 10 : left + 10].max() < 0.1
    far = np.ones(mask.shape, bool)
    far[max(0, top - 110) : top + 110, max(0, left - 120) : left + 120] = False
    assert np.array_equal(after[far], mask[far])
    krita.call("trigger", "edit_undo")
    krita.until("tree_is", picture_names, timeout_s=10)


def test_without_masks_the_alpha_holds_the_edge_and_colours_go_on_below(krita: KritaSession) -> None:
    open_photo(krita, CAT)
    before = shown(krita)
    krita.call("keep_masks", False)
    run_action(krita, "cyclorama_split")
    krita.call("keep_masks", True)
    layer = split_of(krita)["children"][1]
    assert layer["children"] == []
    facts, pixels = layer_pixels(krita, ["Split of chelsea", layer["name"]])
    left, top, right, bottom = facts["box"]
    inside = pixels[top:bottom, left:right]
    hidden = inside[..., 3] == 0
    assert hidden.any()
    assert inside[hidden][:, :3].max() > 0.1
    assert np.abs(shown(krita) - before).max() * 255 <= 1.001
