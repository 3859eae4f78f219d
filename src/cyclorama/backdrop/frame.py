"""The frame that the network paints: whole latent cells around a canvas of any size and shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.backdrop.codec import PATCH_PX
from cyclorama.core.arrays import FloatArray
from cyclorama.core.resampling import resize

__all__ = ["Frame", "frame_for"]

#: The network halves its grid twice.
_CELL_STEP = 4
_CELLS = range(8, 36, _CELL_STEP)


@dataclass(frozen=True)
class Frame:
    """A grid of cells that covers the canvas, centred on it.

    Attributes
    ----------
    cells : (rows, columns) of the latent grid.
    canvas : (height, width) of the canvas in pixels.
    """

    cells: tuple[int, int]
    canvas: tuple[int, int]

    @property
    def height_px(self) -> float:
        """Height of the frame in canvas pixels."""
        rows, cols = self.cells
        return max(float(self.canvas[0]), self.canvas[1] * rows / cols)

    @property
    def offset_px(self) -> tuple[float, float]:
        """(top, left) of the canvas in the frame, in canvas pixels."""
        width = self.height_px * self.cells[1] / self.cells[0]
        return (self.height_px - self.canvas[0]) / 2, (width - self.canvas[1]) / 2

    def window(self, size: tuple[int, int]) -> tuple[slice, slice]:
        """Return the part of a picture (of the frame, of the given size) that the canvas shows."""
        scale = size[0] / self.height_px
        spans = []
        for offset, length, limit in zip(self.offset_px, self.canvas, size, strict=True):
            count = min(max(round(length * scale), 1), limit)
            start = min(max(round(offset * scale), 0), limit - count)
            spans.append(slice(start, start + count))
        return spans[0], spans[1]

    def place(self, pixels: FloatArray, fill: float) -> FloatArray:
        """Return a canvas-sized array reduced to codec pixels of the frame, ``fill`` around it."""
        size = self.cells[0] * PATCH_PX, self.cells[1] * PATCH_PX
        rows, cols = self.window(size)
        out = np.full((*size, *pixels.shape[2:]), fill, np.float32)
        out[rows, cols] = resize(pixels, (rows.stop - rows.start, cols.stop - cols.start), "area")
        return out


def frame_for(canvas: tuple[int, int]) -> Frame:
    """Return the frame of about 256 cells that wastes the least of itself.

    Parameters
    ----------
    canvas : (height, width) in pixels, at least 1 each.
    """
    aspect = canvas[1] / canvas[0]

    def cost(cells: tuple[int, int]) -> float:
        wasted = abs(np.log(aspect * cells[0] / cells[1]))
        return float(wasted + 0.35 * abs(np.log(cells[0] * cells[1] / 256)))

    grids = [(h, w) for h in _CELLS for w in _CELLS if 160 <= h * w <= 400]
    return Frame(min(grids, key=cost), canvas)
