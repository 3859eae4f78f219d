"""The drawing of a place that a dialog shows while the light is dragged."""

import numpy as np
import pytest

from cyclorama.backdrop.scenes import SCENES
from cyclorama.core.color import luminance
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ReplaceOptions
from cyclorama.worker.preview import preview_background

SIZE = (85, 120)
CAMERA = Perspective((340, 480), 480.0, (240.0, 170.0), 0.0, 0.0, 0.9)


def light(x: float) -> LightingEstimate:
    white = np.full(3, 0.5, np.float32)
    return LightingEstimate(np.array([x, 0.4, 0.5]), 100.0, 0.3, white, white * 0.4, np.zeros((9, 3)))


def drawn(scene: str, x: float = 0.5, **wishes: object) -> np.ndarray:
    options = ReplaceOptions(scene=scene, **wishes)
    return preview_background(light(x), CAMERA, options, SIZE).samples.astype(float)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_has_a_preview_of_its_own(scene: str) -> None:
    picture = drawn(scene)
    assert picture.shape == (*SIZE, 3)
    assert picture.std() > 2


@pytest.mark.parametrize("scene", ["canvas", "concrete", "stage", "room"])
def test_the_brighter_side_follows_the_light(scene: str) -> None:
    slopes = []
    for x in (-0.9, 0.9):
        bright = luminance(drawn(scene, x) / 255)
        slopes.append(bright[:, 60:].mean() - bright[:, :60].mean())
    assert slopes[0] < slopes[1]


def test_the_seed_is_the_place_and_the_prompt_counts() -> None:
    assert np.array_equal(drawn("city", seed=3), drawn("city", seed=3))
    assert not np.array_equal(drawn("city", seed=3), drawn("city", seed=4))
    prompted = preview_background(light(0.5), CAMERA, ReplaceOptions(prompt="snow"), SIZE).samples
    assert np.array_equal(prompted, drawn("snow"))


def test_an_unknown_scene_is_said() -> None:
    with pytest.raises(InputError, match="no scene"):
        drawn("nowhere")
