"""The steering scheduler around a model that is trained: the built-in denoiser, told no light."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (install the extra: diffusion)")
diffusers = pytest.importorskip("diffusers", reason="needs diffusers (install the extra: diffusion)")

from cyclorama.backdrop.builtin import BuiltinInpainter  # noqa: E402
from cyclorama.backdrop.codec import PATCH_PX, PatchCodec  # noqa: E402
from cyclorama.backdrop.diffusers_guidance import (  # noqa: E402
    LowFrequencyGuidance,
    broad_basis,
    guided_scheduler,
)
from cyclorama.backdrop.frame import frame_for  # noqa: E402
from cyclorama.backdrop.inpainter import Conditions  # noqa: E402
from cyclorama.backdrop.light_picture import paint_light_picture  # noqa: E402
from cyclorama.backdrop.noise import shaped_noise, spectrum_for, white_noise_of  # noqa: E402
from cyclorama.backdrop.setting import setting_of  # noqa: E402
from cyclorama.catalog import builtin_model_path  # noqa: E402
from cyclorama.core.color import luminance, srgb_to_linear  # noqa: E402
from cyclorama.core.image import Image  # noqa: E402
from cyclorama.core.lighting import LightingEstimate  # noqa: E402
from cyclorama.core.matte import Matte  # noqa: E402
from cyclorama.core.perspective import Perspective  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SIZE = (256, 256)
STEPS = 8


def conditions(side):
    azimuth = math.radians(70 * side)
    direction = np.array([math.sin(azimuth), 0.4, math.cos(azimuth)])
    light = LightingEstimate(direction, 80.0, 0.2, np.full(3, 0.8), np.full(3, 0.2), np.zeros((9, 3)))
    return Conditions(light, Perspective(SIZE, 380.0, (128.0, 128.0), -0.05, 0.0, 0.8), "studio", 0.02)


@pytest.fixture(scope="module")
def model():
    folder = builtin_model_path("backdrop", "denoiser.onnx").parent
    return BuiltinInpainter(folder, threads=1), PatchCodec.load(folder / "codec.safetensors")


def paint(model, side, seed, weight):
    """One picture, sRGB, by diffusers' solver around the denoiser, which is told neither light nor colours."""
    inpainter, codec = model
    asked, frame = conditions(side), frame_for(SIZE)
    canvas, hole = Image(np.full((*SIZE, 3), 0.5, np.float32)), Matte(np.ones(SIZE, np.float32))
    setting = setting_of(codec, frame, canvas, hole, asked)
    maps, features, given = inpainter._inputs(setting, asked, ("light", "colors", "palette"))
    small = frame.cells[0] * PATCH_PX, frame.cells[1] * PATCH_PX
    target = codec.encode(paint_light_picture(asked, np.zeros(SIZE, np.float32), small))[None]
    basis = broad_basis(np.ones(frame.cells, bool))
    scheduler = guided_scheduler(
        diffusers.DPMSolverMultistepScheduler(
            prediction_type="v_prediction", beta_schedule="squaredcos_cap_v2", rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
        ),
        LowFrequencyGuidance(torch.from_numpy(target), basis, weight, free_share=0.1),
    )  # fmt: skip
    scheduler.set_timesteps(STEPS)
    white = white_noise_of(seed, codec.channels, frame.cells)
    latent = torch.from_numpy(shaped_noise(white, spectrum_for(codec.spectrum, frame.cells))[None])
    for t in scheduler.timesteps:
        v = inpainter._predict(latent.numpy(), int(t), maps, features, given, 1.0)
        latent = scheduler.step(torch.from_numpy(v), t, latent, return_dict=False)[0]
    return np.clip(codec.decode(latent[0].numpy()), 0, 1)


def side_of(picture):
    """How much brighter the right half is, in stops."""
    bright = luminance(srgb_to_linear(picture))
    half = bright.shape[1] // 2
    return float(np.log2(bright[:, half:].mean() / bright[:, :half].mean()))


def test_the_light_that_the_network_is_not_told_is_obeyed(model):
    for seed in range(3):
        right, left = (side_of(paint(model, side, seed, 1.0)) for side in (1, -1))
        assert right > 0.2
        assert left < -0.2


def test_without_weight_both_sides_give_one_picture(model):
    assert np.array_equal(paint(model, 1, 0, 0.0), paint(model, -1, 0, 0.0))
