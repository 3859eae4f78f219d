"""The ViTMatte adapter against the real architecture and its own preparation."""

import numpy as np
import pytest
from PIL import Image as Pillow

import tiny_networks
from adapter_pictures import bundle
from cyclorama.documents.read import read_image
from cyclorama.matting.vitmatte import VitMatteMatter
from cyclorama.protocol.errors import InputError, ModelIncompatible
from cyclorama.protocol.progress import silent

SIZE = (64, 96)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    pytest.importorskip("transformers")
    folder = tmp_path_factory.mktemp("vitmatte")
    model = tiny_networks.vitmatte(folder / "model.onnx", SIZE)
    return model, VitMatteMatter.from_bundle(bundle(folder, "model.onnx"))


def band(size):
    trimap = np.zeros(size, np.float32)
    trimap[:, size[1] // 3 :] = 0.5
    trimap[:, 2 * size[1] // 3 :] = 1
    return trimap


def crop(sample_photo, size):
    return read_image(sample_photo).pixels[100 : 100 + size[0], 120 : 120 + size[1]]


@pytest.mark.parametrize("size", [SIZE, (50, 70)])
def test_the_input_is_the_references(pair, sample_photo, size):
    from transformers import VitMatteImageProcessorPil

    _, adapter = pair
    pixels, trimap = crop(sample_photo, size), band(size)
    marked = (np.where(trimap == 0.5, 128, trimap * 255)).astype(np.uint8)
    photo = Pillow.fromarray((pixels * 255).round().astype(np.uint8))
    expected = VitMatteImageProcessorPil()(photo, trimaps=Pillow.fromarray(marked), return_tensors="np")[
        "pixel_values"
    ]
    made = adapter.prepared(pixels, trimap)[:, :, : expected.shape[2], : expected.shape[3]]
    np.testing.assert_allclose(made, expected, atol=1e-5)


def test_alpha_in_the_band_is_the_references_and_the_rest_is_as_given(pair, sample_photo):
    import torch

    model, adapter = pair
    pixels, trimap = crop(sample_photo, SIZE), band(SIZE)
    with torch.no_grad():
        expected = model(torch.from_numpy(adapter.prepared(pixels, trimap))).alphas[0, 0].numpy()
    alpha = adapter(pixels, trimap, report=silent)
    still_open = trimap == 0.5
    np.testing.assert_allclose(alpha[still_open], expected[still_open], atol=1e-4)
    np.testing.assert_array_equal(alpha[~still_open], trimap[~still_open])
    assert expected[still_open].std() > 0.01


def test_a_large_crop_is_solved_in_tiles_that_fade_into_each_other(pair, sample_photo):
    _, adapter = pair
    image = read_image(sample_photo).pixels[:250, :400]
    trimap = np.full(image.shape[:2], 0.5, np.float32)
    trimap[:, -1] = 1
    seen = []
    alpha = adapter(image, trimap, report=seen.append)
    assert len(seen) > 20
    assert np.isfinite(alpha).all()
    assert alpha.min() >= 0
    assert alpha.max() <= 1
    assert np.abs(np.diff(alpha[:, :-1], axis=0)).max() < 0.9


def test_nothing_open_asks_nothing(pair):
    _, adapter = pair
    trimap = np.ones((40, 40), np.float32)
    np.testing.assert_array_equal(adapter(np.zeros((40, 40, 3), np.float32), trimap), trimap)


def test_sizes_and_networks_that_do_not_fit_are_named(pair, tmp_path):
    _, adapter = pair
    with pytest.raises(InputError, match="trimap has shape"):
        adapter(np.zeros((40, 41, 3), np.float32), np.ones((40, 40), np.float32))
    tiny_networks.mean_lama(tmp_path / "m.onnx")
    with pytest.raises(ModelIncompatible, match=r"\(1, 4, H, W\) was wanted"):
        VitMatteMatter.from_bundle(bundle(tmp_path, "m.onnx"))
