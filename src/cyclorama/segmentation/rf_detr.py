"""RF-DETR-Seg: objects of 80 everyday kinds, each with a mask over the whole photograph.

References
----------
.. [1] I. Robinson et al., "RF-DETR: Neural Architecture Search for Real-Time Detection Transformers", ICLR 2026,
   arXiv:2511.09554.
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
from cyclorama.segmentation.coco import COCO_BY_ID
from cyclorama.segmentation.placing import logistic, place

__all__ = ["RfDetrSegmenter"]

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)
_OUTPUTS = {"dets", "labels", "masks"}
_LEAST_SCORE = 0.05
#: How far a mask may reach beyond its box, in shares of the box: boxes are drawn tight.
_MARGIN = 0.1


class RfDetrSegmenter:
    """Adapter of the RF-DETR-Seg family, of any size: the network's own input says which.

    Parameters
    ----------
    network : OnnxSession
        Input (1, 3, S, S); outputs ``dets``, ``labels`` and ``masks``.
    provenance : mapping
        What a document remembers.
    names : mapping of int to str
        Names by class index; COCO's by default.
    masks_are : {"logits", "probabilities"}
        What the file's masks hold: its exporters differ.

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(
        self,
        network: OnnxSession,
        provenance: Mapping[str, Any],
        names: Mapping[int, str] | None = None,
        masks_are: str = "logits",
    ) -> None:
        if not set(network.output_names) >= _OUTPUTS:
            raise ModelIncompatible(
                f"{network.path.name} gives {', '.join(network.output_names)}; dets, labels and masks were wanted."
            )
        shape = network.input_shape(network.input_names[0])
        if len(shape) != 4 or shape[2] is None or shape[2] != shape[3]:
            raise ModelIncompatible(
                f"{network.path.name} takes {shape}; (1, 3, S, S) with a known S was wanted."
            )
        self._network = network
        self._side = shape[2]
        self._names = COCO_BY_ID if names is None else names
        self._masks_are = masks_are
        self.provenance = dict(provenance)

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> RfDetrSegmenter:
        """Load the network of a catalogue entry; parameters ``names`` (a list) and ``masks_are``."""
        (network,) = bundle.networks(1)
        names = bundle.parameters.get("names")
        return cls(
            network,
            bundle.provenance(network),
            None if names is None else dict(enumerate(names)),
            str(bundle.parameters.get("masks_are", "logits")),
        )

    def __call__(self, image: Image, *, report: Report = silent) -> tuple[Segment, ...]:
        """Find objects; see :class:`cyclorama.segmentation.segmenter.Segmenter`."""
        report(Progress("segment", 0.1, "Looking at the photograph"))
        feeds = {self._network.input_names[0]: self.prepared(image)}
        report(Progress("segment", 0.2, "Running the segmenter"))
        found = self._network.run(feeds, ("dets", "labels", "masks"))
        report(Progress("segment", 0.9, "Drawing masks"))
        return self.decoded(found["dets"][0], found["labels"][0], found["masks"][0], image.size)

    def prepared(self, image: Image) -> FloatArray:
        """Return the network's input, float32 (1, 3, S, S): stretched to a square without antialiasing."""
        pixels = resize_image(image, (self._side, self._side), "sampled").as_srgb().pixels
        out: FloatArray = ((pixels - _MEAN) / _STD).transpose(2, 0, 1)[None]
        return out

    def decoded(
        self, dets: FloatArray, labels: FloatArray, masks: FloatArray, size: tuple[int, int]
    ) -> tuple[Segment, ...]:
        """Turn the network's answers into segments.

        Parameters
        ----------
        dets : float32 (Q, 4)
            Boxes as centre and size, in shares of the photograph.
        labels : float32 (Q, C)
            Class logits, each class for itself.
        masks : float32 (Q, h, w)
            Over the whole photograph.
        size : (int, int)
            The photograph's (height, width).

        Returns
        -------
        tuple of Segment
            Among the Q surest pairs of query and class, the surest class of each query, surest first.
        """
        scores = logistic(labels)
        pairs = np.argsort(-scores, axis=None, kind="stable")[: scores.shape[0]]
        seen: set[int] = set()
        out = []
        for query, kind in zip(*np.unravel_index(pairs, scores.shape), strict=True):
            score = float(scores[query, kind])
            if score < _LEAST_SCORE:
                break
            if int(query) in seen:  # the same mask under a second name would be a second layer
                continue
            seen.add(int(query))
            mask = masks[query] if self._masks_are == "probabilities" else logistic(masks[query])
            probability: FloatArray = np.clip(mask, 0, 1)
            name = self._names.get(int(kind))
            out.append(place(probability, size, score, name, _grown(dets[query], size)))
        return tuple(segment for segment in out if segment is not None)


def _grown(det: FloatArray, size: tuple[int, int]) -> Box:
    """Return the box of a detection in pixels, a little larger, within the photograph."""
    x, y, width, height = (float(value) for value in det)
    half_width, half_height = width * (0.5 + _MARGIN), height * (0.5 + _MARGIN)
    left, right = (int(np.clip(v * size[1], 0, size[1])) for v in (x - half_width, x + half_width))
    top, bottom = (int(np.clip(v * size[0], 0, size[0])) for v in (y - half_height, y + half_height))
    return Box(left, top, max(left, min(right + 1, size[1])), max(top, min(bottom + 1, size[0])))
