"""Shadows as dark colour with coverage multiply to the same."""

from __future__ import annotations

import numpy as np

from cyclorama.documents.ink import shadow_ink


def test_ink_multiplies_like_the_factor(rng: np.random.Generator) -> None:
    factor = rng.random((40, 50, 3)).astype(np.float32)
    coverage = rng.random((40, 50)).astype(np.float32)
    factor[:5] = 1
    coverage[5:9] = 0
    color, alpha = shadow_ink(factor, coverage)
    wanted = 1 - coverage[..., None] * (1 - factor)
    np.testing.assert_allclose(1 - alpha[..., None] * (1 - color), wanted, atol=1e-6)
    assert color.min() >= 0
    assert color.max() <= 1
    assert color.min(axis=2).max() < 1e-5


def test_a_neutral_shadow_is_black_ink() -> None:
    factor = np.full((2, 2, 3), 0.3, np.float32)
    color, alpha = shadow_ink(factor, np.ones((2, 2), np.float32))
    np.testing.assert_allclose(color, 0, atol=1e-6)
    np.testing.assert_allclose(alpha, 0.7, atol=1e-6)
