"""Adapters of large models on tiny ones of the real classes: the same picture as a plain call of the pipeline, and
what the adapter promises on top."""

import importlib
import json
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (install the extra: diffusion)")
diffusers = pytest.importorskip("diffusers", reason="needs diffusers (install the extra: diffusion)")
transformers = pytest.importorskip("transformers", reason="needs transformers (install the extra: diffusion)")

from cyclorama.backdrop import diffusers_flow  # noqa: E402
from cyclorama.backdrop.crop import blank, crop_around  # noqa: E402
from cyclorama.backdrop.diffusers_flow import (  # noqa: E402
    Flux2KleinInpaint,
    QwenImageEditInpaint,
    QwenImageInpaint,
    ZImageInpaint,
)
from cyclorama.backdrop.diffusers_options import DiffusersOptions, LightLevers  # noqa: E402
from cyclorama.backdrop.diffusers_sd import StableDiffusionInpaint, StableDiffusionXLInpaint  # noqa: E402
from cyclorama.backdrop.inpainter import Conditions  # noqa: E402
from cyclorama.catalog.load import load_model  # noqa: E402
from cyclorama.catalog.own import add  # noqa: E402
from cyclorama.catalog.registry import find_model, known_models  # noqa: E402
from cyclorama.core.image import Image  # noqa: E402
from cyclorama.core.lighting import LightingEstimate  # noqa: E402
from cyclorama.core.matte import Matte  # noqa: E402
from cyclorama.core.perspective import Perspective  # noqa: E402
from cyclorama.protocol.errors import (  # noqa: E402
    Cancelled,
    DeviceError,
    InputError,
    ModelIncompatible,
    ModelMissing,
)
from tiny_diffusion import qwen_edit_processor, save_tiny, save_tiny_decoder, save_tiny_qwen_edit  # noqa: E402

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning", "ignore:.*:FutureWarning:diffusers.*"
)

