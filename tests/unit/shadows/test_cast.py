"""Shadows lie where light and camera put them, and multiply as they say."""

import math

import numpy as np
import pytest

from cyclorama.core.color import srgb_to_linear
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective, world_from_camera
from cyclorama.protocol.errors import Cancelled
from cyclorama.shadows.cast import cast_shadows

SIZE = (300, 400)
CAMERA = Perspective(SIZE, 420.0, (200.0, 150.0), math.radians(-12), 0.0, 1.0)


def lit(azimuth_deg, elevation_deg, softness=0.02, kappa=60.0, key=(0.7, 0.7, 0.7), ambient=(0.3, 0.3, 0.3)):
    """Light from world angles, as CAMERA sees it."""
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    world = np.array([math.sin(a) * math.cos(e), math.sin(e), math.cos(a) * math.cos(e)])
    sh = np.zeros((9, 3), np.float32)
    sh[0] = np.array(ambient) / (0.282095 * math.pi)
    return LightingEstimate(
        (world @ world_from_camera(CAMERA)).astype(np.float32),
        kappa,
        softness,
        np.array(key),
        np.array(ambient),
        sh,
    )


def post(left=190, top=110, right=210, bottom=220, name="post", encoding="srgb") -> ObjectLayer:
    box = Box(left - 4, top - 4, right + 4, min(bottom + 4, SIZE[0]))
    alpha = np.zeros(box.size, np.float32)
    alpha[4 : 4 + bottom - top, 4 : 4 + right - left] = 1
    return ObjectLayer(name, Image(np.full((*box.size, 3), 0.5, np.float32), encoding), Matte(alpha), box)


def factors(layer) -> np.ndarray:
    """Factor of a shadow layer over the whole canvas, luminance only."""
    out = np.ones(SIZE)
    out[layer.box.slices] = layer.color.pixels.mean(axis=2)
    return out


def cast_of(layers):
    return next(layer for layer in layers if layer.kind == "cast")


def centroid(layer) -> tuple[float, float]:
    dark = 1 - factors(layer)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    return float((dark * x).sum() / dark.sum()), float((dark * y).sum() / dark.sum())


@pytest.mark.parametrize(("azimuth", "side"), [(80, -1), (-80, 1), (50, -1), (-130, 1)])
def test_the_shadow_lies_opposite_the_light(azimuth, side):
    shadow = cast_of(cast_shadows([post()], SIZE, lit(azimuth, 35), CAMERA, "srgb"))
    assert side * (centroid(shadow)[0] - 200) > 15


def test_front_light_throws_it_back_and_back_light_forward():
    front = cast_of(cast_shadows([post()], SIZE, lit(20, 40), CAMERA, "srgb"))
    back = cast_of(cast_shadows([post()], SIZE, lit(160, 40), CAMERA, "srgb"))
    assert centroid(front)[1] < 220 < centroid(back)[1]


def test_a_mirrored_light_throws_the_mirrored_shadow():
    one = factors(cast_of(cast_shadows([post()], SIZE, lit(70, 35), CAMERA, "srgb")))
    two = factors(cast_of(cast_shadows([post()], SIZE, lit(-70, 35), CAMERA, "srgb")))
    assert np.abs(one - two[:, ::-1]).mean() < 0.002


@pytest.mark.parametrize("elevation", [30, 45, 60])
def test_its_length_is_the_height_over_the_tangent_of_the_elevation(elevation):
    shadow = cast_of(cast_shadows([post()], SIZE, lit(90, elevation), CAMERA, "linear"))
    dark = 1 - factors(shadow)
    columns = np.flatnonzero(dark.max(axis=0) > 0.5 * dark.max() * math.exp(-0.15))
    # Side light: the shadow runs along the picture at the depth of the foot, where a pixel is as long as on the post.
    # The post is 20 pixels wide: half of that comes on top.
    length = 110 / math.tan(math.radians(elevation)) + 10
    assert 200 - columns.min() == pytest.approx(length, rel=0.1, abs=6)


def test_the_contact_shadow_touches_the_foot():
    shadows = cast_shadows([post()], SIZE, lit(60, 40), CAMERA, "linear")
    assert [layer.kind for layer in shadows] == ["contact", "cast"]
    dark = 1 - factors(shadows[0])
    assert dark[221, 200] > 0.25
    assert dark[221, 200] > 3 * dark[250, 200]
    assert dark[:100].max() == 0


