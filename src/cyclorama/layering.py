"""From mattes to layers and plate that together are the photograph; :mod:`cyclorama.pipeline` shows the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import SAMPLE_LEVELS, Image, SampleFormat
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize, resize_image
from cyclorama.core.segment import Segment
from cyclorama.matting.alpha import refine_matte
from cyclorama.matting.firming import firm_mattes
from cyclorama.matting.foreground import clear_objects, estimate_foreground
from cyclorama.matting.matter import Matter
from cyclorama.matting.stack import stack_mattes, visible_coverage
from cyclorama.matting.unmix import unmix
from cyclorama.plate.fill import fill_plate
from cyclorama.plate.filler import Filler
from cyclorama.protocol.options import SplitOptions
from cyclorama.protocol.progress import Report, silent, span
from cyclorama.side_by_side import MOST_THREADS, side_by_side

__all__ = ["assemble", "cover", "make_plate", "refined_foreground", "refined_mattes", "stacked_mattes"]

Placed = tuple[Matte, Box]

#: Above this many pixels, jobs run one after the other: two at a time would need too much memory.
_LARGE_AREA = 40_000_000


def refined_mattes(
    image: Image,
    segments: Sequence[Segment],
    options: SplitOptions,
    *,
    matter: Matter | None = None,
    precision: SampleFormat | None = None,
    report: Report = silent,
) -> list[Placed]:
    """Find the mattes of segments and stack them.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, in the blend space.
    segments : sequence of Segment
        Bottom to top.
    options : SplitOptions
        ``edge_width`` is used.
    matter : Matter, optional
        A network for the soft bands; closed-form matting if None.
    precision : {"uint8", "uint16", "float32"}, optional
        Of the file; see :func:`stacked_mattes`.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Returns
    -------
    list of (Matte, Box)
        As :func:`stacked_mattes`.
    """

    def job(found: Segment) -> Callable[[Report], Placed]:
        return lambda step: refine_matte(image, found, options, matter=matter, report=step)

    return stacked_mattes(
        image, side_by_side([job(found) for found in segments], report, _threads(image)), precision
    )


def refined_foreground(image: Image, foreground: Segment) -> Segment:
    """Decide by the photograph's colours what of a doubtful foreground is in or out.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph.
    foreground : Segment
        Over the whole photograph.

    Returns
    -------
    Segment
        On the same grid: the matte of the foreground, solved on twice as many cells.
    """
    rows, columns = foreground.probability.shape
    small = resize_image(image, (min(2 * rows, image.size[0]), min(2 * columns, image.size[1])), "area")
    matte, box = refine_matte(small, replace(foreground, box=Box.of_size(small.size)), SplitOptions())
    whole = np.zeros(small.size, np.float32)
    whole[box.slices] = matte.alpha
    return replace(foreground, probability=np.clip(resize(whole, (rows, columns), "area"), 0, 1))


def stacked_mattes(
    image: Image, visible: Sequence[Placed], precision: SampleFormat | None = None
) -> list[Placed]:
    """Turn what each object visibly covers into layers' mattes in the precision of the file.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, in the blend space.
    visible : sequence of (Matte, Box)
        Bottom to top.
    precision : {"uint8", "uint16", "float32"}, optional
        Of the file; the photograph's if None. They differ in linear light, where an 8-bit photograph is held as float.

    Returns
    -------
    list of (Matte, Box)
    """
    stacked = stack_mattes(visible, image.size)
    # Rounded before colours are un-mixed, so that the file recomposes as exactly as the document does.
    for number, (matte, box) in enumerate(stacked):
        stacked[number] = matte.stored_as(precision or image.sample_format), box
    return stacked


def assemble(
    image: Image,
    names: Sequence[str],
    mattes: Sequence[Placed],
    *,
    plate: Image | None = None,
    colors: Mapping[int, Image] | None = None,
    filler: Filler | None = None,
    report: Report = silent,
) -> tuple[tuple[ObjectLayer, ...], Image]:
    """Find colours and plate for stacked mattes, so that all together recompose to the photograph.

    Parameters
    ----------
    image : Image, (H, W)
        The photograph, in the blend space.
    names : sequence of str
        Of the layers, bottom to top.
    mattes : sequence of (Matte, Box)
        Of :func:`stacked_mattes`.
    plate : Image, optional
        Estimate of what lies behind all; painted if None.
    colors : mapping of int to Image, optional
        Estimates of layers' colours, by place in the stack, of their boxes' sizes; made where missing.
    filler : Filler, optional
        A network that paints the plate; patches if None.
    report : callable
        Receives progress; raises ``Cancelled`` to stop.

    Returns
    -------
    layers : tuple of ObjectLayer
        Bottom to top.
    plate : Image, (H, W)
    """

    def behind(step: Report) -> Image:
        return plate or make_plate(image, cover(mattes, image.size), filler=filler, report=step)

    def above(step: Report) -> tuple[ObjectLayer, ...]:
        return _layers(image, names, mattes, colors or {}, step)

    jobs: list[Callable[[Report], Any]] = [behind, above]
    plate, layers = side_by_side(jobs, span(report, 0.0, 0.78), _threads(image))
    # The mattes' precision is the file's, the photograph's may be finer.
    levels = SAMPLE_LEVELS[mattes[0][0].sample_format] if mattes else None
    layers = firm_mattes(image, layers, plate, levels, report=span(report, 0.78, 0.85))
    return unmix(image, layers, plate, report=span(report, 0.85, 1.0))


def _threads(image: Image) -> int:
    return 1 if image.size[0] * image.size[1] > _LARGE_AREA else MOST_THREADS


def cover(mattes: Sequence[Placed], size: tuple[int, int]) -> FloatArray:
    """Return the share of each pixel, float32 (H, W), that stacked mattes together cover."""
    covered = np.ones(size, np.float32)
    for matte, box in mattes:
        covered[box.slices] *= 1 - matte.alpha
    return np.subtract(1, covered, out=covered)


def make_plate(
    image: Image, covered: FloatArray, *, filler: Filler | None = None, report: Report = silent
) -> Image:
    """Paint what lies behind; see :func:`cyclorama.plate.fill.fill_plate`."""
    cleared = clear_objects(image, covered, report=span(report, 0.0, 0.2))
    return fill_plate(cleared, covered, filler=filler, report=span(report, 0.2, 1.0))


def _layers(
    image: Image,
    names: Sequence[str],
    mattes: Sequence[Placed],
    colors: Mapping[int, Image],
    report: Report,
) -> tuple[ObjectLayer, ...]:
    share = 1 / max(1, len(mattes))
    layers: dict[int, ObjectLayer] = {}
    for number, visible in visible_coverage(mattes, image.size):
        matte, box = mattes[number]
        done = len(layers) * share
        color = colors.get(number)
        if color is None:
            color = estimate_foreground(image, visible, box, report=span(report, done, done + share))
        layers[number] = ObjectLayer(names[number], color, matte, box)
    return tuple(layers[number] for number in sorted(layers))
