import numpy as np
import pytest

from cyclorama.backdrop.codec import PATCH_PX, PatchCodec, patches
from cyclorama.catalog import builtin_model_path


def full_codec(rng):
    count = 3 * PATCH_PX**2
    basis = np.linalg.qr(rng.standard_normal((count, count)))[0].astype(np.float32)
    return PatchCodec(
        basis,
        np.full(count, 0.4, np.float32),
        np.linspace(3, 1, count).astype(np.float32),
        np.ones((count, 16, 16), np.float32),
    )


def test_a_complete_basis_loses_nothing(rng):
    picture = rng.random((16, 24, 3), dtype=np.float32)
    codec = full_codec(rng)
    np.testing.assert_allclose(codec.decode(codec.encode(picture)), picture, atol=1e-4)


def test_patches_keep_rows_columns_and_channels(rng):
    picture = rng.random((16, 24, 3), dtype=np.float32)
    np.testing.assert_array_equal(patches(picture)[1, 2].reshape(8, 8, 3), picture[8:16, 16:24])


def test_the_shipped_codec_keeps_a_smooth_picture():
    codec = PatchCodec.load(builtin_model_path("backdrop", "codec.safetensors"))
    y, x = np.mgrid[0:1:64j, 0:1:96j].astype(np.float32)
    picture = np.stack([0.2 + 0.6 * x, 0.3 + 0.4 * y, 0.5 + 0.3 * np.sin(6 * x + 3 * y)], -1)
    assert np.abs(codec.decode(codec.encode(picture)) - picture).max() < 0.02
    np.testing.assert_allclose(codec.basis @ codec.basis.T, np.eye(codec.channels), atol=1e-4)


@pytest.mark.parametrize("size", [(8, 8), (16, 40)])
def test_latent_shape(rng, size):
    latent = full_codec(rng).encode(np.zeros((*size, 3), np.float32))
    assert latent.shape == (192, size[0] // 8, size[1] // 8)
