"""What the families of whole-picture networks share: a square in, one map out, and things that do not touch.

Each family has its own file with its own normalization; nothing here knows numbers of any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image
from cyclorama.core.resampling import Kernel, resize_image
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import ModelIncompatible
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation.placing import subjects

__all__ = ["SalienceNetwork"]


class SalienceNetwork:
    """Base of adapters whose network answers with one map for the whole photograph.

    Parameters
    ----------
    network : OnnxSession
        One input (1, 3, H, W); the first output is the map.
    provenance : mapping
        What a document remembers.
    mean, std : float32 (3,)
        Of the network's input, for values in [0, 1].
    side : int
        Side of the square, where the network leaves it open.
    label : str or None
        What it finds, if it is always the same.

    Raises
    ------
    ModelIncompatible
        If the network is not of this kind.
    """

    def __init__(
        self,
        network: OnnxSession,
        provenance: Mapping[str, Any],
        *,
        mean: FloatArray,
        std: FloatArray,
        side: int,
        label: str | None = None,
    ) -> None:
        shape = network.input_shape(network.input_names[0]) if len(network.input_names) == 1 else ()
        if len(shape) != 4 or shape[1] not in (3, None):
            raise ModelIncompatible(
                f"{network.path.name} takes {', '.join(network.input_names)} {shape}; one picture was wanted."
            )
        self._network = network
        self._mean, self._std = np.asarray(mean, np.float32), np.asarray(std, np.float32)
        self._side = (shape[2] or side, shape[3] or side)
        self._label = label
        self._dtype = network.input_dtype(network.input_names[0])
        self.provenance = dict(provenance)

    def __call__(self, image: Image, *, report: Report = silent) -> tuple[Segment, ...]:
        """Find the subject; see :class:`cyclorama.segmentation.segmenter.Segmenter`."""
        report(Progress("segment", 0.1, "Looking at the photograph"))
        pixels = self.prepared(image)
        report(Progress("segment", 0.2, "Running the segmenter"))
        alpha = self.run(pixels)
        report(Progress("segment", 0.9, "Parting what does not touch"))
        return subjects(alpha, image.size, self._label)

    def input_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the (height, width) at which a photograph of ``size`` is seen: the square."""
        return self._side

    def kernel(self, size: tuple[int, int], wanted: tuple[int, int]) -> Kernel:
        """Return how a photograph of ``size`` is resampled."""
        return "bilinear"

    def prepared(self, image: Image) -> FloatArray:
        """Return the network's input, (1, 3, h, w)."""
        wanted = self.input_size(image.size)
        pixels = resize_image(image, wanted, self.kernel(image.size, wanted)).as_srgb().pixels
        out: FloatArray = ((pixels - self._mean) / self._std).transpose(2, 0, 1)[None].astype(self._dtype)
        return out

    def run(self, pixels: FloatArray) -> FloatArray:
        """Return the network's map, float32 (h, w), [0, 1], over the whole photograph."""
        first = self._network.output_names[0]
        found = self._network.run({self._network.input_names[0]: pixels}, (first,))[first]
        if found.ndim != 4 or found.shape[:2] != (1, 1):
            raise ModelIncompatible(
                f"{self._network.path.name} gives {found.shape}; (1, 1, h, w) was wanted."
            )
        return self.as_alpha(np.asarray(found[0, 0], np.float32))

    def as_alpha(self, answer: FloatArray) -> FloatArray:
        """Return what the network's answer, float32 (h, w), means as alpha in [0, 1]."""
        out: FloatArray = np.clip(answer, 0, 1)
        return out
