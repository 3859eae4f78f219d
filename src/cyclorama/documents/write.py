"""Writing documents: the suffix says how."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from cyclorama.core.document import LayeredDocument
from cyclorama.documents.atomic import replacing, require_room
from cyclorama.documents.flat import write_flat_png, write_flat_tiff
from cyclorama.documents.openraster import write_openraster
from cyclorama.documents.psd import write_psd
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Report, silent

__all__ = ["SUFFIXES", "require_writable", "write_document"]

_Writer = Callable[[LayeredDocument, BinaryIO, Report], None]

_WRITERS: dict[str, _Writer] = {
    ".ora": write_openraster,
    ".psd": write_psd,
    ".psb": partial(write_psd, large=True),
    ".png": write_flat_png,
    ".tif": write_flat_tiff,
    ".tiff": write_flat_tiff,
}

#: What :func:`write_document` can write, layered ones first.
SUFFIXES = tuple(_WRITERS)


def write_document(
    document: LayeredDocument, path: str | os.PathLike[str], *, report: Report = silent
) -> None:
    """Write a document to a file.

    Parameters
    ----------
    document : LayeredDocument
        What to write.
    path : path-like
        ``.ora`` and ``.psd`` (``.psb`` above 30 000 pixels) hold the layers, ``.png`` and ``.tif`` the flat picture.
        Precision and colour profile are the photograph's.
    report : callable
        Takes the progress, and may raise ``Cancelled``; then, as on any error, nothing is left behind, and a file
        that was there stays as it was.

    Raises
    ------
    InputError
        If the suffix is not known.
    DocumentError
        If the file cannot be written, or the format cannot hold the document.
    """
    target = Path(path)
    write = _writer(target)
    with replacing(target) as file:
        write(document, file, report)


def require_writable(path: str | os.PathLike[str]) -> None:
    """Check, before a long job, that :func:`write_document` could write there.

    Raises
    ------
    InputError
        If the suffix is not known.
    DocumentError
        If a file cannot be made there.
    """
    target = Path(path)
    _writer(target)
    require_room(target)


def _writer(target: Path) -> _Writer:
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        found = f"ends in {target.suffix!r}" if target.suffix else "has no suffix"
        raise InputError(
            f"{target} {found}; one of {', '.join(SUFFIXES)} was wanted.", "Layers need .ora or .psd."
        )
    return write
