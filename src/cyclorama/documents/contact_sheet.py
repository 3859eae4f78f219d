"""One picture that shows everything a document holds."""

from __future__ import annotations

import math
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from cyclorama.core.arrays import FloatArray
from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Image, to_samples
from cyclorama.core.layer import ObjectLayer
from cyclorama.core.lighting import LightingEstimate
from cyclorama.core.perspective import Perspective
from cyclorama.core.resampling import fit_size, resize, resize_image
from cyclorama.documents.atomic import replacing
from cyclorama.documents.drawing import checkerboard, draw_arrow, draw_segment, light_ball
from cyclorama.documents.ink import image_rows
from cyclorama.documents.png import write_png
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.fit import fit_in_words
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["contact_sheet", "write_contact_sheet"]

_GROUND, _MOUNT = 0.145, 0.105
_INK, _SOFT_INK = (226, 226, 226), (150, 150, 150)
_AMBER, _CYAN = (0.98, 0.73, 0.25), (0.35, 0.85, 0.95)
_TILE, _GAP, _MARGIN, _CAPTION = 384, 28, 44, 50
_COLUMNS = 4
#: Small objects are enlarged, but not beyond recognition.
_MOST_ZOOM = 3.0


@dataclass(frozen=True)
class _Tile:
    """A picture (h, w, 3), sRGB, with a title and a line in small print."""

    picture: FloatArray
    title: str
    note: str = ""


def contact_sheet(document: LayeredDocument, photo: Image, *, report: Report = silent) -> Image:
    """Show a document on one sheet.

    Parameters
    ----------
    document : LayeredDocument
        What to show.
    photo : Image, (H, W)
        The photograph that it was made from.
    report : callable
        Takes the progress, and may raise ``Cancelled``.

    Returns
    -------
    Image, sRGB, uint8
        Photograph, horizon, light, plate; then each object, the largest first, on a checkerboard with its matte;
        then shadows and results.

    Raises
    ------
    InputError
        If the photograph has another size than the document.
    """
    if photo.size != document.size:
        raise InputError(
            f"The photograph has size {photo.size}, the document {document.size}; one size was wanted."
        )
    rows = [_scene_tiles(document, photo), *_split_rows(_object_tiles(document))]
    report(Progress("contact sheet", 0.4, "Layers"))
    rows += _split_rows(_result_tiles(document, report))
    report(Progress("contact sheet", 0.9, "Sheet"))
    return _laid_out([row for row in rows if row], _heading(document))


