"""MODNet: people, hair included.

References
----------
.. [1] Z. Ke et al., "MODNet: Real-Time Trimap-Free Portrait Matting via Objective Decomposition", AAAI 2022.
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.resampling import Kernel
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.segmentation.salience_network import SalienceNetwork

__all__ = ["ModNetSegmenter"]

_SHORT_SIDE, _MULTIPLE = 512, 32
_MOST_LONG_SIDE = 2048
_HALF = (0.5, 0.5, 0.5)


class ModNetSegmenter(SalienceNetwork):
    """Adapter of the MODNet family: short side 512, both sides multiples of 32, alpha out."""

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> ModNetSegmenter:
        """Load the network of a catalogue entry."""
        (network,) = bundle.networks(1)
        half = np.asarray(_HALF)
        return cls(network, bundle.provenance(network), mean=half, std=half, side=_SHORT_SIDE, label="person")

    def input_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) at which a photograph of ``size`` is seen: its own shape, nearly."""
        shape = self._network.input_shape(self._network.input_names[0])
        if shape[2] is not None and shape[3] is not None:
            return shape[2], shape[3]
        # As published: a photograph that straddles the size is not scaled.
        straddles = min(size) <= _SHORT_SIDE <= max(size)
        scale = min(1.0 if straddles else _SHORT_SIDE / min(size), _MOST_LONG_SIDE / max(size))
        height, width = (max(1, int(side * scale) // _MULTIPLE) * _MULTIPLE for side in size)
        return height, width

    def kernel(self, size: tuple[int, int], wanted: tuple[int, int]) -> Kernel:
        """Return averaging where the photograph shrinks, as its authors resize."""
        return "area" if wanted[0] < size[0] else "bilinear"
