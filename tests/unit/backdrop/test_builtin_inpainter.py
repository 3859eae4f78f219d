import time

import numpy as np
import pytest

from cyclorama.backdrop.builtin import BuiltinInpainter
from cyclorama.backdrop.inpainter import Conditions
from cyclorama.backdrop.scenes import SCENES
from cyclorama.catalog import builtin_model_path
from cyclorama.core.image import Image
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import Cancelled, InputError


@pytest.fixture(scope="module")
def model():
    return BuiltinInpainter(builtin_model_path("backdrop", "denoiser.onnx").parent, threads=1)


def asked(size, scene="studio", side=1.0, palette=None):
    light = LightingEstimate(
        np.array([0.8 * side, 0.4, 0.45]), 60.0, 0.3, np.full(3, 0.8), np.full(3, 0.2), np.zeros((9, 3))
    )
    camera = Perspective(size, 1.4 * max(size), (size[1] / 2, size[0] / 2), -0.05, 0.0, 0.7)
    return Conditions(light, camera, scene, SCENES[scene].blur, palette)


def subject(size):
    """A grey pillar that stands in the picture."""
    hole = np.ones(size, np.float32)
    h, w = size
    hole[h // 4 : max(int(0.9 * h), 1), 2 * w // 5 : max(3 * w // 5, 1)] = 0
    return Image(np.full((*size, 3), 0.5, np.float32)), Matte(hole)


@pytest.mark.parametrize("size", [(1, 1), (1, 64), (90, 3), (96, 128), (40, 400)])
def test_any_canvas(model, size):
    made = model(*subject(size), asked(size), seed=1, steps=2, guidance=2.0)
    assert made.size == size
    assert made.encoding == "srgb"
    assert 0 <= made.pixels.min() <= made.pixels.max() <= 1


def test_same_seed_same_picture_and_other_seed_another(model):
    size = (96, 96)
    first, again, other = (
        model(*subject(size), asked(size), seed=seed, steps=3, guidance=1.0).pixels for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.01


def test_wished_colour_shows(model):
    size = (96, 96)
    blue, red = (
        model(
            *subject(size), asked(size, palette=np.array(color)), seed=2, steps=8, guidance=2.0
        ).pixels.mean((0, 1))
        for color in ((0.05, 0.1, 0.4), (0.4, 0.08, 0.05))
    )
    assert blue[2] > red[2] + 0.1
    assert red[0] > blue[0] + 0.1


def test_progress_rises_and_cancels_between_steps(model):
    seen = []

    def stop(progress):
        seen.append((time.monotonic(), progress.fraction))
        if len(seen) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        model(*subject((64, 64)), asked((64, 64)), seed=0, steps=12, guidance=2.0, report=stop)
    fractions = [fraction for _, fraction in seen]
    assert fractions == sorted(fractions)
    assert len(seen) == 4


def test_unknown_scene_is_told(model):
    conditions = asked((32, 32))
    wrong = Conditions(conditions.lighting, conditions.perspective, "moon", 0.01)
    with pytest.raises(InputError, match="moon"):
        model(*subject((32, 32)), wrong, seed=0, steps=2, guidance=1.0)


def test_hole_and_canvas_must_match(model):
    image, _ = subject((32, 32))
    with pytest.raises(InputError, match="one size"):
        model(image, Matte(np.ones((16, 32), np.float32)), asked((32, 32)), seed=0, steps=2, guidance=1.0)
