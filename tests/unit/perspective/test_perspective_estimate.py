"""The camera is found from drawn lines whose camera is known."""

import math

import numpy as np
import pytest

from cyclorama.core.image import Image
from cyclorama.core.matte import Matte
from cyclorama.core.perspective import Perspective, world_from_camera
from cyclorama.perspective.estimate import estimate_perspective
from cyclorama.perspective.segments import find_segments
from cyclorama.perspective.vanishing_points import up_vectors
from cyclorama.protocol.errors import Cancelled

SIZE = (360, 480)


def fill_polygon(canvas: np.ndarray, corners: np.ndarray, value: float) -> None:
    """Fill a convex polygon, four samples to a pixel each way."""
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int), [canvas.shape[1], canvas.shape[0]])
    if (high <= low).any():
        return
    step = (np.arange(4) + 0.5) / 4
    x = (np.arange(low[0], high[0])[:, None] + step).ravel()[None]
    y = (np.arange(low[1], high[1])[:, None] + step).ravel()[:, None]
    inside = np.ones((y.size, x.size), bool)
    turned = np.roll(corners, -1, axis=0)
    area = float(np.sum(corners[:, 0] * turned[:, 1] - turned[:, 0] * corners[:, 1]))
    for a, b in zip(corners, turned, strict=True):
        inside &= ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) * area >= 0
    cover = inside.reshape(high[1] - low[1], 4, high[0] - low[0], 4).mean(axis=(1, 3))
    view = canvas[low[1] : high[1], low[0] : high[0]]
    view += cover * (value - view)


def street(camera: Perspective) -> Image:
    """Draw two walls of windows and floor tiles: level and upright lines only."""
    rotation = world_from_camera(camera)
    canvas = np.full(camera.size, 0.55)

    def draw(corners: list[tuple[float, float, float]], value: float) -> None:
        view = np.array(corners) @ rotation
        if (view[:, 2] > -0.3).any():
            return
        x0, y0 = camera.principal_point_px
        x = x0 - camera.focal_px * view[:, 0] / view[:, 2]
        y = y0 + camera.focal_px * view[:, 1] / view[:, 2]
        fill_polygon(canvas, np.stack([x, y], axis=1), value)

    for z in range(-14, -1):
        for y in (-0.6, 0.5, 1.6, 2.7):
            for x in (-3.0, 3.0):
                draw([(x, y, z), (x, y, z + 0.6), (x, y + 0.7, z + 0.6), (x, y + 0.7, z)], 0.2)
        for x in (-2, -1, 0, 1):
            draw([(x, -1.6, z), (x + 0.8, -1.6, z), (x + 0.8, -1.6, z + 0.8), (x, -1.6, z + 0.8)], 0.8)
    pixels = np.repeat(canvas[..., None], 3, axis=2)
    return Image(np.round(pixels * 255).astype(np.uint8))


def test_segments_lie_on_the_edges_to_a_fraction_of_a_pixel():
    canvas = np.full((120, 160), 0.3)
    corners = np.array([[30.0, 20.0], [120.0, 35.0], [105.0, 95.0], [22.0, 80.0]])
    fill_polygon(canvas, corners, 0.7)
    found = find_segments(canvas.astype(np.float32))
    assert len(found.ends) == 4
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = (b - a) / np.linalg.norm(b - a)
        normal = np.array([-along[1], along[0]])
        aside = np.abs((found.ends - a) @ normal).max(axis=1)
        best = int(aside.argmin())
        assert aside[best] < 0.2
        assert found.lengths_px[best] > 0.85 * np.linalg.norm(b - a)


def test_a_circle_gives_no_long_segments():
    y, x = np.mgrid[:120, :120] + 0.5
    disc = np.clip(40 - np.hypot(x - 60, y - 60) + 0.5, 0, 1)
    found = find_segments((0.2 + 0.6 * disc).astype(np.float32))
    assert len(found.ends) == 0 or found.lengths_px.max() < 30


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (-8.0, 2.0), (6.0, -3.0), (-18.0, 1.0)])
def test_horizon_of_a_street(pitch, roll):
    true = Perspective(SIZE, 420.0, (240.0, 180.0), math.radians(pitch), math.radians(roll), 1.0)
    found = estimate_perspective(street(true), focal_35mm=420 / 480 * 36)
    assert math.degrees(found.pitch_rad) == pytest.approx(pitch, abs=0.5)
    assert math.degrees(found.roll_rad) == pytest.approx(roll, abs=0.3)
    assert found.horizon_px == pytest.approx(true.horizon_px, abs=0.012 * SIZE[0])
    assert found.confidence > 0.7


def test_a_mirrored_photograph_has_the_mirrored_roll():
    camera = Perspective(SIZE, 420.0, (240.0, 180.0), math.radians(-6), math.radians(2.5), 1.0)
    picture = street(camera)
    here = estimate_perspective(picture, focal_35mm=31.5)
    there = estimate_perspective(Image(picture.samples[:, ::-1]), focal_35mm=31.5)
    assert math.degrees(here.roll_rad + there.roll_rad) == pytest.approx(0, abs=0.3)
    assert math.degrees(here.pitch_rad - there.pitch_rad) == pytest.approx(0, abs=0.4)


def test_the_horizon_scales_with_the_picture():
    camera = Perspective(SIZE, 420.0, (240.0, 180.0), math.radians(-6), 0.0, 1.0)
    picture = street(camera)
    large = Image(np.kron(picture.samples, np.ones((3, 3, 1), np.uint8)))
    found = estimate_perspective(large, focal_35mm=31.5)
    assert found.size == large.size
    assert found.horizon_px == pytest.approx(3 * camera.horizon_px, abs=0.02 * 3 * SIZE[0])


def test_an_empty_picture_is_doubtful_and_level():
    found = estimate_perspective(Image(np.full((200, 300, 3), 127, np.uint8)))
    assert found.confidence < 0.1
    assert abs(found.pitch_rad) < 0.01
    assert found.roll_rad == 0


def test_the_horizon_is_above_the_foot_of_a_subject():
    matte = np.zeros((200, 300), np.float32)
    matte[40:110, 120:170] = 1
    found = estimate_perspective(Image(np.full((200, 300, 3), 127, np.uint8)), [Matte(matte)])
    assert found.horizon_px < 100
    assert found.confidence < 0.1


def test_up_vectors_agree_with_the_camera():
    camera = Perspective(SIZE, 400.0, (240.0, 180.0), 0.2, -0.1, 1.0)
    found = up_vectors(np.degrees([0.2]), np.degrees([-0.1]))[0]
    assert np.allclose(found, camera.up, atol=1e-6)


def test_it_can_be_cancelled():
    def stop(progress):
        raise Cancelled

    with pytest.raises(Cancelled):
        estimate_perspective(Image(np.zeros((50, 50, 3), np.uint8)), report=stop)
