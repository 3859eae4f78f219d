"""Noise with the spectrum of pictures.

White noise drowns the fine cells of a smooth picture long before its broad shapes, and asks a network for
great precision at the end. Noise shaped like the data hides all frequencies alike: every step of the
diffusion then looks like a picture, and a small network's errors are soft instead of speckled.
The equations of the sampler do not change: they hold for noise of any covariance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cyclorama.core.arrays import FloatArray

__all__ = ["cosine_basis", "shaped_noise", "spectrum_for", "white_noise_of"]


def cosine_basis(count: int) -> FloatArray:
    """Return the orthonormal cosine transform (DCT-II) of a length as a matrix, rows are frequencies."""
    position = (np.arange(count) + 0.5)[None]
    basis = np.cos(np.pi * np.arange(count)[:, None] * position / count) * np.sqrt(2.0 / count)
    basis[0] /= np.sqrt(2.0)
    return np.asarray(basis, np.float32)


def spectrum_for(spectrum: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Return the amplitudes for a grid of another size.

    Parameters
    ----------
    spectrum : float32 (C, n, n)
        Amplitude at frequency (row, column) of an n x n grid.
    size : (h, w) of the wanted grid.

    Returns
    -------
    float32 (C, h, w), interpolated at equal cycles for each cell
    """
    log = np.log(spectrum)
    for axis, count in ((1, size[0]), (2, size[1])):
        old = spectrum.shape[axis]
        position = np.minimum(np.arange(count) * old / count, old - 1)
        low = np.minimum(position.astype(int), old - 2)
        part = (position - low).reshape((-1, 1) if axis == 1 else (1, -1))
        log = np.take(log, low, axis) * (1 - part) + np.take(log, low + 1, axis) * part
    return np.asarray(np.exp(log), np.float32)


def shaped_noise(white: FloatArray, spectrum: FloatArray) -> FloatArray:
    """Give white noise (..., C, h, w) the amplitudes (C, h, w) of :func:`spectrum_for`."""
    rows, cols = cosine_basis(white.shape[-2]), cosine_basis(white.shape[-1])
    return np.asarray(rows.T @ (white * spectrum) @ cols, np.float32)


def white_noise_of(seed: int, channels: int, size: tuple[int, int]) -> FloatArray:
    """Return white noise (C, h, w) that only depends on the seed and the grid."""
    draw: Callable[..., FloatArray] = np.random.default_rng(seed).standard_normal
    return draw((channels, *size), dtype=np.float32)
