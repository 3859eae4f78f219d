"""What the built-in network saw in one photograph: computed once, asked as often as wanted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cyclorama.core.arrays import FloatArray
from cyclorama.core.geometry import Box
from cyclorama.core.resampling import resize
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import InputError
from cyclorama.segmentation.grids import read_grid
from cyclorama.segmentation.proposals import (
    Locations,
    Proposal,
    box_overlaps,
    draw,
    locations_of,
    sigmoid,
    suppress_boxes,
    suppress_masks,
)
from cyclorama.segmentation.salient import Candidate, join_pieces, with_leftovers, with_support

__all__ = ["Embedding"]

_LEAST_SCORE = 0.2
_SALIENT = 0.5
_FOREGROUND_WEIGHT = 0.5
_DECIDED_POWER = 8  # how much more likely a mask without doubtful cells is to be the one that was meant
_SCORE_ZERO, _SCORE_ONE = 0.2, 0.9  # scores of the network's that count as 0 and 1


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Locations, mask features and foreground of one photograph.

    Parameters
    ----------
    where : float32 (L, 6)
        Objectness and quality logits, log distances to the sides of the box, for each location.
    what : float32 (L, P)
        Parameters of each location's mask network.
    shared : float32 (C, h, w)
        Mask features, one cell for 4 x 4 pixels of the network's input.
    foreground : float32 (2h, 2w)
        Salience logits.
    size : (int, int)
        Photograph (height, width) in pixels.
    """

    where: FloatArray
    what: FloatArray
    shared: FloatArray
    foreground: FloatArray
    size: tuple[int, int]

    @property
    def locations(self) -> Locations:
        """Every place that can stand for an object."""
        return locations_of(self.where, (self.shared.shape[1] * 4, self.shared.shape[2] * 4))

    def salience(self) -> Segment:
        """Return the whole foreground as one segment over the photograph."""
        probability = sigmoid(self.foreground)
        inside = probability > _SALIENT
        score = float(probability[inside].mean()) if inside.any() else 0.0
        return Segment(probability, score, "foreground", Box.of_size(self.size))

    def objects(self) -> tuple[Segment, ...]:
        """Return all objects: what the locations propose, and salient regions that none of them covers.

        Returns
        -------
        tuple of Segment
            Surest first.
        """
        grid = (self.shared.shape[1], self.shared.shape[2])
        locations = self.locations
        chosen = suppress_boxes(locations, _LEAST_SCORE, most_overlap=0.8, limit=64)
        drawn = [draw(self.what[i], self.shared, locations, i) for i in chosen]
        kept = suppress_masks(drawn, grid, most_overlap=0.5)
        salience = sigmoid(self.foreground)
        found = with_support([Candidate(self._sharpened(p), p.score) for p in kept], salience)
        found = with_leftovers(join_pieces(found, salience), salience, _LEAST_SCORE)
        segments = (self._segment(c.probability, _calibrated(c.score)) for c in found if c.inside.any())
        return tuple(sorted(segments, key=lambda s: -s.score))

    def at(self, x_px: float, y_px: float) -> tuple[Segment, ...]:
        """Return what may lie at a point of the photograph, the likeliest first: one answer for each scale.

        Raises
        ------
        InputError
            If the point lies outside the photograph.
        """
        if not (0 <= x_px <= self.size[1] and 0 <= y_px <= self.size[0]):
            raise InputError(
                f"The point ({x_px:g}, {y_px:g}) lies outside the photograph of {self.size[1]} x {self.size[0]}."
            )
        scale = np.array([self.shared.shape[2] * 4 / self.size[1], self.shared.shape[1] * 4 / self.size[0]])
        locations = self.locations
        away = np.abs(locations.centers - np.array([x_px, y_px]) * scale).max(axis=1) / locations.strides
        row, column = (int(v) for v in np.array([y_px, x_px]) * scale[::-1] / 2 - 1e-6)
        answers: list[tuple[float, Segment]] = []
        for stride in np.unique(locations.strides):
            index = int(np.argmin(np.where(locations.strides == stride, away, np.inf)))
            probability = self._sharpened(draw(self.what[index], self.shared, locations, index))
            inside = probability > 0.5
            if inside.any():
                quality = float(locations.quality[index])
                decided = float(probability[inside].mean()) ** _DECIDED_POWER
                fit = float(locations.objectness[index]) ** 0.5 * quality * decided
                answers.append(
                    (fit * float(probability[row, column]) ** 2, self._segment(probability, quality))
                )
        return tuple(segment for _, segment in sorted(answers, key=lambda answer: -answer[0]))

    def within(self, box: Box) -> Segment | None:
        """Return the object that fills a box of the photograph best, or None if nothing is there.

        Raises
        ------
        InputError
            If the box is empty or lies outside the photograph.
        """
        box = box.intersect(Box.of_size(self.size))
        if box.area == 0:
            raise InputError("The box is empty or lies outside the photograph.")
        height, width = self.shared.shape[1] * 4, self.shared.shape[2] * 4
        scale = np.array([width / self.size[1], height / self.size[0]] * 2, np.float32)
        wanted = np.array([box.left, box.top, box.right, box.bottom], np.float32) * scale
        locations = self.locations
        fit = box_overlaps(wanted, locations.boxes) * locations.quality
        index = int(np.argmax(fit))
        probability = self._sharpened(draw(self.what[index], self.shared, locations, index))
        outside = np.ones_like(probability, dtype=bool)
        low, high = np.floor(wanted[:2] / 2).astype(int), np.ceil(wanted[2:] / 2).astype(int)
        outside[max(low[1] - 2, 0) : high[1] + 2, max(low[0] - 2, 0) : high[0] + 2] = False
        probability[outside] = 0
        return self._segment(probability, float(fit[index])) if (probability > 0.5).any() else None

    def _sharpened(self, proposal: Proposal) -> FloatArray:
        """Double a proposal's grid; where the object is salient, let the finer foreground say where it ends."""
        top, left, bottom, right = (2 * side for side in proposal.window)
        logits = resize(proposal.logits, (bottom - top, right - left), "bilinear")
        foreground: FloatArray = np.clip(self.foreground[top:bottom, left:right], -4, 4)
        inside = logits > 0
        salient = float((foreground[inside] > 0).mean()) if inside.any() else 0.0
        weight = np.float32(_FOREGROUND_WEIGHT * max(0.0, 2 * salient - 1))
        band: FloatArray = np.exp(-((logits / 3) ** 2))  # only where the mask itself is undecided
        out = np.zeros(self.foreground.shape, np.float32)
        out[top:bottom, left:right] = sigmoid(logits + weight * band * foreground)
        return out

    def _segment(self, probability: FloatArray, score: float) -> Segment:
        """Cut a grid over the whole photograph down to the object, on whole pixels of the photograph."""
        rows, columns = (np.flatnonzero((probability > 0.02).any(axis=axis)) for axis in (1, 0))
        cell = (self.size[0] / probability.shape[0], self.size[1] / probability.shape[1])
        box = Box(
            int(np.floor(columns[0] * cell[1])),
            int(np.floor(rows[0] * cell[0])),
            int(np.ceil((columns[-1] + 1) * cell[1])),
            int(np.ceil((rows[-1] + 1) * cell[0])),
        ).intersect(Box.of_size(self.size))
        size = (
            min(box.height, int(rows[-1] - rows[0]) + 2),
            min(box.width, int(columns[-1] - columns[0]) + 2),
        )
        grid = read_grid(probability, Box.of_size(self.size), box, size)
        return Segment(np.clip(grid, 0, 1), min(max(score, 0.0), 1.0), None, box)


def _calibrated(score: float) -> float:
    """Spread scores so that the stage's default threshold parts likely from unlikely objects."""
    return float(np.clip((score - _SCORE_ZERO) / (_SCORE_ONE - _SCORE_ZERO), 0, 1))
