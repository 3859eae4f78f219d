"""The job `select`: what a person points at, answered in a moment once the photograph was looked at."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np

from cyclorama import pipeline
from cyclorama.core.geometry import Box
from cyclorama.core.matte import Matte
from cyclorama.core.resampling import resize
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import Report
from cyclorama.segmentation.segmenter import Answers
from cyclorama.worker.document_mapping import box_from, box_list
from cyclorama.worker.pictures import array_of_matte, image_from

__all__ = ["select_object"]

_MOST_PHOTOGRAPHS = 4


class _Seen:
    """What the segmenter saw of the last few photographs, by the hash of their samples."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Answers] = OrderedDict()

    def get(self, image_id: str) -> Answers | None:
        with self._lock:
            if image_id in self._kept:
                self._kept.move_to_end(image_id)
            return self._kept.get(image_id)

    def put(self, image_id: str, seen: Answers) -> None:
        with self._lock:
            self._kept[image_id] = seen
            while len(self._kept) > _MOST_PHOTOGRAPHS:
                self._kept.popitem(last=False)


_seen = _Seen()


def select_object(
    options: Mapping[str, Any], arrays: Mapping[str, ArrayData], report: Report
) -> tuple[dict[str, Any], tuple[ArrayData, ...]]:
    """Answer clicks and boxes.

    Parameters
    ----------
    options : mapping
        ``points``: [[x, y, keep], ...]; ``boxes``: [[left, top, right, bottom], ...]; ``image_id``: from an earlier
        answer, instead of the picture.
    arrays : mapping
        ``image``, the first time.
    report : callable
        Takes progress; raises ``Cancelled`` to stop.

    Returns
    -------
    (dict, tuple of ArrayData)
        ``{"known": True, "image_id", "segment": {"name", "score", "box"}}`` and ``segment0``, one channel, 8 bit, over
        its box. With ``image_id`` alone and a picture that is no longer remembered just ``{"known": False}``: send
        it again. Without points and boxes the picture is only looked at, and there is no segment.

    Raises
    ------
    InputError
        If neither picture nor id is given, or a point or box cannot be used.
    NoObjectFound
        If nothing stands out there.
    """
    image_id, seen = _looked_at(options, arrays, report)
    if seen is None:
        return {"known": False}, ()
    answer: dict[str, Any] = {"known": True, "image_id": image_id}
    clicks = [_click(point) for point in options.get("points", ())]
    boxes = [box_from(box) for box in options.get("boxes", ())]
    if not clicks and not boxes:
        return answer, ()
    found = pipeline.select(seen, clicks, boxes)
    coverage = np.clip(resize(found.probability, _size(found.box), "bilinear"), 0, 1)
    answer["segment"] = {
        "name": found.label or "object",
        "score": round(found.score, 4),
        "box": box_list(found.box),
    }
    return answer, (array_of_matte("segment0", Matte(coverage), "uint8"),)


def _looked_at(
    options: Mapping[str, Any], arrays: Mapping[str, ArrayData], report: Report
) -> tuple[str, Answers | None]:
    if "image" not in arrays:
        image_id = options.get("image_id")
        if not isinstance(image_id, str):
            raise InputError("Neither a picture nor the id of an earlier one came with the question.")
        return image_id, _seen.get(image_id)
    picture = arrays["image"]
    image_id = _id_of(picture)
    seen = _seen.get(image_id)
    if seen is None:
        seen = pipeline.embed(image_from(picture), report=report)
        _seen.put(image_id, seen)
    return image_id, seen


def _id_of(picture: ArrayData) -> str:
    made = hashlib.blake2b(repr(picture.header).encode("utf-8"), digest_size=16)
    made.update(picture.data)
    return made.hexdigest()


def _click(point: Any) -> pipeline.Click:
    if not isinstance(point, (list, tuple)) or len(point) not in (2, 3):
        raise InputError(f"A point is {point!r}; [x, y, keep] was wanted.")
    x, y, keep = (*point, True)[:3]
    numbers = all(isinstance(place, (int, float)) and not isinstance(place, bool) for place in (x, y))
    if not numbers:
        raise InputError(f"A point is {point!r}; [x, y, keep] was wanted.")
    return pipeline.Click(float(x), float(y), bool(keep))


def _size(box: Box) -> tuple[int, int]:
    return max(box.height, 1), max(box.width, 1)
