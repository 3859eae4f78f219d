"""The job ``shadows``: what ties split objects to what lies behind them, under the light as it stands now.

Shadows need the objects' outlines alone. Reflections also mirror their colours, and a light wrap spills the light of
the background: those pictures are wanted only by who asks for these layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama.core.document import LayeredDocument
from cyclorama.core.image import Encoding, Image
from cyclorama.core.layer import ObjectLayer, ShadowLayer
from cyclorama.core.plain import lighting_from, perspective_from
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ReplaceOptions, from_mapping
from cyclorama.scene import make_shadows
from cyclorama.worker.document_mapping import box_from
from cyclorama.worker.pictures import image_from, matte_from
from cyclorama.worker.request import Request

__all__ = ["SHADOW_OPTIONS", "shadows_of"]

#: Options of the job beside the document, its light and its camera, as :class:`ReplaceOptions` declares them.
SHADOW_OPTIONS = ("reflection", "light_wrap")


def shadows_of(request: Request, found: Mapping[str, Any]) -> tuple[ShadowLayer, ...]:
    """Make the shadows, reflections and light wraps of a message's document.

    Parameters
    ----------
    request : Request
        With the pictures ``layer0.matte``, ...; for reflections also ``layer0.color``, ..., and for light wraps the
        picture ``background``: what is shown behind the objects.
    found : mapping
        The document, with ``size``, ``layers``, ``lighting`` and ``perspective``.

    Returns
    -------
    tuple of ShadowLayer
        Bottom to top.

    Raises
    ------
    InputError
        If an option is out of its range, or something is missing.
    """
    asked = from_mapping(
        ReplaceOptions, {name: request.options[name] for name in SHADOW_OPTIONS if name in request.options}
    )
    space: Encoding = found.get("blend_space", "srgb")
    layers = tuple(
        _layer(number, entry, request, space, colored=asked.reflection > 0)
        for number, entry in enumerate(found.get("layers", ()))
    )
    if not layers:
        raise InputError("The message has no layers; shadows need at least one object.")
    height, width = (int(side) for side in found["size"])
    document = LayeredDocument(
        _background(request, (height, width), space)
        if asked.light_wrap > 0
        else _black(height, width, space),
        layers,
        space,
        lighting_from(found["lighting"]),
        perspective_from(found["perspective"]),
    )
    return make_shadows(
        document, reflection=asked.reflection, light_wrap=asked.light_wrap, report=request.report
    )


def _layer(
    number: int, entry: Mapping[str, Any], request: Request, space: Encoding, *, colored: bool
) -> ObjectLayer:
    matte = matte_from(request.picture(f"layer{number}.matte"))
    if colored:
        color = image_from(_wanted(request, f"layer{number}.color", "reflections")).encoded_as(space)
    else:
        color = _black(*matte.size, space)
    return ObjectLayer(str(entry.get("name", "object")), color, matte, box_from(entry.get("box")))


def _background(request: Request, size: tuple[int, int], space: Encoding) -> Image:
    background = image_from(_wanted(request, "background", "light wraps")).encoded_as(space)
    if background.size != size:
        raise InputError(f"The background has size {background.size}; the document's {size} was wanted.")
    return background


def _wanted(request: Request, name: str, what: str) -> ArrayData:
    if name not in request.arrays:
        raise InputError(f"The picture {name!r} is missing from the message; {what} need it.")
    return request.arrays[name]


def _black(height: int, width: int, space: Encoding) -> Image:
    """Return a picture that stands where nobody looks at colours."""
    return Image(np.zeros((height, width, 3), np.uint8), space)
