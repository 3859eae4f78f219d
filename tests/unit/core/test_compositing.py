import numpy as np
import pytest

from cyclorama.core.compositing import composite, coverage
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import BackgroundCandidate, ObjectLayer, ShadowLayer
from cyclorama.core.matte import Matte
from cyclorama.protocol.errors import InputError


def flat(size, value, encoding="srgb"):
    return Image(np.full((*size, 3), value, np.float32), encoding)


def layer(value, alpha, box, encoding="srgb"):
    return ObjectLayer("o", flat(box.size, value, encoding), Matte(np.full(box.size, alpha, np.float32)), box)


@pytest.mark.parametrize(("encoding", "wanted"), [("srgb", 128), ("linear", 188)])
def test_half_white_over_black_depends_on_the_blend_space(encoding, wanted):
    document = LayeredDocument(
        flat((4, 4), 0, encoding), (layer(1, 0.5, Box(0, 0, 4, 4), encoding),), encoding
    )
    assert round(float(composite(document).pixels[0, 0, 0]) * 255) == wanted


def test_layers_stack_bottom_to_top_inside_their_boxes():
    box, inner = Box(1, 1, 4, 4), Box(2, 2, 3, 3)
    document = LayeredDocument(flat((5, 5), 0.2), (layer(0.5, 1, box), layer(0.9, 1, inner)))
    row = composite(document).pixels[2, :, 0]
    np.testing.assert_allclose(row, [0.2, 0.5, 0.9, 0.5, 0.2])
    assert coverage(document).sum() == 9


def test_shadows_show_only_with_a_background_and_multiply():
    box = Box(0, 0, 2, 2)
    shadow = ShadowLayer("s", "cast", flat((2, 2), 0.5), Matte(np.ones((2, 2), np.float32)), box, opacity=0.5)
    document = LayeredDocument(
        flat((2, 2), 0.8), candidates=(BackgroundCandidate(flat((2, 2), 0.4), 0, "x"),), shadows=(shadow,)
    )
    assert composite(document).pixels[0, 0, 0] == pytest.approx(0.8)
    assert composite(document.replace(chosen=0)).pixels[0, 0, 0] == pytest.approx(0.4 * 0.75)


def test_tall_pictures_flatten_in_strips_as_in_one_piece(rng):
    size = (700, 5)
    alpha = rng.random(size, np.float32)
    color = rng.random((*size, 3), np.float32)
    plate = rng.random((*size, 3), np.float32)
    document = LayeredDocument(
        Image(plate), (ObjectLayer("o", Image(color), Matte(alpha), Box.of_size(size)),)
    )
    wanted = plate * (1 - alpha[..., None]) + color * alpha[..., None]
    np.testing.assert_allclose(composite(document).pixels, wanted, atol=1e-6)


def test_a_document_refuses_what_does_not_fit():
    with pytest.raises(InputError, match="leaves the canvas"):
        LayeredDocument(flat((4, 4), 0), (layer(1, 1, Box(2, 2, 6, 6)),))
    with pytest.raises(InputError, match="blend space"):
        LayeredDocument(flat((4, 4), 0), (layer(1, 1, Box(0, 0, 4, 4), "linear"),))
    with pytest.raises(InputError, match="chosen"):
        LayeredDocument(flat((4, 4), 0), chosen=0)
    with pytest.raises(InputError, match="one size"):
        ObjectLayer("o", flat((2, 2), 0), Matte(np.zeros((3, 3), np.float32)), Box(0, 0, 2, 2))
