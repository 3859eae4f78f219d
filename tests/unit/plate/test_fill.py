import numpy as np
import pytest

from cyclorama.core.filters import gaussian_blur
from cyclorama.core.image import Image
from cyclorama.plate.fill import fill_plate
from cyclorama.protocol.errors import Cancelled, InputError

SIZE = (96, 128)


def hole(soft_px=0.0):
    coverage = np.zeros(SIZE, np.float32)
    coverage[30:64, 50:84] = 1
    return np.clip(gaussian_blur(coverage, soft_px), 0, 1)


def stripes():
    x = np.arange(SIZE[1])
    wave = 0.5 + 0.35 * np.sin(2 * np.pi * x / 16)
    return np.broadcast_to(wave[None, :, None], (*SIZE, 3)).astype(np.float32)


def test_stripes_go_on_behind_the_object():
    coverage = hole()
    photo = np.where(coverage[..., None] > 0, np.float32([1, 0, 1]), stripes())
    plate = fill_plate(Image(photo), coverage).pixels
    assert np.abs(plate - stripes())[coverage > 0].mean() < 0.05
    assert np.array_equal(plate[coverage == 0], photo[coverage == 0])


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
def test_bits_outside_stay_and_samples_keep_their_kind(rng, kind):
    image = Image(rng.random((*SIZE, 3), np.float32)).stored_as(kind)
    coverage = hole(1.5)
    plate = fill_plate(image, coverage)
    assert plate.sample_format == kind
    assert np.array_equal(plate.samples[coverage == 0], image.samples[coverage == 0])


def test_no_color_of_the_object_is_left():
    coverage = hole()
    photo = np.where(coverage[..., None] > 0, np.float32([1, 0, 0]), np.float32(0.4))
    plate = fill_plate(Image(photo), coverage).pixels
    np.testing.assert_allclose(plate, 0.4, atol=2 / 255)


def test_the_same_photograph_gives_the_same_plate(rng):
    image = Image(rng.random((*SIZE, 3), np.float32))
    assert np.array_equal(fill_plate(image, hole()).samples, fill_plate(image, hole()).samples)


@pytest.mark.parametrize(
    "coverage", [np.ones(SIZE, np.float32), np.pad(np.ones((90, 120), np.float32), ((3, 3), (4, 4)))]
)
def test_an_object_that_fills_the_picture_leaves_something_smooth(rng, coverage):
    plate = fill_plate(Image(rng.random((*SIZE, 3), np.float32)), coverage).pixels
    inner = plate[20:-20, 20:-20]
    assert np.isfinite(plate).all()
    assert np.abs(np.diff(inner, axis=0)).max() < 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (5, 3), (17, 200)])
def test_odd_sizes(rng, size):
    coverage = np.zeros(size, np.float32)
    coverage[:, : max(1, size[1] // 2)] = 1
    plate = fill_plate(Image(rng.random((*size, 3), np.float32)), coverage)
    assert plate.size == size


def test_without_objects_the_photograph_comes_back(rng):
    image = Image(rng.random((*SIZE, 3), np.float32))
    assert fill_plate(image, np.zeros(SIZE, np.float32)) is image


def test_progress_never_falls_and_cancel_is_obeyed(rng):
    image = Image(rng.random((*SIZE, 3), np.float32))
    seen = []
    fill_plate(image, hole(), report=lambda progress: seen.append(progress.fraction))
    assert seen == sorted(seen)
    assert len(seen) > 10

    def stop(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        fill_plate(image, hole(), report=stop)


def test_sizes_must_fit(rng):
    with pytest.raises(InputError, match="Coverage"):
        fill_plate(Image(rng.random((*SIZE, 3), np.float32)), hole()[1:])
