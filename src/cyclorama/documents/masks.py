"""Masks and mattes as picture files: grey, white inside."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.image import Samples
from cyclorama.core.matte import Matte
from cyclorama.documents.atomic import replacing
from cyclorama.documents.png import write_png
from cyclorama.documents.read import read_photo
from cyclorama.protocol.errors import InputError

__all__ = ["read_mask", "write_matte"]


def read_mask(path: str | os.PathLike[str], size: tuple[int, int]) -> FloatArray:
    """Read a mask.

    Parameters
    ----------
    path : path-like
        A picture file. Its alpha is the mask where it has any that is not full; else its brightness.
    size : (int, int)
        Wanted (height, width).

    Returns
    -------
    float32 (H, W), [0, 1]
        1 where the picture is white or opaque.

    Raises
    ------
    DocumentError
        If there is no readable picture.
    InputError
        If it has another size.
    """
    photo = read_photo(path)
    if photo.image.size != size:
        found = photo.image.size
        raise InputError(
            f"{path} has {found[1]} x {found[0]} pixels; {size[1]} x {size[0]}, as the photograph, was wanted."
        )
    if photo.alpha is not None and photo.alpha.min() < 1:
        return photo.alpha
    brightness: FloatArray = np.clip(photo.image.pixels.mean(axis=-1), 0, 1)
    return brightness


def write_matte(matte: Matte, box: Box, size: tuple[int, int], path: str | os.PathLike[str]) -> None:
    """Write a matte as a grey PNG over a whole canvas, with 16 bits where it is not stored in 8.

    Parameters
    ----------
    matte : Matte, (h, w)
    box : Box
        Where it lies.
    size : (int, int)
        (height, width) of the canvas.
    path : path-like
        Ends in ``.png``.

    Raises
    ------
    InputError
        If the suffix is another.
    DocumentError
        If the file cannot be written.
    """
    target = Path(path)
    if target.suffix.lower() != ".png":
        raise InputError(f"{target.name} does not end in .png; a mask is written as PNG.")
    kept = matte if matte.sample_format == "uint8" else matte.stored_as("uint16")
    bits = 8 if kept.sample_format == "uint8" else 16

    def rows(top: int, bottom: int) -> Samples:
        out = np.zeros((bottom - top, size[1], 1), kept.samples.dtype)
        common = box.intersect(Box(0, top, size[1], bottom))
        if common.area:
            inner = common.relative_to(Box(0, top, size[1], bottom))
            out[inner.slices][..., 0] = kept.samples[common.relative_to(box).slices]
        return out

    with replacing(target) as file:
        write_png(file, size, 1, bits, rows)
