"""U²-Net: the subject as a whole, quickly.

References
----------
.. [1] X. Qin et al., "U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection", Pattern
   Recognition 106, 2020.
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.segmentation.salience_network import SalienceNetwork

__all__ = ["U2NetSegmenter"]

_SIDE = 320
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_DARKEST = 1 / 255


class U2NetSegmenter(SalienceNetwork):
    """Adapter of the U²-Net family: 320 px, the photograph's brightest value scaled to 1, the first of its maps."""

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> U2NetSegmenter:
        """Load the network of a catalogue entry."""
        (network,) = bundle.networks(1)
        mean, std = np.asarray(_MEAN), np.asarray(_STD)
        return cls(network, bundle.provenance(network), mean=mean, std=std, side=_SIDE)

    def prepared(self, image: Image) -> FloatArray:
        """Return the network's input; it was trained on pictures divided by their largest value."""
        plain = super().prepared(image) * self._std[:, None, None] + self._mean[:, None, None]
        scaled = plain / max(float(plain.max()), _DARKEST)
        out: FloatArray = (scaled - self._mean[:, None, None]) / self._std[:, None, None]
        return out.astype(self._dtype)
