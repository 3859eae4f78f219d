"""A person's own models, and which model to take."""

import json
import random

import pytest

from cyclorama.catalog import find_model, known_models
from cyclorama.catalog.entries import ModelEntry, ModelFile
from cyclorama.catalog.load import bundle_of, load_model
from cyclorama.catalog.own import add, remove
from cyclorama.catalog.recommend import recommend
from cyclorama.protocol.errors import (
    InputError,
    ModelCorrupt,
    ModelIncompatible,
    ModelMissing,
    ModelUnpinned,
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.onnx"
    path.write_bytes(b"weights" * 100)
    return path


def test_an_added_model_is_known_verified_and_removable(file, own_folder):
    entry = add("mine", (file,), find_model("isnet-general"), license="MIT", parameters={"mean": [0, 0, 0]})
    found = find_model("mine")
    assert found == entry
    assert (found.origin, found.license, found.parameters) == ("added", "MIT", {"mean": [0, 0, 0]})
    found.verify()
    assert bundle_of(found).path("model.onnx").read_bytes() == file.read_bytes()
    found.path().write_bytes(b"weights" * 99 + b"weighty")
    with pytest.raises(ModelCorrupt, match="not the one"):
        bundle_of(found)
    assert remove("mine") > 0
    with pytest.raises(ModelMissing):
        find_model("mine")
    assert not (own_folder / "mine").exists()


def test_what_cannot_be_added_is_said(file, tmp_path):
    like = find_model("isnet-general")
    with pytest.raises(InputError, match="already"):
        add("lama", (file,), like)
    with pytest.raises(InputError, match="2 were given"):
        add("mine", (file, file), like)
    with pytest.raises(InputError, match="is not a file"):
        add("mine", (tmp_path / "none.onnx",), like)
    with pytest.raises(ModelCorrupt, match="small letters"):
        add("../mine", (file,), like)
    pickle = tmp_path / "model.pth"
    pickle.write_bytes(b"\x80\x04")
    with pytest.raises(ModelCorrupt, match="never loaded"):
        add("mine", (pickle,), like)


def test_a_folder_of_diffusers_is_taken_without_its_pickles(tmp_path):
    folder = tmp_path / "given"
    for name in (
        "model_index.json",
        "unet/config.json",
        "unet/w.safetensors",
        "unet/w.bin",
        "README.md",
        ".git/x.json",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    entry = add("mine", (folder,), find_model("sd15-inpaint"))
    assert [file.name for file in entry.files] == [
        "model_index.json",
        "unet/config.json",
        "unet/w.safetensors",
    ]
    entry.verify()
    assert entry.parameters == find_model("sd15-inpaint").parameters
    (folder / "unet" / "w.safetensors").unlink()
    with pytest.raises(InputError, match="no weights"):
        add("other", (folder,), find_model("sd15-inpaint"))
    (folder / "model_index.json").unlink()
    with pytest.raises(InputError, match=r"no model_index\.json"):
        add("other", (folder,), find_model("sd15-inpaint"))


def test_what_ships_is_not_removed():
    with pytest.raises(InputError, match="ships with"):
        remove("segmenter")


def test_loading_says_what_is_missing():
    with pytest.raises(ModelMissing, match="not on this machine") as caught:
        load_model("lama", "plate")
    assert "models pull lama" in caught.value.hint
    with pytest.raises(ModelUnpinned):
        load_model("isnet-anime", "segmentation")
    with pytest.raises(ModelIncompatible, match="is for plate; one for segmentation"):
        load_model("lama", "segmentation")


@pytest.mark.parametrize(
    "name",
    ["../x.onnx", "/x.onnx", "a/../../x.onnx", "C:x.onnx", "a\\x.onnx", ".x.onnx", "", "x.bin", "x.pt"],
)
def test_a_file_name_cannot_leave_its_folder_or_be_a_pickle(name):
    with pytest.raises(ModelCorrupt):
        ModelFile(name)


def test_a_broken_list_of_own_models_is_named(own_folder):
    own_folder.mkdir()
    for text in ("{", "[]", '{"x": {"id": "x"}}', '{"x": 3}'):
        (own_folder / "added.json").write_text(text)
        with pytest.raises(ModelCorrupt, match=r"added\.json"):
            known_models()


def test_every_entry_survives_its_mapping():
    for entry in known_models():
        again = ModelEntry.of_mapping(
            {
                key: value
                for key, value in json.loads(json.dumps(entry.as_mapping())).items()
                if key != "origin"
            }
        )
        assert again == entry


def made(name, rank, **changes):
    fields = {"license": "MIT", "source": "s", "files": (ModelFile("m.onnx"),), "rank": rank, **changes}
    return ModelEntry(name, "plate", "cyclorama.plate.lama:LamaFiller", **fields)


def test_recommendations_follow_device_memory_and_licence():
    entries = [
        made("forbidden", 1, commercial="no"),
        made("huge", 2, memory_mb=9000),
        made("gpu-only", 3, devices=("gpu",)),
        made("conditions", 4, terms="research data"),
        made("plain", 5),
        made("never", 0),
    ]
    random.Random(0).shuffle(entries)

    def names(**wishes):
        (found,) = recommend(entries, **wishes)
        return [entry.id for entry in found.models], {entry.id for entry, _ in found.passed_over}

    assert names() == (["huge", "conditions", "plain"], {"forbidden"})
    assert names(memory_mb=500) == (["conditions", "plain"], {"forbidden", "huge", "gpu-only"})
    assert names(device="cuda", licence="any")[0] == ["forbidden", "huge", "gpu-only", "conditions", "plain"]
    assert names(licence="free", memory_mb=500)[0] == ["plain"]
    with pytest.raises(InputError, match="licence wish"):
        recommend(entries, licence="maybe")


def test_every_task_has_a_recommendation_for_a_small_computer_and_a_commercial_photographer():
    found = {one.task: one for one in recommend(known_models(), memory_mb=4000)}
    assert set(found) >= {"segmentation", "matting", "plate", "backdrop"}
    assert all(one.models for one in found.values())
