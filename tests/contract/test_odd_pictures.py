"""Pictures that break programs: tiny, thin, grey, flat, filled by the object, huge."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image as Pillow

import cyclorama
from cyclorama.core.geometry import Box
from cyclorama.core.segment import Segment
from cyclorama.protocol.errors import NoObjectFound


class Everything:
    """A segmenter that takes the whole picture for one object."""

    provenance = {"id": "everything"}  # noqa: RUF012

    def __call__(self, image, *, report):
        return (Segment(np.ones((8, 8), np.float32), 1.0, None, Box.of_size(image.size)),)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 3), (17, 1000)])
def test_small_and_thin_pictures(rng, size):
    image = cyclorama.Image(rng.integers(0, 256, (*size, 3), dtype=np.uint8))
    try:
        document = cyclorama.split(image)
    except NoObjectFound:
        return
    np.testing.assert_allclose(cyclorama.composite(document).pixels, image.pixels, atol=1 / 255)


@pytest.mark.parametrize("size", [(1, 1), (5, 40), (64, 48)])
def test_the_object_is_the_whole_picture(rng, size):
    image = cyclorama.Image(rng.integers(0, 256, (*size, 3), dtype=np.uint8))
    document = cyclorama.split(image, segmenter=Everything())
    np.testing.assert_allclose(cyclorama.composite(document).pixels, image.pixels, atol=1 / 255)
    replaced = cyclorama.replace_background(document, cyclorama.ReplaceOptions(steps=2))
    assert replaced.size == size


@pytest.mark.parametrize("value", [0, 128, 255])
def test_flat_pictures_hold_nothing(value):
    image = cyclorama.Image(np.full((200, 300, 3), value, np.uint8))
    with pytest.raises(cyclorama.CycloramaError) as caught:
        cyclorama.split(image)
    assert caught.value.code == "no_object"


def test_a_grey_photograph_is_split_like_any_other(sample_photo, tmp_path):
    path = tmp_path / "grey.png"
    Pillow.open(sample_photo).convert("L").save(path)
    image = cyclorama.read_image(path)
    document = cyclorama.split(image)
    np.testing.assert_allclose(cyclorama.composite(document).pixels, image.pixels, atol=1 / 255)


@pytest.mark.slow
def test_a_photograph_of_100_megapixels_is_split_in_2_gigabytes(sample_photo, tmp_path):
    path = tmp_path / "huge.jpg"
    Pillow.open(sample_photo).resize((10000, 10000), Pillow.Resampling.BICUBIC).save(path, quality=85)
    code = (
        "import json, resource, sys, cyclorama\n"
        "image = cyclorama.read_image(sys.argv[1])\n"
        "read = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "document = cyclorama.split(image)\n"
        "whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([read, whole, len(document.layers)]))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    read_kb, whole_kb, layers = json.loads(done.stdout)
    assert layers >= 1
    assert read_kb < 2e6
    assert whole_kb < 2e6
