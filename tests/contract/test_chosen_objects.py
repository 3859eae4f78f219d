"""The worker's split keeps the objects that a person chose from the list, under their names, in half floats too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cyclorama
from cyclorama.protocol.arrays import ArrayData
from cyclorama.protocol.errors import InputError
from cyclorama.protocol.progress import silent
from cyclorama.worker.jobs import JOBS
from cyclorama.worker.request import Request

PHOTO = Path(__file__).resolve().parents[2] / "docs" / "gallery" / "originals" / "astronaut.jpg"


def photo(dtype: str) -> ArrayData:
    image = cyclorama.read_image(PHOTO)
    samples = image.samples if dtype == "uint8" else image.pixels.astype(dtype)
    return ArrayData("image", dtype, samples.shape, "RGB", "srgb", samples.tobytes())


@pytest.mark.parametrize("dtype", ["uint8", "float16"])
def test_a_chosen_object_is_cut_out_under_its_name(dtype: str) -> None:
    image = photo(dtype)
    listed = JOBS["objects"].run(Request({}, {"image": image}, silent)).result["segments"]
    assert len(listed) >= 2
    largest = max(range(len(listed)), key=lambda place: listed[place]["score"])
    options = {"objects": [{"index": largest, "name": "Eileen 7"}], "order": "BGRA"}
    reply = JOBS["split"].run(Request(options, {"image": image}, silent))
    assert [layer["name"] for layer in reply.result["document"]["layers"]] == ["Eileen 7"]
    plate = next(array for array in reply.arrays if array.name == "plate")
    assert (plate.dtype, plate.order) == (dtype, "BGRA")
    alpha = np.frombuffer(plate.data, dtype).reshape(plate.shape)[..., 3]
    assert (alpha == (255 if dtype == "uint8" else 1)).all()


def test_a_choice_beyond_the_list_gets_a_sentence() -> None:
    options = {"objects": [{"index": 99, "name": "x"}]}
    with pytest.raises(InputError, match="Object 100 was chosen"):
        JOBS["split"].run(Request(options, {"image": photo("uint8")}, silent))
