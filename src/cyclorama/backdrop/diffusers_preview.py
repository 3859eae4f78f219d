"""A small picture of what a model is about to paint, from the clean latent that it guesses at each step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cyclorama.backdrop.diffusers_door import Tensor, diffusers, torch
from cyclorama.core.arrays import FloatArray
from cyclorama.core.resampling import resize

__all__ = ["LinearPreview", "TinyPreview", "tiny_decoder"]

#: Colours and small steps that the linear map is fitted on.
_CHART_CELLS = 16
_RIDGE = 1e-2


class LinearPreview:
    """Colours as a linear function of the latents, fitted once on a chart that the model's own encoder reads.

    Parameters
    ----------
    encode : callable
        Takes a picture (h, w, 3) in sRGB, gives latents (1, C, rows, cols).
    cell_px : int
        Pixels of a latent cell's side.
    """

    def __init__(self, encode: Callable[[FloatArray], Tensor], cell_px: int) -> None:
        rng = np.random.default_rng(0)
        colors = rng.random((_CHART_CELLS // 2, _CHART_CELLS // 2, 3), dtype=np.float32)
        side = _CHART_CELLS * cell_px
        latents = encode(resize(colors, (side, side), "area"))[0].float().cpu().numpy()
        cells = resize(colors, latents.shape[1:], "area").reshape(-1, 3)
        rows = np.moveaxis(latents, 0, -1).reshape(len(cells), -1)
        rows = np.concatenate([rows, np.ones((len(rows), 1))], 1)
        gram = rows.T @ rows + _RIDGE * np.eye(rows.shape[1])
        self._map = np.linalg.solve(gram, rows.T @ cells).astype(np.float32)

    def __call__(self, latent: Tensor) -> FloatArray:
        """Return (rows, cols, 3), sRGB, of latents (1, C, rows, cols)."""
        values = np.moveaxis(latent[0].float().cpu().numpy(), 0, -1)
        return np.asarray(np.clip(values @ self._map[:-1] + self._map[-1], 0, 1), np.float32)


class TinyPreview:
    """A small decoder made for the model's latents (TAESD and its kin)."""

    def __init__(self, folder: Path, device: str) -> None:
        self._decoder: Any = diffusers.AutoencoderTiny.from_pretrained(
            folder, use_safetensors=True, local_files_only=True
        ).to(device)

    def __call__(self, latent: Tensor) -> FloatArray:
        """Return (h, w, 3), sRGB, of latents (1, C, rows, cols)."""
        with torch.no_grad():
            decoded = self._decoder.decode(latent.to(self._decoder.device, self._decoder.dtype)).sample
        picture = ((decoded[0].float().cpu() + 1) / 2).clamp(0, 1).numpy()
        return np.asarray(np.moveaxis(picture, 0, -1), np.float32)


def tiny_decoder(folder: Path, named: str | Path | None) -> Path | None:
    """Return the folder of the small decoder: the one named, or ``preview/`` beside the weights, or None."""
    path = folder / "preview" if named is None else Path(named)
    return path if (path / "config.json").is_file() else None
