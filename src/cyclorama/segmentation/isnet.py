"""IS-Net: the subject as a whole, with fine edges.

References
----------
.. [1] X. Qin et al., "Highly Accurate Dichotomous Image Segmentation", ECCV 2022.
"""

from __future__ import annotations

import numpy as np

from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.segmentation.salience_network import SalienceNetwork

__all__ = ["IsNetSegmenter"]

_SIDE = 1024
_MEAN, _STD = (0.5, 0.5, 0.5), (1.0, 1.0, 1.0)


class IsNetSegmenter(SalienceNetwork):
    """Adapter of the IS-Net family: 1024 px, values less 0.5, alpha out."""

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> IsNetSegmenter:
        """Load the network of a catalogue entry; parameters ``mean`` and ``std``."""
        (network,) = bundle.networks(1)
        mean, std = (bundle.parameters.get(name, usual) for name, usual in (("mean", _MEAN), ("std", _STD)))
        return cls(
            network, bundle.provenance(network), mean=np.asarray(mean), std=np.asarray(std), side=_SIDE
        )