ADAPTERS = {
    "sd9": StableDiffusionInpaint,
    "sd4": StableDiffusionInpaint,
    "sdxl9": StableDiffusionXLInpaint,
    "sdxl4": StableDiffusionXLInpaint,
    "z_image": ZImageInpaint,
    "flux2_klein": Flux2KleinInpaint,
    "qwen_image": QwenImageInpaint,
}
#: How a person who knows the pipeline would call it, plainly.
PLAIN = {
    "sd": {"guidance_scale": 3.0, "strength": 1.0},
    "sdxl": {"guidance_scale": 3.0, "strength": 0.9999},
    "z_image": {"guidance_scale": 3.0, "strength": 1.0},
    "flux2_klein": {"guidance_scale": 1.0, "strength": 1.0},
    "qwen_image": {"true_cfg_scale": 3.0, "strength": 1.0, "negative_prompt": " "},
}
SIDE = 64


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Tiny networks on shared cores: more threads only wait for each other."""
    count = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(count)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    made = {}

    def get(name):
        if name not in made:
            made[name] = save_tiny(name, folder)
        return made[name]

    return get


def scene(size=(SIDE, SIDE), scene="meadow", azimuth=1.0, prompt=""):
    """A noisy canvas, a standing subject, and what is asked of its background."""
    height, width = size
    canvas = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    y, x = np.mgrid[:height, :width]
    distance = np.hypot((x - width / 2) / width, 0.6 * (y - height / 2) / height)
    alpha = np.clip((0.17 - distance) * 40, 0, 1).astype(np.float32)
    light = LightingEstimate(
        np.array([azimuth, 0.6, 0.3]), 60.0, 0.2, np.array([0.9, 0.8, 0.6]), np.full(3, 0.2), np.zeros((9, 3))
    )
    camera = Perspective(size, 1.5 * height, (width / 2, height / 2), -0.05, 0.0, 0.8)
    return Image(canvas), Matte(1 - alpha), Conditions(light, camera, scene, 0.01, prompt=prompt)


def adapter(folders, name, levers=None, **options):
    options = {"native_px": SIDE, "device": "cpu", "text_guidance": 3.0, **options}
    return ADAPTERS[name](folders(name), DiffusersOptions(**options), levers)


def plain_call(folder, name, image, mask, prompt, steps, seed):
    """The picture of the pipeline as diffusers' documentation calls it, from pictures of Pillow."""
    from PIL import Image as Picture

    pipeline = getattr(diffusers, ADAPTERS[name].pipeline)
    pipe = pipeline.from_pretrained(folder, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    made = pipe(
        prompt=prompt,
        image=Picture.fromarray(image),
        mask_image=Picture.fromarray(mask.astype(np.uint8) * 255),
        height=image.shape[0],
        width=image.shape[1],
        num_inference_steps=steps,
        generator=torch.Generator().manual_seed(seed),
        output_type="np",
        **PLAIN[name.rstrip("49")],
    )
    return made.images[0]


@pytest.mark.parametrize("name", ADAPTERS)
def test_without_levers_it_is_a_plain_call_of_the_pipeline(folders, name):
    canvas, hole, conditions = scene(prompt="a quiet meadow")
    model = adapter(folders, name)
    crop = crop_around(hole, SIDE, model.multiple)
    assert crop.size == (SIDE, SIDE)
    known, repaint = crop.picture(canvas), crop.repaint(hole)
    given = np.rint(blank(known, repaint) * 255).astype(np.uint8)
    found = model.paint(known, repaint, conditions, seed=7, steps=3, guidance=1.0)
    expected = plain_call(folders(name), name, given, repaint, "a quiet meadow", 3, seed=7)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("name", ADAPTERS)
def test_all_levers_from_a_canvas_to_a_background(folders, name):
    canvas, hole, conditions = scene((90, 140))
    model = adapter(folders, name, behind="keep")
    seen = []
    made = model(canvas, hole, conditions, seed=1, steps=4, guidance=2.0, report=seen.append)
    assert made.size == canvas.size
    inside = hole.alpha == 0
    assert inside.any()
    assert np.array_equal(made.pixels[inside], canvas.pixels[inside])
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    previews = [progress.preview for progress in seen if progress.preview is not None]
    assert len(previews) == 4  # one for each step
    assert all(view.ndim == 3 and 0 <= view.min() and view.max() <= 1 for view in previews)
    again = model(canvas, hole, conditions, seed=1, steps=4, guidance=2.0)
    assert np.array_equal(made.pixels, again.pixels)
    provenance = model.provenance
    json.dumps(provenance)
    assert provenance["levers"] == {"words": True, "start": 0.9, "low_frequency": 1.0}
    assert provenance["memory"]["device"] == "cpu"


def test_qwen_image_edit(tmp_path, monkeypatch):
    """The pipeline resizes all to a square megapixel, here to 128 px in square; its processor is loaded by hand."""
    own = diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_inpaint
    whole = own.calculate_dimensions
    monkeypatch.setattr(own, "calculate_dimensions", lambda area, ratio: whole(area // 64, ratio))
    monkeypatch.setattr(diffusers_flow, "_EDIT_AREA_PX", 128 * 128)
    processor = qwen_edit_processor()
    monkeypatch.setattr(transformers.Qwen2VLProcessor, "from_pretrained", lambda *_, **__: processor)
    folder = save_tiny_qwen_edit(tmp_path)
    model = QwenImageEditInpaint(folder, DiffusersOptions(device="cpu", text_guidance=1.0, behind="keep"))
    canvas, hole, conditions = scene((300, 300), prompt="a quiet meadow")
    crop = model._crop(hole)
    assert crop.size == (128, 128)
    known, repaint = crop.picture(canvas), crop.repaint(hole)
    found = model.paint(known, repaint, conditions, seed=7, steps=2, guidance=1.0)

    from PIL import Image as Picture

    given = Picture.fromarray(np.rint(blank(known, repaint) * 255).astype(np.uint8))
    pipe = diffusers.QwenImageEditInpaintPipeline.from_pretrained(folder, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    expected = pipe(
        prompt="a quiet meadow", image=given, mask_image=Picture.fromarray(repaint.astype(np.uint8) * 255),
        height=128, width=128, num_inference_steps=2, strength=1.0, true_cfg_scale=1.0, output_type="np",
        generator=torch.Generator().manual_seed(7),
    ).images[0]  # fmt: skip
    np.testing.assert_allclose(found, expected, atol=1e-5)
    made = model(canvas, hole, conditions, seed=1, steps=2, guidance=2.0)
    assert np.array_equal(made.pixels[hole.alpha == 0], canvas.pixels[hole.alpha == 0])


@pytest.mark.parametrize("name", ["sd9", "sdxl4", "z_image", "flux2_klein", "qwen_image"])
def test_broad_shapes_follow_the_light_and_kept_latents_do_not(folders, name):
    """The same noise with the light from the right and from the left: encoded again, broad shapes went apart."""
    canvas, hole, _ = scene()
    model = adapter(folders, name, LightLevers(words=False, start=None, low_frequency=1.0))
    crop = crop_around(hole, SIDE, model.multiple)
    known, repaint = crop.picture(canvas), crop.repaint(hole)
    ends = {}
    for side in (-1.0, 1.0):
        conditions = scene(scene="wall", azimuth=side)[2]
        steered = {}
        original = type(model)._guidance

        def watched(self, *arguments, original=original, steered=steered):
            steered["guidance"] = original(self, *arguments)
            return steered["guidance"]

        model._guidance = watched.__get__(model)
        model.paint(known, repaint, conditions, seed=3, steps=8, guidance=2.0)
        ends[side] = steered["guidance"]
        del model._guidance
    basis = torch.from_numpy(ends[1.0].basis)
    flat = {side: _by_cell(ends[side].clean) @ basis for side in ends}
    goal = {side: _by_cell(ends[side].target.float()) @ basis for side in ends}
    moved, asked = flat[1.0] - flat[-1.0], goal[1.0] - goal[-1.0]
    agreement = float((moved * asked).sum() / (moved.norm() * asked.norm()))
    assert agreement > 0.5


def _by_cell(latent):
    return latent[0].T if latent.dim() == 3 else latent[0].flatten(1)


def test_each_lever_alone_changes_the_picture(folders):
    canvas, hole, conditions = scene()
    off = LightLevers(words=False, start=None, low_frequency=0.0)
    pictures = {}
    for name, levers in {
        "off": off,
        "words": LightLevers(words=True, start=None, low_frequency=0.0),
        "start": LightLevers(words=False, start=0.9, low_frequency=0.0),
        "low": LightLevers(words=False, start=None, low_frequency=0.5),
    }.items():
        model = adapter(folders, "sd9", levers)
        pictures[name] = model(canvas, hole, conditions, seed=2, steps=4, guidance=2.0).pixels
        if name == "off":
            plain = model(canvas, hole, conditions, seed=2, steps=4, guidance=1.0).pixels
            assert np.array_equal(plain, pictures["off"])
    for name in ("words", "start", "low"):
        assert np.abs(pictures[name] - pictures["off"]).max() > 1e-3, name


@pytest.mark.parametrize("behind", ["extend", "paint", "keep"])
def test_what_is_behind_the_subject(folders, behind):
    canvas, hole, conditions = scene()
    model = adapter(folders, "sd9", behind=behind)
    made = model(canvas, hole, conditions, seed=2, steps=2, guidance=2.0).pixels
    inside, outside = hole.alpha == 0, hole.alpha > 0
    kept = np.array_equal(made[inside], canvas.pixels[inside])
    assert kept == (behind == "keep")
    if behind == "extend":
        # Smoother than what surrounds it, and of its colours.
        assert made[inside].std(0).max() < made[outside].std(0).max()
        np.testing.assert_allclose(made[inside].mean(0), made[outside].mean(0), atol=0.1)


def test_it_stops_within_a_step(folders):
    canvas, hole, conditions = scene()
    model = adapter(folders, "sd9")
    seen = []

    def stop(progress):
        seen.append(progress)
        if progress.message.startswith("Denoising 2"):
            raise Cancelled

    with pytest.raises(Cancelled):
        model(canvas, hole, conditions, seed=2, steps=20, guidance=2.0, report=stop)
    assert seen[-1].message.startswith("Denoising 2 of 20")
    # The next job finds the pipeline in order.
    model(canvas, hole, conditions, seed=2, steps=2, guidance=2.0)


def test_a_small_decoder_beside_the_weights_draws_the_preview(folders, tmp_path):
    shutil.copytree(folders("sd9"), tmp_path / "model")
    save_tiny_decoder(tmp_path / "model" / "preview")
    model = StableDiffusionInpaint(tmp_path / "model", DiffusersOptions(native_px=SIDE, device="cpu"))
    canvas, hole, conditions = scene()
    seen = []
    model(canvas, hole, conditions, seed=2, steps=2, guidance=2.0, report=seen.append)
    previews = [progress.preview for progress in seen if progress.preview is not None]
    assert previews[0].shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize("scheduler", ["ddim", "dpm++", "unipc", "euler", "euler-ancestral", "lcm"])
def test_samplers_by_name(folders, scheduler):
    canvas, hole, conditions = scene()
    model = adapter(folders, "sd9", scheduler=scheduler, spacing="trailing", steps=3)
    seen = []
    made = model(canvas, hole, conditions, seed=2, steps=50, guidance=2.0, report=seen.append)
    assert np.isfinite(made.pixels).all()
    assert sum(progress.preview is not None for progress in seen) == 3
    assert model.provenance["scheduler"] == type(model._scheduler).__name__


def test_from_a_persons_folder_through_the_catalogue(folders, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("CYCLORAMA_MODELS", str(tmp_path / "models"))
    add(
        "my-own",
        (folders("sd9"),),
        find_model("sd15-inpaint-lcm"),
        parameters={"native_px": SIDE, "lora": None},
    )
    model = load_model("my-own", "backdrop", device="cpu")
    assert isinstance(model, StableDiffusionInpaint)
    canvas, hole, conditions = scene()
    made = model(canvas, hole, conditions, seed=0, steps=16, guidance=2.0)
    assert np.isfinite(made.pixels).all()
    provenance = model.provenance
    assert provenance["id"] == "my-own"
    assert len(provenance["sha256"]) == 64
    assert provenance["scheduler"] == "LCMScheduler"
    assert provenance["steps"] == 6  # the entry's, not the caller's


@pytest.mark.parametrize(
    "kind", sorted({entry.adapter for entry in known_models() if entry.task == "backdrop"})
)
def test_what_the_catalogue_names_is_there(kind):
    module, _, name = kind.partition(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_a_models_own_scheduler_that_cannot_be_steered_gives_way(folders, tmp_path):
    folder = tmp_path / "pndm"
    shutil.copytree(folders("sd9"), folder)
    diffusers.PNDMScheduler(skip_prk_steps=True, steps_offset=1).save_pretrained(folder / "scheduler")
    index = json.loads((folder / "model_index.json").read_text())
    index["scheduler"][1] = "PNDMScheduler"
    (folder / "model_index.json").write_text(json.dumps(index))
    model = StableDiffusionInpaint(folder, DiffusersOptions(native_px=SIDE, device="cpu"))
    assert model.provenance["scheduler"] == "DPMSolverMultistepScheduler"


def test_weights_in_float8(folders):
    canvas, hole, conditions = scene()
    model = adapter(folders, "sd9", weights="float8")
    stored = {weight.dtype for weight in model._pipe.unet.parameters()}
    assert torch.float8_e4m3fn in stored
    made = model(canvas, hole, conditions, seed=2, steps=2, guidance=2.0)
    full = adapter(folders, "sd9")(canvas, hole, conditions, seed=2, steps=2, guidance=2.0)
    assert 0 < np.abs(made.pixels - full.pixels).mean() < 0.1


def test_weights_in_int8(folders):
    pytest.importorskip("torchao", reason="int8 weights need torchao")
    canvas, hole, conditions = scene()
    made = adapter(folders, "sd9", weights="int8")(canvas, hole, conditions, seed=2, steps=2, guidance=2.0)
    full = adapter(folders, "sd9")(canvas, hole, conditions, seed=2, steps=2, guidance=2.0)
    assert 0 < np.abs(made.pixels - full.pixels).mean() < 0.1


def test_a_lora_is_merged(folders, tmp_path):
    peft = pytest.importorskip("peft", reason="a LoRA needs peft")
    pipe = diffusers.StableDiffusionInpaintPipeline.from_pretrained(folders("sd9"), local_files_only=True)
    pipe.unet.add_adapter(peft.LoraConfig(r=2, init_lora_weights=False, target_modules=["to_q", "to_v"]))
    layers = peft.get_peft_model_state_dict(pipe.unet)
    pipe.save_lora_weights(tmp_path, unet_lora_layers=layers, weight_name="fast.safetensors")
    before = adapter(folders, "sd9")._pipe.unet.state_dict()
    model = adapter(folders, "sd9", lora=tmp_path / "fast.safetensors", scheduler="lcm", steps=4)
    after = model._pipe.unet.state_dict()
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(".to_q." in name or ".to_v." in name for name in changed)
    assert model.provenance["lora"] == "fast.safetensors"
    with pytest.raises(InputError, match="safetensors"):
        adapter(folders, "sd9", lora=tmp_path / "fast.pt")
    with pytest.raises(ModelMissing, match="not there"):
        adapter(folders, "sd9", lora=tmp_path / "slow.safetensors")


def test_too_little_memory_is_said_before_anything_is_loaded(folders, monkeypatch):
    monkeypatch.setattr(diffusers.StableDiffusionInpaintPipeline, "from_pretrained", None)
    with pytest.raises(DeviceError, match=r"needs about \d+\.\d GiB on cpu .*0\.1 GiB are free"):
        adapter(folders, "sd9", free_bytes=100 << 20)


def test_a_device_that_is_not_there(folders):
    if torch.cuda.is_available():
        pytest.skip("a GPU is here")
    with pytest.raises(DeviceError, match="no device 'cuda'"):
        adapter(folders, "sd9", device="cuda")


def test_folders_that_are_no_model(folders, tmp_path):
    with pytest.raises(ModelMissing, match=r"model_index\.json"):
        StableDiffusionInpaint(tmp_path)
    shutil.copytree(folders("sd9"), tmp_path / "pickles")
    for path in (tmp_path / "pickles").glob("*/*.safetensors"):
        path.rename(path.with_suffix(".bin"))
    with pytest.raises(ModelMissing, match=r"no \.safetensors"):
        StableDiffusionInpaint(tmp_path / "pickles")
    shutil.copytree(folders("sd9"), tmp_path / "partial")
    shutil.rmtree(tmp_path / "partial" / "unet")
    with pytest.raises(ModelMissing, match="unet"):
        StableDiffusionInpaint(tmp_path / "partial")
    with pytest.raises(ModelIncompatible, match="no model for ZImageInpaintPipeline"):
        ZImageInpaint(folders("sd9"))


def test_inputs_that_do_not_fit(folders):
    canvas, _, conditions = scene()
    model = adapter(folders, "sd9")
    with pytest.raises(InputError, match="one size"):
        model(canvas, Matte(np.ones((8, 8), np.float32)), conditions, seed=0, steps=2, guidance=2.0)
    with pytest.raises(InputError, match="whole canvas"):
        model(canvas, Matte(np.zeros(canvas.size, np.float32)), conditions, seed=0, steps=2, guidance=2.0)
