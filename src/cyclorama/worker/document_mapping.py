"""A layered document as a message, and back: JSON for what is said, pictures for what is seen.

Pictures are named ``plate``, ``layer0.color``, ``layer0.matte``, ``shadow0.color``, ``candidate0``; the number is the
place in the JSON's ``layers``, ``shadows`` or ``candidates``. Layers and shadows stand bottom to top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import SAMPLE_LEVELS, Encoding, Image, SampleFormat
from cyclorama.core.layer import BackgroundCandidate, ObjectLayer, ShadowKind, ShadowLayer
from cyclorama.core.matte import Matte
from cyclorama.core.plain import (
    as_plain,
    lighting_from,
    lighting_mapping,
    perspective_from,
    perspective_mapping,
)
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from cyclorama.worker.pictures import PixelForm, array_of_image, array_of_matte, image_from, matte_from

__all__ = [
    "background_arrays",
    "background_mapping",
    "box_from",
    "box_list",
    "document_arrays",
    "document_from",
    "document_mapping",
    "shadow_arrays",
    "shadow_mapping",
]

_ROLES = {"cast": "shadow", "contact": "contact", "reflection": "reflection", "wrap": "wrap"}
_KINDS = {role: kind for kind, role in _ROLES.items()}


def document_mapping(document: LayeredDocument) -> dict[str, Any]:
    """Return a document without its pixels, of plain JSON types."""
    return {
        "size": list(document.size),
        "blend_space": document.blend_space,
        "sample_format": document.sample_format,
        "layers": [
            _entry(layer.name, "object", layer.box, opacity=1.0, mode="normal") for layer in document.layers
        ],
        **shadow_mapping(document.shadows),
        **background_mapping(document),
        "lighting": None if document.lighting is None else lighting_mapping(document.lighting),
        "perspective": None if document.perspective is None else perspective_mapping(document.perspective),
        "provenance": as_plain(document.provenance),
    }


def shadow_mapping(shadows: Sequence[ShadowLayer]) -> dict[str, Any]:
    """Return what is said of shadow layers: ``{"shadows": [...]}``."""
    return {
        "shadows": [
            _entry(
                layer.name,
                _ROLES[layer.kind],
                layer.box,
                opacity=layer.opacity,
                mode="multiply" if layer.multiplies else "normal",
            )
            for layer in shadows
        ]
    }


def background_mapping(document: LayeredDocument) -> dict[str, Any]:
    """Return what is said of generated backgrounds, best first, and which is chosen."""
    return {
        "candidates": [
            {"scene": candidate.scene, "seed": candidate.seed, "fit": as_plain(candidate.fit)}
            for candidate in document.candidates
        ],
        "chosen": document.chosen,
    }


def document_arrays(document: LayeredDocument, form: PixelForm) -> list[ArrayData]:
    """Return all pixels of a document in the client's form."""
    arrays = [array_of_image("plate", document.plate, form)]
    for number, layer in enumerate(document.layers):
        arrays.append(array_of_image(f"layer{number}.color", layer.color, form, layer.matte))
        arrays.append(array_of_matte(f"layer{number}.matte", layer.matte, form.dtype))
    return [*arrays, *shadow_arrays(document.shadows, form), *background_arrays(document, form)]


def shadow_arrays(shadows: Sequence[ShadowLayer], form: PixelForm) -> list[ArrayData]:
    """Return the pixels of shadow layers; a matte only where one covers less than all (a reflection)."""
    arrays = []
    for number, layer in enumerate(shadows):
        arrays.append(array_of_image(f"shadow{number}.color", layer.color, form, layer.matte))
        if not layer.multiplies:
            arrays.append(array_of_matte(f"shadow{number}.matte", layer.matte, form.dtype))
    return arrays


def background_arrays(document: LayeredDocument, form: PixelForm) -> list[ArrayData]:
    """Return the pixels of generated backgrounds."""
    return [
        array_of_image(f"candidate{number}", candidate.color, form)
        for number, candidate in enumerate(document.candidates)
    ]


