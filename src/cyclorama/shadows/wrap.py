"""Light wrap: the new background's light that spills over the edges of a subject.

References
----------
.. [1] R. Brinkmann, "The Art and Science of Digital Compositing", 2nd ed., Morgan Kaufmann 2008, ch. 13 (light wrap).
"""

from __future__ import annotations

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import LUMINANCE_WEIGHTS
from cyclorama.core.document import LayeredDocument
from cyclorama.core.filters import gaussian_blur
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image
from cyclorama.core.layer import ShadowLayer
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import fit_size, resize_image
from cyclorama.protocol.progress import Progress, Report, silent
from cyclorama.shadows.ground import coarse_alpha

__all__ = ["wrap_layers"]

_WORK_PX = 720
#: Reach of the spill, and of the light that spills, as shares of the picture's long side.
_REACH, _SPREAD = 0.008, 0.03
_STRONGEST = 0.75
_FAINTEST = 1 / 250


def wrap_layers(
    document: LayeredDocument, strength: float, *, report: Report = silent
) -> tuple[ShadowLayer, ...]:
    """Make a layer for each subject, to lie above all of them.

    Parameters
    ----------
    document : LayeredDocument
        Its background shines.
    strength : float, [0, 1]
        0 makes none.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    tuple of ShadowLayer
        Normal layers of kind ``"wrap"``: the blurred background, as strong as it is bright, along the inside of edges
        that meet the background. Edges between subjects get none; no subject's own pixels are changed.
    """
    if strength <= 0 or not document.layers:
        return ()
    size = fit_size(document.size, _WORK_PX)
    background = resize_image(document.background, size).pixels
    light = gaussian_blur(background, _SPREAD * max(size))
    covers = [coarse_alpha(layer, document.size, size) for layer in document.layers]
    clear = np.ones(size, np.float32)
    for cover in covers:
        clear *= 1 - cover
    near = np.clip(2 * gaussian_blur(clear, _REACH * max(size)), 0, 1)
    bright = np.clip(light @ LUMINANCE_WEIGHTS, 0, 1)
    rim = (_STRONGEST * strength * near * bright).astype(np.float32)
    out: list[ShadowLayer] = []
    for index, layer in enumerate(document.layers):
        report(Progress("shadows", index / len(document.layers), f"light wrap of {layer.name}"))
        out += _layer(document, index, rim, light, size)
    return tuple(out)


def _layer(
    document: LayeredDocument, index: int, rim: FloatArray, light: FloatArray, size: tuple[int, int]
) -> list[ShadowLayer]:
    layer = document.layers[index]
    box = layer.box
    matte = _window(rim, box, document.size, size) * layer.matte.alpha
    for other in document.layers[index + 1 :]:
        shared = other.box.intersect(box)
        if shared.area:
            hidden = other.matte.alpha[shared.relative_to(other.box).slices]
            matte[shared.relative_to(box).slices] *= 1 - hidden
    if float(matte.max(initial=0)) < _FAINTEST:
        return []
    color = Image(np.clip(_window(light, box, document.size, size), 0, 1), document.blend_space)
    return [ShadowLayer(f"light wrap of {layer.name}", "wrap", color, Matte(np.clip(matte, 0, 1)), box)]


def _window(field: FloatArray, box: Box, canvas: tuple[int, int], size: tuple[int, int]) -> FloatArray:
    """Read a coarse field of the canvas over a box of it."""
    sy, sx = size[0] / canvas[0], size[1] / canvas[1]
    rows = np.clip((np.arange(box.top, box.bottom) + 0.5) * sy - 0.5, 0, size[0] - 1.001)
    columns = np.clip((np.arange(box.left, box.right) + 0.5) * sx - 0.5, 0, size[1] - 1.001)
    r, c = rows.astype(np.int64), columns.astype(np.int64)
    extra = (1,) * (field.ndim - 2)
    fr = (rows - r).astype(np.float32).reshape(-1, 1, *extra)
    fc = (columns - c).astype(np.float32).reshape(1, -1, *extra)
    strip = field[r] * (1 - fr) + field[np.minimum(r + 1, size[0] - 1)] * fr
    out: FloatArray = strip[:, c] * (1 - fc) + strip[:, np.minimum(c + 1, size[1] - 1)] * fc
    return out
