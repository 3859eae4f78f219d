"""ViTMatte: hair, fur and thin parts inside the open band.

References
----------
.. [1] J. Yao, X. Wang, S. Yang, B. Wang, "ViTMatte: Boosting Image Matting with Pre-trained Plain Vision
   Transformers", Information Fusion 103, 2024.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.protocol.errors import InputError, ModelIncompatible
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.runtime.onnx_session import OnnxSession

__all__ = ["VitMatteMatter"]

_MULTIPLE = 32
#: Attention costs memory with the square of the area: larger crops are solved in overlapping tiles.
_TILE_SIDE, _OVERLAP = 1024, 128
_CONTEXT_PX = 32


class VitMatteMatter:
    """Adapter of the ViTMatte family as a solver of the open band.

    Parameters
    ----------
    network : OnnxSession
        Input (1, 4, H, W), H and W open or fixed; output ``alphas`` (1, 1, H, W).
    provenance : mapping
        What a document remembers.
    tile_side : int
        Largest side that the network sees at once, a multiple of 32; a network of fixed size sets its own.

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(
        self, network: OnnxSession, provenance: Mapping[str, Any], tile_side: int = _TILE_SIDE
    ) -> None:
        shape = network.input_shape(network.input_names[0])
        if len(network.input_names) != 1 or len(shape) != 4 or shape[1] not in (4, None):
            raise ModelIncompatible(
                f"{network.path.name} takes {', '.join(network.input_names)} {shape}; (1, 4, H, W) was wanted."
            )
        self._network = network
        self._fixed = (shape[2], shape[3]) if shape[2] is not None and shape[3] is not None else None
        self._tile = self._fixed or (tile_side, tile_side)
        self.provenance = dict(provenance)

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> VitMatteMatter:
        """Load the network of a catalogue entry; parameter ``tile_side``."""
        (network,) = bundle.networks(1)
        return cls(network, bundle.provenance(network), int(bundle.parameters.get("tile_side", _TILE_SIDE)))

    def __call__(self, pixels: FloatArray, trimap: FloatArray, *, report: Report = silent) -> FloatArray:
        """Solve for alpha; see :class:`cyclorama.matting.matter.Matter`."""
        if pixels.shape[:2] != trimap.shape:
            raise InputError(
                f"A trimap has shape {trimap.shape}; the picture's {pixels.shape[:2]} was wanted."
            )
        still_open = (trimap > 0) & (trimap < 1)
        out: FloatArray = np.array(trimap, np.float32)
        size = (trimap.shape[0], trimap.shape[1])
        around = Box.of_mask(still_open)
        if around.area == 0:
            return out
        total, weights = np.zeros(size, np.float32), np.zeros(size, np.float32)
        tiles = [
            t for t in _tiles(around.expand(_CONTEXT_PX, size), self._tile) if still_open[t.slices].any()
        ]
        for number, tile in enumerate(tiles):
            report(Progress("matte", number / len(tiles), "edges"))
            weight = _ramp(tile, size)
            total[tile.slices] += weight * self._solved(pixels[tile.slices], trimap[tile.slices])
            weights[tile.slices] += weight
        out[still_open] = np.clip(total[still_open] / weights[still_open], 0, 1)
        return out

    def prepared(self, pixels: FloatArray, trimap: FloatArray) -> FloatArray:
        """Return the network's input, float32 (1, 4, H, W): zeros fill up to its size or to multiples of 32."""
        height, width = trimap.shape
        size = self._fixed or (-(-height // _MULTIPLE) * _MULTIPLE, -(-width // _MULTIPLE) * _MULTIPLE)
        padded = np.zeros((1, 4, *size), np.float32)
        padded[0, :3, :height, :width] = ((np.clip(pixels, 0, 1) - 0.5) / 0.5).transpose(2, 0, 1)
        # The trimap's open value is the one that the network was trained with: 128 of 255.
        padded[0, 3, :height, :width] = np.where((trimap > 0) & (trimap < 1), np.float32(128 / 255), trimap)
        return padded

    def _solved(self, pixels: FloatArray, trimap: FloatArray) -> FloatArray:
        name = self._network.output_names[0]
        feeds = {self._network.input_names[0]: self.prepared(pixels, trimap)}
        found = self._network.run(feeds, (name,))[name]
        if found.ndim != 4:
            raise ModelIncompatible(
                f"{self._network.path.name} gives {found.shape}; (1, 1, H, W) was wanted."
            )
        alpha: FloatArray = np.asarray(found[0, 0, : trimap.shape[0], : trimap.shape[1]], np.float32)
        return alpha


def _tiles(area: Box, side: tuple[int, int]) -> list[Box]:
    """Cover an area with overlapping boxes of at most (height, width)."""
    rows, columns = _starts(area.top, area.bottom, side[0]), _starts(area.left, area.right, side[1])
    return [
        Box(left, top, min(left + side[1], area.right), min(top + side[0], area.bottom))
        for top in rows
        for left in columns
    ]


def _starts(first: int, last: int, side: int) -> list[int]:
    if last - first <= side:
        return [first]
    step = max(1, side - min(_OVERLAP, side // 2))
    count = -(-(last - first - side) // step)
    return [*(first + step * number for number in range(count)), last - side]


def _ramp(tile: Box, size: tuple[int, int]) -> FloatArray:
    """Weigh a tile's pixels down towards its inner borders, so that neighbours fade into each other."""

    def axis(low: int, high: int, end: int) -> FloatArray:
        at = np.arange(high - low, dtype=np.float32) + 0.5
        start = at / _OVERLAP if low > 0 else np.ones_like(at)
        stop = at[::-1] / _OVERLAP if high < end else np.ones_like(at)
        return np.minimum(np.minimum(start, stop), 1)

    rows, columns = axis(tile.top, tile.bottom, size[0]), axis(tile.left, tile.right, size[1])
    out: FloatArray = rows[:, None] * columns[None]
    return out
