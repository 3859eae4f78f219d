"""Reflections hang from the feet, light wraps hug the edges, and the subject itself is not touched."""

import numpy as np
import pytest
from test_cast import CAMERA, SIZE, lit, post

from cyclorama.core.compositing import composite, composite_background
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import BackgroundCandidate, ObjectLayer
from cyclorama.protocol.errors import InputError
from cyclorama.scene import make_shadows, relight_shadows
from cyclorama.shadows.reflection import mirror_layers


def two_tone() -> ObjectLayer:
    """A post that is red above and blue below."""
    layer = post()
    color = np.zeros((*layer.box.size, 3), np.float32)
    half = layer.box.height // 2
    color[:half, :, 0], color[half:, :, 2] = 0.9, 0.9
    return ObjectLayer(layer.name, Image(color), layer.matte, layer.box)


def document(level: float = 0.8, layers=None) -> LayeredDocument:
    plate = Image(np.full((*SIZE, 3), 0.3, np.float32))
    sky = Image(np.full((*SIZE, 3), level, np.float32))
    return LayeredDocument(
        plate,
        tuple(layers or (post(),)),
        lighting=lit(50, 35),
        perspective=CAMERA,
        candidates=(BackgroundCandidate(sky, 0, "studio"),),
        chosen=0,
    )


def test_a_reflection_is_upside_down_below_the_foot():
    (mirrored,) = mirror_layers([two_tone()], SIZE, CAMERA, 1.0)
    assert mirrored.kind == "reflection"
    assert not mirrored.multiplies
    assert abs(mirrored.box.top - 220) < 12
    color = mirrored.color.pixels
    strong = mirrored.matte.alpha > 0.3 * mirrored.matte.alpha.max()
    rows = np.flatnonzero(strong.any(axis=1))
    first, last = rows[2], rows[-3]
    middle = color.shape[1] // 2
    assert color[first, middle, 2] > color[first, middle, 0]
    assert color[last, middle, 0] > color[last, middle, 2]


def test_polish_makes_reflections_stronger_and_sharper():
    dull, polished = (mirror_layers([two_tone()], SIZE, CAMERA, gloss)[0] for gloss in (0.3, 1.0))
    assert polished.matte.alpha.max() > 1.5 * dull.matte.alpha.max()
    assert np.abs(np.diff(polished.matte.alpha)).max() > 2 * np.abs(np.diff(dull.matte.alpha)).max()


def test_no_gloss_and_no_foot_give_no_reflection():
    assert mirror_layers([post()], SIZE, CAMERA, 0.0) == ()
    assert mirror_layers([post(bottom=SIZE[0])], SIZE, CAMERA, 1.0) == ()


def test_a_wrap_hugs_the_edge_and_is_as_bright_as_the_background():
    bright = make_shadows(document(0.9), light_wrap=1.0)[-1]
    dark = [layer for layer in make_shadows(document(0.05), light_wrap=1.0) if layer.kind == "wrap"]
    assert bright.kind == "wrap"
    assert bright.above_objects
    alpha = bright.matte.alpha
    row = alpha.shape[0] // 2
    inside = np.flatnonzero(document().layers[0].matte.alpha[row] > 0.5)
    assert alpha[row, inside[0]] > 0.2
    assert alpha[row, inside[0]] > 1.5 * alpha[row, inside[len(inside) // 2]]
    assert not dark or dark[0].matte.alpha.max() < 0.1 * alpha.max()


def test_edges_between_subjects_get_no_wrap():
    left, right = post(left=150, right=200), post(left=200, right=250, name="other")
    wraps = [
        entry
        for entry in make_shadows(document(layers=(left, right)), light_wrap=1.0)
        if entry.kind == "wrap"
    ]
    canvas = np.zeros(SIZE)
    for wrap in wraps:
        canvas[wrap.box.slices] += wrap.matte.alpha
    assert canvas[160, 151] > 4 * canvas[160, 195:205].max()


def test_the_wrap_lies_above_the_objects_and_not_in_the_background():
    before = document()
    after = before.replace(shadows=make_shadows(before, light_wrap=1.0))
    without = before.replace(shadows=tuple(e for e in after.shadows if e.kind != "wrap"))
    assert np.array_equal(composite_background(after).pixels, composite_background(without).pixels)
    changed = np.abs(composite(after).pixels - composite(without).pixels).max(axis=2) > 1 / 255
    covered = np.zeros(SIZE, bool)
    covered[before.layers[0].box.slices] = before.layers[0].matte.alpha > 0
    assert changed.any()
    assert not changed[~covered].any()


def test_moving_the_light_moves_the_shadows_and_nothing_else():
    first = relight_shadows(document(), reflection=0.5, light_wrap=0.5)
    second = relight_shadows(first, lit(-50, 35), reflection=0.5, light_wrap=0.5)
    assert [entry.kind for entry in first.shadows] == ["contact", "cast", "reflection", "wrap"]
    assert second.lighting is not first.lighting
    assert second.layers is first.layers or second.layers == first.layers
    assert second.background is first.background
    middles = [(entry.box.left + entry.box.right) / 2 for entry in (first.shadows[1], second.shadows[1])]
    assert middles[0] < 200 < middles[1]


def test_a_portrait_gets_no_shadow_on_the_ground():
    portrait = post(left=120, right=280, bottom=SIZE[0])
    assert make_shadows(document(layers=(portrait,)), reflection=1.0) == ()


def test_without_light_there_is_a_clear_error():
    with pytest.raises(InputError, match="light or perspective"):
        relight_shadows(document().replace(lighting=None))


def test_a_plate_is_enough_to_make_shadows_for():
    split = document().replace(candidates=(), chosen=None)
    assert {entry.kind for entry in make_shadows(split)} == {"contact", "cast"}
    assert Box.of_size(SIZE).area > 0
