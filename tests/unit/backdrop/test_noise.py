import numpy as np
import pytest

from cyclorama.backdrop.noise import cosine_basis, shaped_noise, spectrum_for, white_noise_of


@pytest.mark.parametrize("count", [1, 5, 16])
def test_the_cosine_basis_is_orthonormal(count):
    basis = cosine_basis(count)
    np.testing.assert_allclose(basis @ basis.T, np.eye(count), atol=1e-5)


def test_a_flat_spectrum_leaves_noise_white(rng):
    noise = shaped_noise(
        rng.standard_normal((200, 12, 20)).astype(np.float32), np.ones((1, 12, 20), np.float32)
    )
    covariance = np.einsum("kij,kil->jl", noise, noise) / (200 * 12)
    np.testing.assert_allclose(covariance, np.eye(20), atol=0.1)


def test_shaped_noise_has_the_asked_amplitudes(rng):
    rows, cols = np.mgrid[0:16, 0:16]
    spectrum = (4.0 / (1 + rows + cols))[None].astype(np.float32)
    noise = shaped_noise(rng.standard_normal((4000, 16, 16)).astype(np.float32), spectrum)
    basis = cosine_basis(16)
    found = np.sqrt(((basis @ noise @ basis.T) ** 2).mean(0))
    np.testing.assert_allclose(found, spectrum[0], rtol=0.06)


def test_another_grid_sees_the_same_cycles_for_each_cell():
    spectrum = np.exp(-np.arange(16, dtype=np.float32) / 5)[None, :, None] * np.ones((1, 16, 16), np.float32)
    np.testing.assert_allclose(spectrum_for(spectrum, (16, 16)), spectrum, rtol=1e-5)
    np.testing.assert_allclose(spectrum_for(spectrum, (8, 24))[:, :, 0], spectrum[:, ::2, 0], rtol=1e-4)
    assert np.isfinite(spectrum_for(spectrum, (32, 8))).all()


def test_noise_depends_on_seed_alone():
    np.testing.assert_array_equal(white_noise_of(3, 2, (4, 4)), white_noise_of(3, 2, (4, 4)))
    assert np.abs(white_noise_of(3, 2, (4, 4)) - white_noise_of(4, 2, (4, 4))).max() > 0.1
