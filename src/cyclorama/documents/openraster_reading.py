"""Reading back the OpenRaster files that this program wrote, so that a background can be replaced again."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from cyclorama.core.arrays import FloatArray
from cyclorama.core.document import LayeredDocument
from cyclorama.core.geometry import Box
from cyclorama.core.image import Encoding, Image, Samples
from cyclorama.core.layer import BackgroundCandidate, ObjectLayer, ShadowLayer
from cyclorama.core.matte import Matte
from cyclorama.documents.description import FORMAT, light_of, perspective_of
from cyclorama.documents.openraster import DESCRIPTION, MIMETYPE
from cyclorama.documents.pillow_raster import open_with_pillow
from cyclorama.documents.raster import Raster, assemble
from cyclorama.protocol.errors import CycloramaError, DocumentError
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["read_document"]

_MAX_TEXT_BYTES = 1 << 24


def read_document(path: str | os.PathLike[str], *, report: Report = silent) -> LayeredDocument:
    """Read a document that :func:`cyclorama.documents.write.write_document` wrote as OpenRaster.

    Parameters
    ----------
    path : path-like
        An ``.ora`` file. Other programs leave out the light, the camera and the provenance when they save; such a
        file is refused.
    report : callable
        Takes the progress, and may raise ``Cancelled``.

    Returns
    -------
    LayeredDocument
        Of the same layers and values, to the precision of the file. Shadows come back as dark colour with coverage;
        they multiply to the same.

    Raises
    ------
    DocumentError
        If the file is missing or damaged, or another program wrote it.
    """
    name = Path(path)
    try:
        with zipfile.ZipFile(name) as archive:
            return _document(name, _Reader(archive, report))
    except CycloramaError:
        raise
    except FileNotFoundError as error:
        raise DocumentError(
            f"{name} does not exist; an .ora document was wanted.", "Check the path."
        ) from error
    except (PermissionError, IsADirectoryError) as error:
        raise DocumentError(
            f"{name} may not be read, or is a folder; an .ora document was wanted."
        ) from error
    except zipfile.BadZipFile as error:
        raise DocumentError(
            f"{name} is not an OpenRaster document, or is damaged.", "Save it again."
        ) from error
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        SyntaxError,
        ElementTree.ParseError,
    ) as error:
        raise DocumentError(
            f"{name} is damaged: {error or type(error).__name__}.", "Save it again."
        ) from error


class _Reader:
    """The parts of an archive."""

    def __init__(self, archive: zipfile.ZipFile, report: Report) -> None:
        self._archive, self._report = archive, report
        self._done, self._count = (
            0,
            max(1, sum(entry.filename.endswith(".png") for entry in archive.infolist()) - 2),
        )
        self.icc_profile: bytes | None = None

    def text(self, name: str) -> bytes | None:
        """Return a small file, or None if there is none of that name."""
        if name not in self._archive.namelist():
            return None
        with self._archive.open(name) as file:
            found = file.read(_MAX_TEXT_BYTES + 1)
        if len(found) > _MAX_TEXT_BYTES:
            raise ValueError(f"{name} is larger than any that is written here")
        return found

    def picture(self, key: str, size: tuple[int, int] | None = None) -> tuple[Samples, FloatArray | None]:
        """Return the encoded samples (h, w, 3) and the alpha (h, w), in [0, 1], of a layer."""
        self._report(Progress("read", self._done / self._count, f"Reading {key}"))
        self._done += 1
        raster: Raster = open_with_pillow("PNG", io.BytesIO(self._archive.read(f"data/{key}.png")))
        if size is not None and raster.size != size:
            raise ValueError(f"layer {key} has the size {raster.size}; {size} was wanted")
        self.icc_profile = raster.icc_profile
        return assemble(raster)


def _document(name: Path, reader: _Reader) -> LayeredDocument:
    if reader.text("mimetype") != MIMETYPE.encode():
        raise DocumentError(f"{name} is an archive, but not an OpenRaster document.")
    text = reader.text(DESCRIPTION)
    if text is None:
        raise DocumentError(
            f"{name} has no description of light and camera; another program wrote or saved it.",
            "Keep the file as it came from here, or split the photograph again.",
        )
    told: dict[str, Any] = json.loads(text)
    if told["format"] > FORMAT:
        raise DocumentError(f"{name} was written by a newer version of this program.", "Update this one.")
    places = _places(reader.text("stack.xml") or b"")
    space: Encoding = told["blend_space"]
    height, width = told["size"]
    plate = _image(reader.picture("plate", (height, width))[0], space)
    candidates = tuple(
        BackgroundCandidate(
            _image(reader.picture(f"background-{number}", plate.size)[0], space),
            entry["seed"],
            entry["scene"],
            entry["fit"],
        )
        for number, entry in enumerate(told["backgrounds"], 1)
    )
    shadows = tuple(
        ShadowLayer(
            entry["name"], entry["kind"], *_sheet(reader, f"shadow-{number}", places, space), entry["opacity"]
        )
        for number, entry in enumerate(told["shadows"], 1)
    )
    objects = tuple(
        ObjectLayer(entry["name"], *_sheet(reader, f"object-{number}", places, space))
        for number, entry in enumerate(told["objects"], 1)
    )
    return LayeredDocument(
        plate,
        objects,
        space,
        light_of(told["lighting"]),
        perspective_of(told["perspective"]),
        candidates,
        told["chosen"],
        shadows,
        told["sample_format"],
        reader.icc_profile if told["has_icc_profile"] else None,
        told["provenance"],
    )


def _places(stack: bytes) -> Mapping[str, tuple[int, int]]:
    """Return left and top of every layer, by the name of its file."""
    return {
        layer.attrib["src"]: (int(layer.attrib["x"]), int(layer.attrib["y"]))
        for layer in ElementTree.fromstring(stack).iter("layer")
    }


def _sheet(
    reader: _Reader, key: str, places: Mapping[str, tuple[int, int]], space: Encoding
) -> tuple[Image, Matte, Box]:
    color, alpha = reader.picture(key)
    if alpha is None:
        raise ValueError(f"layer {key} has no alpha")
    left, top = places[f"data/{key}.png"]
    return _image(color, space), Matte(alpha), Box(left, top, left + alpha.shape[1], top + alpha.shape[0])


def _image(values: Samples, space: Encoding) -> Image:
    return Image(values, "srgb").encoded_as(space)
