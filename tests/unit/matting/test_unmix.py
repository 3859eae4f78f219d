"""The promise, on arrays of any contents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.matting.unmix import correct, unmix
from cyclorama.protocol.errors import InputError

SIZE = (24, 31)


def random_layers(rng, size, count, encoding="srgb"):
    layers = []
    for number in range(count):
        left, top = int(rng.integers(size[1] - 4)), int(rng.integers(size[0] - 4))
        right, bottom = int(rng.integers(left + 2, size[1] + 1)), int(rng.integers(top + 2, size[0] + 1))
        box = Box(left, top, right, bottom)
        # Many alphas at both ends, as in real mattes.
        alpha = np.clip(rng.normal(0.5, 0.8, box.size), 0, 1).astype(np.float32)
        matte = Matte(alpha).stored_as("uint8")
        layers.append(
            ObjectLayer(f"{number}", Image(rng.random((*box.size, 3), np.float32), encoding), matte, box)
        )
    return layers


def difference(image, layers, plate):
    document = LayeredDocument(plate=plate, layers=tuple(layers), blend_space=image.encoding)
    return float(np.abs(composite(document).pixels - image.as_srgb().pixels).max())


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 5))
def test_eight_bit_documents_recompose_within_one_level(seed, count):
    rng = np.random.default_rng(seed)
    image = Image(rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8))
    layers, plate = unmix(image, random_layers(rng, SIZE, count), Image(rng.random((*SIZE, 3), np.float32)))
    assert plate.sample_format == "uint8"
    assert difference(image, layers, plate) <= 1 / 255 + 1e-6


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 4), encoding=st.sampled_from(["srgb", "linear"]))
def test_floating_point_documents_recompose_almost_exactly(seed, count, encoding):
    rng = np.random.default_rng(seed)
    image = Image(rng.random((*SIZE, 3), np.float32) * np.float32(1.3), encoding)
    plate = Image(rng.random((*SIZE, 3), np.float32), encoding)
    layers, plate = unmix(image, random_layers(rng, SIZE, count, encoding), plate)
    canvas = np.array(plate.pixels)
    for layer in layers:
        view, alpha = canvas[layer.box.slices], layer.matte.alpha[..., None]
        view *= 1 - alpha
        view += alpha * layer.color.pixels
    assert np.abs(canvas - image.pixels).max() < 1e-5


def test_bits_of_the_photograph_stay_where_one_layer_is_alone(rng):
    image = Image(rng.integers(0, 65536, (*SIZE, 3), dtype=np.uint16))
    given_layers = random_layers(rng, SIZE, 2)
    layers, plate = unmix(image, given_layers, Image(rng.random((*SIZE, 3), np.float32)))
    clear = np.ones(SIZE, np.float32)
    for layer in layers:
        clear[layer.box.slices] *= 1 - layer.matte.alpha
    assert np.array_equal(plate.samples[clear == 1], image.samples[clear == 1])
    top = layers[-1]
    full = top.matte.alpha == 1
    assert full.any()
    assert np.array_equal(top.color.samples[full], image.samples[top.box.slices][full])


def test_right_estimates_are_left_alone(rng):
    alpha = Matte(rng.random(SIZE, np.float32)).stored_as("uint8")
    front, back = rng.random((*SIZE, 3), np.float32), rng.random((*SIZE, 3), np.float32)
    mixed = alpha.alpha[..., None] * front + (1 - alpha.alpha[..., None]) * back
    layer = ObjectLayer("disc", Image(front), alpha, Box.of_size(SIZE))
    layers, plate = unmix(Image(mixed), [layer], Image(back))
    assert np.abs(layers[0].color.pixels - front)[alpha.alpha > 0].max() < 1e-4
    assert np.abs(plate.pixels - back)[alpha.alpha < 1].max() < 1e-4


def test_hardly_seen_colors_are_hardly_changed():
    share = np.array([[0.95], [0.05]], np.float32)
    colors = np.full((2, 1, 3), 0.5, np.float32)
    correct(colors, share, np.full((1, 3), 0.6, np.float32))
    assert abs(colors[1, 0, 0] - 0.5) < 0.01
    assert abs(float(share[:, 0] @ colors[:, 0, 0]) - 0.6) < 1e-5


def test_colors_stay_in_the_gamut(rng):
    share = rng.dirichlet([0.5, 0.5, 0.5], 500).T.astype(np.float32)
    photo = rng.choice([0.0, 0.02, 0.5, 1.0], (500, 3)).astype(np.float32)
    colors = rng.random((3, 500, 3), np.float32)
    correct(colors, share, photo)
    assert colors.min() >= 0
    assert colors.max() <= 1
    assert np.abs(np.einsum("kn,knc->nc", share, colors) - photo).max() < 1e-5


def test_what_does_not_fit_is_refused(rng):
    image = Image(rng.random((*SIZE, 3), np.float32))
    layer = random_layers(rng, SIZE, 1)[0]
    with pytest.raises(InputError, match="plate"):
        unmix(image, [layer], Image(rng.random((3, 3, 3), np.float32)))
    with pytest.raises(InputError, match="encoded"):
        unmix(image, [layer], Image(image.pixels, "linear"))
    beyond = Box(SIZE[1], 0, SIZE[1] + layer.box.width, layer.box.height)
    outside = ObjectLayer("far", layer.color, layer.matte, beyond)
    with pytest.raises(InputError, match="leaves"):
        unmix(image, [outside], image)