def document_from(found: Mapping[str, Any], arrays: Mapping[str, ArrayData]) -> LayeredDocument:
    """Return the document of a message; colours are brought into its blend space.

    Raises
    ------
    InputError
        If a field or a picture is missing or cannot be used.
    """
    try:
        return _document(found, arrays)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"The document cannot be read from the message: {error!r}.") from error


def box_list(box: Box) -> list[int]:
    """Return a box as [left, top, right, bottom]."""
    return [box.left, box.top, box.right, box.bottom]


def box_from(found: Any) -> Box:
    """Return the box of [left, top, right, bottom].

    Raises
    ------
    InputError
        If there are not four whole numbers.
    """
    try:
        left, top, right, bottom = (int(side) for side in found)
    except (TypeError, ValueError) as error:
        raise InputError(f"A box is {found!r}; [left, top, right, bottom] was wanted.") from error
    return Box(left, top, right, bottom)


def _entry(name: str, role: str, box: Box, *, opacity: float, mode: str) -> dict[str, Any]:
    return {"name": name, "role": role, "box": box_list(box), "opacity": opacity, "mode": mode}


def _document(found: Mapping[str, Any], arrays: Mapping[str, ArrayData]) -> LayeredDocument:
    space = found["blend_space"]
    if space not in ("srgb", "linear"):
        raise InputError(f'The blend space is {space!r}; "srgb" or "linear" was wanted.')
    plate = _colour(arrays, "plate", space)
    sample_format = found.get("sample_format") or plate.sample_format
    if sample_format not in SAMPLE_LEVELS:
        raise InputError(f"The sample format is {sample_format!r}; {', '.join(SAMPLE_LEVELS)} are known.")
    lighting, perspective = found.get("lighting"), found.get("perspective")
    return LayeredDocument(
        plate=plate,
        layers=tuple(_layer(number, entry, arrays, space) for number, entry in enumerate(found["layers"])),
        blend_space=space,
        lighting=None if lighting is None else lighting_from(lighting),
        perspective=None if perspective is None else perspective_from(perspective),
        candidates=tuple(
            _candidate(number, entry, arrays, space)
            for number, entry in enumerate(found.get("candidates", ()))
        ),
        chosen=found.get("chosen"),
        shadows=tuple(
            _shadow(number, entry, arrays, space) for number, entry in enumerate(found.get("shadows", ()))
        ),
        sample_format=cast(SampleFormat, sample_format),
        provenance=found.get("provenance", {}),
    )


def _colour(arrays: Mapping[str, ArrayData], name: str, space: Encoding) -> Image:
    return image_from(_array(arrays, name)).encoded_as(space)


def _array(arrays: Mapping[str, ArrayData], name: str) -> ArrayData:
    if name not in arrays:
        raise InputError(f"The picture {name!r} is missing; the message has {', '.join(arrays) or 'none'}.")
    return arrays[name]


def _layer(
    number: int, entry: Mapping[str, Any], arrays: Mapping[str, ArrayData], space: Encoding
) -> ObjectLayer:
    matte = matte_from(_array(arrays, f"layer{number}.matte"))
    return ObjectLayer(
        str(entry["name"]), _colour(arrays, f"layer{number}.color", space), matte, box_from(entry["box"])
    )


def _shadow(
    number: int, entry: Mapping[str, Any], arrays: Mapping[str, ArrayData], space: Encoding
) -> ShadowLayer:
    kind = cast(ShadowKind, _KINDS[entry["role"]])
    color = _colour(arrays, f"shadow{number}.color", space)
    name = f"shadow{number}.matte"
    matte = matte_from(arrays[name]) if name in arrays else Matte(np.full(color.size, 255, np.uint8))
    return ShadowLayer(
        str(entry["name"]), kind, color, matte, box_from(entry["box"]), float(entry.get("opacity", 1))
    )


def _candidate(
    number: int, entry: Mapping[str, Any], arrays: Mapping[str, ArrayData], space: Encoding
) -> BackgroundCandidate:
    color = _colour(arrays, f"candidate{number}", space)
    return BackgroundCandidate(color, int(entry["seed"]), str(entry["scene"]), dict(entry.get("fit", {})))
