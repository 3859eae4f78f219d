import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.matting.touch_up import DROP, KEEP, UNSURE, Scribbles, touch_up
from cyclorama.protocol.errors import InputError

SIZE = (160, 240)
WHOLE = Box(0, 0, 240, 160)


def scene(rng):
    """A bright disc and a bright bar beside it over a dark ground; the matte knows the disc only."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    disc = np.hypot(y - 80, x - 70) < 40
    bar = (np.abs(y - 80) < 8) & (x >= 100) & (x < 150)
    true = disc | bar
    pixels = np.where(true[..., None], [0.8, 0.7, 0.6], [0.15, 0.2, 0.3]) + rng.normal(0, 0.01, (*SIZE, 3))
    image = Image(np.clip(pixels, 0, 1).astype(np.float32)).stored_as("uint8")
    return image, disc, bar, Matte(disc.astype(np.float32)).stored_as("uint8")


def marks(kind, rows, columns):
    out = np.zeros(SIZE, np.uint8)
    out[rows, columns] = kind
    return Scribbles(out)


def on_canvas(matte, box):
    out = np.zeros(SIZE, np.float32)
    out[box.slices] = matte.alpha
    return out


def test_a_stroke_that_keeps_brings_a_missed_part_back_to_its_edge(rng):
    image, disc, bar, matte = scene(rng)
    found = on_canvas(*touch_up(image, matte, WHOLE, marks(KEEP, slice(77, 83), slice(104, 146)))[:2])
    assert np.abs(found - (disc | bar))[60:100, 90:165].mean() < 0.02


def test_a_stroke_that_drops_takes_a_wrong_part_away(rng):
    image, disc, bar, _ = scene(rng)
    image = Image(np.where(bar[..., None], np.float32([0.3, 0.6, 0.2]), image.pixels)).stored_as("uint8")
    both = Matte((disc | bar).astype(np.float32)).stored_as("uint8")
    found = on_canvas(*touch_up(image, both, WHOLE, marks(DROP, slice(77, 83), slice(114, 146)))[:2])
    assert np.abs(found - disc)[60:100, 112:165].mean() < 0.02
    assert found[80, 40] == 1


def test_under_unsure_the_photograph_decides(rng):
    image, disc, _, _ = scene(rng)
    wrong = np.array(disc, np.float32)
    wrong[76:84, 26:34] = 0.5
    found = on_canvas(*touch_up(image, Matte(wrong), WHOLE, marks(UNSURE, slice(74, 86), slice(20, 36)))[:2])
    assert np.abs(found - disc)[76:84, 24:34].mean() < 0.1


def test_far_from_the_strokes_nothing_changes(rng):
    image, _, _, matte = scene(rng)
    alpha = matte.samples.copy()
    alpha[38:44, 60:80] = 77
    new, box, changed = touch_up(image, Matte(alpha), WHOLE, marks(KEEP, slice(77, 83), slice(104, 146)))
    out = np.zeros(SIZE, np.uint8)
    out[box.slices] = new.samples
    far = np.ones(SIZE, bool)
    far[changed.slices] = False
    np.testing.assert_array_equal(out[far], alpha[far])
    assert far.mean() > 0.5


def test_strokes_themselves_are_obeyed_exactly(rng):
    image, _, _, matte = scene(rng)
    given = np.zeros(SIZE, np.uint8)
    given[20:24, 200:220], given[78:82, 50:60] = KEEP, DROP
    found = on_canvas(*touch_up(image, matte, WHOLE, Scribbles(given))[:2])
    assert found[20:24, 200:220].min() == 1
    assert found[78:82, 50:60].max() == 0


def test_wrong_scribbles_are_clear_errors(rng):
    image, _, _, matte = scene(rng)
    with pytest.raises(InputError, match="Nothing was scribbled"):
        Scribbles(np.zeros(SIZE, np.uint8))
    with pytest.raises(InputError, match="value 7"):
        Scribbles(np.full(SIZE, 7, np.uint8))
    with pytest.raises(InputError, match="size"):
        touch_up(image, matte, WHOLE, Scribbles(np.ones((3, 3), np.uint8)))
    with pytest.raises(InputError, match="one size"):
        Scribbles.of_masks()


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (3, 2)])
def test_tiny_pictures(shape):
    image = Image(np.full((*shape, 3), 0.5, np.float32))
    box = Box.of_size(shape)
    matte, placed, _ = touch_up(image, Matte(np.zeros(shape)), box, Scribbles(np.full(shape, KEEP, np.uint8)))
    assert placed == box
    assert matte.alpha.min() == 1
