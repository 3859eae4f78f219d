"""Writing OpenRaster, which GIMP, Krita, MyPaint and others open.

References
----------
.. [1] "OpenRaster specification 0.0.6", freedesktop.org: file layout, layer stack.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from functools import reduce
from typing import Any, BinaryIO, cast
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.resampling import fit_size, resize_image
from cyclorama.documents.description import describe
from cyclorama.documents.ink import Rows, file_bits, image_rows
from cyclorama.documents.png import write_png
from cyclorama.documents.profiles import profile_to_write
from cyclorama.documents.stack import Folder, Sheet, sheets, stack_of
from cyclorama.protocol.progress import Progress, Report, silent, span

__all__ = ["DESCRIPTION", "MIMETYPE", "write_openraster"]

MIMETYPE = "image/openraster"
#: Where the light, the camera and the provenance are; other programs pass over it.
DESCRIPTION = "data/cyclorama.json"

_THUMBNAIL_SIDE = 256


def write_openraster(document: LayeredDocument, file: BinaryIO, report: Report = silent) -> None:
    """Write a document as OpenRaster.

    Layers hold straight alpha and keep their colour where alpha is 0. Their PNG files have 16 bits where the
    photograph has more than 8. Blending in OpenRaster is of the encoded values; a document un-mixed in linear light
    carries its exact flat picture, and its layers are exact in programs that blend linear light.

    Parameters
    ----------
    document : LayeredDocument
        What to write.
    file : binary file
        Open for writing; need not seek.
    report : callable
        Takes the progress, and may raise ``Cancelled``.
    """
    bits = file_bits(document.sample_format)
    profile = profile_to_write(document.icc_profile, bits)
    stack = tuple(_with_base(entry, bits) for entry in stack_of(document, bits))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        # First and plain, so that the file's type can be told from its first bytes [1]_.
        archive.writestr(_entry("mimetype"), MIMETYPE)
        archive.writestr(_entry("stack.xml"), _stack_xml(document, stack), zipfile.ZIP_DEFLATED)
        description = json.dumps(describe(document), indent=1, ensure_ascii=False)
        archive.writestr(_entry(DESCRIPTION), description, zipfile.ZIP_DEFLATED)
        work = list(sheets(stack))
        area = sum(sheet.box.area for sheet in work) + document.size[0] * document.size[1]
        done = 0
        for sheet in work:
            part = span(report, done / area, (done + sheet.box.area) / area)
            _picture(
                archive,
                _path(sheet),
                sheet.box.size,
                sheet.channels,
                bits,
                sheet.rows,
                profile,
                part,
                sheet.name,
            )
            done += sheet.box.area
        merged = composite(document)
        rows = image_rows(merged, bits)
        part = span(report, done / area, 1.0)
        _picture(archive, "mergedimage.png", merged.size, 3, bits, rows, profile, part, "merged image")
        small = resize_image(merged, fit_size(merged.size, _THUMBNAIL_SIDE))
        _picture(
            archive, "Thumbnails/thumbnail.png", small.size, 3, 8, image_rows(small, 8), document.icc_profile
        )


def _with_base(entry: Sheet | Folder, bits: int) -> Sheet | Folder:
    """Put white paper under the sheets of a folder that multiplies.

    GIMP blends an OpenRaster folder as a whole, and drops whatever multiplies where nothing lies below it in there.
    On white the product is complete, and white changes nothing when the folder itself multiplies.
    """
    if isinstance(entry, Sheet) or not entry.multiplies:
        return entry
    box = reduce(Box.union, (sheet.box for sheet in entry.sheets))
    top = 255 if bits == 8 else 65535

    def white(start: int, stop: int) -> NDArray[Any]:
        return np.full((stop - start, box.width, 3), top, np.uint8 if bits == 8 else np.uint16)

    paper = Sheet(f"{entry.name} (paper)", f"{entry.sheets[0].key}-paper", box, 3, white)
    return replace(entry, sheets=(paper, *entry.sheets))


def _entry(name: str) -> zipfile.ZipInfo:
    # A fixed date: the same document gives the same bytes.
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _path(sheet: Sheet) -> str:
    return f"data/{sheet.key}.png"


def _picture(
    archive: zipfile.ZipFile,
    path: str,
    size: tuple[int, int],
    channels: int,
    bits: int,
    rows: Rows,
    icc_profile: bytes | None,
    report: Report = silent,
    name: str = "",
) -> None:
    raw_bytes = size[0] * size[1] * channels * bits // 8
    with archive.open(_entry(path), "w", force_zip64=raw_bytes > 1 << 30) as file:
        write_png(
            cast(BinaryIO, file),
            size,
            channels,
            bits,
            rows,
            icc_profile=icc_profile,
            on_rows=lambda share: report(Progress("write", share, f"Writing {name}")),
        )


def _stack_xml(document: LayeredDocument, stack: tuple[Sheet | Folder, ...]) -> bytes:
    height, width = document.size
    root = ElementTree.Element("image", version="0.0.6", w=str(width), h=str(height))
    top = ElementTree.SubElement(root, "stack")
    # OpenRaster lists from the top down.
    for entry in reversed(stack):
        if isinstance(entry, Sheet):
            _layer(top, entry)
            continue
        folder = ElementTree.SubElement(
            top, "stack", _attributes(entry.name, entry.visible, 1.0, entry.multiplies)
        )
        # Without it, Krita lets the sheets through and forgets that the folder multiplies.
        folder.set("isolation", "isolate" if entry.multiplies else "auto")
        for sheet in reversed(entry.sheets):
            _layer(folder, sheet)
    encoded: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return encoded


def _layer(parent: ElementTree.Element, sheet: Sheet) -> None:
    attributes = _attributes(sheet.name, sheet.visible, sheet.opacity, sheet.multiplies)
    place = {"src": _path(sheet), "x": str(sheet.box.left), "y": str(sheet.box.top)}
    ElementTree.SubElement(parent, "layer", {**attributes, **place})


def _attributes(name: str, visible: bool, opacity: float, multiplies: bool) -> dict[str, str]:
    return {
        # Control characters may not stand in XML.
        "name": "".join(letter for letter in name if letter.isprintable()),
        "visibility": "visible" if visible else "hidden",
        "opacity": f"{opacity:.6g}",
        "composite-op": "svg:multiply" if multiplies else "svg:src-over",
    }
