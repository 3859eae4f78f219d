"""The stencil against the definition, written down densely."""

import numpy as np
import pytest

from cyclorama.matting.laplacian import matting_stencil

EPSILON = 1e-4


def dense(image):
    """Return equation 12 of Levin et al. as a full matrix."""
    height, width = image.shape[:2]
    number = np.arange(height * width).reshape(height, width)
    matrix = np.zeros((number.size, number.size))
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            pixels = number[y - 1 : y + 2, x - 1 : x + 2].ravel()
            color = image.reshape(-1, 3)[pixels].astype(float)
            color = color - color.mean(axis=0)
            inner = np.linalg.inv(color.T @ color / 9 + EPSILON / 9 * np.eye(3))
            matrix[np.ix_(pixels, pixels)] += np.eye(9) - (1 + color @ inner @ color.T) / 9
    return matrix


def test_rows_equal_the_definition(rng):
    image = rng.random((9, 11, 3), np.float32)
    unknown = rng.random((9, 11)) < 0.6
    stencil = matting_stencil(image, unknown, EPSILON)
    values = rng.random((9, 11), np.float32)
    wanted = (dense(image) @ values.ravel())[unknown.ravel()]
    np.testing.assert_allclose(stencil.gather(np.pad(values, 2)), wanted, atol=2e-5)
    np.testing.assert_allclose(stencil.diagonal, np.diag(dense(image))[unknown.ravel()], atol=2e-5)


def test_a_linear_function_of_color_costs_nearly_nothing(rng):
    image = rng.random((12, 12, 3), np.float32)
    stencil = matting_stencil(image, np.ones((12, 12), bool), 1e-7)
    plane = image @ np.array([0.3, -0.2, 0.5], np.float32) + np.float32(0.1)
    np.testing.assert_allclose(stencil.gather(np.pad(plane, 2)), 0, atol=1e-4)


def test_rows_equal_those_of_the_reference_library(rng):
    laplacian = pytest.importorskip("pymatting.laplacian.cf_laplacian")
    image = rng.random((10, 13, 3), np.float32)
    reference = laplacian.cf_laplacian(image.astype(float), epsilon=EPSILON)
    values = rng.random((10, 13), np.float32)
    stencil = matting_stencil(image, np.ones((10, 13), bool), EPSILON)
    ours = stencil.gather(np.pad(values, 2))
    theirs = reference @ values.ravel()
    # Theirs adds epsilon, the paper and we epsilon / 9: equal to first order only where colours vary.
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9999
