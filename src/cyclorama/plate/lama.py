"""LaMa: fills large holes by Fourier convolutions.

References
----------
.. [1] R. Suvorov et al., "Resolution-robust Large Mask Inpainting with Fourier Convolutions", WACV 2022.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.resampling import fit_size, resize
from cyclorama.protocol.errors import InputError, ModelIncompatible
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.runtime.model_bundle import ModelBundle
from cyclorama.runtime.onnx_session import OnnxSession

__all__ = ["LamaFiller"]

_SIDE = 512


class LamaFiller:
    """Adapter of networks with LaMa's contract.

    The picture is shrunk to fit the network's square with its shape kept, and mirrored to fill the rest.

    Parameters
    ----------
    network : OnnxSession
        Inputs ``image`` (1, 3, S, S), RGB in [0, 1], and ``mask`` (1, 1, S, S), 1 where to fill; one output
        (1, 3, S, S).
    provenance : mapping
        What a document remembers.
    scale : float
        What the output calls white: 255 in the published export.

    Raises
    ------
    ModelIncompatible
        If the network is not of this kind.
    """

    def __init__(self, network: OnnxSession, provenance: Mapping[str, Any], scale: float = 255.0) -> None:
        if set(network.input_names) != {"image", "mask"}:
            raise ModelIncompatible(
                f"{network.path.name} takes {', '.join(network.input_names)}; image and mask were wanted."
            )
        shape = network.input_shape("image")
        self._network = network
        self._scale = scale
        self.side_px = shape[2] or _SIDE
        self.provenance = dict(provenance)

    @classmethod
    def from_bundle(cls, bundle: ModelBundle) -> LamaFiller:
        """Load the network of a catalogue entry; parameter ``scale``."""
        (network,) = bundle.networks(1)
        return cls(network, bundle.provenance(network), float(bundle.parameters.get("scale", 255.0)))

    def __call__(self, pixels: FloatArray, hole: BoolArray, *, report: Report = silent) -> FloatArray:
        """Fill a hole; see :class:`cyclorama.plate.filler.Filler`."""
        if pixels.shape[:2] != hole.shape:
            raise InputError(f"A hole has shape {hole.shape}; the picture's {pixels.shape[:2]} was wanted.")
        report(Progress("plate", 0.1, "clean plate"))
        size = fit_size((hole.shape[0], hole.shape[1]), self.side_px)
        feeds = self.prepared(pixels, hole, size)
        name = self._network.output_names[0]
        found = self._network.run(feeds, (name,))[name]
        if found.shape[:2] != (1, 3):
            raise ModelIncompatible(
                f"{self._network.path.name} gives {found.shape}; (1, 3, S, S) was wanted."
            )
        filled = np.clip(found[0, :, : size[0], : size[1]].transpose(1, 2, 0) / np.float32(self._scale), 0, 1)
        report(Progress("plate", 0.9, "clean plate"))
        full = resize(np.asarray(filled, np.float32), (hole.shape[0], hole.shape[1]), "bicubic")
        out: FloatArray = np.where(hole[..., None], np.clip(full, 0, 1), pixels).astype(np.float32)
        return out

    def prepared(self, pixels: FloatArray, hole: BoolArray, size: tuple[int, int]) -> dict[str, FloatArray]:
        """Return the network's inputs: the known pixels alone averaged, the hole at least as large as it was."""
        known = (~hole).astype(np.float32)[..., None]
        sums = resize(np.concatenate([np.clip(pixels, 0, 1) * known, known], axis=-1), size, "area")
        mean = sums[..., :3] / np.maximum(sums[..., 3:], 1e-6)
        missing = sums[..., 3] < 0.999
        # Border pixels of the hole keep their known part: black there would bleed in.
        image = np.where(sums[..., 3:] > 1e-3, mean, 0)
        rest = ((0, self.side_px - size[0]), (0, self.side_px - size[1]))
        image = np.pad(image, (*rest, (0, 0)), mode="symmetric")
        mask = np.pad(missing, rest, mode="symmetric")
        return {
            "image": image.transpose(2, 0, 1)[None].astype(np.float32),
            "mask": mask[None, None].astype(np.float32),
        }
