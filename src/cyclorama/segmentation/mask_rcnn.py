"""Mask R-CNN as the ONNX model zoo publishes it: small masks inside boxes.

References
----------
.. [1] K. He, G. Gkioxari, P. Dollár, R. Girshick, "Mask R-CNN", ICCV 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize_image
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation.coco import COCO_IN_ORDER
from cyclorama.segmentation.grids import read_grid

__all__ = ["MaskRcnnSegmenter"]

_MEAN_BGR = np.array([102.9801, 115.9465, 122.7717], np.float32)
_SHORT_SIDE, _LONG_SIDE, _MULTIPLE = 800, 1333, 32
_LEAST_SCORE = 0.05


class MaskRcnnSegmenter:
    """Adapter of the Mask R-CNN of the ONNX model zoo.

    Parameters
    ----------
    network : OnnxSession
        Input (3, H, W); outputs boxes (n, 4), labels (n,), scores (n,), masks (n, 1, m, m), in this order.
    provenance : mapping
        What a document remembers.
    names : sequence of str
        Names of the classes 1, 2, ...

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(
        self, network: OnnxSession, provenance: Mapping[str, Any], names: tuple[str, ...] = COCO_IN_ORDER
    ) -> None:
        shape = network.input_shape(network.input_names[0])
        if len(network.output_names) != 4 or len(shape) != 3:
            raise ModelIncompatible(
                f"{network.path.name} takes {shape} and gives {len(network.output_names)} answers; "
                "(3, H, W) and boxes, labels, scores and masks were wanted."
            )
        self._network = network
        self._names = names
        self.provenance = dict(provenance)

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> MaskRcnnSegmenter:
        """Load the network of a catalogue entry; parameter ``names`` (a list)."""
        (network,) = bundle.networks(1)
        return cls(network, bundle.provenance(network), tuple(bundle.parameters.get("names", COCO_IN_ORDER)))

    def __call__(self, image: Image, *, report: Report = silent) -> tuple[Segment, ...]:
        """Find objects; see :class:`cyclorama.segmentation.segmenter.Segmenter`."""
        report(Progress("segment", 0.1, "Looking at the photograph"))
        pixels, scale = self.prepared(image)
        report(Progress("segment", 0.2, "Running the segmenter"))
        found = self._network.run({self._network.input_names[0]: pixels})
        boxes, labels, scores, masks = (found[name] for name in self._network.output_names)
        report(Progress("segment", 0.9, "Drawing masks"))
        return self.decoded(
            (boxes / np.array(scale * 2)).astype(np.float32), labels, scores, masks, image.size
        )

    def prepared(self, image: Image) -> tuple[FloatArray, tuple[float, float]]:
        """Return the network's input and its scale.

        Returns
        -------
        pixels : float32 (3, H, W)
            BGR, 0 to 255 less the mean; zeros fill up to multiples of 32.
        scale : (float, float)
            Pixels of the input for one of the photograph, across and down.
        """
        ratio = min(_SHORT_SIDE / min(image.size), _LONG_SIDE / max(image.size))
        height, width = (max(1, int(ratio * side)) for side in image.size)
        small = resize_image(image, (height, width), "bilinear").as_srgb().pixels
        padded = np.zeros(
            (3, -(-height // _MULTIPLE) * _MULTIPLE, -(-width // _MULTIPLE) * _MULTIPLE), np.float32
        )
        padded[:, :height, :width] = (small[..., ::-1] * 255 - _MEAN_BGR).transpose(2, 0, 1)
        return padded, (width / image.size[1], height / image.size[0])

    def decoded(
        self, boxes: FloatArray, labels: Any, scores: FloatArray, masks: FloatArray, size: tuple[int, int]
    ) -> tuple[Segment, ...]:
        """Turn the network's answers into segments.

        Parameters
        ----------
        boxes : float32 (n, 4)
            Left, top, right, bottom in pixels of the photograph.
        labels : int (n,)
            Classes; 0 is the background.
        scores : float32 (n,)
            Confidence.
        masks : float32 (n, 1, m, m)
            Probabilities on a grid that fills the box.
        size : (int, int)
            The photograph's (height, width).
        """
        out = []
        for box, kind, score, mask in zip(boxes, labels, scores, masks, strict=True):
            left, top = (round(float(v)) for v in box[:2])
            right, bottom = (round(float(v)) for v in box[2:])
            whole = Box(left, top, max(right, left + 1), max(bottom, top + 1))
            inside = whole.intersect(Box.of_size(size))
            if score < _LEAST_SCORE or inside.area == 0:
                continue
            grid = mask[0] if inside == whole else read_grid(mask[0], whole, inside, mask[0].shape)
            name = self._names[int(kind) - 1] if 1 <= int(kind) <= len(self._names) else None
            out.append(Segment(np.clip(grid, 0, 1), float(np.clip(score, 0, 1)), name, inside))
        return tuple(sorted(out, key=lambda segment: -segment.score))
