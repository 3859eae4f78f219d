"""BiRefNet: the subject as a whole, with the finest edges.

References
----------
.. [1] P. Zheng et al., "Bilateral Reference for High-Resolution Dichotomous Image Segmentation", CAAI AIR 2024.
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.segmentation.placing import logistic
from cyclorama.segmentation.salience_network import SalienceNetwork

__all__ = ["BiRefNetSegmenter"]

_SIDE = 1024
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class BiRefNetSegmenter(SalienceNetwork):
    """Adapter of the BiRefNet family: 1024 px; its published networks answer with logits, not with alpha."""

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> BiRefNetSegmenter:
        """Load the network of a catalogue entry."""
        (network,) = bundle.networks(1)
        mean, std = np.asarray(_MEAN), np.asarray(_STD)
        return cls(network, bundle.provenance(network), mean=mean, std=std, side=_SIDE)

    def as_alpha(self, answer: FloatArray) -> FloatArray:
        """Return the logistic function of the logits."""
        return logistic(answer)
