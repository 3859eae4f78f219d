"""A person's own networks in the whole pipeline, chosen by name; and devices that are not there."""

import json

import numpy as np
import pytest
from PIL import Image as Pillow

import tiny_networks
from cyclorama.catalog.chosen import SPLIT_PARTS, ChosenModels, choose_models, warm_models
from cyclorama.cli.main import main
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import DeviceError, InputError, ModelCorrupt, ModelMissing
from cyclorama.protocol.options import DEVICES, ModelOptions
from cyclorama.protocol.progress import silent
from cyclorama.runtime import devices
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.worker.jobs import JOBS, Request


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("CYCLORAMA_OFFLINE", "1")


@pytest.fixture
def photo(tmp_path):
    """A red disc and a blue one before a grey wall with a gradient."""
    y, x = np.mgrid[:200, :300]
    pixels = np.stack([90 + x / 6, 100 + y / 5, 110 + x / 8], axis=-1)
    pixels[(y - 90) ** 2 + (x - 80) ** 2 < 50**2] = 230, 20, 20
    pixels[(y - 120) ** 2 + (x - 220) ** 2 < 40**2] = 20, 30, 230
    path = tmp_path / "photo.png"
    Pillow.fromarray(pixels.astype(np.uint8)).save(path)
    return path


def test_own_networks_do_the_work_and_the_document_says_so(tmp_path, photo, capsys):
    network = tmp_path / "mine.onnx"
    tiny_networks.prototype_rf_detr(network, [(0.9, 0.08, 0.08), (0.08, 0.12, 0.9)], side=192)
    tiny_networks.mean_lama(tmp_path / "plate.onnx", side=128)
    assert (
        main(["models", "add", "mine", str(network), "--like", "rf-detr-seg-medium", "--license", "CC0-1.0"])
        == 0
    )
    assert main(["models", "add", "my-plate", str(tmp_path / "plate.onnx"), "--like", "lama"]) == 0
    capsys.readouterr()
    out = tmp_path / "out.ora"
    chosen = ["--segmenter", "mine", "--plate", "my-plate", "--device", "cpu"]
    assert main(["split", str(photo), "-o", str(out), *chosen, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {layer["name"] for layer in told["layers"]} == {"person 1", "cat 1"}
    for name, model in (("segmenter", "mine"), ("plate", "my-plate")):
        ran = told["provenance"][name]
        assert ran["id"] == model
        assert ran["device"] == "cpu"
        assert ran["providers"] == ["CPUExecutionProvider"]
        assert len(ran["sha256"]) == 64
    assert out.exists()


def test_a_matter_solves_the_band(tmp_path, photo, capsys):
    pytest.importorskip("transformers")
    tiny_networks.vitmatte(tmp_path / "hair.onnx", (128, 128))
    assert main(["models", "add", "hair", str(tmp_path / "hair.onnx"), "--like", "vitmatte-small"]) == 0
    tiny_networks.prototype_rf_detr(tmp_path / "mine.onnx", [(0.9, 0.08, 0.08)], side=192)
    assert main(["models", "add", "mine", str(tmp_path / "mine.onnx"), "--like", "rf-detr-seg-medium"]) == 0
    capsys.readouterr()
    chosen = ["--segmenter", "mine", "--matter", "hair"]
    assert main(["split", str(photo), "-o", str(tmp_path / "out.png"), *chosen, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["provenance"]["matter"]["id"] == "hair"


def test_the_worker_takes_the_same_names(tmp_path, photo):
    tiny_networks.prototype_rf_detr(tmp_path / "mine.onnx", [(0.9, 0.08, 0.08)], side=192)
    assert main(["models", "add", "mine", str(tmp_path / "mine.onnx"), "--like", "rf-detr-seg-medium"]) == 0
    with Pillow.open(photo) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    array = ArrayData("image", "uint8", pixels.shape, "RGB", "srgb", pixels.tobytes())
    reply = JOBS["objects"].run(Request({"segmenter": "mine"}, {"image": array}, silent))
    assert [found["name"] for found in reply.result["segments"]] == ["person 1"]
    with pytest.raises(ModelMissing, match="no model 'yours'"):
        JOBS["objects"].run(Request({"segmenter": "yours"}, {"image": array}, silent))
    with pytest.raises(DeviceError):
        JOBS["split"].run(Request({"device": "directml"}, {"image": array}, silent))


def test_a_model_for_something_else_is_refused(photo, tmp_path, capsys):
    assert main(["split", str(photo), "-o", str(tmp_path / "o.ora"), "--segmenter", "lama"]) == 5
    assert "is for plate; one for segmentation was wanted" in capsys.readouterr().err


def test_models_stay_warm_until_their_files_change(tmp_path):
    tiny_networks.mean_lama(tmp_path / "plate.onnx")
    assert main(["models", "add", "p", str(tmp_path / "plate.onnx"), "--like", "lama"]) == 0
    options = ModelOptions(plate="p")
    first = warm_models(options, SPLIT_PARTS)
    assert warm_models(options, SPLIT_PARTS) is first
    assert warm_models(options, ("inpainter",)).filler is None
    assert main(["models", "remove", "p"]) == 0
    tiny_networks.mean_lama(tmp_path / "plate.onnx", side=32)
    assert main(["models", "add", "p", str(tmp_path / "plate.onnx"), "--like", "lama"]) == 0
    assert warm_models(options, SPLIT_PARTS).filler.side_px == 32


def test_nothing_chosen_is_nothing_loaded():
    assert choose_models(ModelOptions()) == ChosenModels()
    assert choose_models(ModelOptions(device="cpu")) == ChosenModels()


@pytest.mark.parametrize(
    "device", [name for name in DEVICES if name not in ("auto", *devices.available_devices())]
)
def test_a_device_that_is_not_there_fails_loudly(device, photo, tmp_path, capsys):
    assert main(["split", str(photo), "-o", str(tmp_path / "o.ora"), "--device", device]) == 6
    shown = capsys.readouterr().err
    assert f"Device '{device}' was asked for; this ONNX Runtime offers cpu" in shown
    assert not (tmp_path / "o.ora").exists()
    with pytest.raises(DeviceError):
        choose_models(ModelOptions(device=device))


def test_an_unknown_device_is_wrong_usage():
    with pytest.raises(InputError, match="one of auto, cpu"):
        ModelOptions(device="abacus")


def test_every_device_of_the_options_has_a_provider():
    assert set(DEVICES) == {"auto", *devices.DEVICES}


def test_auto_is_the_cpu_where_nothing_else_is(tmp_path):
    tiny_networks.mean_lama(tmp_path / "m.onnx")
    session = OnnxSession(tmp_path / "m.onnx", device="auto")
    if devices.available_devices() == ("cpu",):
        assert session.device == "cpu"
    assert session.providers


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_device_that_is_offered_but_does_not_start_is_not_replaced_in_silence(tmp_path, monkeypatch):
    """Where a driver is missing, ONNX Runtime warns and takes the CPU: here it is led to believe in CUDA."""
    tiny_networks.mean_lama(tmp_path / "m.onnx")
    offered = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(devices.ort, "get_available_providers", lambda: offered)
    with pytest.raises(DeviceError, match="could not start it: it would have used CPUExecutionProvider"):
        OnnxSession(tmp_path / "m.onnx", device="cuda")
    assert OnnxSession(tmp_path / "m.onnx", device="auto").device == "cpu"
    (tmp_path / "broken.onnx").write_bytes(b"no network")
    with pytest.raises(ModelCorrupt):
        OnnxSession(tmp_path / "broken.onnx", device="cuda")
