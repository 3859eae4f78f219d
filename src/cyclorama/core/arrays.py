"""Checks that every value makes of the arrays it is given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cyclorama.protocol.errors import InputError

__all__ = ["BoolArray", "FloatArray", "frozen", "require_finite", "require_shape"]

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


def frozen(array: Any, dtype: Any) -> NDArray[Any]:
    """Return the array with the wanted dtype, contiguous and read-only.

    A read-only array of the right kind is taken as it is; a writeable one is copied, so that its owner cannot
    change a value behind its back.
    """
    given = np.asarray(array)
    if given.dtype == dtype and given.flags.c_contiguous and not given.flags.writeable:
        return given
    own = np.array(given, dtype=dtype, order="C")
    own.flags.writeable = False
    return own


def require_shape(name: str, array: NDArray[Any], wanted: str, valid: bool) -> None:
    """Raise ``InputError`` that names the found and the wanted shape unless ``valid``."""
    if not valid:
        raise InputError(f"{name} has shape {tuple(array.shape)}; {wanted} was wanted.")


def require_finite(name: str, array: NDArray[Any]) -> None:
    """Raise ``InputError`` if any element is NaN or infinite."""
    # A sum is finite only if all terms are (or overflow): one pass, no mask the size of the picture.
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum(dtype=np.float64)
    if not np.isfinite(total):
        bad = int(array.size - np.count_nonzero(np.isfinite(array)))
        raise InputError(
            f"{name} holds {bad} values that are not finite.", "Replace NaN and infinities first."
        )
