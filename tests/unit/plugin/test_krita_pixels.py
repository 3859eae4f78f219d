"""Rearranging samples for Krita without NumPy: the same as with it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "plugin" / "krita"))

from cyclorama_krita.pixels import eight_bit, interleaved, is_opaque, plane

DTYPES = ("uint8", "uint16", "float16", "float32")


def samples(dtype: str, channels: int, rng: np.random.Generator) -> np.ndarray:
    full = 1 if dtype.startswith("float") else np.iinfo(dtype).max
    return (rng.random((7, 5, channels)) * full).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ["BGRA", "RGBA"])
def test_colours_get_an_opaque_alpha_in_the_order_asked_for(
    dtype: str, order: str, rng: np.random.Generator
) -> None:
    rgb = samples(dtype, 3, rng)
    made = np.frombuffer(interleaved(rgb.tobytes(), "RGB", dtype, order), dtype).reshape(7, 5, 4)
    assert np.array_equal(made[..., [order.index(channel) for channel in "RGB"]], rgb)
    assert (made[..., 3] == (1 if dtype.startswith("float") else np.iinfo(dtype).max)).all()
    assert is_opaque(made.tobytes(), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_matte_becomes_the_alpha_and_is_read_back(dtype: str, rng: np.random.Generator) -> None:
    bgra, matte = samples(dtype, 4, rng), samples(dtype, 1, rng)[..., 0]
    made = interleaved(bgra.tobytes(), "BGRA", dtype, "BGRA", matte.tobytes())
    assert np.array_equal(np.frombuffer(made, dtype).reshape(7, 5, 4)[..., :3], bgra[..., :3])
    assert plane(made, dtype, 3) == matte.tobytes()
    assert not is_opaque(made, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_masks_are_rounded_to_the_nearest_of_256(dtype: str, rng: np.random.Generator) -> None:
    matte = samples(dtype, 1, rng)
    full = 1 if dtype.startswith("float") else np.iinfo(dtype).max
    found = np.frombuffer(eight_bit(matte.tobytes(), dtype), np.uint8)
    assert np.abs(found - matte.astype(np.float64).ravel() / full * 255).max() <= 0.501
