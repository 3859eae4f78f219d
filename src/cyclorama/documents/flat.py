"""Writing the flat picture: PNG and TIFF."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np
import tifffile

from cyclorama.core.color import srgb_to_linear
from cyclorama.core.compositing import composite
from cyclorama.core.document import LayeredDocument
from cyclorama.documents.ink import file_bits, image_rows
from cyclorama.documents.png import write_png
from cyclorama.documents.profiles import profile_to_write
from cyclorama.protocol.progress import Progress, Report, silent

__all__ = ["write_flat_png", "write_flat_tiff"]


def write_flat_png(document: LayeredDocument, file: BinaryIO, report: Report = silent) -> None:
    """Write the composite as PNG of 8 bits, or of 16 where the photograph has more."""
    picture = composite(document)
    bits = file_bits(document.sample_format)

    def tell(share: float) -> None:
        report(Progress("write", share, "Writing the picture"))

    tell(0.0)
    rows = image_rows(picture, bits)
    profile = profile_to_write(document.icc_profile, bits)
    write_png(file, picture.size, 3, bits, rows, icc_profile=profile, on_rows=tell)


def write_flat_tiff(document: LayeredDocument, file: BinaryIO, report: Report = silent) -> None:
    """Write the composite as TIFF of the photograph's own precision.

    Float samples without a profile are linear light, as they are when read.
    """
    picture = composite(document)
    report(Progress("write", 0.0, "Writing the picture"))
    profile = document.icc_profile
    if document.sample_format == "float32":
        samples = picture.pixels if profile is not None else srgb_to_linear(picture.pixels)
    else:
        bits = file_bits(document.sample_format)
        samples, profile = image_rows(picture, bits)(0, picture.size[0]), profile_to_write(profile, bits)
    tifffile.imwrite(
        file,
        np.ascontiguousarray(samples),
        photometric="rgb",
        compression="zlib",
        predictor=document.sample_format != "float32",
        rowsperstrip=max(1, (1 << 20) // (picture.size[1] * 3 * samples.dtype.itemsize)),
        iccprofile=profile,
        metadata=None,
    )
    report(Progress("write", 1.0, "Written"))
