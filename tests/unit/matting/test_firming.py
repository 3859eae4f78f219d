import numpy as np
import pytest

from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.matting.firming import firm_mattes
from cyclorama.matting.unmix import unmix

SIZE = (6, 8)
WHOLE = Box.of_size(SIZE)


def plain(value):
    return Image(np.broadcast_to(np.float32(value), (*SIZE, 3)))


def layer(alpha, value=1.0, box=WHOLE):
    return ObjectLayer("x", plain(value).crop(box), Matte(np.full(box.size, alpha, np.float32)), box)


@pytest.mark.parametrize("levels", [255, None])
def test_a_white_pixel_over_a_dark_plate_becomes_opaque_enough(levels):
    photo, plate = plain(0.98), plain(0.2)
    (firm,) = firm_mattes(photo, [layer(0.8)], plate, levels)
    # The plate may go to 0.3: (0.98 - 0.3) / (1 - 0.3).
    assert firm.matte.alpha.min() == pytest.approx(0.9714, abs=1 / 255)
    _, unmixed = unmix(photo, [firm], plate)
    assert np.abs(unmixed.pixels - 0.2).max() < 0.12


def test_alpha_never_falls(rng):
    photo, plate = Image(rng.random((*SIZE, 3), np.float32)), Image(rng.random((*SIZE, 3), np.float32))
    given = ObjectLayer("x", plate, Matte(rng.random(SIZE, np.float32)), WHOLE)
    (firm,) = firm_mattes(photo, [given], plate, None)
    assert (firm.matte.alpha >= given.matte.alpha).all()
    faint = given.matte.alpha < 0.5
    assert np.array_equal(firm.matte.alpha[faint], given.matte.alpha[faint])


def test_what_the_plate_explains_is_left():
    photo, plate = plain(0.5), plain(0.5)
    (firm,) = firm_mattes(photo, [layer(0.7, 0.5)], plate, 255)
    assert np.array_equal(firm.matte.alpha, np.full(SIZE, 0.7, np.float32))


def test_the_top_layer_takes_it():
    low, top = layer(0.9), layer(0.6, box=Box(2, 1, 5, 4))
    below, above = firm_mattes(plain(1.0), [low, top], plain(0.0), None)
    assert above.matte.alpha.min() == pytest.approx(1, abs=1e-6)
    assert below.matte.alpha[0, 0] == pytest.approx(1, abs=1e-6)
    assert below.matte.alpha[2, 3] == np.float32(0.9)
