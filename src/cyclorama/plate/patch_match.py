"""For each patch around a hole, a similar patch of the known picture.

References
----------
.. [1] C. Barnes, E. Shechtman, A. Finkelstein, D. Goldman, "PatchMatch: a randomized correspondence algorithm for
   structural image editing", SIGGRAPH 2009, section 3.
.. [2] Y. Wexler, E. Shechtman, M. Irani, "Space-time completion of video", IEEE TPAMI 29(3), 2007, eq. 3-5 (votes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cyclorama.core.arrays import BoolArray, FloatArray
from cyclorama.core.filters import dilate, erode

__all__ = ["RADIUS_PX", "Field", "Patches", "cohere", "describe", "first_field", "search", "vote"]

#: Patches are (2 radius + 1)² pixels.
RADIUS_PX = 3
_FEATURES = 24
_ROWS_AT_A_TIME = 64
#: Lower is sharper, higher is closer to the mean.
_SPREAD_PERCENTILE = 40
#: Price of a neighbour with another offset, in medians of the patch distance.
_DISAGREEMENT = 0.3
_NONE = 1 << 60
_SIDE = 2 * RADIUS_PX + 1

Places = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Field:
    """Where each patch that touches the hole comes from.

    Parameters
    ----------
    size : (int, int)
        (height, width) of the picture.
    target : int64 (n,)
        Centres of the patches that touch the hole, in reading order, as places in the flattened picture.
    source : int64 (n,)
        For each of them, the centre of a wholly known patch.
    allowed : bool (H * W,)
        Centres of wholly known patches.
    """

    size: tuple[int, int]
    target: Places
    source: Places
    allowed: BoolArray

    def dense(self) -> Places:
        """Return the sources on the picture's flattened grid, -1 where there is none."""
        grid = np.full(self.allowed.size, -1, np.int64)
        grid[self.target] = self.source
        return grid


def first_field(hole: BoolArray, guess: Places | None, rng: np.random.Generator) -> Field | None:
    """Start a field.

    Parameters
    ----------
    hole : bool (H, W)
        What is to be filled.
    guess : int64 (H, W) or None
        Wanted sources, for instance from a coarser level; where missing (-1) or not allowed they are drawn by lot.
    rng : numpy.random.Generator
        The lot.

    Returns
    -------
    Field or None
        None if no wholly known patch exists.
    """
    height, width = hole.shape
    inner = np.zeros(hole.shape, bool)
    inner[RADIUS_PX : height - RADIUS_PX, RADIUS_PX : width - RADIUS_PX] = True
    allowed = (erode(~hole, RADIUS_PX) & inner).reshape(-1)
    choices = np.flatnonzero(allowed)
    if choices.size < 16:
        return None
    target = np.flatnonzero(dilate(hole, RADIUS_PX))
    source = choices[rng.integers(choices.size, size=target.size)]
    if guess is not None:
        wanted = guess.reshape(-1)[target]
        good = (wanted >= 0) & allowed[np.maximum(wanted, 0)]
        source = np.where(good, wanted, source)
    return Field(hole.shape, target, source, allowed)


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """All wholly known patches in few numbers.

    Parameters
    ----------
    features : float32 (H * W, F)
        On the flattened picture; 0 where the patch is not wholly known.
    mean : float32 (P,)
        Mean patch.
    basis : float32 (P, F)
        Principal axes of the patches.
    """

    features: FloatArray
    mean: FloatArray
    basis: FloatArray

    def of_targets(self, picture: FloatArray, field: Field) -> FloatArray:
        """Return the target patches' present features (n, F)."""
        return _projected(_patches(picture, field.target) - self.mean, self.basis)