def write_contact_sheet(
    document: LayeredDocument, photo: Image, path: str | os.PathLike[str], *, report: Report = silent
) -> None:
    """Write :func:`contact_sheet` to a PNG file, whole or not at all.

    Raises
    ------
    InputError
        If the path does not end in ``.png``, or the sizes differ.
    DocumentError
        If the file cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() != ".png":
        raise InputError(f"{target} ends in {target.suffix!r}; .png was wanted for a contact sheet.")
    with replacing(target) as file:
        sheet = contact_sheet(document, photo, report=report)
        write_png(file, sheet.size, 3, 8, image_rows(sheet, 8))
        report(Progress("contact sheet", 1.0, "Written"))


def _heading(document: LayeredDocument) -> str:
    height, width = document.size
    kind = {"uint8": "8 bit", "uint16": "16 bit", "float32": "float"}[document.sample_format]
    objects = f"{len(document.layers)} object{'' if len(document.layers) == 1 else 's'}"
    blend = "encoded values" if document.blend_space == "srgb" else "linear light"
    return f"{width} x {height}  ·  {kind}  ·  {objects}  ·  blended in {blend}"


def _scene_tiles(document: LayeredDocument, photo: Image) -> list[_Tile]:
    shown = _small(photo)
    tiles = [_Tile(shown, "Photograph")]
    if document.perspective is not None:
        tiles.append(_horizon(shown, document.perspective))
    if document.lighting is not None:
        tiles.append(_light(shown, document.lighting))
    tiles.append(_Tile(_small(document.plate), "Plate", "the photograph without its objects"))
    return tiles


def _horizon(shown: FloatArray, perspective: Perspective) -> _Tile:
    picture = 0.7 * shown
    camera = perspective.scaled((picture.shape[0], picture.shape[1]))
    width = picture.shape[1]
    rise = math.tan(camera.roll_rad)
    # The horizon stands square to the world's up, which leans by the roll.
    ends = [(x, camera.horizon_px + (x - width / 2) * rise) for x in (0.0, float(width))]
    for color, thickness in (((0.05, 0.05, 0.05), 4.5), (_CYAN, 2.0)):
        draw_segment(picture, ends[0], ends[1], color, thickness)
    place = "" if 0 <= camera.horizon_px <= picture.shape[0] else ", horizon outside"
    field = 2 * math.degrees(math.atan(width / 2 / camera.focal_px))
    note = (
        f"pitch {_degrees(camera.pitch_rad)}, roll {_degrees(camera.roll_rad)}, "
        f"view {field:.0f}°, sure {camera.confidence:.0%}{place}"
    )
    return _Tile(picture, "Horizon", note)


def _light(shown: FloatArray, light: LightingEstimate) -> _Tile:
    picture: FloatArray = np.full_like(shown, _MOUNT)
    height, width = picture.shape[:2]
    radius = 0.31 * min(height, width)
    center = (width / 2, height / 2)
    light_ball(picture, center, radius, light)
    right, up, front = (float(value) for value in light.direction)
    flat = math.hypot(right, up)
    if flat > 0.05:
        reach = 1.45 * radius
        source = (center[0] + reach * right / flat, center[1] - reach * up / flat)
        # From the light to the lit spot of the ball; from behind, to its edge.
        depth = flat if front >= 0 else 1.0
        spot = (center[0] + radius * depth * right / flat, center[1] - radius * depth * up / flat)
        draw_arrow(picture, source, spot, _AMBER, 4.0)
    side = "front" if front >= 0 else "behind"
    note = (
        f"azimuth {_degrees(light.azimuth_rad)}, elevation {_degrees(light.elevation_rad)} ({side}), "
        f"soft {math.degrees(light.softness_rad):.0f}°, sure {light.confidence:.0%}"
    )
    return _Tile(picture, "Light", note)


def _object_tiles(document: LayeredDocument) -> list[_Tile]:
    tiles = []
    for layer in sorted(document.layers, key=lambda layer: -layer.matte.alpha.sum()):
        color, alpha = _cut_out(layer, document.size)
        ground = checkerboard((color.shape[0], color.shape[1]))
        note = f"{layer.box.width} x {layer.box.height} at {layer.box.left}, {layer.box.top}"
        tiles.append(_Tile(ground * (1 - alpha) + color * alpha, layer.name, note))
        soft = float(np.mean((layer.matte.alpha > 0.02) & (layer.matte.alpha < 0.98)))
        tiles.append(
            _Tile(alpha.repeat(3, axis=2), f"Matte of {layer.name}", f"{soft:.1%} of the box is soft")
        )
    return tiles


def _cut_out(layer: ObjectLayer, size: tuple[int, int]) -> tuple[FloatArray, FloatArray]:
    """Return colour (h, w, 3), sRGB, and alpha (h, w, 1) of a layer with some room around it, at tile size."""
    room = max(2, round(0.06 * max(layer.box.size)))
    frame = layer.box.expand(room, size)
    zoom = min(_TILE / max(frame.size), _MOST_ZOOM)
    whole = (max(1, round(frame.height * zoom)), max(1, round(frame.width * zoom)))
    scale = (whole[0] / frame.height, whole[1] / frame.width)
    inside = layer.box.relative_to(frame)
    box = Box(
        round(inside.left * scale[1]),
        round(inside.top * scale[0]),
        max(round(inside.right * scale[1]), round(inside.left * scale[1]) + 1),
        max(round(inside.bottom * scale[0]), round(inside.top * scale[0]) + 1),
    )
    alpha = np.zeros((*whole, 1), np.float32)
    color = np.zeros((*whole, 3), np.float32)
    alpha[box.slices] = np.clip(resize(layer.matte.alpha, box.size), 0, 1)[..., None]
    color[box.slices] = resize_image(layer.color, box.size, "bilinear").as_srgb().pixels
    return np.clip(color, 0, 1), alpha


def _result_tiles(document: LayeredDocument, report: Report) -> list[_Tile]:
    tiles = []
    if document.shadows and document.candidates:
        white = Image(np.broadcast_to(np.float32(1), (*document.size, 3)), document.blend_space)
        paper = document.replace(plate=white, layers=(), candidates=(), chosen=None)
        first = document.candidates[0]
        paper = paper.replace(candidates=(type(first)(white, 0, "paper"),), chosen=0)
        names = ", ".join(dict.fromkeys(shadow.kind for shadow in document.shadows))
        tiles.append(_Tile(_small(composite(paper)), "Shadows", f"{names}, on white"))
    for index, candidate in enumerate(document.candidates):
        report(Progress("contact sheet", 0.4 + 0.5 * index / len(document.candidates), candidate.scene))
        result = composite(document.replace(chosen=index))
        mark = "  (chosen)" if index == document.chosen else ""
        fit = fit_in_words(candidate.fit)
        title = f"{candidate.scene or 'Background'} {index + 1}{mark}"
        tiles.append(_Tile(_small(result), title, f"seed {candidate.seed}{', ' + fit if fit else ''}"))
    if not document.candidates:
        tiles.append(_Tile(_small(composite(document)), "Layers together", "the photograph again"))
    return tiles


def _small(image: Image) -> FloatArray:
    small = resize_image(image, fit_size(image.size, _TILE)).as_srgb()
    return np.clip(small.pixels, 0, 1)


def _degrees(angle_rad: float) -> str:
    return f"{math.degrees(angle_rad):+.0f}°"


def _split_rows(tiles: list[_Tile]) -> list[list[_Tile]]:
    return [tiles[start : start + _COLUMNS] for start in range(0, len(tiles), _COLUMNS)]


def _laid_out(rows: list[list[_Tile]], heading: str) -> Image:
    columns = max(len(row) for row in rows)
    width = 2 * _MARGIN + columns * _TILE + (columns - 1) * _GAP
    heights = [max(tile.picture.shape[0] for tile in row) for row in rows]
    top = _MARGIN + 58
    sheet = np.full((top + sum(heights) + len(rows) * (_CAPTION + _GAP) + _MARGIN - _GAP, width, 3), _GROUND)
    places = []
    for row, height in zip(rows, heights, strict=True):
        for column, tile in enumerate(row):
            left = _MARGIN + column * (_TILE + _GAP)
            sheet[top : top + height, left : left + _TILE] = _MOUNT
            h, w = tile.picture.shape[:2]
            y, x = top + (height - h) // 2, left + (_TILE - w) // 2
            sheet[y : y + h, x : x + w] = tile.picture
            places.append((left, top + height, tile))
        top += height + _CAPTION + _GAP
    return _captioned(to_samples(sheet.astype(np.float32), "uint8"), heading, places)


def _captioned(sheet: np.ndarray, heading: str, places: list[tuple[int, int, _Tile]]) -> Image:
    canvas = PillowImage.fromarray(sheet)
    draw = ImageDraw.Draw(canvas)
    large, title, note = (ImageFont.load_default(size) for size in (26, 17, 13))
    draw.text((_MARGIN, _MARGIN - 6), "Cyclorama", _INK, large)
    right = canvas.width - _MARGIN - draw.textlength(heading, title)
    draw.text((right, _MARGIN + 3), heading, _SOFT_INK, title)
    for left, bottom, tile in places:
        draw.text((left, bottom + 9), _shortened(draw, tile.title, title), _INK, title)
        draw.text((left, bottom + 32), _shortened(draw, tile.note, note), _SOFT_INK, note)
    return Image(np.asarray(canvas), "srgb")


def _shortened(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> str:
    # The font that comes with Pillow has few letters outside ASCII: drop accents, then what remains.
    plain = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in plain if letter.isascii() or letter in "°·“”").strip()
    if draw.textlength(text, font) <= _TILE:
        return text
    while draw.textlength(text + "…", font) > _TILE:
        text = text[:-1]
    return text + "…"
