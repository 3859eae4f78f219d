"""The plug-in in a real GIMP 3, called by a script: layers read back, projections, files, parasites, errors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gimp3_session import Gimp3, layer_named, pixels, running_worker
from PIL import Image as Pillow
from skimage import data

from cyclorama.core.color import srgb_to_linear

pytestmark = [pytest.mark.editor, pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent.parent
CAT = ROOT / "docs" / "gallery" / "originals" / "chelsea.jpg"
#: One level of 8 bits, and half of one for GIMP's own rounding of what it shows.
ONE_LEVEL = 1.5 / 255


@pytest.fixture(scope="module")
def gimp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gimp3]:
    session = Gimp3(tmp_path_factory.mktemp("gimp3"))
    with running_worker(session.runtime):
        yield session


@pytest.fixture(scope="module")
def cat(gimp: Gimp3) -> str:
    return str(shutil.copy(CAT, gimp.folder / "cat.jpg"))


@pytest.fixture(scope="module")
def coffee(gimp: Gimp3) -> str:
    """Return a photograph of several objects on a table."""
    path = gimp.folder / "coffee.png"
    Pillow.fromarray(data.coffee()).save(path)
    return str(path)


def difference(found: dict[str, Any], one: str, other: str, *, linear: bool = False) -> float:
    """Return the largest difference of two projections, colours as they show and alpha, in encoded or linear values."""
    a, b = pixels(found, one), pixels(found, other)
    if linear:
        # The steps of 8 linear bits are what such an image can hold.
        a[..., :3], b[..., :3] = srgb_to_linear(a[..., :3]), srgb_to_linear(b[..., :3])
    assert a.shape == b.shape
    alpha = np.abs(a[..., 3] - b[..., 3]).max()
    shown = np.abs(a[..., :3] * a[..., 3:] - b[..., :3] * b[..., 3:]).max()
    return float(max(alpha, shown))


def check_group(found: dict[str, Any], masks: bool) -> list[dict[str, Any]]:
    group, original = found["layers"]
    assert group["group"]
    assert group["name"] == f"Split of {original['name']}"
    assert group["visible"]
    assert not original["visible"]
    *objects, plate = group["children"]
    assert plate["name"] == "Background (clean)"
    assert plate["box"] == original["box"]
    assert objects
    assert len({layer["name"] for layer in objects}) == len(objects)
    for layer in objects:
        assert layer["mode"] == "normal"
        assert layer["composite_space"] == "rgb-non-linear"
        assert (layer["mask"], layer["alpha"]) == (masks, not masks)
        assert layer["notes"]["cyclorama-layer"]["role"] == "object"
    return objects


@pytest.mark.parametrize("edges", ["mask", "alpha"])
def test_split_makes_named_layers_that_are_the_photograph_again(gimp: Gimp3, coffee: str, edges: str) -> None:
    found = gimp.run("split", photo=coffee, edges=edges)
    objects = check_group(found, masks=edges == "mask")
    assert len(objects) >= 2
    # Cropped to what they hold, and not all alike.
    whole = found["layers"][1]["box"]
    assert all(layer["box"] != whole for layer in objects)
    assert difference(found, "before", "after") <= ONE_LEVEL
    assert difference(found, "after", "xcf") == 0
    assert [layer["name"] for layer in found["xcf"][0]["children"]] == [
        layer["name"] for layer in found["layers"][0]["children"]
    ]
    assert found["xcf"][0]["notes"] == found["layers"][0]["notes"]
    # Photoshop blends encoded values, too.
    assert difference(found, "after", "psd") <= 2 * ONE_LEVEL
    # GIMP 3.0 writes OpenRaster layers that do not begin at the corner cropped; their names and order arrive.
    assert [layer["name"] for layer in found["ora"][0]["children"]] == [
        layer["name"] for layer in found["layers"][0]["children"]
    ]


def test_the_plate_hides_the_objects(gimp: Gimp3, coffee: str) -> None:
    found = gimp.run("split", photo=coffee)
    photo, plate = pixels(found, "photo"), pixels(found, "plate")
    changed = np.abs(photo - plate).max(-1) > 0.05
    for layer in found["layers"][0]["children"][:-1]:
        left, top, right, bottom = layer["box"]
        inside = pixels(found, f"mask of {layer['name']}")[..., 0] > 0.99
        assert inside.any()
        assert changed[top:bottom, left:right][inside].mean() > 0.5


@pytest.mark.parametrize(
    ("precision", "kind", "limit"),
    [
        ("U16_NON_LINEAR", "u16", 0.002),
        ("FLOAT_LINEAR", "float", 0.002),
        ("U8_LINEAR", "u8", 2 / 255),
        ("HALF_NON_LINEAR", "float", 0.003),
    ],
)
def test_the_precision_of_the_image_is_kept(
    gimp: Gimp3, cat: str, precision: str, kind: str, limit: float
) -> None:
    found = gimp.run("split", photo=cat, precision=precision, kind=kind)
    check_group(found, masks=True)
    assert found["precision"] == precision.lower().replace("_", "-")
    formats = {layer["format"] for layer in found["layers"][0]["children"]}
    assert len(formats) == 1
    assert formats.pop().split()[0] == found["layers"][1]["format"].split()[0]
    assert difference(found, "before", "after", linear="U8_LINEAR" in precision) <= limit
    assert difference(found, "after", "xcf") == 0


def test_a_profile_is_kept_and_nothing_is_converted(gimp: Gimp3, cat: str) -> None:
    found = gimp.run("split", photo=cat, adobe=True)
    check_group(found, masks=True)
    assert all("space" in layer["format"] for layer in found["layers"][0]["children"])
    assert difference(found, "before", "after") <= ONE_LEVEL


def test_a_grey_image_stays_grey(gimp: Gimp3, cat: str) -> None:
    found = gimp.run("split", photo=cat, grey=True)
    check_group(found, masks=True)
    assert difference(found, "before", "after") <= ONE_LEVEL


def test_transparency_of_the_layer_becomes_the_mask_of_the_group(gimp: Gimp3, cat: str) -> None:
    found = gimp.run("split", photo=cat, holes=True, place=[600, 400, 40, 30])
    assert found["layers"][0]["mask"]
    assert found["layers"][0]["box"] == found["layers"][1]["box"]
    assert difference(found, "before", "after") <= ONE_LEVEL


def test_a_selection_limits_the_work_and_survives(gimp: Gimp3, coffee: str) -> None:
    found = gimp.run("split", photo=coffee, select=[150, 10, 260, 300])
    before, after = pixels(found, "selection before")[..., 0], pixels(found, "selection after")[..., 0]
    assert 0 < before.mean() < 0.6
    assert np.array_equal(before, after)
    covered = np.zeros(before.shape)
    for layer in found["layers"][0]["children"][:-1]:
        left, top, right, bottom = layer["box"]
        mask = pixels(found, f"mask of {layer['name']}")[..., 0]
        covered[top:bottom, left:right] = np.maximum(covered[top:bottom, left:right], mask)
    assert covered.max() > 0.9
    far = np.pad(before, 24, mode="edge")
    near = max_filter(far, 24)[24:-24, 24:-24] > 0
    assert covered[~near].max() < 0.05
    assert difference(found, "before", "after") <= ONE_LEVEL


def max_filter(array: np.ndarray, reach: int) -> np.ndarray:
    """Return the largest value within a square."""
    for axis in (0, 1):
        array = np.max([np.roll(array, shift, axis) for shift in range(-reach, reach + 1)], axis=0)
    return array


@pytest.fixture(scope="module")
def life(gimp: Gimp3, coffee: str) -> dict[str, Any]:
    return gimp.run("life", photo=coffee)


def roles(layers: list[dict[str, Any]]) -> list[str]:
    return [layer["notes"]["cyclorama-layer"]["role"] for layer in layers[0]["children"]]


def test_a_background_lies_below_objects_and_shadows(life: dict[str, Any]) -> None:
    order = roles(life["first"])
    kinds = [role for role in dict.fromkeys("shadow" if role == "contact" else role for role in order)]
    assert kinds == ["object", "shadow", "background", "plate"]
    for layer in life["first"][0]["children"]:
        role = layer["notes"]["cyclorama-layer"]["role"]
        assert layer["visible"] == (role != "plate")
        assert layer["mode"] == ("multiply" if role in ("shadow", "contact") else "normal")
    background = life["first"][0]["children"][order.index("background")]
    assert background["name"].startswith("New background: table, seed ")
    assert not life["first"][1]["visible"]


def test_the_subject_stays_as_it_is(life: dict[str, Any]) -> None:
    photo, shown = pixels(life, "photo"), pixels(life, "first")[..., :3]
    same = (photo == shown).all(-1).mean()
    # Where the objects are opaque every bit is the photograph's; elsewhere hardly any is.
    assert same > 0.15


def test_light_and_recipe_are_saved_with_the_image(life: dict[str, Any]) -> None:
    assert difference(life, "first", "loaded") == 0
    note = life["loaded"][0]["notes"]["cyclorama-document"]
    assert note == life["first"][0]["notes"]["cyclorama-document"]
    assert np.linalg.norm(note["lighting"]["direction"]) == pytest.approx(1, abs=1e-3)
    assert note["recipe"]["replace"]["scene"] == "table"
    assert note["recipe"]["replace"]["candidates"] == 2
    assert note["recipe"]["split"]["blend_space"] == "srgb"
    assert "fit" in note["recipe"]["replace"]["candidate"]
    assert note["provenance"]["segmenter"]["sha256"]


def test_shadows_follow_another_light_after_loading(life: dict[str, Any]) -> None:
    for side, azimuth in (("left", -60), ("right", 60)):
        note = life[side][0]["notes"]["cyclorama-document"]["lighting"]
        assert np.degrees(np.arctan2(note["direction"][0], note["direction"][2])) == pytest.approx(
            azimuth, abs=0.1
        )
        assert sorted(roles(life[side])) == sorted(roles(life["loaded"]))
    assert life["left answer"]["status"] == "success"
    assert life["light"][0] == pytest.approx(60, abs=0.1)
    assert shadow_center(life, "right") < shadow_center(life, "left") - 3


def shadow_center(life: dict[str, Any], side: str) -> float:
    """Return the column about which the cast shadow lies, on the canvas."""
    layer = next(
        child for child in life[side][0]["children"] if child["notes"]["cyclorama-layer"]["role"] == "shadow"
    )
    dark = 1 - pixels(life, f"{side} shadow").mean(-1)
    return float(layer["box"][0] + (dark.sum(0) * np.arange(dark.shape[1])).sum() / dark.sum())


def test_another_background_takes_the_place_of_the_first(life: dict[str, Any]) -> None:
    again = life["again"][0]["children"]
    assert roles(life["again"]).count("background") == 1
    background = next(layer for layer in again if layer["name"].startswith("New background"))
    # The best of three candidates from seed 1 on.
    assert background["name"] in {f"New background: studio, seed {seed}" for seed in (1, 2, 3)}
    # Light wraps lie above the objects, reflections below.
    order = roles(life["again"])
    assert order[0] == "wrap"
    assert order.index("reflection") > order.index("object")
    # What a person did to the objects is kept.
    moved = layer_named(life["again"], "renamed by a person")
    first = life["first"][0]["children"][0]
    assert moved["box"][0] == first["box"][0] + 40
    assert moved["mask"]


def test_the_light_of_a_layer_can_be_set_before_it_is_split(gimp: Gimp3, cat: str) -> None:
    found = gimp.run("light", photo=cat)
    azimuth, elevation, softness, pitch, roll, confidence = found["read"]
    assert -180 <= azimuth <= 180
    assert -90 <= elevation <= 90
    assert softness >= 0
    assert abs(pitch) < 60
    assert abs(roll) < 30
    assert 0 <= confidence <= 1
    x, y, z = found["noted"]["lighting"]["direction"]
    assert np.degrees(np.arctan2(x, z)) == pytest.approx(75, abs=0.1)
    note = found["layers"][0]["notes"]["cyclorama-document"]
    assert note["lighting"]["direction"] == pytest.approx([x, y, z])
    assert np.degrees(note["perspective"]["pitch_rad"]) == pytest.approx(3, abs=0.01)


def test_scribbles_change_the_matte_where_they_are(gimp: Gimp3, coffee: str) -> None:
    found = gimp.run("refine", photo=coffee)
    before, after = layer_named(found["first"], found["name"]), layer_named(found["layers"], found["name"])
    x, y = found["place"]
    for layer, name, sure in ((before, "mask before", 1), (after, "mask after", 0)):
        left, top = layer["box"][:2]
        assert abs(pixels(found, name)[y - top, x - left, 0] - sure) < 0.1
    scribbles, group, original = found["layers"]
    assert not scribbles["visible"]
    assert not original["visible"]
    names = [layer["name"] for layer in found["first"][0]["children"]]
    assert [layer["name"] for layer in group["children"]] == names
    # What the object lost, the plate or another object shows.
    assert difference(found, "before", "after") <= ONE_LEVEL
    assert "There is no layer with scribbles" in found["unmarked"]["message"]
    assert "is not an object that was split" in found["unsplit"]["message"]


def test_the_last_values_count_when_it_is_done_again(gimp: Gimp3, cat: str) -> None:
    gimp.remember("cyclorama-split", edges="alpha")
    found = gimp.run("last_values", photo=cat)
    check_group(found, masks=False)


def test_objects_become_the_selection(gimp: Gimp3, coffee: str) -> None:
    found = gimp.run("objects", photo=coffee)
    every, first, second = (pixels(found, f"object {number}")[..., 0] for number in range(3))
    assert first.max() > 0.9
    assert second.max() > 0.5
    assert np.abs(first - second).max() > 0.5
    assert (every >= np.maximum(first, second) - 1 / 255).all()
    added, subtracted = pixels(found, "added")[..., 0], pixels(found, "subtracted")[..., 0]
    assert (added >= np.maximum(first, second) - 1 / 255).all()
    assert subtracted[second > 0.99].max(initial=0) < 0.02
    assert found["channels"] == []
    assert found["missing"]["status"] == "calling-error"
    assert "60 was asked for" in found["missing"]["message"]


def test_bad_values_get_a_sentence(gimp: Gimp3, cat: str) -> None:
    found = gimp.run("bad_values", photo=cat)
    wanted = {
        "scene": "There is no scene 'nowhere'. Known scenes: auto,",
        "unsplit": "has not been split into objects. Use Split into Object Layers",
        "none": "0 layers are selected; one was wanted.",
        "two": "2 layers are selected; one was wanted.",
        "channel": "is a channel; a layer was wanted.",
        "palette": "This image has a palette; colours or greys were wanted.",
        "flat": "No object stands out in this picture.",
    }
    models = {
        "absent": "The model rf-detr-seg-nano is not on this machine. Run: cyclorama models pull",
        "unknown": "There is no model 'stable-difusion'.",
        "other task": "The model lama is for plate; one for segmentation was wanted.",
    }
    for name, sentence in {**wanted, **models}.items():
        assert found[name]["status"] == ("execution-error" if name in models else "calling-error"), name
        assert sentence in found[name]["message"], name
    assert [layer["name"] for layer in found["layers"]] == [found["layers"][0]["name"]]
    assert found["layers"][0]["visible"]
    assert len(found["flat layers"]) == 1


def test_a_killed_plug_in_leaves_the_image_as_it_was(gimp: Gimp3, cat: str) -> None:
    found = gimp.run("killed", photo=cat, what="plug-in")
    assert found["answer"]["status"] != "success"
    assert found["seconds"] < 30
    assert [(layer["name"], layer["visible"]) for layer in found["layers"]] == [
        (found["layers"][0]["name"], True)
    ]
    assert difference(found, "before", "after") == 0


def test_a_killed_worker_is_told_in_a_sentence(gimp: Gimp3, cat: str) -> None:
    runtime = gimp.folder / "other worker"
    with running_worker(runtime) as worker:
        process, answer = gimp.start("killed", runtime=runtime, photo=cat, what="worker", pid=worker.pid)
        found = gimp.finish(process, answer)
    assert found["answer"]["status"] == "execution-error"
    assert "The worker stopped" in found["answer"]["message"]
    assert len(found["layers"]) == 1
    assert difference(found, "before", "after") == 0


def test_without_a_worker_the_sentence_says_what_to_do(gimp: Gimp3, cat: str) -> None:
    nowhere = gimp.folder / "no worker"
    nowhere.mkdir()
    process, answer = gimp.start("killed", runtime=nowhere, photo=cat, what="nothing")
    found = gimp.finish(process, answer)
    assert found["answer"]["status"] == "execution-error"
    assert "The worker did not start" in found["answer"]["message"]
    assert len(found["layers"]) == 1
