"""What a model needs is known from its headers, and the fastest placement that fits is taken."""

import json
import struct

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs torch (install the extra: diffusion)")
pytest.importorskip("diffusers", reason="needs diffusers (install the extra: diffusion)")

from safetensors.numpy import save_file

from cyclorama.backdrop.diffusers_memory import (
    component_elements,
    plan_memory,
    resolve_device,
    resolve_precision,
)
from cyclorama.protocol.errors import DeviceError, InputError, ModelCorrupt

GIB = 1 << 30
#: About Stable Diffusion XL.
ELEMENTS = {
    "unet": 2_570_000_000,
    "text_encoder_2": 695_000_000,
    "text_encoder": 123_000_000,
    "vae": 84_000_000,
}
CONFIGS = {
    "unet": {"block_out_channels": [320, 640, 1280]},
    "vae": {"block_out_channels": [128, 256, 512, 512], "sample_size": 1024},
}


def plan(free_gib, **changes):
    named = {"device": "cuda", "precision": "float16", "weights": "same", "free_bytes": int(free_gib * GIB)}
    return plan_memory(ELEMENTS, CONFIGS, (1024, 1024), **{**named, **changes})


@pytest.fixture
def folder(tmp_path):
    for name, files in (("unet", ("a-00001-of-00002", "a-00002-of-00002")), ("vae", ("b", "b.fp16"))):
        (tmp_path / name).mkdir()
        for file in files:
            arrays = {"w": np.zeros((30, 7), np.float32), "b": np.zeros(5, np.float16)}
            save_file(arrays, tmp_path / name / f"{file}.safetensors")
    (tmp_path / "preview").mkdir()
    save_file({"w": np.zeros(1000, np.float32)}, tmp_path / "preview" / "x.safetensors")
    index = {
        "_class_name": "X",
        "unet": ["diffusers", "U"],
        "vae": ["diffusers", "V"],
        "safety": [None, None],
    }
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    return tmp_path


def test_shards_add_up_and_a_variant_is_counted_once(folder):
    assert component_elements(folder) == {"unet": 430, "vae": 215}
    assert component_elements(folder, "fp16") == {"unet": 430, "vae": 215}


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 7, struct.pack("<Q", 1 << 40) + b"{}", struct.pack("<Q", 2) + b"[]"]
)
def test_a_broken_header_is_named(folder, content):
    (folder / "vae" / "b.safetensors").write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"b\.safetensors"):
        component_elements(folder)


def test_the_fastest_placement_that_fits():
    found = {free: plan(free) for free in (24, 7, 4)}
    assert [found[free].offload for free in (24, 7, 4)] == ["none", "model", "sequential"]
    for free, made in found.items():
        assert made.needed_bytes <= free * GIB
    # All on the device: half-precision weights are 6.5 GiB of it.
    assert 7 * GIB < found[24].needed_bytes < 14 * GIB


def test_what_fits_nowhere_is_said_with_both_numbers():
    with pytest.raises(DeviceError, match=r"about \d\.\d GiB on cuda .*'sequential'.* 0\.5 GiB are free"):
        plan(0.5)
    with pytest.raises(DeviceError, match="'none'"):
        plan(5, offload="none")


def test_small_weights_and_tiles_need_less():
    whole = plan(64, tiling=False)
    assert plan(64, weights="float8").needed_bytes < whole.needed_bytes - 2 * GIB
    assert plan(64, precision="float32").needed_bytes > whole.needed_bytes + 6 * GIB
    assert plan(64, tiling=True).needed_bytes <= whole.needed_bytes


def test_there_is_no_offload_from_a_cpu():
    assert plan(64, device="cpu", precision="float32").offload == "none"


def test_names_of_devices_and_precisions():
    assert resolve_device("cpu") == "cpu"
    with pytest.raises(DeviceError, match="no device 'abacus'"):
        resolve_device("abacus")
    assert resolve_precision("auto", "cpu", "float16") == "float32"
    assert resolve_precision("auto", "cuda", "bfloat16") == "bfloat16"
    with pytest.raises(InputError, match="overflows"):
        resolve_precision("float16", "cuda", "bfloat16")
    with pytest.raises(InputError, match="half"):
        resolve_precision("half", "cuda", "float16")
