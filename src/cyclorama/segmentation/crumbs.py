"""Specks that a network leaves beside an object: on a new background each would be a piece of the old one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cyclorama.core.regions import label_regions, region_areas
from cyclorama.core.segment import Segment

__all__ = ["without_crumbs"]

_CRUMB_SHARE = 0.03  # of the largest part: what is smaller, and apart from it, is no part of the object
_FAINT = 0.15  # a part ends where the object is this unlikely


def without_crumbs(own: Segment) -> Segment:
    """Keep the parts of an object that matter: the largest, and what is at least 3 % of it.

    Parameters
    ----------
    own : Segment

    Returns
    -------
    Segment
        The same if it is in one part.
    """
    labels, count = label_regions(own.probability > _FAINT)
    if count < 2:
        return own
    solid = region_areas(np.where(own.probability > 0.5, labels, 0).astype(np.int32), count)
    kept = np.concatenate([[True], solid >= _CRUMB_SHARE * int(solid.max())])
    return replace(own, probability=own.probability * kept[labels])
