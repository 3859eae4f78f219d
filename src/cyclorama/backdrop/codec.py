"""Pictures to latents: principal components of square patches, so that encoding needs no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.runtime.tensors import load_tensors

__all__ = ["PATCH_PX", "PatchCodec"]

#: Side of a patch; one patch becomes one latent cell.
PATCH_PX = 8


@dataclass(frozen=True)
class PatchCodec:
    """A linear encoder.

    Parameters
    ----------
    basis : float32 (C, 3 * PATCH_PX**2)
        Orthonormal rows, patch order (row, column, channel).
    mean : float32 (3 * PATCH_PX**2,)
        Mean patch.
    scale : float32 (C,)
        Latents are components times this.
    spectrum : float32 (C, 16, 16)
        Amplitude of the latents of pictures at every cosine frequency of a 16 x 16 grid.
    """

    basis: FloatArray
    mean: FloatArray
    scale: FloatArray
    spectrum: FloatArray

    @classmethod
    def load(cls, path: Path) -> PatchCodec:
        """Read the codec from a ``.safetensors`` file."""
        arrays = load_tensors(path)
        return cls(*(arrays[name] for name in ("basis", "mean", "scale", "spectrum")))

    @property
    def channels(self) -> int:
        """Number of latent channels C."""
        return int(self.basis.shape[0])

    def encode(self, pixels: FloatArray) -> FloatArray:
        """Return the latents of a picture.

        Parameters
        ----------
        pixels : float32 (h * PATCH_PX, w * PATCH_PX, 3), sRGB, [0, 1]

        Returns
        -------
        float32 (C, h, w), variance about one over natural pictures
        """
        components = (patches(pixels) - self.mean) @ self.basis.T * self.scale
        return np.ascontiguousarray(np.moveaxis(components, -1, 0), np.float32)

    def decode(self, latent: FloatArray) -> FloatArray:
        """Return the picture (h * PATCH_PX, w * PATCH_PX, 3) nearest to the latents: what a network refines."""
        flat = np.moveaxis(latent, 0, -1) / self.scale @ self.basis + self.mean
        h, w = flat.shape[:2]
        grid = flat.reshape(h, w, PATCH_PX, PATCH_PX, 3).swapaxes(1, 2)
        return np.asarray(grid.reshape(h * PATCH_PX, w * PATCH_PX, 3), np.float32)


def patches(pixels: FloatArray) -> FloatArray:
    """Return the patches of a picture as rows, (h, w, 3 * PATCH_PX**2)."""
    height, width = pixels.shape[:2]
    h, w = height // PATCH_PX, width // PATCH_PX
    grid = pixels[: h * PATCH_PX, : w * PATCH_PX].reshape(h, PATCH_PX, w, PATCH_PX, 3).swapaxes(1, 2)
    return np.asarray(grid.reshape(h, w, -1), np.float32)
