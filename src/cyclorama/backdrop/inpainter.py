"""What the background stage asks of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from cyclorama.core.arrays import FloatArray
from cyclorama.core.image import Image
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.protocol.progress import Report

__all__ = ["Conditions", "Inpainter"]


@dataclass(frozen=True)
class Conditions:
    """What a background has to obey.

    Attributes
    ----------
    lighting : light on the subject.
    perspective : camera, for the canvas.
    scene : name of a scene.
    blur : radius of the defocus / picture height.
    palette : (3,) linear RGB, wished mean of the picture, or None.
    prompt : the user's own words, for models that read text.
    """

    lighting: LightingEstimate
    perspective: Perspective
    scene: str
    blur: float
    palette: FloatArray | None = None
    prompt: str = ""


class Inpainter(Protocol):
    """Anything that paints what is behind a subject."""

    @property
    def provenance(self) -> dict[str, Any]:
        """What a document remembers of the model: plain values."""
        ...

    def __call__(
        self,
        foreground: Image,
        hole: Matte,
        conditions: Conditions,
        *,
        seed: int,
        steps: int,
        guidance: float,
        report: Report,
    ) -> Image:
        """Paint a background.

        Parameters
        ----------
        foreground : Image, (H, W), sRGB
            The canvas with the subject; pixels inside the hole mean nothing.
        hole : Matte, (H, W)
            1 where to paint: one minus the subject's coverage.
        conditions : Conditions
            Light, camera and wishes.
        seed : int
            The same seed gives the same picture.
        steps : int
            Denoising steps.
        guidance : float
            How strongly to obey the conditions; 1 is the plain model.
        report : callable
            Receives progress at every step; may raise ``Cancelled``.

        Returns
        -------
        Image, (H, W), sRGB
            Opaque everywhere, also behind the subject, so that the subject can be moved.
        """
        ...
