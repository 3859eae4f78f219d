import math

import numpy as np
import pytest

from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.backdrop.scenes import SCENES
from cyclorama.backdrop.sketch import Light, View, develop, paint
from cyclorama.catalog import builtin_model_path
from cyclorama.core.image import Image
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.runtime.onnx_session import OnnxSession


@pytest.fixture(scope="module")
def judge():
    return BackdropJudge(OnnxSession(builtin_model_path("judge"), threads=1))


def picture(scene, azimuth_deg, pitch_deg=0.0, seed=4):
    a, p = math.radians(azimuth_deg), math.radians(pitch_deg)
    direction = np.float32([math.sin(a) * 0.9, 0.43, math.cos(a) * 0.9])
    light = Light(
        direction / np.linalg.norm(direction), 0.3, np.ones(3, np.float32), np.full(3, 0.2, np.float32)
    )
    view = View((160, 160), 1.6, np.float32([0, math.cos(p), -math.sin(p)]), (0.5, 0.5))
    return Image(develop(paint(scene, seed, view, light, SCENES[scene].blur)))


@pytest.mark.parametrize("scene", ["studio", "canvas", "interior", "meadow"])
def test_the_side_of_the_light_is_seen(judge, scene):
    assert judge(picture(scene, 70)).direction[0] > 0.2
    assert judge(picture(scene, -70)).direction[0] < -0.2


def test_a_mirrored_picture_has_the_mirrored_light_and_the_same_horizon(judge):
    image = picture("meadow", 60)
    seen, turned = judge(image), judge(Image(np.ascontiguousarray(image.pixels[:, ::-1])))
    np.testing.assert_allclose(seen.direction * [-1, 1, 1], turned.direction, atol=1e-4)
    assert seen.horizon == pytest.approx(turned.horizon, abs=1e-5)
    assert seen.kappa == pytest.approx(turned.kappa, rel=1e-4)
    assert np.linalg.norm(seen.direction) == pytest.approx(1, abs=1e-5)


def test_the_horizon_follows_the_camera(judge):
    low, high = (judge(picture("meadow", 60, pitch)).horizon for pitch in (-6, 6))
    assert high - low > 0.15


def test_another_network_is_refused():
    with pytest.raises(ModelIncompatible, match="direction"):
        BackdropJudge(OnnxSession(builtin_model_path("segmenter"), threads=1))
