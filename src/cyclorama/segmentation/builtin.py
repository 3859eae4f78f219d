"""The segmenter that ships with Cyclorama."""

from __future__ import annotations

from typing import Any

import numpy as np

from cyclorama.core.image import Image
from cyclorama.core.resampling import fit_size, resize_image
from cyclorama.core.segment import Segment
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.hashing import file_sha256
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.segmentation.embedding import Embedding

__all__ = ["BuiltinSegmenter"]

#: A picture whose values differ by less, seen small, holds nothing that could be cut out.
_GLANCE_PX, _LEAST_CONTRAST = 64, 4 / 255
_OUTPUTS = ("where", "what", "shared", "foreground")


class BuiltinSegmenter:
    """Adapter of the built-in network: finds all objects, or answers for a point or a box.

    Parameters
    ----------
    session : OnnxSession
        The network ``segmenter``.
    long_side_px : int
        Size at which the network sees a photograph; rounded so that both sides are multiples of 32.

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(self, session: OnnxSession, long_side_px: int = 384) -> None:
        session.require_outputs(_OUTPUTS)
        self._session = session
        self._long_side_px = long_side_px

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> BuiltinSegmenter:
        """Load the network of the catalogue's entry, on the device that was asked for."""
        (network,) = bundle.networks(1)
        return cls(network)

    @property
    def provenance(self) -> dict[str, Any]:
        """Name and hash of the network, and the size at which it looks."""
        return {
            "id": "segmenter",
            "sha256": file_sha256(self._session.path),
            "long_side_px": self._long_side_px,
            "device": self._session.device,
        }

    def __call__(self, image: Image, *, report: Report = silent) -> tuple[Segment, ...]:
        """Find all objects; see :class:`cyclorama.segmentation.segmenter.Segmenter`."""
        return self.survey(image, report=report)[0]

    def survey(self, image: Image, *, report: Report = silent) -> tuple[tuple[Segment, ...], Segment | None]:
        """Find all objects and the foreground; see :class:`cyclorama.segmentation.segmenter.Surveying`."""
        # On a flat picture the network's answer is its own prior, and its masks are made of nothing.
        if np.ptp(resize_image(image, fit_size(image.size, _GLANCE_PX)).pixels) < _LEAST_CONTRAST:
            return (), None
        embedding = self.embed(image, report=report)
        report(Progress("segment", 0.8, "Drawing masks"))
        return embedding.objects(), embedding.salience()

    def embed(self, image: Image, *, report: Report = silent) -> Embedding:
        """Run the network once; the result answers any number of questions about the photograph.

        Parameters
        ----------
        image : Image
            The photograph, of any size from one pixel.
        report : callable
            Receives progress; may raise ``Cancelled``.

        Returns
        -------
        Embedding
            Ask it for all objects, for what lies at a point, or for what fills a box.
        """
        report(Progress("segment", 0.0, "Reading the photograph"))
        size = _network_size(image.size, self._long_side_px)
        pixels = np.clip(resize_image(image, size, "area").as_srgb().pixels, 0, 1)
        report(Progress("segment", 0.2, "Running the segmenter"))
        feeds = {"image": np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32)}
        found = self._session.run(feeds)
        return Embedding(
            found["where"][0], found["what"][0], found["shared"][0], found["foreground"][0, 0], image.size
        )


def _network_size(size: tuple[int, int], long_side_px: int) -> tuple[int, int]:
    """Return multiples of 32 whose shape is close to the photograph's."""
    scale = long_side_px / max(size) / 32
    return max(1, round(size[0] * scale)) * 32, max(1, round(size[1] * scale)) * 32
