"""What the worker can do: one function for each job, stateless, over the pipeline.

A job gets all it needs in its message (options and pictures) and gives plain values and pictures back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from cyclorama import pipeline
from cyclorama.catalog.chosen import SPLIT_PARTS
from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding
from cyclorama.core.matte import Matte
from cyclorama.core.plain import (
    as_plain,
    lighting_from,
    lighting_mapping,
    perspective_from,
    perspective_mapping,
)
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment
from cyclorama.editing import Scribbles, refine_layer
from cyclorama.protocol.arrays import CHANNELS, ArrayData
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.options import ModelOptions, RefineOptions, ReplaceOptions, SplitOptions, from_mapping
from cyclorama.segmentation.segmenter import Segmenter
from cyclorama.worker.document_mapping import (
    background_arrays,
    background_mapping,
    box_list,
    document_arrays,
    document_from,
    document_mapping,
    shadow_arrays,
    shadow_mapping,
)
from cyclorama.worker.models import offered_models
from cyclorama.worker.pictures import (
    PixelForm,
    array_of_image,
    array_of_matte,
    image_from,
    marks_from,
    matte_from,
    sample_format_of,
)
from cyclorama.worker.pointing import select_object
from cyclorama.worker.preview import preview_background
from cyclorama.worker.request import Reply, Request
from cyclorama.worker.selection import ChosenSegmenter, SelectedSegmenter
from cyclorama.worker.shadows import SHADOW_OPTIONS, shadows_of

__all__ = ["JOBS", "Job", "Reply", "Request"]


@dataclass(frozen=True)
class Job:
    """One thing that the worker can do.

    Parameters
    ----------
    run : callable
        Does it.
    quick : bool
        Answers within a fraction of a second, and so does not wait behind a long job.
    """

    run: Callable[[Request], Reply]
    quick: bool = False


def _split(request: Request) -> Reply:
    request.only(SplitOptions, ModelOptions, own=("focal_35mm", "order", "alpha", "objects"))
    photo = request.picture("image")
    options = request.declared(SplitOptions)
    chosen, segmenter = request.chosen(*SPLIT_PARTS), _segmenter(request)
    listed = None
    if "objects" in request.options:
        segmenter = listed = ChosenSegmenter(segmenter, options, request.options["objects"])
    document = pipeline.split(
        image_from(photo),
        options,
        segmenter=segmenter,
        matter=chosen.matter,
        filler=chosen.filler,
        focal_35mm=_focal(request),
        report=request.report,
    )
    if listed is not None:
        document = listed.named(document)
    form = _form(request, photo)
    mapping = {**document_mapping(document), "sample_format": sample_format_of(form.dtype)}
    return Reply({"document": mapping}, tuple(document_arrays(document, form)))


def _objects(request: Request) -> Reply:
    request.only(SplitOptions, ModelOptions)
    image = image_from(request.picture("image"))
    found = pipeline.find_objects(
        image, request.declared(SplitOptions), segmenter=_segmenter(request), report=request.report
    )
    told = [
        {"name": own.label or "object", "score": round(own.score, 4), "box": box_list(own.box)}
        for own in found
    ]
    arrays = [_mask(f"segment{number}", own) for number, own in enumerate(found)]
    return Reply({"segments": told}, tuple(arrays))


def _select(request: Request) -> Reply:
    request.only(own=("points", "boxes", "image_id"))
    return Reply(*select_object(request.options, request.arrays, request.report))


def _light(request: Request) -> Reply:
    request.only(SplitOptions, ModelOptions, own=("focal_35mm",))
    scene = pipeline.inspect_scene(
        image_from(request.picture("image")),
        request.declared(SplitOptions),
        segmenter=_segmenter(request),
        focal_35mm=_focal(request),
        report=request.report,
    )
    told = {
        "lighting": lighting_mapping(scene.lighting),
        "perspective": perspective_mapping(scene.perspective),
    }
    return Reply({**told, "notes": list(scene.notes)})


def _models(request: Request) -> Reply:
    request.only(own=("device", "licence"))
    device, licence = (str(request.options.get(name, usual)) for name, usual in _WISHES)
    return Reply(offered_models(device, licence))


_WISHES = (("device", "auto"), ("licence", "commercial"))


def _preview(request: Request) -> Reply:
    own = ("scene", "prompt", "seed")
    request.only(own=("lighting", "perspective", "size", "contact_row", *own))
    size, contact = request.required("size"), request.options.get("contact_row")
    if not (
        isinstance(size, list) and len(size) == 2 and all(isinstance(s, int) and 1 <= s <= 1024 for s in size)
    ):
        raise InputError(f"The preview's size is {size!r}; [height, width] from 1 to 1024 was wanted.")
    if contact is not None and not (isinstance(contact, (int, float)) and 0 <= contact <= 2):
        raise InputError(f"The contact row is {contact!r}; a row / height from 0 to 2 was wanted.")
    image = preview_background(
        lighting_from(request.required("lighting")),
        perspective_from(request.required("perspective")),
        from_mapping(
            ReplaceOptions, {name: request.options[name] for name in own if name in request.options}
        ),
        (size[0], size[1]),
        None if contact is None else float(contact),
    )
    return Reply({}, (array_of_image("preview", image, PixelForm("uint8", "srgb")),))


def _replace(request: Request) -> Reply:
    request.only(ReplaceOptions, ModelOptions, own=("document", "lighting", "perspective", "order", "alpha"))
    document = document_from(_lit(request), request.arrays)
    # Backgrounds and shadows made before are replaced; the objects stay with the editor.
    document = document.replace(candidates=(), chosen=None, shadows=())
    options, inpainter = request.declared(ReplaceOptions), request.chosen("inpainter").inpainter
    document = pipeline.replace_background(document, options, inpainter=inpainter, report=request.report)
    form = _form(request, request.picture("plate"))
    result = {
        **background_mapping(document),
        **shadow_mapping(document.shadows),
        "provenance": as_plain(document.provenance),
    }
    return Reply(result, (*background_arrays(document, form), *shadow_arrays(document.shadows, form)))


def _shadows(request: Request) -> Reply:
    request.only(own=("document", "lighting", "perspective", "order", "alpha", "encoding", *SHADOW_OPTIONS))
    shadows = shadows_of(request, _lit(request))
    form = _form(request, request.picture("layer0.matte"), request.options.get("encoding", "srgb"))
    return Reply(shadow_mapping(shadows), tuple(shadow_arrays(shadows, form)))


def _refine(request: Request) -> Reply:
    request.only(RefineOptions, own=("document", "layer", "order", "alpha"))
    found = request.required("document")
    if not isinstance(found, dict):
        raise InputError("The option 'document' is no object as split gives it.")
    document = document_from(found, request.arrays).replace(candidates=(), chosen=None, shadows=())
    scribbles = Scribbles(marks_from(request.picture("scribbles")))
    name = str(request.required("layer"))
    document = refine_layer(document, name, scribbles, request.declared(RefineOptions), report=request.report)
    form = _form(request, request.picture("plate"))
    mapping = {**document_mapping(document), "sample_format": sample_format_of(form.dtype)}
    return Reply({"document": mapping}, tuple(document_arrays(document, form)))


#: Every job by its name.
JOBS: Mapping[str, Job] = {
    "split": Job(_split),
    "objects": Job(_objects),
    "light": Job(_light),
    "select": Job(_select, quick=True),
    "models": Job(_models, quick=True),
    "preview": Job(_preview, quick=True),
    "replace": Job(_replace),
    "shadows": Job(_shadows),
    "refine": Job(_refine),
}


def _segmenter(request: Request) -> Segmenter:
    """Return what finds objects, the built-in network or the one that was named: in the selection, if there is one."""
    segmenter = request.chosen(*SPLIT_PARTS).segmenter or pipeline.builtin_segmenter()
    if "selection" in request.arrays:
        return SelectedSegmenter(segmenter, matte_from(request.arrays["selection"]))
    return segmenter


def _form(request: Request, given: ArrayData, encoding: str | None = None) -> PixelForm:
    """Return how colours go back: as they came, in the order asked for."""
    order = request.options.get("order", "RGB")
    alpha = request.options.get("alpha", "opaque")
    if order not in CHANNELS or order == "Y" or alpha not in ("opaque", "matte"):
        raise InputError(
            f"Order {order!r} with alpha {alpha!r} was asked for; RGB, BGR, RGBA or BGRA with opaque or matte is known."
        )
    space = encoding or given.encoding
    if space not in ("srgb", "linear"):
        raise InputError(f'The encoding is {space!r}; "srgb" or "linear" was wanted.')
    return PixelForm(given.dtype, cast(Encoding, space), order, baked=alpha == "matte")


def _focal(request: Request) -> float | None:
    focal = request.options.get("focal_35mm")
    if focal is None:
        return None
    if isinstance(focal, bool) or not isinstance(focal, (int, float)) or not 1 <= focal <= 5000:
        raise InputError(f"The focal length is {focal!r}; 1 to 5000 mm was wanted.")
    return float(focal)


def _lit(request: Request) -> dict[str, Any]:
    """Return the message's document under the light and camera that stand beside it, if any do."""
    document = request.required("document")
    if not isinstance(document, dict):
        raise InputError("The option 'document' is no object as split gives it.")
    found = dict(document)
    for name in ("lighting", "perspective"):
        if request.options.get(name) is not None:
            found[name] = request.options[name]
        if found.get(name) is None:
            raise InputError(f"The option {name!r} is missing from the message, and from its document.")
    return found


def _mask(name: str, own: Segment) -> ArrayData:
    probability = np.clip(resize(own.probability, _at_least_one(own.box), "bilinear"), 0, 1)
    return array_of_matte(name, Matte(probability), "uint8")


def _at_least_one(box: Box) -> tuple[int, int]:
    return max(box.height, 1), max(box.width, 1)
