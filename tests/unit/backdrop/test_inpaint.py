import dataclasses

import numpy as np
import pytest

from cyclorama.backdrop.inpaint import choose_scene, conditions_for, inpaint
from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.backdrop.ranking import light_agreement, measure_fit
from cyclorama.backdrop.scenes import SCENES
from cyclorama.catalog import builtin_model_path
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ReplaceOptions
from cyclorama.protocol.progress import silent
from cyclorama.runtime.onnx_session import OnnxSession

SIZE = (60, 80)
JUDGE = BackdropJudge(OnnxSession(builtin_model_path("judge"), threads=1))


def light(direction=(0.8, 0.4, 0.45), kappa=60.0, softness=0.3, key=0.8, ambient=0.2):
    return LightingEstimate(
        np.array(direction), kappa, softness, np.broadcast_to(key, 3), np.full(3, ambient), np.zeros((9, 3))
    )


def camera(pitch=0.0):
    return Perspective(SIZE, 90.0, (40.0, 30.0), pitch, 0.0, 0.5)


class Ramp:
    """Paints a picture that is brighter on the right for odd seeds, on the left for even ones."""

    def __call__(self, foreground, hole, conditions, *, seed, steps, guidance, report=silent):
        self.seen = foreground, hole
        ramp = np.linspace(0.2, 0.7, foreground.size[1], dtype=np.float32)
        ramp = ramp if seed % 2 else ramp[::-1]
        return Image(np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (*foreground.size, 3))))


def document(**changes):
    layer = ObjectLayer(
        "object",
        Image(np.full((20, 20, 3), 0.9, np.float32)),
        Matte(np.ones((20, 20), np.float32)),
        Box(30, 20, 50, 40),
    )
    plate = Image(np.full((*SIZE, 3), 0.1, np.float32))
    return LayeredDocument(plate=plate, layers=(layer,), lighting=light(), perspective=camera(), **changes)


def test_candidates_are_ranked_by_measured_light():
    made, notes = inpaint(document(), Ramp(), JUDGE, ReplaceOptions(scene="wall", candidates=4, seed=10))
    assert [candidate.seed for candidate in made] == [11, 13, 10, 12]
    assert made[0].fit["side"] > 0 > made[-1].fit["side"]
    assert notes["scene"] == "wall"
    assert made[0].color.size == SIZE


def test_the_model_sees_the_photograph_and_the_hole():
    model = Ramp()
    inpaint(document(), model, JUDGE, ReplaceOptions(scene="wall"))
    photo, hole = model.seen
    np.testing.assert_allclose(photo.pixels[30, 40], 0.9, atol=1e-6)
    assert hole.alpha[30, 40] == 0
    assert hole.alpha[0, 0] == 1


def test_a_document_in_linear_light_gets_linear_candidates():
    given = document()
    layers = tuple(dataclasses.replace(layer, color=layer.color.as_linear()) for layer in given.layers)
    linear = dataclasses.replace(given, plate=given.plate.as_linear(), layers=layers, blend_space="linear")
    (made,), _ = inpaint(linear, Ramp(), JUDGE, ReplaceOptions(scene="wall"))
    assert made.color.encoding == "linear"


def test_a_document_without_light_is_refused():
    with pytest.raises(InputError, match="light"):
        inpaint(dataclasses.replace(document(), lighting=None), Ramp(), JUDGE, ReplaceOptions())


@pytest.mark.parametrize(
    ("lighting", "view", "scene"),
    [
        (light(kappa=1.0), camera(), "studio"),
        (light((0.1, 0.5, 0.9)), camera(), "studio"),
        (light((0.3, 0.3, -0.9)), camera(), "garden"),
        (light((0.3, 0.3, -0.9), key=(1.2, 0.8, 0.4)), camera(), "sea"),
        (light((0.9, 0.3, 0.3), softness=0.1), camera(), "wall"),
        (light((0.1, 0.5, 0.9)), camera(-0.3), "table"),
    ],
)
def test_default_scene_follows_light_and_camera(lighting, view, scene):
    name, reason = choose_scene(lighting, view)
    assert name == scene
    assert reason


def test_option_beats_prompt_beats_light():
    named, notes = conditions_for(
        light(), camera(), ReplaceOptions(scene="city", prompt="warm dark forest xyzzy")
    )
    assert named.scene == "city"
    assert notes["not_understood"] == ["xyzzy"]
    told, _ = conditions_for(light(), camera(), ReplaceOptions(prompt="warm dark forest"))
    assert told.scene == "garden"
    assert told.lighting.key_color[0] > told.lighting.key_color[2]
    assert told.palette is not None
    assert np.all(told.palette < np.array(SCENES["garden"].palette))
    with pytest.raises(InputError, match="moon"):
        conditions_for(light(), camera(), ReplaceOptions(scene="moon"))


@pytest.mark.parametrize("scene", ["studio", "meadow"])
def test_agreement_swaps_when_the_picture_is_mirrored(scene, rng):
    conditions, _ = conditions_for(light(), camera(), ReplaceOptions(scene=scene))
    picture = rng.random((18, 24, 3), dtype=np.float32)
    straight, mirrored = light_agreement(picture, conditions), light_agreement(picture[:, ::-1], conditions)
    np.testing.assert_allclose(straight, mirrored[::-1], atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2)])
def test_fit_of_any_size_is_finite(size):
    conditions, _ = conditions_for(light(), camera(), ReplaceOptions(scene="sea"))
    fit = measure_fit(Image(np.full((*size, 3), 0.4, np.float32)), conditions, JUDGE)
    assert all(np.isfinite(value) for value in fit.values())


def test_a_light_that_is_hardly_known_is_no_yardstick():
    options, picture = ReplaceOptions(scene="wall"), Image(np.full((60, 80, 3), 0.4, np.float32))
    sure, unsure = (
        measure_fit(picture, conditions_for(light(kappa=k), camera(), options)[0], JUDGE) for k in (60.0, 1.0)
    )
    assert "direction_off_deg" in sure
    assert "direction_off_deg" not in unsure
    assert {"horizon_off", "tint_off_mired", "score"} <= set(unsure)
