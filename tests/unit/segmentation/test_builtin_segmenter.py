from dataclasses import replace

import numpy as np
import pytest

from cyclorama.catalog import builtin_model_path
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import SplitOptions
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation import BuiltinSegmenter, segment
from cyclorama.segmentation.grids import read_grid


@pytest.fixture(scope="module")
def segmenter():
    return BuiltinSegmenter(OnnxSession(builtin_model_path("segmenter"), threads=1))


def disc(size=(240, 320), center=(120, 200), radius=60):
    """A textured red disc on a soft green slope: plain enough that any segmenter must see it."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[: size[0], : size[1]]
    inside = np.hypot(y - center[0], x - center[1]) < radius
    ground = np.stack((0.35 + 0 * x, 0.5 + 0.1 * y / size[0], 0.3 + 0 * x), -1)
    shade = 0.75 - 0.35 * ((y - center[0]) + (x - center[1])) / radius / 2
    thing = np.stack((shade, 0.15 * shade, 0.15 * shade), -1)
    pixels = np.where(inside[..., None], thing, ground) + rng.normal(0, 0.01, (*size, 3))
    return Image(np.clip(pixels, 0, 1).astype(np.float32)), inside


def overlap(own, mask):
    found = np.zeros(mask.shape, np.float32)
    found[own.box.slices] = read_grid(own.probability, own.box, own.box, own.box.size)
    return ((found > 0.5) & mask).sum() / ((found > 0.5) | mask).sum()


def test_a_disc_is_found_once_and_well(segmenter):
    image, inside = disc()
    found = segment(image, segmenter, SplitOptions())
    assert len(found) == 1
    assert overlap(found[0], inside) > 0.9


def test_a_click_and_a_box_find_the_disc(segmenter):
    image, inside = disc()
    seen = segmenter.embed(image)
    assert max(overlap(s, inside) for s in seen.at(200, 120)) > 0.85
    by_box = seen.within(Box(140, 60, 260, 180))
    assert by_box is not None
    assert overlap(by_box, inside) > 0.85


def test_questions_outside_the_photograph_are_refused(segmenter):
    seen = segmenter.embed(disc()[0])
    with pytest.raises(InputError, match="outside"):
        seen.at(500, 10)
    with pytest.raises(InputError, match="empty"):
        seen.within(Box(400, 10, 420, 20))


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2), (33, 500), (90, 70)])
def test_any_size_runs_and_stays_inside_the_photograph(segmenter, size):
    image = Image(np.random.default_rng(1).random((*size, 3), dtype=np.float32))
    for own in segment(image, segmenter, SplitOptions(threshold=0.0)):
        assert own.box.intersect(Box.of_size(size)) == own.box
        assert own.probability.shape[0] <= max(own.box.height, 1)


def test_the_same_photograph_gives_the_same_answer(segmenter):
    image, _ = disc()
    first, second = (segmenter(image) for _ in range(2))
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.probability, b.probability)


def test_stored_bytes_and_floats_agree(segmenter):
    image, inside = disc()
    found = segment(image.stored_as("uint8"), segmenter, SplitOptions())
    assert overlap(found[0], inside) > 0.9


def test_the_foreground_covers_the_disc(segmenter):
    image, inside = disc()
    whole = segmenter.embed(image).salience()
    assert whole.box == Box.of_size(image.size)
    assert overlap(whole, inside) > 0.85


def test_memory_does_not_grow_with_the_photograph(segmenter):
    image, _ = disc()
    seen = segmenter.embed(image)
    huge = replace(seen, size=(24000, 32000))
    for own in huge.objects():
        assert own.probability.size <= seen.foreground.size + 4 * sum(seen.foreground.shape)
