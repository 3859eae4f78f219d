"""Reading photographs."""

from __future__ import annotations

import os
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cyclorama.core.arrays import FloatArray
from cyclorama.core.color import linear_to_srgb
from cyclorama.core.image import Image, SampleFormat, Samples
from cyclorama.documents.pillow_raster import open_with_pillow
from cyclorama.documents.profiles import is_linear
from cyclorama.documents.raster import Raster, assemble
from cyclorama.documents.tiff import open_tiff
from cyclorama.protocol.errors import CycloramaError, DocumentError

__all__ = ["MAX_PIXELS", "Photo", "read_image", "read_photo"]

#: Larger pictures are refused before anything is unpacked: a small file can claim any size.
MAX_PIXELS = 512_000_000

_WANTED = "a JPEG, PNG, TIFF, WebP, GIF or BMP picture"


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A photograph and what its file says about it.

    Parameters
    ----------
    image : Image, (H, W), encoding "srgb"
        Upright. The values are the file's own, divided by the full scale, and belong to ``icc_profile``: they are not
        converted, so that a document made from them gives the same file values back. CMYK, Lab and grey with a
        profile, and linear float, are converted to sRGB.
    sample_format : {"uint8", "uint16", "float32"}
        Precision of the file.
    icc_profile : bytes or None
        RGB profile of the values, to be written back; None means sRGB.
    focal_length_35mm : float or None
        Focal length in millimetres on 35 mm film, as EXIF has it.
    alpha : float32 (H, W), [0, 1], or None
        Coverage where the file has an alpha channel, to start a mask from. The image keeps the straight colours,
        also where they are clear.
    source : str
        The file's kind, precision and size, for a person.
    notes : tuple of str
        What was converted or left out, a sentence each.
    """

    image: Image
    sample_format: SampleFormat
    icc_profile: bytes | None = None
    focal_length_35mm: float | None = None
    alpha: FloatArray | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def had_alpha(self) -> bool:
        """Whether the file has an alpha channel."""
        return self.alpha is not None


def read_image(path: str | os.PathLike[str]) -> Image:
    """Read a picture's pixels.

    Parameters
    ----------
    path : path-like
        A JPEG, PNG, TIFF, WebP, GIF or BMP file.

    Returns
    -------
    Image, (H, W), encoding "srgb"
        Upright; see :class:`Photo` for what happens to colour.

    Raises
    ------
    DocumentError
        If there is no readable picture; the sentence says what was found.
    """
    return read_photo(path).image


def read_photo(path: str | os.PathLike[str]) -> Photo:
    """Read a picture with everything that is needed to write it back in kind.

    Parameters
    ----------
    path : path-like
        A JPEG, PNG, TIFF, WebP, GIF or BMP file; of several frames the first is taken. What it is, its first bytes
        tell, not its name.

    Returns
    -------
    Photo
        Pixels, precision, profile, focal length and alpha.

    Raises
    ------
    DocumentError
        If the file is missing, unreadable, empty, damaged, too large or not a picture.
    """
    name = Path(path)
    with _opened(name) as file:
        kind = _kind(name, file)
        try:
            # Libraries warn about odd metadata; the pixels are what counts, and damage there raises.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                raster = _raster(kind, file)
                _check_size(name, raster)
                samples, alpha = assemble(raster)
        except CycloramaError:
            raise
        except MemoryError as error:
            raise DocumentError(
                f"{name} needs more memory than there is.", "Scale it down first, or use another machine."
            ) from error
        except Exception as error:
            raise DocumentError(
                f"{name} starts as {kind} but cannot be decoded: {_reason(error)}.",
                "It is probably damaged or incomplete; get it again, or export it anew.",
            ) from error
    return _photo(name, raster, samples, alpha)


def _opened(name: Path) -> BinaryIO:
    try:
        kind = name.stat().st_mode
        if stat.S_ISDIR(kind):
            raise DocumentError(f"{name} is a folder; {_WANTED} was wanted.", "Name a file in it.")
        if not stat.S_ISREG(kind):
            raise DocumentError(f"{name} is not a regular file; {_WANTED} was wanted.")
        return name.open("rb")
    except FileNotFoundError as error:
        raise DocumentError(f"{name} does not exist; {_WANTED} was wanted.", "Check the path.") from error
    except PermissionError as error:
        raise DocumentError(
            f"{name} may not be read.", "Check the permissions of the file and its folder."
        ) from error
    except (OSError, ValueError) as error:
        raise DocumentError(f"{name} cannot be opened: {_reason(error)}.") from error


def _kind(name: Path, file: BinaryIO) -> str:
    head = file.read(16)
    file.seek(0)
    if not head:
        raise DocumentError(f"{name} is empty; {_WANTED} was wanted.", "Copy it again from where it came.")
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if head[:2] == b"BM":
        return "BMP"
    raise DocumentError(f"{name} is {_guess(head)}; {_WANTED} was wanted.", "Export it as PNG or TIFF first.")


def _guess(head: bytes) -> str:
    """Name common formats that are not read, so that the sentence helps."""
    known = {
        b"8BPS": "a Photoshop document",
        b"%PDF": "a PDF document",
        b"PK\x03\x04": "a zip archive or a layered document",
        b"gimp": "a GIMP document",
        b"FUJI": "a camera's raw file",
        b"v/1\x01": "an OpenEXR picture",
        b"<svg": "an SVG drawing",
    }
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "a HEIF picture"
    if head[4:12] == b"ftypavif":
        return "an AVIF picture"
    return known.get(head[:4], "not a picture that is known here")


def _raster(kind: str, file: BinaryIO) -> Raster:
    if kind == "TIFF":
        raster = open_tiff(file)
        if raster is not None:
            return raster
        file.seek(0)
    return open_with_pillow(kind, file)


def _check_size(name: Path, raster: Raster) -> None:
    height, width = raster.size
    if height < 1 or width < 1:
        raise DocumentError(f"{name} is {width} x {height} pixels; at least one was wanted.")
    if height * width > MAX_PIXELS:
        raise DocumentError(
            f"{name} claims {width} x {height} pixels; at most {MAX_PIXELS // 1_000_000} megapixels are read.",
            "Scale it down first.",
        )


def _photo(name: Path, raster: Raster, samples: Samples, alpha: FloatArray | None) -> Photo:
    notes, profile = raster.notes, raster.icc_profile
    if raster.sample_format == "float32" and (profile is None or is_linear(profile)):
        # Float pictures hold light, unless their profile says otherwise.
        samples = linear_to_srgb(samples)
        samples.flags.writeable = False
        notes, profile = (*notes, "Float values were taken as linear light and encoded as sRGB."), None
    bits = {"uint8": "8 bit", "uint16": "16 bit", "float32": "float"}[raster.sample_format]
    height, width = samples.shape[:2]
    try:
        image = Image(samples, "srgb")
    except CycloramaError as error:
        raise DocumentError(f"{name}: {error.message}", error.hint) from error
    return Photo(
        image,
        raster.sample_format,
        profile,
        raster.focal_length_35mm,
        alpha,
        f"{raster.kind}, {bits}, {width} x {height}",
        notes,
    )


def _reason(error: Exception) -> str:
    """Return the first line of a foreign error without its full stop."""
    text = getattr(error, "strerror", None) or str(error)
    return (text.splitlines() or [type(error).__name__])[0].rstrip(". ") or type(error).__name__
