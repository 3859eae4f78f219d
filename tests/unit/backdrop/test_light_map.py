import numpy as np
import pytest

from cyclorama.backdrop.light_map import (
    camera_height,
    gravity_frame,
    perspective_field,
    pixel_rays,
    render_light_map,
)
from cyclorama.core.perspective import Perspective, world_from_camera


def tilted(pitch, roll):
    return Perspective((90, 120), 130.0, (60.0, 45.0), pitch, roll, 1.0)


@pytest.mark.parametrize(("pitch", "roll"), [(0, 0), (0.2, 0), (-0.3, 0.1), (0.1, -0.2)])
def test_gravity_frame_is_the_core_rotation(pitch, roll):
    camera = tilted(pitch, roll)
    np.testing.assert_allclose(gravity_frame(camera.up), world_from_camera(camera), atol=1e-6)


def test_field_of_a_level_camera_points_up_and_is_zero_on_the_horizon():
    rays = pixel_rays((9, 11), 1.3, (11 / 9 / 2, 0.5))
    field = perspective_field(rays, (0, 1, 0))
    np.testing.assert_allclose(field[4, :, 0], 0, atol=1e-6)
    np.testing.assert_allclose(field[..., 2], 1, atol=1e-5)
    assert np.all(np.diff(field[:, 5, 0]) < 0)


def test_field_follows_the_projection_of_a_raised_point(rng):
    up = np.array([0.05, 0.97, -0.24])
    up /= np.linalg.norm(up)
    rays = pixel_rays((7, 7), 1.1, (0.5, 0.5)).astype(np.float64)
    point = rays * 3.0
    raised = point + 1e-5 * up
    shift = raised[..., :2] / -raised[..., 2:] - point[..., :2] / -point[..., 2:]
    shift /= np.linalg.norm(shift, axis=-1, keepdims=True)
    np.testing.assert_allclose(perspective_field(rays.astype(np.float32), up)[..., 1:], shift, atol=1e-3)


def test_contact_row_and_camera_height_are_inverse():
    focal, pitch, row = 1.4, -0.15, 0.9
    height = camera_height(focal, 0.5, pitch, row)
    # A ground point under the subject, projected back.
    angle = np.arctan(height / focal)
    assert 0.5 + focal * np.tan(angle + pitch) == pytest.approx(row, abs=1e-5)


def light_map(direction, outdoors, size=(24, 32)):
    rays = pixel_rays(size, 1.4, (size[1] / size[0] / 2, 0.5))
    return render_light_map(
        rays, (0, 1, 0), direction, focal=1.4, center_y=0.5, contact_row=0.9, softness=0.2,
        key=(1, 1, 1), ambient=(0.2, 0.2, 0.2), outdoors=outdoors,
    )  # fmt: skip


@pytest.mark.parametrize("outdoors", [False, True])
def test_mirrored_light_mirrors_the_map(outdoors):
    direction = np.array([0.7, 0.4, 0.59])
    left = light_map(direction * [-1, 1, 1], outdoors)
    np.testing.assert_allclose(left, light_map(direction, outdoors)[:, ::-1], atol=1e-4)


@pytest.mark.parametrize("outdoors", [False, True])
@pytest.mark.parametrize("depth", [-0.5, 0.5])
def test_the_light_side_is_brighter(outdoors, depth):
    found = light_map((0.8, 0.33, depth), outdoors)
    assert found[:, 16:].mean() > found[:, :16].mean() * 1.05
    assert np.isfinite(found).all()
    assert found.min() >= 0