def test_factors_lie_in_0_1_and_boxes_on_the_canvas():
    for layer in cast_shadows([post()], SIZE, lit(-40, 10, 0.4), CAMERA, "srgb"):
        assert layer.color.pixels.min() >= 0
        assert layer.color.pixels.max() <= 1
        assert layer.box.intersect(Box.of_size(SIZE)) == layer.box
        assert layer.multiplies
        assert (layer.matte.alpha == 1).all()


def test_full_shadow_leaves_the_ambient_share_of_light_in_its_color():
    light = lit(75, 45, key=(0.8, 0.7, 0.5), ambient=(0.2, 0.3, 0.5))
    shadow = cast_of(cast_shadows([post()], SIZE, light, CAMERA, "linear"))
    darkest = shadow.color.pixels.reshape(-1, 3).min(axis=0)
    key = np.array([0.8, 0.7, 0.5]) * math.sin(math.radians(45))
    ambient = np.array([0.2, 0.3, 0.5])
    assert np.allclose(darkest, ambient / (ambient + key), atol=0.04)
    assert darkest[2] > darkest[0]


def test_both_blend_spaces_take_the_same_light():
    linear = cast_of(cast_shadows([post()], SIZE, lit(75, 45), CAMERA, "linear"))
    srgb = cast_of(cast_shadows([post(encoding="srgb")], SIZE, lit(75, 45), CAMERA, "srgb"))
    assert srgb.color.encoding == "srgb"
    assert np.allclose(srgb_to_linear(srgb.color.pixels), linear.color.pixels, atol=2e-4)


def test_soft_light_blurs_the_far_end_only():
    hard = 1 - factors(cast_of(cast_shadows([post()], SIZE, lit(90, 30, 0.01), CAMERA, "linear")))
    soft = 1 - factors(cast_of(cast_shadows([post()], SIZE, lit(90, 30, 0.3), CAMERA, "linear")))
    # Across the shadow, close to the foot and far from it.
    near, far = (slice(175, 185), slice(60, 80))
    assert soft[:, near].max() > 0.7 * hard[:, near].max()
    assert soft[:, far].max() < 0.75 * hard[:, far].max()


def test_uncertain_light_casts_a_fainter_shadow():
    sure = cast_of(cast_shadows([post()], SIZE, lit(60, 40, kappa=50), CAMERA, "srgb"))
    doubtful = cast_of(cast_shadows([post()], SIZE, lit(60, 40, kappa=1), CAMERA, "srgb"))
    assert sure.opacity == 1
    assert doubtful.opacity == 0.5


def test_what_does_not_stand_in_view_has_no_shadow():
    cut = post(bottom=300)
    flying = post(top=10, bottom=45)
    assert cast_shadows([cut], SIZE, lit(60, 40), CAMERA, "srgb") == ()
    assert cast_shadows([flying], SIZE, lit(60, 40), CAMERA, "srgb") == ()


def test_a_foot_behind_another_subject_casts_nothing():
    table = post(left=100, top=215, right=300, bottom=260, name="table")
    shadows = cast_shadows([post(), table], SIZE, lit(60, 40), CAMERA, "srgb")
    assert {layer.name.rpartition(" of ")[2] for layer in shadows} == {"table"}


def test_a_large_canvas_gets_the_same_shadow():
    small = cast_of(cast_shadows([post()], SIZE, lit(70, 35), CAMERA, "srgb"))
    grown = ObjectLayer(
        "post",
        Image(np.full((4 * 118, 4 * 28, 3), 0.5, np.float32)),
        Matte(np.kron(post().matte.alpha, np.ones((4, 4), np.float32))),
        Box(*(4 * side for side in (186, 106, 214, 224))),
    )
    size = (4 * SIZE[0], 4 * SIZE[1])
    large = cast_of(cast_shadows([grown], size, lit(70, 35), CAMERA.scaled(size), "srgb"))
    assert large.box.width == pytest.approx(4 * small.box.width, rel=0.1)
    assert large.color.pixels.min() == pytest.approx(small.color.pixels.min(), abs=0.04)


def test_it_can_be_cancelled():
    def stop(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        cast_shadows([post()], SIZE, lit(60, 40), CAMERA, "srgb", report=stop)
