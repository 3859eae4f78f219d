"""The whole data flow on one page.

::

    photo ──segment──► segments ──matte──► object layers + plate ──► layered document
                                      └──estimate light, perspective──► inpaint (conditioned) ──► candidates
                                                                   └──cast──► shadow layers

Every function here is pure: the same inputs and seed give the same output. Models are arguments; None means the
built-in one, loaded on first use.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from cyclorama import __version__
from cyclorama.backdrop.builtin import BuiltinInpainter
from cyclorama.backdrop.inpaint import inpaint
from cyclorama.backdrop.inpainter import Inpainter
from cyclorama.backdrop.judge import BackdropJudge
from cyclorama.catalog import builtin_model_path
from cyclorama.core.document import LayeredDocument
from cyclorama.core.image import Image
from cyclorama.core.layer import ShadowLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective
from cyclorama.core.segment import Segment
from cyclorama.layering import assemble, refined_foreground, refined_mattes
from cyclorama.lighting.estimate import estimate_lighting
from cyclorama.lighting.network import builtin_light_network
from cyclorama.matting.matter import Matter
from cyclorama.perspective.estimate import estimate_perspective
from cyclorama.plate.filler import Filler
from cyclorama.protocol.errors import InputError, NoObjectFound
from cyclorama.protocol.options import ReplaceOptions, SplitOptions, to_mapping
from cyclorama.protocol.progress import Report, silent, span
from cyclorama.runtime.onnx_session import OnnxSession
from cyclorama.scene import SceneReading, inspect, make_shadows, relight_shadows
from cyclorama.segmentation.builtin import BuiltinSegmenter
from cyclorama.segmentation.segment import add_selected, merge_named, segment
from cyclorama.segmentation.segmenter import Answers, Promptable, Segmenter
from cyclorama.segmentation.selection import Click, divide, select

__all__ = [
    "Click",
    "add_selected",
    "builtin_segmenter",
    "divide",
    "embed",
    "estimate_lighting",
    "estimate_perspective",
    "find_objects",
    "inspect_scene",
    "merge_named",
    "read_scene",
    "relight_shadows",
    "replace_background",
    "select",
    "split",
    "warm_up",
]


def embed(image: Image, *, segmenter: Promptable | None = None, report: Report = silent) -> Answers:
    """Look at a photograph once, with the built-in network if None; :func:`select` then answers in milliseconds."""
    return (segmenter or builtin_segmenter()).embed(image, report=report)


def split(
    image: Image,
    options: SplitOptions | None = None,
    *,
    segments: Sequence[Segment] | None = None,
    segmenter: Segmenter | None = None,
    matter: Matter | None = None,
    filler: Filler | None = None,
    focal_35mm: float | None = None,
    icc_profile: bytes | None = None,
    report: Report = silent,
) -> LayeredDocument:
    """Turn a photograph into one layer per object and a plate behind them, and read its light and perspective.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph; its kind of samples (8 bit, 16 bit, float) is kept.
    options : SplitOptions, optional
        Defaults if None.
    segments : sequence of Segment, optional
        The objects, bottom to top, of :func:`find_objects` or :func:`select`; found if None.
    segmenter : Segmenter, optional
        What finds objects; the built-in network if None.
    matter, filler : Matter, Filler, optional
        Networks for the soft bands and for what lies behind; closed-form matting and patches if None.
    focal_35mm : float, optional
        Focal length from EXIF, in millimetres on 35 mm film.
    icc_profile : bytes, optional
        Colour profile of the photograph, handed on.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    LayeredDocument
        ``composite`` of it is the photograph again, to 1/255; pixels surely inside an object keep their very bits.

    Raises
    ------
    NoObjectFound
        If the segmenter sees no object.
    Cancelled
        If ``report`` asks to stop.
    """
    options = options or SplitOptions()
    segmenter = segmenter or builtin_segmenter()
    if segments is None:
        segments = _objects(image, segmenter, options, span(report, 0.0, 0.15))
    if not segments:
        raise NoObjectFound(
            "No object stands out in this picture.",
            f"Lower the threshold (now {options.threshold:g}), or try a picture with a clearer subject.",
        )
    # In linear light an 8-bit photograph is held as float; its layers are still rounded as its file will be.
    precision = image.sample_format
    image = image.encoded_as("linear" if options.blend_space == "linear" else "srgb")
    mattes = refined_mattes(
        image, segments, options, matter=matter, precision=precision, report=span(report, 0.15, 0.45)
    )
    names = [found.label or f"object {number + 1}" for number, found in enumerate(segments)]
    layers, plate = assemble(image, names, mattes, filler=filler, report=span(report, 0.45, 0.9))
    del mattes
    placed = [(layer.matte, layer.box) for layer in layers]
    scene = inspect(image, placed, names, focal_35mm=focal_35mm, report=span(report, 0.9, 1.0))
    return LayeredDocument(
        plate=plate,
        layers=layers,
        blend_space=image.encoding,
        lighting=scene.lighting,
        perspective=scene.perspective,
        sample_format=precision,
        icc_profile=icc_profile,
        provenance={
            "cyclorama": __version__,
            "split": to_mapping(options),
            "segmenter": segmenter.provenance,
            **({"matter": matter.provenance} if matter else {}),
            **({"plate": filler.provenance} if filler else {}),
            "light": scene.provenance,
            "scores": {found.label or "": round(found.score, 4) for found in segments},
        },
    )


def find_objects(
    image: Image,
    options: SplitOptions | None = None,
    *,
    segmenter: Segmenter | None = None,
    report: Report = silent,
) -> tuple[Segment, ...]:
    """Find the objects of a photograph without cutting them: a list to choose from, bottom layer to top.

    Parameters and errors are those of :func:`split`; without an object the tuple is empty.
    """
    return _objects(image, segmenter, options or SplitOptions(), report)


def _objects(
    image: Image, segmenter: Segmenter | None, options: SplitOptions, report: Report
) -> tuple[Segment, ...]:
    return segment(image, segmenter or builtin_segmenter(), options, refine=refined_foreground, report=report)


def read_scene(
    image: Image,
    options: SplitOptions | None = None,
    *,
    segmenter: Segmenter | None = None,
    focal_35mm: float | None = None,
    report: Report = silent,
) -> tuple[LightingEstimate, Perspective]:
    """Read light and perspective of a photograph without cutting it; :func:`inspect_scene` also tells its doubts."""
    scene = inspect_scene(image, options, segmenter=segmenter, focal_35mm=focal_35mm, report=report)
    return scene.lighting, scene.perspective


def inspect_scene(
    image: Image,
    options: SplitOptions | None = None,
    *,
    segmenter: Segmenter | None = None,
    focal_35mm: float | None = None,
    report: Report = silent,
) -> SceneReading:
    """Read light and perspective of a photograph without cutting it: masks of the segmenter's precision suffice.

    Parameters and errors are those of :func:`split`; without an object the estimates come from the whole picture
    and say so by their low confidence.
    """
    options = options or SplitOptions()
    segments = _objects(image, segmenter, options, span(report, 0.0, 0.5))
    mattes = [(Matte(found.probability), found.box) for found in segments]
    names = [found.label or f"object {number}" for number, found in enumerate(segments, 1)]
    return inspect(image, mattes, names, focal_35mm=focal_35mm, report=span(report, 0.5, 1.0))


def replace_background(
    document: LayeredDocument,
    options: ReplaceOptions | None = None,
    *,
    inpainter: Inpainter | None = None,
    report: Report = silent,
) -> LayeredDocument:
    """Make backgrounds that fit the light and the perspective of a document's subject; the subject stays as it is.

    Parameters
    ----------
    document : LayeredDocument
        From :func:`split`, with lighting and perspective: estimated, or edited by a person.
    options : ReplaceOptions, optional
        Defaults if None.
    inpainter : Inpainter, optional
        What paints; the built-in diffusion model if None.
    report : callable
        Gets progress; raises ``Cancelled`` to stop.

    Returns
    -------
    LayeredDocument
        The same layers, with candidates ranked by measured fit, the best chosen, and shadows as layers.

    Raises
    ------
    InputError
        If the document has no lighting or perspective, or a scene or prompt cannot be used.
    Cancelled
        If ``report`` asks to stop.
    """
    options = options or ReplaceOptions()
    if document.lighting is None or document.perspective is None:
        raise InputError(
            "The document has no estimate of light or perspective; both were wanted.",
            "Make it with split, or set lighting and perspective.",
        )
    inpainter = inpainter or _builtin_inpainter()
    candidates, notes = inpaint(
        document, inpainter, _builtin_judge(), options, report=span(report, 0.0, 0.85)
    )
    replaced = document.replace(candidates=candidates, chosen=0)
    shadows: tuple[ShadowLayer, ...] = ()
    if options.shadows:
        gloss, spill = options.reflection, options.light_wrap
        shadows = make_shadows(replaced, reflection=gloss, light_wrap=spill, report=span(report, 0.85, 1.0))
    provenance = {
        **document.provenance,
        "replace": to_mapping(options),
        "inpainter": inpainter.provenance,
        "judge": _builtin_judge().provenance,
        "backdrop": notes,
    }
    return replaced.replace(shadows=shadows, provenance=provenance)


def warm_up() -> None:
    """Load the built-in models now, so that the first picture does not wait for them."""
    builtin_segmenter()
    _builtin_inpainter()
    builtin_light_network()


@functools.cache
def builtin_segmenter() -> BuiltinSegmenter:
    """Return the segmenter that ships with the package, loaded once."""
    return BuiltinSegmenter(OnnxSession(builtin_model_path("segmenter")))


@functools.cache
def _builtin_inpainter() -> BuiltinInpainter:
    return BuiltinInpainter(builtin_model_path("backdrop", "denoiser.onnx").parent)


@functools.cache
def _builtin_judge() -> BackdropJudge:
    return BackdropJudge(OnnxSession(builtin_model_path("judge")))
