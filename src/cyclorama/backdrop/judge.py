"""What a stranger would say of a finished background: where its light comes from, where its horizon lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image
from cyclorama.core.resampling import resize_image
from cyclorama.runtime.onnx_session import OnnxSession

__all__ = ["BackdropJudge", "Judgement"]

_SIDE_PX = 64
_OUTPUTS = ("direction", "kappa", "horizon", "tint")
#: Natural log of red over blue of a black body is nearly linear in mired: from Planck's law at 3000 and 8000 K.
_LOG_RATIO_PER_MIRED = 0.0072


@dataclass(frozen=True)
class Judgement:
    """What a background looks like.

    Attributes
    ----------
    direction : float32 (3,), unit, camera axes, to the light on what stands in the picture.
    kappa : how sure of it, von Mises-Fisher concentration.
    horizon : row of the horizon / picture height.
    horizon_spread : how unsure of it, the same unit.
    tint : natural log of red over blue of all the light.
    """

    direction: FloatArray
    kappa: float
    horizon: float
    horizon_spread: float
    tint: float

    def tint_off_mired(self, tint: float) -> float:
        """Distance of the light's colour from another, in mired: perceptually even."""
        return abs(self.tint - tint) / _LOG_RATIO_PER_MIRED


class BackdropJudge:
    """A small network that was trained apart from the background model, on other pictures, to measure it.

    Parameters
    ----------
    session : OnnxSession
        The network ``judge``.

    Raises
    ------
    ModelIncompatible
        If the network is not of this family.
    """

    def __init__(self, session: OnnxSession) -> None:
        session.require_outputs(_OUTPUTS)
        self._session = session

    @property
    def provenance(self) -> dict[str, Any]:
        """Name and hash."""
        return {"id": "judge", "sha256": self._session.sha256()}

    def __call__(self, background: Image) -> Judgement:
        """Judge a background as it is seen, whole.

        Parameters
        ----------
        background : Image, (H, W)
        """
        small = np.clip(resize_image(background.as_srgb(), (_SIDE_PX, _SIDE_PX), "area").pixels, 0, 1)
        picture = np.ascontiguousarray(np.moveaxis(small, -1, 0)[None], np.float32)
        # The mean over the picture and its mirror image: an even-handed judge.
        seen = self._session.run({"picture": np.concatenate([picture, picture[..., ::-1]])})
        there, back = seen["direction"] * np.array([[1, 1, 1], [-1, 1, 1]], np.float32)
        direction = there + back
        length = float(np.linalg.norm(direction))
        return Judgement(
            np.asarray(direction / max(length, 1e-6), np.float32),
            float(seen["kappa"].mean() * length / 2),
            float(seen["horizon"][:, 0].mean()),
            float(seen["horizon"][:, 1].mean()),
            float(seen["tint"].mean()),
        )