def describe(picture: FloatArray, field: Field) -> Patches:
    """Describe the known patches of a picture (H, W, C) by their principal components."""
    height, width = field.size
    sources = np.flatnonzero(field.allowed)
    known = _patches(picture, sources)
    mean = known.mean(axis=0)
    sample = known[:: max(1, sources.size // 4000)] - mean
    _, axes = np.linalg.eigh((sample.T @ sample).astype(np.float64))
    basis = axes[:, -_FEATURES:].astype(np.float32)
    features = np.zeros((height * width, basis.shape[1]), np.float32)
    features[sources] = _projected(known - mean, basis)
    return Patches(features, mean, basis)


def _projected(rows: FloatArray, basis: FloatArray) -> FloatArray:
    """Return rows (n, P) times basis (P, F), a few rows at a time.

    One large product would be spread over threads that wait for each other several times longer than it takes.
    """
    padded = np.pad(rows, ((0, -len(rows) % _ROWS_AT_A_TIME), (0, 0)))
    found = np.matmul(padded.reshape(-1, _ROWS_AT_A_TIME, rows.shape[1]), basis, dtype=np.float32)
    out: FloatArray = found.reshape(-1, basis.shape[1])[: len(rows)]
    return out


def _patches(picture: FloatArray, center: Places) -> FloatArray:
    """Return patches around the given places (n, 147 + C - 3): all their colours, and the middle of the rest."""
    pad = RADIUS_PX
    height, width = picture.shape[:2]
    mode: Literal["reflect", "edge"] = "reflect" if min(height, width) > pad else "edge"
    padded = np.pad(picture[..., :3], ((pad, pad), (pad, pad), (0, 0)), mode=mode).reshape(-1, 3)
    row, column = _row_column(center, width)
    corner = row * (width + 2 * pad) + column
    out = np.empty((center.size, _SIDE * _SIDE * 3 + picture.shape[2] - 3), np.float32)
    for dy in range(_SIDE):
        # One run of pixels of the patch at a time: its row lies together in memory.
        places = corner[:, None] + (dy * (width + 2 * pad) + np.arange(_SIDE))
        start = dy * _SIDE * 3
        out[:, start : start + _SIDE * 3] = np.take(padded, places, axis=0).reshape(center.size, -1)
    # What varies slowly is the same all over the patch, and counts as often.
    out[:, _SIDE * _SIDE * 3 :] = _SIDE * picture.reshape(height * width, -1)[center, 3:]
    return out


def search(
    picture: FloatArray, field: Field, patches: Patches, rounds: int, rng: np.random.Generator
) -> FloatArray:
    """Improve the field in place.

    Parameters
    ----------
    picture : float32 (H, W, C)
        The picture with the hole's present contents.
    field : Field
        Its sources are replaced by better ones.
    patches : Patches
        Of the known picture.
    rounds : int
        Each lets neighbours' finds spread [1]_ and tries a few places drawn around the present ones.
    rng : numpy.random.Generator
        The lot.

    Returns
    -------
    float32 (n,)
        Squared distance between each target patch and its source.
    """
    features, wanted = patches.features, patches.of_targets(picture, field)
    cost = _cost(features, wanted, field.source)
    height, width = field.size
    row, column = np.divmod(field.target, width)
    for number in range(rounds):
        step = 1 if number % 2 else 3
        for dy, dx in ((-step, 0), (0, -step), (step, 0), (0, step)):
            y, x = row + dy, column + dx
            near = (y >= 0) & (y < height) & (x >= 0) & (x < width)
            found = np.where(near, field.dense()[np.where(near, y * width + x, 0)], -1)
            _try(features, wanted, field, cost, np.where(found >= 0, found - dy * width - dx, -1))
        reach = max(height, width)
        while reach > 2:
            y = field.source // width + rng.integers(-reach, reach + 1, field.target.size)
            x = field.source % width + rng.integers(-reach, reach + 1, field.target.size)
            inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
            _try(features, wanted, field, cost, np.where(inside, y * width + x, -1))
            reach //= 3
    return cost


def cohere(picture: FloatArray, field: Field, patches: Patches, rounds: int) -> None:
    """Let neighbours agree on one offset, in place, where that costs little.

    Parameters
    ----------
    picture : float32 (H, W, C)
        The picture with the hole's contents.
    field : Field
        Improved by iterated conditional modes: squared distance plus a price for each of eight neighbours with
        another offset.
    patches : Patches
        Of the known picture.
    rounds : int
        Passes over the field.
    """
    features, wanted = patches.features, patches.of_targets(picture, field)
    cost = _cost(features, wanted, field.source)
    price = np.float32(_DISAGREEMENT * max(float(np.median(cost)), 1e-6))
    row, column = _row_column(field.target, field.size[1])
    for number in range(4 * rounds):
        # Pixels of one color of a 2 x 2 pattern are no neighbours of each other, so they may move together.
        moving = np.flatnonzero((row % 2 == number % 2) & (column % 2 == number // 2 % 2))
        around = _offsets_around(field, row[moving], column[moving])
        best = (field.source - field.target)[moving]
        lowest = cost[moving] + price * (around != best).sum(axis=0)
        bare = cost[moving]
        for offset in around:
            place = np.where(offset == _NONE, -1, field.target[moving] + offset)
            able = (
                (place >= 0)
                & (place < field.allowed.size)
                & field.allowed[np.clip(place, 0, field.allowed.size - 1)]
            )
            found = np.full(moving.size, np.inf, np.float32)
            found[able] = _cost(features, wanted[moving[able]], place[able])
            total = found + price * (around != offset).sum(axis=0)
            better = total < lowest
            lowest, best = np.where(better, total, lowest), np.where(better, offset, best)
            bare = np.where(better, found, bare)
        field.source[moving] = field.target[moving] + best
        cost[moving] = bare


def _offsets_around(field: Field, row: Places, column: Places) -> Places:
    """Return the eight neighbours' offsets, (8, n), a large number where there is none."""
    height, width = field.size
    offsets = np.full((height + 2, width + 2), _NONE, np.int64)
    y, x = _row_column(field.target, width)
    offsets[y + 1, x + 1] = field.source - field.target
    steps = [(dy, dx) for dy in (0, 1, 2) for dx in (0, 1, 2) if (dy, dx) != (1, 1)]
    return np.stack([offsets[row + dy, column + dx] for dy, dx in steps])


def vote(
    picture: FloatArray, hole: BoolArray, field: Field, cost: FloatArray, trust: FloatArray
) -> FloatArray:
    """Paint the hole with what the overlapping sources say [2]_.

    Parameters
    ----------
    picture : float32 (H, W, C)
        Its hole is replaced in the result.
    hole : bool (H, W)
        What is to be painted.
    field : Field
        Sources.
    cost : float32 (n,)
        Squared distances from :func:`search`; similar patches have more say.
    trust : float32 (H, W)
        How much say a patch centred there has; higher near the known picture.

    Returns
    -------
    float32 (H, W, C)
    """
    height, width = hole.shape
    pad = RADIUS_PX
    spread = max(float(np.percentile(cost, _SPREAD_PERCENTILE)), 1e-6)
    weight = np.exp(-cost / (2 * spread)) * trust.reshape(-1)[field.target] + np.float32(1e-6)
    padded_width = width + 2 * pad
    total = np.zeros(((height + 2 * pad) * padded_width, picture.shape[2] + 1), np.float32)
    channels = picture.shape[2]
    flat = np.concatenate([picture, np.ones((height, width, 1), np.float32)], axis=-1).reshape(
        -1, channels + 1
    )
    row, column = np.divmod(field.target, width)
    corner = row * padded_width + column
    for dy in range(_SIDE):
        for dx in range(_SIDE):
            # For one offset, different patches mean different pixels: no address comes twice.
            said = np.take(flat, field.source + (dy - pad) * width + dx - pad, axis=0)
            total[corner + dy * padded_width + dx] += said * weight[:, None]
    grid = total.reshape(height + 2 * pad, padded_width, channels + 1)[pad:-pad, pad:-pad]
    voted = grid[..., :-1] / np.maximum(grid[..., -1:], 1e-9)
    return np.where(hole[..., None], voted, picture).astype(np.float32)


def _row_column(places: Places, width: int) -> tuple[Places, Places]:
    """Return rows and columns of places in a flattened picture."""
    return places // width, places % width


def _cost(features: FloatArray, wanted: FloatArray, source: Places) -> FloatArray:
    difference = np.take(features, source, axis=0)
    difference -= wanted
    out: FloatArray = np.einsum("nf,nf->n", difference, difference)
    return out


def _try(features: FloatArray, wanted: FloatArray, field: Field, cost: FloatArray, candidate: Places) -> None:
    inside = (candidate >= 0) & (candidate < field.allowed.size)
    able = np.flatnonzero(
        inside & field.allowed[np.where(inside, candidate, 0)] & (candidate != field.source)
    )
    if able.size == 0:
        return
    place = candidate[able]
    found = _cost(features, wanted[able], place)
    better = found < cost[able]
    cost[able[better]] = found[better]
    field.source[able[better]] = place[better]
